"""Calendars on the wire."""

import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr

from app.programs import lookup
from app.programs.calendar_query import MOST_ALARM_MINUTES, UNTIMED, TimeOfDay, untimed
from app.programs.lookup import DATED_EXAMPLE, UNDATED
from app.programs.schemas import Wire
from app.sessions.field_types import AthleteId
from app.training.planning.spec import Spec
from app.web.http.problems import NotFound, ValidationFailed, at_pointer


class CalendarIn(Wire):
    """Whose calendar to open, of which programme, and how it shows the sessions."""

    model_config = ConfigDict(
        title="CalendarRequest",
        json_schema_extra={
            "examples": [
                {
                    "athlete_id": "runner-7",
                    "program_id": DATED_EXAMPLE,
                    "at": "18:30",
                    "alarm_minutes": 15,
                }
            ]
        },
    )

    athlete_id: AthleteId
    """The calling app's own id of the person."""
    program_id: Annotated[StrictStr, Field(min_length=1, max_length=200)]
    """The programme that they follow; it needs a `start_date`."""
    at: TimeOfDay | None = None
    """The time of day to train at, in the programme's time zone; left out: events of whole days."""
    alarm_minutes: Annotated[StrictInt, Field(ge=0, le=MOST_ALARM_MINUTES)] | None = None
    """Minutes before each session at which to ring; needs `at`. Left out: no alarm."""

    def check(self) -> Spec:
        """The programme's spec. Raises ValidationFailed for what no calendar can be made of."""
        if self.at is None and self.alarm_minutes is not None:
            raise untimed(at_pointer(["alarm_minutes"], *UNTIMED))
        try:
            ref = lookup.find_program(self.program_id)
        except NotFound as unknown:
            error = at_pointer(["program_id"], "is no programme's id", "unknown_program")
            raise ValidationFailed(lookup.NO_PROGRAM, errors=[error]) from unknown
        if ref.spec.start_date is None:
            raise lookup.undated(at_pointer(["program_id"], *UNDATED))
        return ref.spec


class CalendarOut(BaseModel):
    """A calendar. Its address was told once, when it was made."""

    model_config = ConfigDict(title="Calendar", from_attributes=True)

    calendar_id: UUID
    """The calendar's id, by which it is revoked."""
    athlete_id: str
    """Whose it is."""
    program_id: str
    """The programme that it follows."""
    at: str | None
    """The time of day of its events; null for whole days."""
    alarm_minutes: int | None
    """Minutes before each session at which it rings; null for never."""
    created_at: datetime.datetime
    """When it was made."""


class NewCalendar(CalendarOut):
    """A calendar that was just made, with its address."""

    model_config = ConfigDict(title="NewCalendar")

    url: str
    """Its address below that of the service. Whoever has it may read the calendar: hand it to
    nobody but the person. It is told once."""


class CalendarList(BaseModel):
    """A person's calendars, the newest first."""

    items: list[CalendarOut]
    """Every one that was not revoked."""
