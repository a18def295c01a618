"""Hevy's CSV export: one row a set, in kilograms or pounds, under local times in English.

Says what Hevy's columns mean; everything else is lifting's.
"""

from datetime import datetime

from app.formats.csv import lifting_app_csv, local_times
from app.formats.csv.cells import BadCell
from app.formats.csv.lifting_app_csv import App, Lift
from app.formats.csv.row_reader import CsvRow
from app.formats.import_warnings import ImportWarnings
from app.formats.imported_file import ImportContext, ImportedFile

NEEDED = frozenset({"start_time", "exercise_title"})
# Neither says how many repetitions were left: "failure" is to one the last clean repetition and to
# another the last of all. So the reserve stays unknown.
MARKS = ("failure", "dropset")


def read(data: bytes, context: ImportContext) -> ImportedFile:
    """A Hevy export. Raises Unreadable and TooMuch."""
    return lifting_app_csv.read(HEVY, data, context)


def read_row(row: CsvRow, findings: ImportWarnings) -> Lift:
    """A row as a set. Raises BadCell for one without a start."""
    kind = row.text("set_type").lower()
    if kind in MARKS:
        findings.add_for_file("set_mark_lost", lifting_app_csv.MARK_LOST)
    pounds = bool(row.text("weight_lbs")) or "weight_kg" not in row.cells
    return Lift(
        started=read_start(row.text("start_time")),
        ended=row.text("end_time"),
        workout=row.text("title"),
        notes=row.text("description"),
        exercise=row.text("exercise_title"),
        note=row.text("exercise_notes"),
        kind="warmup" if kind == "warmup" else "work",
        unit="lb" if pounds else "kg",
        weight="weight_lbs" if pounds else "weight_kg",
    )


def read_start(text: str) -> datetime:
    """The local time at which a workout began. Raises BadCell."""
    try:
        return local_times.read_local(text)
    except BadCell as bad:
        raise BadCell(f"has a start_time that cannot be read: it {bad}") from None


def read_end(text: str, _: datetime) -> datetime:
    """The local time at which a workout ended. Raises BadCell."""
    return local_times.read_local(text)


HEVY = App(
    name="hevy",
    needed=NEEDED,
    reps="reps",
    seconds="duration_seconds",
    dropped=("superset_id", "exercise_notes", "distance_km", "distance_miles"),
    read_row=read_row,
    read_end=read_end,
)
