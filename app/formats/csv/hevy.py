"""Describes Hevy's CSV export: one row for each set, kilograms or pounds, local times in English.

detection calls `read`. Only the meaning of the columns is here; lifting_app_csv does the rest.
"""

from datetime import datetime

from app.formats.csv import lifting_app_csv, local_times
from app.formats.csv.lifting_app_csv import AppSet, LiftingApp
from app.formats.csv.row_reader import CsvRow
from app.formats.import_remarks import ImportRemarks
from app.formats.imported_file import ImportContext, ImportedFile

NEEDED = frozenset({"start_time", "exercise_title"})
# Neither mark states the repetitions in reserve: "failure" means the last clean repetition to some
# users and the last possible one to others. So RIR stays unknown.
_LOST_MARKS = ("failure", "dropset")


def read(data: bytes, context: ImportContext) -> ImportedFile:
    """Read a Hevy export. Raises FileUnreadable and FileLimitExceeded."""
    return lifting_app_csv.read(_HEVY, data, context)


def _parse_row(row: CsvRow, remarks: ImportRemarks) -> AppSet:
    set_type = row.text("set_type").lower()
    if set_type in _LOST_MARKS:
        remarks.add_for_file("set_mark_lost", lifting_app_csv.SET_MARK_LOST)
    pounds = bool(row.text("weight_lbs")) or "weight_kg" not in row.cells
    return AppSet(
        started_at=lifting_app_csv.parse_start(row, "start_time"),
        end=row.text("end_time"),
        workout=row.text("title"),
        workout_notes=row.text("description"),
        exercise=row.text("exercise_title"),
        note=row.text("exercise_notes"),
        kind="warmup" if set_type == "warmup" else "work",
        weight_unit="lb" if pounds else "kg",
        weight_column="weight_lbs" if pounds else "weight_kg",
    )


def _parse_end(text: str, _start: datetime) -> datetime:
    return local_times.parse_local(text)


_HEVY = LiftingApp(
    name="hevy",
    needed=NEEDED,
    reps_column="reps",
    seconds_column="duration_seconds",
    dropped_columns=("superset_id", "exercise_notes", "distance_km", "distance_miles"),
    parse_row=_parse_row,
    parse_end=_parse_end,
)
