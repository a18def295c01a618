"""Parses a row of the Pushoff CSV into a session or a set.

pushoff_csv calls it and decides which rows belong to one session. A value that cannot be parsed
becomes unknown, with a remark. A row is lost only if it has no start or its set has no exercise.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from app.formats.csv import cells, columns, local_times
from app.formats.csv.cells import BadCell
from app.formats.csv.columns import PARSERS, Column
from app.formats.csv.escaping import split_words, unescape
from app.formats.csv.local_times import LocalTimes
from app.formats.csv.row_reader import CsvRow
from app.formats.csv.session_builder import SessionBuilder
from app.formats.import_remarks import ImportRemarks
from app.training.log import completed, limits
from app.training.log.completed import CompletedSession, CompletedSet, Target
from app.training.planning.load import Load

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class PushoffRow:
    """One row, with the place in the response that its remarks point to."""

    csv_row: CsvRow
    pointer: str
    """JSON pointer to the session or the set."""
    times: LocalTimes
    remarks: ImportRemarks

    def parse(self, column: str, parser: Callable[[str], _T]) -> _T | None:
        """Parse a cell; None if it is empty, and None with a remark if it is bad."""
        return cells.parse(self.csv_row, column, parser, self.remarks, f"{self.pointer}/{column}")

    def parse_value(self, column: str) -> Any:
        """Parse a cell with the parser of its column in PARSERS."""
        return self.parse(column, PARSERS[column])

    def text(self, column: str) -> str | None:
        """Return a text exactly as it was written, cut to the length that can be stored."""
        text = unescape(self.csv_row.cells.get(column, ""))
        longest = limits.MAX_LENGTHS.get(column, limits.MAX_WORD_LENGTH)
        if text is None or len(text) <= longest:
            return text
        pointer = f"{self.pointer}/{column}"
        return cells.truncate(text, longest, self.csv_row, self.remarks, pointer)

    def parse_time(self, column: str) -> datetime | None:
        """Parse a time; without an offset it is a local time."""
        text = self.csv_row.text(column)
        if text and not local_times.has_offset(text):
            self.times.add_assumption(self.remarks)
        return self.parse(column, self.times.parse)

    def add_dropped(self, column: str, reason: str) -> None:
        """Add a remark on a value that is not stored as it is."""
        detail = f"Line {self.csv_row.line}: {column} {reason}."
        self.remarks.add("value_dropped", detail, f"{self.pointer}/{column}")


def parse_start(csv_row: CsvRow, times: LocalTimes, remarks: ImportRemarks) -> datetime:
    """Return the start of the row's session. Raises BadCell."""
    text = csv_row.text("started_at")
    if not text:
        raise BadCell("has no started_at")
    if not local_times.has_offset(text):
        times.add_assumption(remarks)
    try:
        return times.parse(text)
    except BadCell as bad:
        raise BadCell(f"has a started_at that cannot be read: it {bad}") from None


def parse_program_id(csv_row: CsvRow) -> str | None:
    """Return the id of the row's programme; None if it is empty or too long."""
    program_id = unescape(csv_row.cells.get("program_id", ""))
    fits = program_id and len(program_id) <= limits.MAX_LENGTHS["program_id"]
    return program_id if fits else None


def parse_session(
    row: PushoffRow, session_id: UUID, athlete_id: str, program_id: str | None, started_at: datetime
) -> CompletedSession:
    """Return the row's session without its sets."""
    return CompletedSession(
        session_id=session_id,
        athlete_id=athlete_id,
        program_id=program_id,
        started_at=started_at,
        **_parse_fields(row, _SESSION_PARSERS),
    )


def _parse_fields(
    row: PushoffRow, parsers: Mapping[str, Callable[[PushoffRow], Any]]
) -> dict[str, Any]:
    return {f: value for f, parse in parsers.items() if (value := parse(row)) is not None}


def _parse_device(row: PushoffRow) -> completed.Device | None:
    parts = [row.text(f"device_{part}") for part in ("manufacturer", "model", "kind")]
    if all(part is None for part in parts):
        return None
    # `write` writes a device without any name as an empty text.
    manufacturer, model, kind = (part or None for part in parts)
    return completed.Device(manufacturer, model, kind)


