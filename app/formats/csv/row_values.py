"""The rows of our own CSV as values: the fields of a session, and those of a set.

Says what each column means to table, which knows which row belongs where. What a cell holds in
vain becomes unknown, with a remark; only a row without an exercise or a start is lost.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from app.formats.csv import cells, local_times
from app.formats.csv.cells import BadCell
from app.formats.csv.escaping import split, unguard
from app.formats.csv.local_times import Clock
from app.formats.csv.row_reader import CsvRow
from app.formats.csv.session_builder import HIGHEST_INDEX, Draft
from app.formats.import_warnings import ImportWarnings
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

    row: CsvRow
    at: str
    """JSON pointer to the session or the set."""
    clock: Clock
    findings: ImportWarnings

    def take(self, column: str, read: Callable[[str], T]) -> T | None:
        """What a cell holds, None for nothing or for what cannot be taken."""
        return cells.take(self.row, column, read, self.findings, f"{self.at}/{column}")

    def text(self, column: str, longest: int = cells.LONGEST_WORD) -> str | None:
        """A text, exactly as it is, as far as it can be stored."""
        text = unguard(self.row.cells.get(column, ""))
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


def read_start(row: CsvRow, placed: Clock, findings: ImportWarnings) -> datetime:
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


def read_program_id(row: CsvRow) -> str | None:
    """The programme that a row names; None where that cannot be one."""
    name = unguard(row.cells.get("program_id", ""))
    return name if name and len(name) <= cells.LONGEST_PROGRAM_ID else None


def read_session(
    entry: Entry, session_id: UUID, athlete_id: str, program_id: str | None, started_at: datetime
) -> CompletedSession:
    """The row's session without its sets."""
    return CompletedSession(
        session_id=session_id,
        athlete_id=athlete_id,
        version=entry.take("session_version", cells.VERSION),
        program_id=program_id,
        week=entry.take("week", cells.WEEK),
        session=entry.take("session", cells.PLACE),
        started_at=started_at,
        ended_at=entry.moment("ended_at"),
        status=entry.take("status", cells.STATUS) or "completed",
        source=entry.text("source") or None,
        device=read_device(entry),
        srpe=entry.take("srpe", cells.SCORE),
        morning_pain=read_morning_pain(entry),
        red_flags=read_flags(entry),
        heel_rise_test=read_test(entry),
        notes=entry.text("notes", cells.LONGEST_NOTES),
    )


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
    score = entry.take("morning_pain_score", cells.SCORE)
    site = entry.text("morning_pain_site") or None
    if score is None:
        if site is not None:
            entry.drop("morning_pain_site", "stands without a score and was left out")
        return None
    return MorningPain(score, site)


def read_flags(entry: Entry) -> tuple[str, ...]:
    """Warning signs that were reported."""
    flags = split(unguard(entry.row.cells.get("red_flags", "")))
    if len(flags) > cells.MOST_FLAGS or any(len(flag) > cells.LONGEST_WORD for flag in flags):
        entry.drop(
            "red_flags", f"takes {cells.MOST_FLAGS} words of {cells.LONGEST_WORD} characters"
        )
    return tuple(flag[: cells.LONGEST_WORD] for flag in flags[: cells.MOST_FLAGS])


def read_test(entry: Entry) -> LoggedTest | None:
    """A heel-rise test, which needs both legs."""
    left = entry.take("heel_rise_test_left", cells.RISES)
    right = entry.take("heel_rise_test_right", cells.RISES)
    surface = entry.take("heel_rise_test_surface", cells.SURFACE)
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
    side = entry.take("side", cells.SIDE)
    count = draft.count(exercise, side)
    index = entry.take("set_index", cells.SET_INDEX)
    load = read_load(entry)
    target = Target(
        entry.take("prescribed_reps", cells.REPS), entry.take("prescribed_load", cells.MASS)
    )
    return CompletedSet(
        set_id=set_id or draft.name_set(exercise, side, count if index is None else index),
        version=entry.take("set_version", cells.VERSION),
        exercise=exercise,
        side=side,
        set_index=min(count, HIGHEST_INDEX) if index is None else index,
        reps=entry.take("reps", cells.REPS),
        load_kg=None if load is None else load.kg,
        load=load,
        duration_s=entry.take("duration_s", cells.SECONDS),
        rir=entry.take("rir", cells.SCORE),
        rpe=entry.take("rpe", cells.SCORE),
        rpe_scale=entry.text("rpe_scale") or None,
        pain=entry.take("pain", cells.SCORE),
        performed_at=read_performed(entry, draft),
        kind=entry.take("kind", cells.KIND) or "work",
        prescribed=None if target == Target() else target,
    )


def read_performed(entry: Entry, draft: Draft) -> datetime:
    """When a set was done; unknown, it follows the start of its session by its place."""
    performed_at = entry.moment("performed_at")
    if performed_at is not None:
        return performed_at
    entry.findings.add_for_file("times_estimated", local_times.ESTIMATED)
    estimate = draft.session.started_at + timedelta(seconds=len(draft.sets))
    return min(estimate, entry.clock.latest)


def read_load(entry: Entry) -> Load | None:
    """The load as it was given, or in kilograms if that is all there is."""
    kg = entry.take("load_kg", cells.MASS)
    value = entry.take("load_value", cells.MASS)
    if value is None:
        return None if kg is None else Load(kg, "kg")
    load = Load(value, entry.take("load_unit", cells.UNIT) or "kg")
    if kg is not None and kg != load.kg:
        entry.drop("load_kg", "is not what load_value and load_unit come to, which count")
    return load
