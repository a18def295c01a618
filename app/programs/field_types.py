"""The types of the fields of requests under /programs: days, numbers, counts.

schemas, start_schemas and adapting_schemas use them. A type checks one value and says what is
allowed; training.planning checks whether values fit together.
"""

import datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, StrictInt
from pydantic_core import PydanticCustomError

from app.training.planning.spec import WEEKS
from app.web.http.number_fields import within


class RequestModel(BaseModel, extra="forbid", frozen=True, use_attribute_docstrings=True):
    """The base of request bodies. An unknown field is an error, because a misspelled field would
    otherwise get its default.
    """


def _parse_date(value: object) -> datetime.date:
    """Parse a calendar day in the form 2026-11-23; every other form is an error."""
    if isinstance(value, str) and len(value) == 10:
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("date", "must be a calendar day such as 2026-11-23")


def check_number(value: object) -> object:
    """Return a JSON number. Strings and booleans are errors, which Pydantic would convert."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("number", "must be a number")
    return value


Day = Annotated[datetime.date, BeforeValidator(_parse_date, json_schema_input_type=datetime.date)]
# Comes after the limits of a number: Pydantic documents only those that come before.
IS_NUMBER = BeforeValidator(check_number)
Number = Annotated[float, Field(allow_inf_nan=False), IS_NUMBER]
WeekNumber = Annotated[StrictInt, within(WEEKS)]
