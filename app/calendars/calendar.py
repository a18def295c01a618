"""A calendar as a value: `store` loads and saves it, responses contain it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar. Its URL was shown once, when it was created."""

    calendar_id: UUID
    """The calendar's id, with which it is revoked."""
    athlete_id: str
    """Id of the person in the calling app."""
    program_id: str
    """The programme that it shows."""
    at: str | None
    """The time of day of its events; null for all-day events."""
    alarm_minutes: int | None
    """Minutes from the alarm to the session; null for no alarm."""
    created_at: datetime
    """When it was created."""
