"""The query parameters of a programme's calendar: at what time to train, and when the alarm rings.

Used by the calendars under /programs and /athletes; /calendars takes the same two fields in a body.
"""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from app.web.http.path_parameters import check_plain_integer
from app.web.http.problems import FieldError, ValidationFailed

# A time of day in 24 hours. A training session does not start at a second.
TimeOfDay = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
# One day: an alarm earlier than the day before is of no use.
MAX_ALARM_MINUTES = 1440


class CalendarQuery(BaseModel, frozen=True, use_attribute_docstrings=True):
    """At what time to train, and when the alarm rings."""

    at: Annotated[TimeOfDay | None, Field(examples=["18:30"])] = None
    """The time of day to train at, in the programme's time zone. Left out: all-day events."""
    alarm_minutes: Annotated[
        Annotated[int, Field(ge=0, le=MAX_ALARM_MINUTES), BeforeValidator(check_plain_integer)]
        | None,
        Field(examples=[15]),
    ] = None
    """Minutes from the alarm to the session; needs `at`. Left out: no alarm."""

    def check(self) -> None:
        if self.at is None and self.alarm_minutes is not None:
            raise alarm_without_time(parameter="alarm_minutes")


def alarm_without_time(**place: str) -> ValidationFailed:
    """Return the problem of an alarm without a time; `place` is that of the FieldError."""
    detail = "needs `at`, the time of day of the session"
    error = FieldError(detail, "alarm_without_time", **place)
    return ValidationFailed("An alarm needs the time of day of the session.", errors=[error])
