"""Calendars on the wire: what a client sends to create one, and what it gets back."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue, StrictInt, StrictStr

from app.calendars.calendar import Calendar
from app.programs import lookup
from app.programs.calendar_query import MAX_ALARM_MINUTES, TimeOfDay, alarm_without_time
from app.programs.field_types import RequestModel
from app.programs.lookup import DATED_EXAMPLE
from app.sessions.field_types import AthleteId
from app.training.log import limits
from app.web.http.problems import NotFound, ValidationFailed, error_at_pointer

_EXAMPLE: dict[str, JsonValue] = {
    "athlete_id": "runner-7", "program_id": DATED_EXAMPLE, "at": "18:30", "alarm_minutes": 15,
}  # fmt: skip


class CalendarIn(RequestModel, title="CalendarRequest", json_schema_extra={"examples": [_EXAMPLE]}):
    """A calendar to create: its person, its programme, and how it shows the sessions."""

    athlete_id: AthleteId
    """Id of the person in the calling app."""
    program_id: Annotated[
        StrictStr, Field(min_length=1, max_length=limits.MAX_LENGTHS["program_id"])
    ]
    """The programme that the calendar shows; it needs a `start_date`."""
    at: TimeOfDay | None = None
    """The time of day to train at, in the programme's time zone. Left out: all-day events."""
    alarm_minutes: Annotated[StrictInt, Field(ge=0, le=MAX_ALARM_MINUTES)] | None = None
    """Minutes from the alarm to the session; needs `at`. Left out: no alarm."""

    def check(self) -> None:
        """Raise ValidationFailed if no calendar can be made of these fields."""
        if self.at is None and self.alarm_minutes is not None:
            raise alarm_without_time(pointer="/alarm_minutes")
        try:
            ref = lookup.find_program(self.program_id)
        except NotFound as unknown:
            error = error_at_pointer(
                ["program_id"], "is not the id of a programme", "unknown_program"
            )
            raise ValidationFailed(lookup.NO_PROGRAM, errors=[error]) from unknown
        if ref.spec.start_date is None:
            raise lookup.undated(pointer="/program_id")


@dataclass(frozen=True, slots=True)
class NewCalendar(Calendar):
    """A new calendar, with its URL."""

    url: str
    """Path of the calendar on this service. Everyone who has it can read the calendar: give it to
    the person only. It is shown once."""


class CalendarList(BaseModel):
    """A person's calendars, newest first."""

    items: list[Calendar]
    """Every calendar that was not revoked."""
