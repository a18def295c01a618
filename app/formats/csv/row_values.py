"""Parses a row of the Pushoff CSV into a session or a set.

pushoff_csv calls it and decides which rows belong to one session. A value that cannot be parsed
becomes unknown, with a remark. A row is lost only if it has no start or its set has no exercise.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from app.formats.csv import cells, local_times
from app.formats.csv.cells import BadCell
from app.formats.csv.escaping import split_words, unescape
from app.formats.csv.local_times import LocalTimes
from app.formats.csv.row_reader import CsvRow
from app.formats.csv.session_builder import HIGHEST_INDEX, SessionBuilder
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

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class PushoffRow:
    """One row, with the place in the response that its remarks point to."""

    csv_row: CsvRow
    pointer: str
    """JSON pointer to the session or the set."""
    times: LocalTimes
    warnings: ImportWarnings

    def parse(self, column: str, parser: Callable[[str], _T]) -> _T | None:
        """Parse a cell; None if it is empty, and None with a remark if it is bad."""
        return cells.parse(self.csv_row, column, parser, self.warnings, f"{self.pointer}/{column}")

    def text(self, column: str, longest: int = cells.LONGEST_WORD) -> str | None:
        """Return a text exactly as it was written, cut to the length that can be stored."""
        text = unescape(self.csv_row.cells.get(column, ""))
        if text is None or len(text) <= longest:
            return text
        return cells.truncate(
            text, longest, self.csv_row, self.warnings, f"{self.pointer}/{column}"
        )

    def parse_time(self, column: str) -> datetime | None:
        """Parse a time; without an offset it is a local time."""
        text = self.csv_row.text(column)
        if text and not local_times.has_offset(text):
            self.times.add_assumption(self.warnings)
        return self.parse(column, self.times.parse)

    def add_dropped(self, column: str, reason: str) -> None:
        """Add a remark on a value that is not stored as it is."""
        detail = f"Line {self.csv_row.line}: {column} {reason}."
        self.warnings.add("value_dropped", detail, f"{self.pointer}/{column}")


def parse_start(csv_row: CsvRow, times: LocalTimes, warnings: ImportWarnings) -> datetime:
    """Return the start of the row's session. Raises BadCell."""
    text = csv_row.text("started_at")
    if not text:
        raise BadCell("has no started_at")
    if not local_times.has_offset(text):
        times.add_assumption(warnings)
    try:
        return times.parse(text)
    except BadCell as bad:
        raise BadCell(f"has a started_at that cannot be read: it {bad}") from None


def parse_program_id(csv_row: CsvRow) -> str | None:
    """Return the id of the row's programme; None if it is empty or too long."""
    program_id = unescape(csv_row.cells.get("program_id", ""))
    return program_id if program_id and len(program_id) <= cells.LONGEST_PROGRAM_ID else None


def parse_session(
    row: PushoffRow, session_id: UUID, athlete_id: str, program_id: str | None, started_at: datetime
) -> CompletedSession:
    """Return the row's session without its sets."""
    return CompletedSession(
        session_id=session_id,
        athlete_id=athlete_id,
        version=row.parse("session_version", cells.VERSION),
        program_id=program_id,
        week=row.parse("week", cells.WEEK),
        session=row.parse("session", cells.PLACE),
        started_at=started_at,
        ended_at=row.parse_time("ended_at"),
        status=row.parse("status", cells.STATUS) or "completed",
        source=row.text("source") or None,
        device=_parse_device(row),
        srpe=row.parse("srpe", cells.SCORE),
        morning_pain=_parse_morning_pain(row),
        red_flags=_parse_red_flags(row),
        heel_rise_test=_parse_heel_rise_test(row),
        notes=row.text("notes", cells.LONGEST_NOTES),
    )


def _parse_device(row: PushoffRow) -> Device | None:
    parts = [row.text(f"device_{part}") for part in ("manufacturer", "model", "kind")]
    if all(part is None for part in parts):
        return None
    # `write` writes a device without any name as an empty text.
    manufacturer, model, kind = (part or None for part in parts)
    return Device(manufacturer, model, kind)


