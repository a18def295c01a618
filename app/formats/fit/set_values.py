"""The numbers of a FIT set, one by one: scaled, and within what can be stored.

The limits are those of an upload, so that nothing that is read here is refused there. What cannot
be becomes None with a remark; unknown is None, never zero.
"""

import datetime
from dataclasses import dataclass
from zoneinfo import ZoneInfo  # Of the pinned zones only: training.spec sees to that.

from app.formats.fit.matching import Match
from app.formats.fit.messages import Kind, Message, Tape
from app.formats.import_warnings import ImportWarnings
from app.formats.imported_file import ImportContext
from app.training.log import limits
from app.training.log.completed import Load

# Seconds from the epoch of Unix to that of FIT, the end of 1989.
FIT_EPOCH = 631_065_600
LONGEST_COUNT = 2**32
# All offsets in use are whole quarters of an hour; a watch's two clocks may differ by seconds.
QUARTER_S = 15 * 60
FARTHEST_S = 14 * 60 * 60
# A weight is kept in sixteenths of a kilogram; the highest numbers say that it is not known.
SIXTEENTHS = 16
NO_WEIGHT = 65534
# Half a sixteenth: nearer than that FIT cannot tell two loads apart.
TOLERANCE_KG = 1 / 32


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere in the answer, and what is found there."""

    findings: ImportWarnings
    pointer: str

    def add(self, code: str, detail: str, below: str = "") -> None:
        """A remark on the place, or on a field below it."""
        self.findings.add(code, detail, self.pointer + below)

    def step_into(self, below: str) -> "Place":
        """A place below this one."""
        return Place(self.findings, self.pointer + below)


def read_moment(seconds: int | None, context: ImportContext) -> datetime.datetime | None:
    """A moment in UTC; None before 2000, more than a day ahead, and where there is none."""
    if seconds is None or not 0 <= seconds < LONGEST_COUNT:
        return None
    moment = datetime.datetime.fromtimestamp(seconds + FIT_EPOCH, datetime.UTC)
    return moment if limits.EARLIEST <= moment <= context.now + limits.MAX_AHEAD else None


def read_zone(
    one: Tape, start: datetime.datetime, context: ImportContext
) -> datetime.timezone | None:
    """The offset of the watch's own clock, else of the caller's time zone; None if neither is."""
    activity = one.last(Kind.ACTIVITY)
    utc, local = activity.whole(253), activity.whole(5)
    if utc is not None and local is not None:
        offset = round((local - utc) / QUARTER_S) * QUARTER_S
        if abs(offset) <= FARTHEST_S:
            return datetime.timezone(datetime.timedelta(seconds=offset))
    if context.time_zone is None:
        return None
    there = start.astimezone(ZoneInfo(context.time_zone)).utcoffset()
    return datetime.timezone(there or datetime.timedelta())


def read_reps(done: Message, match: Match, place: Place) -> int | None:
    """Repetitions; the 0 that a watch writes for a timed step says that it did not count."""
    reps = done.whole(3)
    if reps is None or (reps == 0 and match.timed):
        return None
    if limits.REPS.hold(reps):
        return reps
    told = f"More than {limits.REPS.high:,} repetitions cannot be right; they are kept as unknown."
    place.add("bad_reps", told, "/reps")
    return None


def read_load(done: Message, match: Match, place: Place) -> Load | None:
    """The load in kilograms: the planned one where FIT cannot tell them apart, else as it is."""
    raw = done.whole(4)
    if raw is None:
        return None
    kg = raw / SIXTEENTHS
    if raw >= NO_WEIGHT or not limits.LOAD.hold(kg):
        told = f"A load beyond {limits.LOAD.high:,} kg cannot be right; it is kept as unknown."
        place.add("bad_load", told, "/load_kg")
        return None
    planned = match.planned_kg
    near = planned is not None and abs(kg - planned) <= TOLERANCE_KG
    return Load(planned if planned is not None and near else kg, "kg")


def read_duration(done: Message, place: Place) -> float | None:
    """Seconds that a set took."""
    thousandths = done.whole(0)
    if thousandths is None:
        return None
    if limits.DURATION_S.hold(thousandths / 1000):
        return thousandths / 1000
    told = "A set longer than a day cannot be right; its duration is kept as unknown."
    place.add("bad_duration", told, "/duration_s")
    return None
