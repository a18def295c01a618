"""Reads the CSV exports of lifting apps into sessions: what Hevy and Strong have in common.

Both write one row for each set, with the local start of the workout, and have no column for sides.
hevy and strong describe their columns as a LiftingApp and call `read`. Sessions, ids, times and
exercises are worked out here; the result goes to detection.
"""

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.formats.csv import cells, exercise_names, local_times, row_reader
from app.formats.csv.cells import BadCell
from app.formats.csv.columns import PARSERS
from app.formats.csv.row_reader import CsvRow
from app.formats.csv.session_builder import FileBuilder, SessionBuilder
from app.formats.import_remarks import ImportRemarks
from app.formats.imported_file import ImportContext, ImportedFile
from app.training.log import limits
from app.training.log.completed import CompletedSession, CompletedSet, SetKind
from app.training.planning.load import Load
from app.training.planning.week import SetSide

_SESSION_ID_NAMESPACE = uuid.UUID("3f1d7a58-6c0b-4d0e-9a55-0d6e3b2c7f14")
# The apps' RPE runs from 6 to 10 and counts repetitions in reserve, unlike Borg's scale.
_RPE_SCALE = "lifting"
# The name of a Pushoff workout on a watch, which a user may have typed into the app.
_PUSHOFF_NAME = re.compile(r"\bPushoff W([0-9]{1,2})S([0-9])\b")
_WEIGHT_UNITS = {"kg": "kg", "kgs": "kg", "lb": "lb", "lbs": "lb"}
SET_MARK_LOST = (
    "Sets marked as drop sets or as done to failure are kept as plain sets ({} of them)."
)
_NOT_KEPT = "Distances, supersets and notes on single exercises are not stored ({} rows have some)."
_UNIT_ASSUMED = "The file has no unit of weight; loads were read as kilograms ({} of them)."


@dataclass(frozen=True, slots=True, kw_only=True)
class AppSet:
    """One set as the app wrote it. Unknown texts are empty."""

    started_at: datetime
    """Local start of the workout."""
    end: str
    """The app's text for the end or the duration of the workout."""
    workout: str
    """Name of the workout."""
    workout_notes: str
    exercise: str
    """Name of the exercise."""
    note: str
    """Note on the set or the exercise."""
    kind: SetKind = "work"
    weight_unit: str
    """The app's word for the unit of the weight."""
    weight_column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftingApp:
    """How one app writes its export."""

    name: str
    """The `source` of its sessions, and the prefix of the names of unmapped exercises."""
    needed: frozenset[str]
    """Columns without which a file is not an export of this app."""
    reps_column: str
    seconds_column: str
    dropped_columns: tuple[str, ...]
    """Columns whose values are not stored. A row that has such a value is remarked on."""
    parse_row: Callable[[CsvRow, ImportRemarks], AppSet | None]
    """Parses a row; None for a row that is not a set. Raises BadCell."""
    parse_end: Callable[[str, datetime], datetime]
    """Returns the local end of a workout from its `end` and its local start. Raises BadCell."""


def read(app: LiftingApp, data: bytes, context: ImportContext) -> ImportedFile:
    """Read an export of an app. Raises FileUnreadable and FileLimitExceeded."""
    reader = _ExportReader(app, context)
    for row in row_reader.read_rows(data, app.needed, context, reader.remarks):
        try:
            if (app_set := app.parse_row(row, reader.remarks)) is not None:
                reader.add(row, app_set)
        except BadCell as bad:
            reader.remarks.add_lost_row(row.line, str(bad))
    if reader.builders:
        reader.times.add_assumption(reader.remarks)
    return reader.build(f"{app.name}_csv", "No set")


