"""Parses the times in CSV files into times with an offset.

Local times are read in the time zone that the caller names, or in UTC. The CSV readers build one
LocalTimes for each file. A time that cannot be parsed or stored raises BadCell.
"""

import re
import zoneinfo
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from app.formats.csv.cells import BadCell
from app.formats.import_remarks import ImportRemarks
from app.formats.imported_file import FileUnreadable, ImportContext
from app.training.log import limits
from app.training.planning.spec_building import list_timezones

_MONTHS = {
    name: number
    for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)
}
_TIME = r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.[0-9]+)?)?"
_CLOCK = rf"{_TIME}(?: ?(?P<am_pm>[AaPp])\.?[Mm]\.?)?"
_LOCAL_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"(?P<year>[0-9]{{4}})-(?P<month>[0-9]{{1,2}})-(?P<day>[0-9]{{1,2}})(?:[T ]{_CLOCK})?",
        rf"(?P<day>[0-9]{{1,2}}) (?P<month>[A-Za-z]{{3,9}}) (?P<year>[0-9]{{4}}),? {_CLOCK}",
        rf"(?P<month>[A-Za-z]{{3,9}}) (?P<day>[0-9]{{1,2}}), (?P<year>[0-9]{{4}}),? {_CLOCK}",
    )
)
_OFFSET_FORM = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]"
    r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_ZONE_ASSUMED = "The file's times have no time zone and were read as UTC: name their time zone."
TIMES_ESTIMATED = (
    "Sets without a time are placed after the start of their session, one second apart"
    " ({} of them)."
)


@dataclass(frozen=True, slots=True)
class LocalTimes:
    """Parses the times of one file."""

    zone: zoneinfo.ZoneInfo
    """Time zone of times without an offset."""
    latest: datetime
    """The latest time that is accepted."""
    assumed: bool
    """Whether the zone is UTC because the caller named none."""

    def localize(self, local: datetime) -> datetime:
        """Return a local time with its offset in the zone. Raises BadCell.

        A time that occurs twice when the clocks go back is the first of the two. A time that is
        skipped when they go forward has the offset from before the change.
        """
        if not limits.EARLIEST.year <= local.year < 9999:
            raise BadCell("lies before the year 2000 or in the future")
        offset = local.replace(tzinfo=self.zone, fold=0).utcoffset() or timedelta()
        return self._check(local.replace(tzinfo=UTC if not offset else timezone(offset)))

    def _check(self, time: datetime) -> datetime:
        if not limits.EARLIEST <= time <= self.latest:
            raise BadCell("lies before the year 2000 or in the future")
        return time

    def parse(self, text: str) -> datetime:
        """Parse a time with an offset, or a local time. Raises BadCell."""
        if not has_offset(text):
            return self.localize(parse_local(text))
        try:
            time = datetime.fromisoformat(text.upper())
        except ValueError:
            raise BadCell("is not a valid date and time") from None
        return self._check(time)

    def add_assumption(self, remarks: ImportRemarks) -> None:
        """Add the remark that local times were read in UTC, unless the caller named a zone."""
        if self.assumed:
            remarks.add_for_file("time_zone_assumed", _ZONE_ASSUMED)


def build(context: ImportContext) -> LocalTimes:
    """Build the parser of times for a file. Raises FileUnreadable if its time zone is unknown."""
    name = context.time_zone or "UTC"
    if name not in list_timezones():
        raise FileUnreadable("The time zone must be an IANA name such as Europe/Berlin or UTC.")
    latest = context.now + limits.MAX_AHEAD
    return LocalTimes(zoneinfo.ZoneInfo(name), latest, assumed=context.time_zone is None)


def has_offset(text: str) -> bool:
    """Whether a text is an ISO 8601 time with an offset or Z."""
    return _OFFSET_FORM.fullmatch(text) is not None


# All rows of a workout repeat the same start, one after the other.
@lru_cache(maxsize=8)
def parse_local(text: str) -> datetime:
    """Parse a local time such as `2026-11-22 19:30:00`, `26 Jul 2025, 07:06` or `… 7:06 PM`.

    A date without a time of day gets noon, which is on the same day in nearly every time zone.
    Raises BadCell.
    """
    # Some apps put a narrow no-break space before AM and PM.
    plain = " ".join(text.split())
    found = next((match for form in _LOCAL_FORMS if (match := form.fullmatch(plain))), None)
    if found is None:
        raise BadCell("must be a time such as 2026-11-22 19:30:00 or 22 Nov 2026, 19:30")
    month = found["month"]
    number = int(month) if month.isdigit() else _MONTHS.get(month[:3].lower(), 0)
    hour, minute = _parse_hour(found["hour"], found["am_pm"]), int(found["minute"] or 0)
    time = (hour, minute, int(found["second"] or 0))
    try:
        # LocalTimes adds the offset.
        return datetime(int(found["year"]), number, int(found["day"]), *time)  # noqa: DTZ001
    except ValueError:
        raise BadCell("is not a valid date and time") from None


def _parse_hour(hour: str | None, am_pm: str | None) -> int:
    """Return the hour from 0 to 23, or 24 if the hour does not fit AM or PM."""
    if hour is None:
        return 12
    if am_pm is None:
        return int(hour)
    if not 1 <= int(hour) <= 12:
        return 24
    return int(hour) % 12 + (12 if am_pm in "Pp" else 0)
