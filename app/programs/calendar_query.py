"""What stands in the query of an export: how a calendar shows the sessions of a programme."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.web.http.problems import FieldError, ValidationFailed, at_parameter
from app.web.http.validation import check_plain_integer

# A time of day in 24 hours; the seconds of a training session are nobody's business.
TIME_FORM = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
TimeOfDay = Annotated[str, Field(pattern=TIME_FORM)]
# The day before is early enough.
MOST_ALARM_MINUTES = 1440


class CalendarQuery(BaseModel):
    """When to train, and when to be told so."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    at: Annotated[TimeOfDay | None, Field(examples=["18:30"])] = None
    """The time of day to train at, in the programme's time zone; left out: events of whole days."""
    alarm_minutes: Annotated[
        Annotated[int, Field(ge=0, le=MOST_ALARM_MINUTES), BeforeValidator(check_plain_integer)]
        | None,
        Field(examples=[15]),
    ] = None
    """Minutes before each session at which to ring; needs `at`. Left out: no alarm."""

    def check(self) -> None:
        """Raises ValidationFailed where the fields do not go together."""
        if self.at is None and self.alarm_minutes is not None:
            raise untimed(at_parameter("alarm_minutes", *UNTIMED))


# What is wrong with an alarm for a whole day, and the code of it.
UNTIMED = ("needs a time of day to ring before: send at as well", "alarm_without_time")


def untimed(error: FieldError) -> ValidationFailed:
    """The problem of an alarm before no time."""
    return ValidationFailed("An alarm needs the time of day that it rings before.", errors=[error])
