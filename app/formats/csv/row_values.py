"""The rows of our own CSV as values: the fields of a session, and those of a set.

Says what each column means to table, which knows which row belongs where. What a cell holds in
vain becomes unknown, with a remark; only a row without an exercise or a start is lost.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from app.formats.csv import cells, columns, local_times
from app.formats.csv.cells import BadCell
from app.formats.csv.columns import PARSERS, Column
from app.formats.csv.escaping import split, unguard
from app.formats.csv.local_times import Clock
from app.formats.csv.rows import Row
from app.formats.csv.session_builder import Draft
from app.formats.import_warnings import ImportWarnings
from app.training.log import limits
from app.training.log.completed import (
    CompletedSession,
    CompletedSet,
    Device,
    Load,
    LoggedTest,
    MorningPain,
    Target,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry:
    """One row, and where in the answer it ends up."""

    row: Row
    at: str
    """JSON pointer to the session or the set."""
    clock: Clock
    findings: ImportWarnings

    def take(self, column: str, read: Callable[[str], T]) -> T | None:
        """What a cell holds, None for nothing or for what cannot be taken."""
        # Most cells are empty.
        if not self.row.cells.get(column):
            return None
        return cells.take(self.row, column, read, self.findings, f"{self.at}/{column}")

    def text(self, column: str) -> str | None:
        """A text, exactly as it is, as far as it can be stored."""
        text = unguard(self.row.cells.get(column, ""))
        longest = limits.MAX_LENGTHS.get(column, limits.MAX_WORD_LENGTH)
        if text is None or len(text) <= longest:
            return text
        return cells.cut(text, longest, self.row, self.findings, f"{self.at}/{column}")

    def moment(self, column: str) -> datetime | None:
        """A moment, whose offset is that of the caller's zone where the cell has none."""
        text = self.row.text(column)
        if text and not local_times.has_offset(text):
            local_times.note_assumption(self.clock, self.findings)
        return self.take(column, self.clock.read)

    def drop(self, column: str, why: str) -> None:
        """The remark on something that cannot be taken as it is."""
        detail = f"Line {self.row.line}: {column} {why}."
        self.findings.add("value_dropped", detail, f"{self.at}/{column}")


def read_start(row: Row, placed: Clock, findings: ImportWarnings) -> datetime:
    """When the row's session began. Raises BadCell."""
    text = row.text("started_at")
    if not text:
        raise BadCell("has no started_at")
    if not local_times.has_offset(text):
        local_times.note_assumption(placed, findings)
    try:
        return placed.read(text)
    except BadCell as bad:
        raise BadCell(f"has a started_at that cannot be read: it {bad}") from None


def read_program_id(row: Row) -> str | None:
    """The programme that a row names; None where that cannot be one."""
    name = unguard(row.cells.get("program_id", ""))
    return name if name and len(name) <= limits.MAX_LENGTHS["program_id"] else None


def read_session(
    entry: Entry, session_id: UUID, athlete_id: str, program_id: str | None, started_at: datetime
) -> CompletedSession:
    """The row's session without its sets."""
    return CompletedSession(
        session_id=session_id,
        athlete_id=athlete_id,
        program_id=program_id,
        started_at=started_at,
        **_read_fields(entry, _SESSION_FIELDS),
    )


def _read_fields(entry: Entry, readers: Mapping[str, Callable[[Entry], Any]]) -> dict[str, Any]:
    """Return the known values of some fields."""
    values = {field: read(entry) for field, read in readers.items()}
    return {field: value for field, value in values.items() if value is not None}


def read_device(entry: Entry) -> Device | None:
    """What recorded the session."""
    parts = [entry.text(f"device_{part}") for part in ("manufacturer", "model", "kind")]
    if all(part is None for part in parts):
        return None
    # A device of which nothing is known was written as an empty text.
    maker, model, kind = (part or None for part in parts)
    return Device(maker, model, kind)


def read_morning_pain(entry: Entry) -> MorningPain | None:
    """Pain on the morning after, which needs a score."""
    score = entry.take("morning_pain_score", PARSERS["morning_pain_score"])
    site = entry.text("morning_pain_site") or None
    if score is None:
        if site is not None:
            entry.drop("morning_pain_site", "stands without a score and was left out")
        return None
    return MorningPain(score, site)