def _parse_morning_pain(row: PushoffRow) -> completed.MorningPain | None:
    score = row.parse_value("morning_pain_score")
    site = row.text("morning_pain_site") or None
    if score is None:
        if site is not None:
            row.add_dropped("morning_pain_site", "has no morning_pain_score and was left out")
        return None
    return completed.MorningPain(score, site)


def _parse_red_flags(row: PushoffRow) -> tuple[str, ...]:
    flags = split_words(unescape(row.csv_row.cells.get("red_flags", "")))
    number, length = limits.MAX_RED_FLAGS, limits.MAX_WORD_LENGTH
    kept = tuple(flag[:length] for flag in flags[:number])
    if kept != flags:
        row.add_dropped("red_flags", f"may hold {number} words of {length} characters")
    return kept


def _parse_heel_rise_test(row: PushoffRow) -> completed.LoggedTest | None:
    left = row.parse_value("heel_rise_test_left")
    right = row.parse_value("heel_rise_test_right")
    surface = row.parse_value("heel_rise_test_surface")
    if left is None or right is None:
        if (left, right, surface) != (None, None, None):
            row.add_dropped("heel_rise_test_left", "and heel_rise_test_right are needed together")
        return None
    return completed.LoggedTest(left, right, surface)


def parse_set(row: PushoffRow, builder: SessionBuilder, set_id: UUID | None) -> CompletedSet:
    """Return the row's set. Raises BadCell if it has no exercise."""
    exercise = row.text("exercise")
    if not exercise:
        raise BadCell("has no exercise")
    side = row.parse_value("side")
    number = builder.next_number(exercise, side)
    index = row.parse_value("set_index")
    load = _parse_load(row)
    target = Target(row.parse_value("prescribed_reps"), row.parse_value("prescribed_load"))
    known = _parse_fields(row, _SET_PARSERS)
    performed_at = known.pop("performed_at", None) or _estimate_time(row, builder)
    return CompletedSet(
        set_id=set_id or builder.derive_set_id(exercise, side, number if index is None else index),
        exercise=exercise,
        side=side,
        set_index=min(number, int(limits.SET_INDEX.high)) if index is None else index,
        load_kg=None if load is None else load.kg,
        load=load,
        performed_at=performed_at,
        prescribed=None if target == Target() else target,
        **known,
    )


def _estimate_time(row: PushoffRow, builder: SessionBuilder) -> datetime:
    """Return the start of the session plus one second for each earlier set."""
    row.remarks.add_for_file("times_estimated", local_times.TIMES_ESTIMATED)
    estimate = builder.session.started_at + timedelta(seconds=len(builder.sets))
    return min(estimate, row.times.latest)


def _parse_load(row: PushoffRow) -> Load | None:
    """Return the load in its own unit, or in kilograms if only load_kg is given."""
    kg = row.parse_value("load_kg")
    value = row.parse_value("load_value")
    if value is None:
        return None if kg is None else Load(kg, "kg")
    load = Load(value, row.parse_value("load_unit") or "kg")
    if kg is not None and kg != load.kg:
        row.add_dropped("load_kg", "differs from load_value and load_unit, which count")
    return load


def _make_parser(column: Column) -> Callable[[PushoffRow], Any]:
    name, parser = column.name, PARSERS.get(column.name)
    if parser is not None:
        # Most cells are empty.
        return lambda row: row.parse(name, parser) if row.csv_row.cells.get(name) else None
    if column.kind is datetime:
        return lambda row: row.parse_time(name)
    if name in limits.MAY_BE_EMPTY:
        return lambda row: row.text(name)
    return lambda row: row.text(name) or None


# Fields of several columns, or of several words; all others are parsed by the type of their column.
_FIELD_PARSERS: Mapping[str, Callable[[PushoffRow], Any]] = {
    "device": _parse_device,
    "morning_pain": _parse_morning_pain,
    "red_flags": _parse_red_flags,
    "heel_rise_test": _parse_heel_rise_test,
}
_SESSION_PARSERS = {
    column.field: _FIELD_PARSERS.get(column.field) or _make_parser(column)
    for column in columns.SESSION_COLUMNS
    if column.field not in ("session_id", "athlete_id", "program_id", "started_at")
}
_SEPARATE_SET_FIELDS = "set_id exercise side set_index load_kg load prescribed".split()
# In the order of the dataclass, which is that of the remarks.
_SET_PARSERS = {
    column.field: _make_parser(column)
    for column in columns.list_columns(CompletedSet, "set")
    if column.field not in _SEPARATE_SET_FIELDS
}
