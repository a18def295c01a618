"""Convert the raw numbers of FIT messages: moments, time zone, reps, load and duration of a set.

The limits are those of an upload, so that no value that is read here is refused when it is stored.
An impossible value becomes None with a warning; unknown is None, never zero. Called by activity and
session_windows.
"""

import datetime
from dataclasses import dataclass
from zoneinfo import ZoneInfo  # From tzdata only: app.training.planning.spec resets the path.

from app.formats.fit.matching import SetMatch
from app.formats.fit.messages import FitFile, FitMessage, MessageKind, SetField
from app.formats.import_remarks import ImportRemarks
from app.formats.imported_file import ImportContext
from app.training.log import limits
from app.training.planning.load import Load

# Seconds from the Unix epoch to that of FIT, 31 December 1989.
FIT_EPOCH_S = 631_065_600
_MAX_FIT_SECONDS = 2**32
# Fields of the activity message.
_TIMESTAMP, _LOCAL_TIMESTAMP = 253, 5
# All UTC offsets in use are multiples of a quarter of an hour; a watch's two clocks may differ by
# seconds.
_QUARTER_HOUR_S = 15 * 60
_MAX_OFFSET_S = 14 * 60 * 60
# A weight is stored in sixteenths of a kilogram; the highest numbers mean an unknown weight.
_SIXTEENTHS_PER_KG = 16
_UNKNOWN_WEIGHT = 65534
# Half a sixteenth of a kilogram: FIT cannot distinguish loads that are closer.
_TOLERANCE_KG = 1 / 32


@dataclass(frozen=True, slots=True)
class RemarkScope:
    """A place in the response, as a JSON pointer, at which remarks are added."""

    remarks: ImportRemarks
    pointer: str

    def add(self, code: str, detail: str, below: str = "") -> None:
        """Add a warning at this place, or at a field below it."""
        self.remarks.add(code, detail, self.pointer + below)

    def child(self, below: str) -> "RemarkScope":
        """Return the scope of a place below this one."""
        return RemarkScope(self.remarks, self.pointer + below)


def read_moment(seconds: int | None, context: ImportContext) -> datetime.datetime | None:
    """Return a moment in UTC; None if missing, before 2000 or more than a day in the future."""
    if seconds is None or not 0 <= seconds < _MAX_FIT_SECONDS:
        return None
    moment = datetime.datetime.fromtimestamp(seconds + FIT_EPOCH_S, datetime.UTC)
    return moment if limits.EARLIEST <= moment <= context.now + limits.MAX_AHEAD else None


def read_zone(
    file: FitFile, start: datetime.datetime, context: ImportContext
) -> datetime.timezone | None:
    """Return the UTC offset of the watch's clock, else of the caller's time zone, else None."""
    activity = file.last(MessageKind.ACTIVITY)
    utc, local = activity.integer(_TIMESTAMP), activity.integer(_LOCAL_TIMESTAMP)
    if utc is not None and local is not None:
        offset = round((local - utc) / _QUARTER_HOUR_S) * _QUARTER_HOUR_S
        if abs(offset) <= _MAX_OFFSET_S:
            return datetime.timezone(datetime.timedelta(seconds=offset))
    if context.time_zone is None:
        return None
    utc_offset = start.astimezone(ZoneInfo(context.time_zone)).utcoffset()
    return datetime.timezone(utc_offset or datetime.timedelta())


def read_reps(recorded: FitMessage, match: SetMatch, scope: RemarkScope) -> int | None:
    """Return the repetitions; None for the 0 of a hold or of a timed line, on which a watch does
    not count.
    """
    reps = recorded.integer(SetField.REPETITIONS)
    if reps is None or (reps == 0 and (match.timed or match.is_hold)):
        return None
    if limits.REPS.contain(reps):
        return reps
    detail = f"More than {limits.REPS.high:,} repetitions are impossible; they are stored as"
    scope.add("bad_reps", f"{detail} unknown.", "/reps")
    return None


def read_load(recorded: FitMessage, match: SetMatch, scope: RemarkScope) -> Load | None:
    """Return the load in kilograms: the planned load if FIT cannot distinguish it from the recorded
    one, else the recorded load. A watch writes 0 for a load that nobody entered, so that 0 is
    unknown where the runner was to choose one.
    """
    raw = recorded.integer(SetField.WEIGHT)
    if raw is None or (raw == 0 and match.has_free_load):
        return None
    kg = raw / _SIXTEENTHS_PER_KG
    if raw >= _UNKNOWN_WEIGHT or not limits.LOAD.contain(kg):
        detail = f"A load of more than {limits.LOAD.high:,} kg is impossible; it is stored as"
        scope.add("bad_load", f"{detail} unknown.", "/load_kg")
        return None
    planned = match.planned_kg
    near = planned is not None and abs(kg - planned) <= _TOLERANCE_KG
    return Load(planned if planned is not None and near else kg, "kg")


def read_duration(recorded: FitMessage, scope: RemarkScope) -> float | None:
    """Return the duration of a set in seconds."""
    milliseconds = recorded.integer(SetField.DURATION)
    if milliseconds is None:
        return None
    if limits.DURATION_S.contain(milliseconds / 1000):
        return milliseconds / 1000
    detail = "A set of more than a day is impossible; its duration is stored as unknown."
    scope.add("bad_duration", detail, "/duration_s")
    return None