class _ExportReader(FileBuilder[tuple[datetime, str]]):
    def __init__(self, app: LiftingApp, context: ImportContext) -> None:
        super().__init__(context)
        self.app = app

    def add(self, row: CsvRow, app_set: AppSet) -> None:
        """Add a set to its session. Raises BadCell."""
        if not app_set.exercise:
            raise BadCell("has no exercise")
        key = (app_set.started_at, app_set.workout)
        builder = self.builders.get(key)
        if builder is None:
            builder = self.builders[key] = self._start_session(row, app_set)
        builder.check_room()
        builder.add(self._build_set(row, app_set, builder))
        if any(row.text(column).strip("0.") for column in self.app.dropped_columns):
            self.remarks.add_for_file("not_kept", _NOT_KEPT)

    def _start_session(self, row: CsvRow, app_set: AppSet) -> SessionBuilder:
        pointer = f"/sessions/{len(self.builders)}"
        athlete_id, program_id = self.context.athlete_id, self.context.program_id
        started_at = self.times.localize(app_set.started_at)
        # The id is derived from the local time, so that an import with another time zone moves the
        # session and does not store a second one.
        key = [athlete_id, self.app.name, app_set.started_at.isoformat(), app_set.workout]
        week, place = _parse_pushoff_name(app_set.workout) if program_id else (None, None)
        ended_at = self._parse_end(row, app_set, f"{pointer}/ended_at")
        notes = "\n".join(text for text in (app_set.workout, app_set.workout_notes) if text)
        max_length = limits.MAX_LENGTHS["notes"]
        notes = cells.truncate(notes, max_length, row, self.remarks, f"{pointer}/notes")
        session = CompletedSession(
            session_id=uuid.uuid5(_SESSION_ID_NAMESPACE, json.dumps(key)),
            athlete_id=athlete_id,
            program_id=program_id,
            week=week,
            session=place,
            started_at=started_at,
            ended_at=ended_at,
            source=self.app.name,
            notes=notes or None,
        )
        return SessionBuilder(pointer, session)

    def _parse_end(self, row: CsvRow, app_set: AppSet, pointer: str) -> datetime | None:
        if not app_set.end:
            return None
        try:
            return self.times.localize(self.app.parse_end(app_set.end, app_set.started_at))
        except BadCell as bad:
            detail = f"Line {row.line}: the end of the workout {bad}. It is kept as unknown."
            self.remarks.add("value_dropped", detail, pointer)
            return None

    def _build_set(self, row: CsvRow, app_set: AppSet, builder: SessionBuilder) -> CompletedSet:
        pointer, session = builder.next_pointer, builder.session
        # Rows have no time of their own, so each set is a second after the one before it.
        performed_at = session.started_at + timedelta(seconds=len(builder.sets))
        name, side = self._find_side(row, app_set, pointer)
        load = self._parse_load(row, app_set, pointer)
        duration_s = self._parse(row, self.app.seconds_column, "duration_s", pointer)
        reps = self._parse(row, self.app.reps_column, "reps", pointer)
        rpe = self._parse(row, "rpe", "rpe", pointer)
        exercise = self._find_exercise(name, loaded=load is not None and load.value > 0)
        self.remarks.add_for_file("times_estimated", local_times.TIMES_ESTIMATED)
        # The id is derived from the set's number under the app's name of the exercise, which stays
        # the same in a later export of a longer history.
        number = builder.next_number("name", app_set.exercise)
        return CompletedSet(
            set_id=uuid.uuid5(session.session_id, f"{number}/{app_set.exercise}"),
            exercise=exercise,
            side=side,
            set_index=min(builder.next_number("set", exercise, side), int(limits.SET_INDEX.high)),
            # 0 seconds mean no duration, 0 repetitions of a timed set mean no count, and an RPE of
            # 0 is not on the apps' scale.
            reps=None if duration_s and not reps else reps,
            load_kg=None if load is None else load.kg,
            load=load,
            duration_s=duration_s or None,
            rpe=rpe or None,
            rpe_scale=_RPE_SCALE if rpe else None,
            performed_at=min(performed_at, self.times.latest),
            kind=app_set.kind,
        )

    def _parse(self, row: CsvRow, column: str, field: str, pointer: str) -> Any:
        return cells.parse(row, column, PARSERS[field], self.remarks, f"{pointer}/{field}")

    def _find_side(self, row: CsvRow, app_set: AppSet, pointer: str) -> tuple[str, SetSide | None]:
        """Return the exercise's name without a side, and the side from the name or the note."""
        name, side = exercise_names.split_side(app_set.exercise)
        if side is None and (side := exercise_names.find_side(app_set.note)) is not None:
            detail = f"Line {row.line}: the side comes from a note, so it may be wrong."
            self.remarks.add("side_from_notes", detail, f"{pointer}/side")
        return name, side

    def _parse_load(self, row: CsvRow, app_set: AppSet, pointer: str) -> Load | None:
        """Return the load in the app's unit, or in kilograms if the app names no unit."""
        pointer = f"{pointer}/load"
        parser = PARSERS["load_value"]
        mass = cells.parse(row, app_set.weight_column, parser, self.remarks, pointer)
        if mass is None:
            return None
        unit = _WEIGHT_UNITS.get(app_set.weight_unit.lower() or "kg")
        if unit is None:
            detail = f"Line {row.line}: the unit of the weight is neither kg nor lb."
            self.remarks.add("value_dropped", f"{detail} It is kept as unknown.", pointer)
            return None
        if mass and not app_set.weight_unit:
            self.remarks.add_for_file("weight_unit_assumed", _UNIT_ASSUMED)
        return Load(mass, "kg" if unit == "kg" else "lb")

    def _find_exercise(self, name: str, *, loaded: bool) -> str:
        """Return the slug of an exercise, or a name with the app's prefix if there is none."""
        slug = exercise_names.find(name, loaded=loaded)
        if slug is None:
            slug = f"{self.app.name}:{name}"[: limits.MAX_WORD_LENGTH]
            self.unmapped[slug] += 1
        return slug


def parse_start(row: CsvRow, column: str) -> datetime:
    """Return the local start of a workout. Raises BadCell."""
    try:
        return local_times.parse_local(row.text(column))
    except BadCell as bad:
        raise BadCell(f"has a {column} that cannot be read: it {bad}") from None


def _parse_pushoff_name(workout: str) -> tuple[int | None, int | None]:
    """Return the week and session that the name of a workout contains, such as `Pushoff W3S2`."""
    found = _PUSHOFF_NAME.search(workout)
    try:
        return (PARSERS["week"](found[1]), PARSERS["session"](found[2])) if found else (None, None)
    except BadCell:
        return None, None