def _parse_morning_pain(row: PushoffRow) -> MorningPain | None:
    score = row.parse("morning_pain_score", cells.SCORE)
    site = row.text("morning_pain_site") or None
    if score is None:
        if site is not None:
            row.add_dropped("morning_pain_site", "has no morning_pain_score and was left out")
        return None
    return MorningPain(score, site)


def _parse_red_flags(row: PushoffRow) -> tuple[str, ...]:
    flags = split_words(unescape(row.csv_row.cells.get("red_flags", "")))
    if len(flags) > cells.MOST_FLAGS or any(len(flag) > cells.LONGEST_WORD for flag in flags):
        row.add_dropped(
            "red_flags", f"may hold {cells.MOST_FLAGS} words of {cells.LONGEST_WORD} characters"
        )
    return tuple(flag[: cells.LONGEST_WORD] for flag in flags[: cells.MOST_FLAGS])


def _parse_heel_rise_test(row: PushoffRow) -> LoggedTest | None:
    left = row.parse("heel_rise_test_left", cells.RISES)
    right = row.parse("heel_rise_test_right", cells.RISES)
    surface = row.parse("heel_rise_test_surface", cells.SURFACE)
    if left is None or right is None:
        if (left, right, surface) != (None, None, None):
            row.add_dropped("heel_rise_test_left", "and heel_rise_test_right are needed together")
        return None
    return LoggedTest(left, right, surface)


def parse_set(row: PushoffRow, builder: SessionBuilder, set_id: UUID | None) -> CompletedSet:
    """Return the row's set. Raises BadCell if it has no exercise."""
    exercise = row.text("exercise")
    if not exercise:
        raise BadCell("has no exercise")
    side = row.parse("side", cells.SIDE)
    number = builder.next_number(exercise, side)
    index = row.parse("set_index", cells.SET_INDEX)
    load = _parse_load(row)
    target = Target(
        row.parse("prescribed_reps", cells.REPS), row.parse("prescribed_load", cells.MASS)
    )
    return CompletedSet(
        set_id=set_id or builder.derive_set_id(exercise, side, number if index is None else index),
        version=row.parse("set_version", cells.VERSION),
        exercise=exercise,
        side=side,
        set_index=min(number, HIGHEST_INDEX) if index is None else index,
        reps=row.parse("reps", cells.REPS),
        load_kg=None if load is None else load.kg,
        load=load,
        duration_s=row.parse("duration_s", cells.SECONDS),
        rir=row.parse("rir", cells.SCORE),
        rpe=row.parse("rpe", cells.SCORE),
        rpe_scale=row.text("rpe_scale") or None,
        pain=row.parse("pain", cells.SCORE),
        performed_at=_parse_performed_at(row, builder),
        kind=row.parse("kind", cells.KIND) or "work",
        prescribed=None if target == Target() else target,
    )


def _parse_performed_at(row: PushoffRow, builder: SessionBuilder) -> datetime:
    """Return the time of a set. An unknown time is the start of the session plus one second for
    each earlier set.
    """
    performed_at = row.parse_time("performed_at")
    if performed_at is not None:
        return performed_at
    row.warnings.add_for_file("times_estimated", local_times.TIMES_ESTIMATED)
    estimate = builder.session.started_at + timedelta(seconds=len(builder.sets))
    return min(estimate, row.times.latest)


def _parse_load(row: PushoffRow) -> Load | None:
    """Return the load in its own unit, or in kilograms if only load_kg is given."""
    kg = row.parse("load_kg", cells.MASS)
    value = row.parse("load_value", cells.MASS)
    if value is None:
        return None if kg is None else Load(kg, "kg")
    load = Load(value, row.parse("load_unit", cells.UNIT) or "kg")
    if kg is not None and kg != load.kg:
        row.add_dropped("load_kg", "differs from load_value and load_unit, which count")
    return load
