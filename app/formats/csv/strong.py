"""Strong's CSV exports: semicolons with a column of units, and commas with times that say PM.

Says what Strong's columns mean; everything else is lifting's.
"""

import re
from datetime import datetime, timedelta

from app.formats.csv import lifting_app_csv, local_times
from app.formats.csv.cells import BadCell
from app.formats.csv.lifting_app_csv import App, Lift
from app.formats.csv.row_reader import CsvRow
from app.formats.import_warnings import ImportWarnings
from app.formats.imported_file import ImportContext, ImportedFile

NEEDED = frozenset({"date", "exercise name", "set order"})
# Some versions name the unit in the header. The first of these that a file has is its weight.
WEIGHTS = {"weight": "", "weight (kg)": "kg", "weight (lbs)": "lb", "weight (lb)": "lb"}
DURATIONS = ("workout duration", "duration", "duration (sec)")
WARMUP = "w"
# Drop sets and sets to failure. Neither says how many repetitions were left.
MARKS = ("d", "f")
LENGTH = re.compile(
    r"(?:(?P<hours>[0-9]{1,3}) ?h)? ?(?:(?P<minutes>[0-9]{1,4}) ?m(?:in)?)?"
    r" ?(?:(?P<seconds>[0-9]{1,6}) ?s?)?"
)


def read(data: bytes, context: ImportContext) -> ImportedFile:
    """A Strong export of either dialect. Raises Unreadable and TooMuch."""
    return lifting_app_csv.read(STRONG, data, context)


def read_row(row: CsvRow, findings: ImportWarnings) -> Lift | None:
    """A row as a set; None for rest timers, notes and whatever else has no number of a set.

    Raises BadCell for one without a start.
    """
    order = row.text("set order").lower()
    if order in MARKS:
        findings.add_for_file("set_mark_lost", lifting_app_csv.MARK_LOST)
    elif order != WARMUP and not order.isdecimal():
        findings.add_for_file(
            "row_skipped",
            "Rows that are rest timers or notes and no sets were left out ({} of them).",
        )
        return None
    weight = next((name for name in WEIGHTS if name in row.cells), "weight")
    return Lift(
        started=read_start(row.text("date")),
        ended=next((text for name in DURATIONS if (text := row.text(name))), ""),
        workout=row.text("workout name"),
        notes=row.text("workout notes"),
        exercise=row.text("exercise name"),
        note=row.text("notes"),
        kind="warmup" if order == WARMUP else "work",
        unit=row.text("weight unit") or WEIGHTS.get(weight, ""),
        weight=weight,
    )


def read_start(text: str) -> datetime:
    """The local time at which a workout began. Raises BadCell."""
    try:
        return local_times.read_local(text)
    except BadCell as bad:
        raise BadCell(f"has a date that cannot be read: it {bad}") from None


def read_end(text: str, started: datetime) -> datetime:
    """The start and what it took, such as `1h 7m`. Raises BadCell."""
    found = LENGTH.fullmatch(" ".join(text.split()))
    if found is None or not any(found.groups()):
        raise BadCell("must be a duration such as 1h 7m")
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return started + timedelta(hours=hours, minutes=minutes, seconds=seconds)


STRONG = App(
    name="strong",
    needed=NEEDED,
    reps="reps",
    seconds="seconds",
    dropped=("notes", "distance", "distance (meters)"),
    read_row=read_row,
    read_end=read_end,
)
