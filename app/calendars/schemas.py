"""Calendars on the wire: what a client sends to create one, and what it gets back."""

import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, JsonValue, StrictInt, StrictStr

from app.programs import lookup
from app.programs.calendar_query import (
    ALARM_WITHOUT_TIME,
    MAX_ALARM_MINUTES,
    TimeOfDay,
    alarm_without_time,
)
from app.programs.lookup import DATED_EXAMPLE, UNDATED
from app.programs.schemas import RequestModel
from app.sessions.field_types import AthleteId
from app.web.http.problems import NotFound, ValidationFailed, at_pointer

_EXAMPLE: dict[str, JsonValue] = {
    "athlete_id": "runner-7", "program_id": DATED_EXAMPLE, "at": "18:30", "alarm_minutes": 15,
}  # fmt: skip


class CalendarIn(RequestModel, title="CalendarRequest", json_schema_extra={"examples": [_EXAMPLE]}):
    """A calendar to create: its person, its programme, and how it shows the sessions."""

    athlete_id: AthleteId
    """Id of the person in the calling app."""
    program_id: Annotated[StrictStr, Field(min_length=1, max_length=200)]
    """The programme that the calendar shows; it needs a `start_date`."""
    at: TimeOfDay | None = None
    """The time of day to train at, in the programme's time zone. Left out: all-day events."""
    alarm_minutes: Annotated[StrictInt, Field(ge=0, le=MAX_ALARM_MINUTES)] | None = None
    """Minutes from the alarm to the session; needs `at`. Left out: no alarm."""

    def check(self) -> None:
        """Raise ValidationFailed if no calendar can be made of these fields."""
        if self.at is None and self.alarm_minutes is not None:
            raise alarm_without_time(at_pointer(["alarm_minutes"], *ALARM_WITHOUT_TIME))
        try:
            ref = lookup.find_program(self.program_id)
        except NotFound as unknown:
            error = at_pointer(["program_id"], "is not the id of a programme", "unknown_program")
            raise ValidationFailed(lookup.NO_PROGRAM, errors=[error]) from unknown
        if ref.spec.start_date is None:
            raise lookup.undated(at_pointer(["program_id"], *UNDATED))


class CalendarOut(BaseModel, title="Calendar", from_attributes=True):
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
    created_at: datetime.datetime
    """When it was created."""


class NewCalendar(CalendarOut, title="NewCalendar"):
    """A new calendar, with its URL."""

    url: str
    """Path of the calendar on this service. Everyone who has it can read the calendar: give it to
    the person only. It is shown once."""


class CalendarList(BaseModel):
    """A person's calendars, newest first."""

    items: list[CalendarOut]
    """Every calendar that was not revoked."""
