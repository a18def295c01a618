"""The value that a calendar is written from.

app/programs, app/athletes and app/calendars build a CalendarContent and pass it to
`calendar_writer.write` in the file worker. A module of its own keeps the server process from
loading icalendar.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from app.training.adapting.calendar_entries import CalendarEntry

# When a plan without a log last changed: the day of the rules that it is computed by. The number of
# these rules is part of the program_id.
PLANNED_AT = datetime.datetime(2026, 11, 23, tzinfo=datetime.UTC)
CANCELLED = "This session is no longer in the programme."


class ProgramWithoutDates(ValueError):
    """A programme without dates cannot be a calendar. The text says how to get dates."""


@dataclass(frozen=True, slots=True)
class CalendarContent:
    """Everything that a calendar is written from."""

    program_id: str
    """The programme. The UIDs of the events are derived from it."""
    entries: Sequence[CalendarEntry]
    """All sessions, cancelled ones included."""
    time_zone: str
    """IANA name of the programme's time zone."""
    modified: datetime.datetime
    """Time of the last change to any event, with an offset."""
    sequence: int = 0
    """Revision number. Calendar apps keep the revision with the highest number."""
    at: datetime.time | None = None
    """Local time of day of the sessions; None for all-day events."""
    alarm_minutes: int | None = None
    """Minutes from the alarm to the start of a session; None for no alarm."""
    address: str | None = None
    """URL of the programme without a slash at its end; None for events without a link."""
    owner: str = ""
    """The athlete. It is part of the UIDs, so that two athletes' events of one programme differ.
    Empty for a programme without an athlete."""
    why_cancelled: str = CANCELLED
    """Description of cancelled events."""
