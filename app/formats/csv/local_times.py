"""Times as apps write them into moments with an offset.

Local times are placed in the zone that the caller names; what lies outside of the years that can
be stored is a BadCell. Knows no format beyond how its times look.
"""

import re
import zoneinfo
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from app.formats.csv.cells import BadCell
from app.formats.import_warnings import ImportWarnings
from app.formats.imported_file import FileUnreadable, ImportContext
from app.training.planning.spec import list_timezones

MONTHS = {
    name: number
    for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)
}
TIME = r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.[0-9]+)?)?"
CLOCK = rf"{TIME}(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?"
LOCAL_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"(?P<year>[0-9]{{4}})-(?P<month>[0-9]{{1,2}})-(?P<day>[0-9]{{1,2}})(?:[T ]{CLOCK})?",
        rf"(?P<day>[0-9]{{1,2}}) (?P<month>[A-Za-z]{{3,9}}) (?P<year>[0-9]{{4}}),? {CLOCK}",
        rf"(?P<month>[A-Za-z]{{3,9}}) (?P<day>[0-9]{{1,2}}), (?P<year>[0-9]{{4}}),? {CLOCK}",
    )
)
MOMENT_FORM = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]"
    r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
# Watches and phones may run ahead by this much, as in any other upload.
AHEAD = timedelta(hours=24)
ESTIMATED = (
    "Sets without a time of their own follow the start of their session, a second apart"
    " ({} of them)."
)


@dataclass(frozen=True, slots=True)
class Clock:
    """What it takes to place the times of one file."""

    zone: zoneinfo.ZoneInfo
    latest: datetime
    """After this nothing can have been done yet."""
    assumed: bool
    """Whether nobody said which zone the file's local times are in."""

    def place(self, local: datetime) -> datetime:
        """A local time as a moment with its offset then. Raises BadCell.

        A time that comes twice when the clocks go back is the first of the two, and one that is
        skipped when they go forward counts from before the change.
        """
        if not EARLIEST.year <= local.year < 9999:
            raise BadCell("lies before the year 2000 or in the future")
        offset = local.replace(tzinfo=self.zone, fold=0).utcoffset() or timedelta()
        return self.check(local.replace(tzinfo=UTC if not offset else timezone(offset)))

    def check(self, moment: datetime) -> datetime:
        """The moment itself if something can have been done then. Raises BadCell."""
        if not EARLIEST <= moment <= self.latest:
            raise BadCell("lies before the year 2000 or in the future")
        return moment

    def read(self, text: str) -> datetime:
        """A moment with its offset, or a local time. Raises BadCell."""
        if not has_offset(text):
            return self.place(read_local(text))
        try:
            moment = datetime.fromisoformat(text.upper())
        except ValueError:
            raise BadCell("is no date and time of any calendar") from None
        return self.check(moment)


def set_clock(context: ImportContext) -> Clock:
    """The clock for a file. Raises Unreadable if its zone is none."""
    name = context.time_zone or "UTC"
    if name not in list_timezones():
        raise FileUnreadable("The time zone must be an IANA name such as Europe/Berlin or UTC.")
    return Clock(zoneinfo.ZoneInfo(name), context.now + AHEAD, assumed=context.time_zone is None)


def note_assumption(clock: Clock, findings: ImportWarnings) -> None:
    """The remark on a file of local times whose zone nobody named."""
    if clock.assumed:
        findings.tally(
            "time_zone_assumed",
            "The file's times have no time zone and were taken for UTC: say which one it is.",
        )


def has_offset(text: str) -> bool:
    """Whether a time says where on earth it is."""
    return MOMENT_FORM.fullmatch(text) is not None


# All rows of a workout have the same start, one after the other.
@lru_cache(maxsize=8)
def read_local(text: str) -> datetime:
    """A local time such as `2026-11-22 19:30:00`, `26 Jul 2025, 07:06` or `… 7:06 PM`.

    Without a time of day it is noon, which is the same day wherever it is read. Raises BadCell.
    """
    # Some apps put a narrow no-break space before AM and PM.
    plain = " ".join(text.split())
    found = next((match for form in LOCAL_FORMS if (match := form.fullmatch(plain))), None)
    if found is None:
        raise BadCell("must be a time such as 2026-11-22 19:30:00 or 22 Nov 2026, 19:30")
    month = found["month"]
    number = int(month) if month.isdigit() else MONTHS.get(month[:3].lower(), 0)
    try:
        return datetime(  # noqa: DTZ001 - it is placed in its zone by a Clock
            int(found["year"]),
            number,
            int(found["day"]),
            read_hour(found["hour"], found["half"]),
            int(found["minute"] or 0),
            int(found["second"] or 0),
        )
    except ValueError:
        raise BadCell("is no date and time of any calendar") from None


def read_hour(hour: str | None, half: str | None) -> int:
    """The hour from 0 to 23; beyond it for what no clock shows."""
    if hour is None:
        return 12
    if half is None:
        return int(hour)
    if not 1 <= int(hour) <= 12:
        return 24
    return int(hour) % 12 + (12 if half in "Pp" else 0)
