"""What a calendar is written from, as a value.

The features make Feeds, calendar writes them in the codec process. It stands apart so that
whoever makes one does not load the library that writes it.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from app.training.adapting.calendar_entries import CalendarEntry

# A plan is as old as the rules that made it, whose version is a part of its id.
PLANNED_AT = datetime.datetime(2026, 11, 23, tzinfo=datetime.UTC)
CANCELLED = "This session is no longer in the programme."


class ProgramWithoutDates(ValueError):
    """A programme without dates has no place in a calendar. The text says what would be right."""


@dataclass(frozen=True, slots=True)
class CalendarFeed:
    """Everything that a calendar is written from."""

    program_id: str
    """The programme, which gives the events their names."""
    entries: Sequence[CalendarEntry]
    """The sessions, those that are cancelled included."""
    time_zone: str
    """IANA name of the programme's zone."""
    modified: datetime.datetime
    """When any of it last changed, with an offset."""
    sequence: int = 0
    """Number of the change; a calendar believes the highest that it has seen."""
    at: datetime.time | None = None
    """The time of day to train at; None for events of the whole day."""
    alarm_minutes: int | None = None
    """Minutes before a session at which to ring; None for silence."""
    address: str | None = None
    """Where the programme stands, without a slash at its end; None for events without a link."""
    owner: str = ""
    """Whose events they are, so that two people's of one programme are two; empty for nobody's."""
    why_cancelled: str = CANCELLED
    """What the events that are cancelled say."""
