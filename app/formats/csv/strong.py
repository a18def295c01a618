"""Describes Strong's CSV export in its dialects.

One has semicolons and a column of units, one has commas and 12-hour times. detection calls `read`.
Only the meaning of the columns is here; lifting_app_csv does the rest.
"""

import re
from datetime import datetime, timedelta

from app.formats.csv import lifting_app_csv
from app.formats.csv.cells import BadCell
from app.formats.csv.lifting_app_csv import AppSet, LiftingApp
from app.formats.csv.row_reader import CsvRow
from app.formats.import_remarks import ImportRemarks
from app.formats.imported_file import ImportContext, ImportedFile

NEEDED = frozenset({"date", "exercise name", "set order"})
# Column -> unit, which some versions name in the header. The first column that a file has counts.
_WEIGHT_COLUMNS = {"weight": "", "weight (kg)": "kg", "weight (lbs)": "lb", "weight (lb)": "lb"}
_DURATION_COLUMNS = ("workout duration", "duration", "duration (sec)")
_WARMUP = "w"
# Drop sets and sets to failure. Neither states the repetitions in reserve.
_LOST_MARKS = ("d", "f")
_DURATION = re.compile(
    r"(?:(?P<hours>[0-9]{1,3}) ?h)? ?(?:(?P<minutes>[0-9]{1,4}) ?m(?:in)?)?"
    r" ?(?:(?P<seconds>[0-9]{1,6}) ?s?)?"
)
_ROW_SKIPPED = "Rows with a rest timer or a note and no set were left out ({} of them)."


def read(data: bytes, context: ImportContext) -> ImportedFile:
    """Read a Strong export of any dialect. Raises FileUnreadable and FileLimitExceeded."""
    return lifting_app_csv.read(_STRONG, data, context)


def _parse_row(row: CsvRow, remarks: ImportRemarks) -> AppSet | None:
    """Parse a row; None for a rest timer, a note or any other row without a number of a set."""
    order = row.text("set order").lower()
    if order in _LOST_MARKS:
        remarks.add_for_file("set_mark_lost", lifting_app_csv.SET_MARK_LOST)
    elif order != _WARMUP and not order.isdecimal():
        remarks.add_for_file("row_skipped", _ROW_SKIPPED)
        return None
    weight_column = next((name for name in _WEIGHT_COLUMNS if name in row.cells), "weight")
    return AppSet(
        started_at=lifting_app_csv.parse_start(row, "date"),
        end=next((text for name in _DURATION_COLUMNS if (text := row.text(name))), ""),
        workout=row.text("workout name"),
        workout_notes=row.text("workout notes"),
        exercise=row.text("exercise name"),
        note=row.text("notes"),
        kind="warmup" if order == _WARMUP else "work",
        weight_unit=row.text("weight unit") or _WEIGHT_COLUMNS.get(weight_column, ""),
        weight_column=weight_column,
    )


def _parse_end(text: str, start: datetime) -> datetime:
    """Return the start plus a duration such as `1h 7m`. Raises BadCell."""
    found = _DURATION.fullmatch(" ".join(text.split()))
    if found is None or not any(found.groups()):
        raise BadCell("must be a duration such as 1h 7m")
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return start + timedelta(hours=hours, minutes=minutes, seconds=seconds)


_STRONG = LiftingApp(
    name="strong",
    needed=NEEDED,
    reps_column="reps",
    seconds_column="seconds",
    dropped_columns=("notes", "distance", "distance (meters)"),
    parse_row=_parse_row,
    parse_end=_parse_end,
)