def read_flags(entry: Entry) -> tuple[str, ...]:
    """Warning signs that were reported."""
    flags = split(unguard(entry.row.cells.get("red_flags", "")))
    if len(flags) > limits.MAX_RED_FLAGS or any(
        len(flag) > limits.MAX_WORD_LENGTH for flag in flags
    ):
        entry.drop(
            "red_flags",
            f"takes {limits.MAX_RED_FLAGS} words of {limits.MAX_WORD_LENGTH} characters",
        )
    return tuple(flag[: limits.MAX_WORD_LENGTH] for flag in flags[: limits.MAX_RED_FLAGS])


def read_test(entry: Entry) -> LoggedTest | None:
    """A heel-rise test, which needs both legs."""
    left = entry.take("heel_rise_test_left", PARSERS["heel_rise_test_left"])
    right = entry.take("heel_rise_test_right", PARSERS["heel_rise_test_right"])
    surface = entry.take("heel_rise_test_surface", PARSERS["heel_rise_test_surface"])
    if left is None or right is None:
        if (left, right, surface) != (None, None, None):
            entry.drop("heel_rise_test_left", "and heel_rise_test_right are needed together")
        return None
    return LoggedTest(left, right, surface)


def read_set(entry: Entry, draft: Draft, set_id: UUID | None) -> CompletedSet:
    """The row's set. Raises BadCell if it names no exercise."""
    exercise = entry.text("exercise")
    if not exercise:
        raise BadCell("names no exercise")
    side = entry.take("side", PARSERS["side"])
    count = draft.count(exercise, side)
    index = entry.take("set_index", PARSERS["set_index"])
    load = read_load(entry)
    prescribed = read_target(entry)
    known = _read_fields(entry, _SET_FIELDS)
    performed_at = known.pop("performed_at", None) or estimate_moment(entry, draft)
    return CompletedSet(
        set_id=set_id or draft.name_set(exercise, side, count if index is None else index),
        exercise=exercise,
        side=side,
        set_index=min(count, int(limits.SET_INDEX.high)) if index is None else index,
        load_kg=None if load is None else load.kg,
        load=load,
        prescribed=prescribed,
        performed_at=performed_at,
        **known,
    )


def read_target(entry: Entry) -> Target | None:
    """What was prescribed."""
    target = Target(
        entry.take("prescribed_reps", PARSERS["prescribed_reps"]),
        entry.take("prescribed_load", PARSERS["prescribed_load"]),
    )
    return None if target == Target() else target


def estimate_moment(entry: Entry, draft: Draft) -> datetime:
    """The time of a set that has none: the start of its session and a second for each set."""
    entry.findings.tally("times_estimated", local_times.ESTIMATED)
    estimate = draft.session.started_at + timedelta(seconds=len(draft.sets))
    return min(estimate, entry.clock.latest)


def read_load(entry: Entry) -> Load | None:
    """The load as it was given, or in kilograms if that is all there is."""
    kg = entry.take("load_kg", PARSERS["load_kg"])
    value = entry.take("load_value", PARSERS["load_value"])
    if value is None:
        return None if kg is None else Load(kg, "kg")
    load = Load(value, entry.take("load_unit", PARSERS["load_unit"]) or "kg")
    if kg is not None and kg != load.kg:
        entry.drop("load_kg", "is not what load_value and load_unit come to, which count")
    return load


def _make_reader(column: Column) -> Callable[[Entry], Any]:
    name, parse = column.name, PARSERS.get(column.name)
    if parse is not None:
        return lambda entry: entry.take(name, parse)
    if column.kind is datetime:
        return lambda entry: entry.moment(name)
    if name in limits.MAY_BE_EMPTY:
        return lambda entry: entry.text(name)
    return lambda entry: entry.text(name) or None


# Fields of several columns, or of several words; all others are read by the type of their column.
_READERS: Mapping[str, Callable[[Entry], Any]] = {
    "device": read_device,
    "morning_pain": read_morning_pain,
    "red_flags": read_flags,
    "heel_rise_test": read_test,
}
_SESSION_FIELDS = {
    column.field: _READERS.get(column.field) or _make_reader(column)
    for column in columns.SESSION_COLUMNS
    if column.field not in ("session_id", "athlete_id", "program_id", "started_at")
}
_SEPARATE_SET_FIELDS = "set_id exercise side set_index load_kg load prescribed".split()
# In the order of the dataclass, which is that of the remarks.
_SET_FIELDS = {
    column.field: _make_reader(column)
    for column in columns.list_columns(CompletedSet, "set")
    if column.field not in _SEPARATE_SET_FIELDS
}
