"""Pydantic types of the fields of sessions and sets: ids, moments, numbers and texts.

Validation is strict. The limits come from training.log.limits. The meaning of a field is described
in schemas, which uses these types.
"""

import re
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, GetPydanticSchema, StrictInt, StrictStr
from pydantic.config import JsonDict
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from app.training.log import limits
from app.training.planning.spec import HEEL_RISES, WEEKS
from app.web.http.number_fields import within

_UUID_PATTERN = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
_MOMENT = r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,12})?([Zz]|[+-]\d\d:\d\d)"
_MOMENT_PATTERN = re.compile(_MOMENT, re.ASCII)


def parse_moment(value: object) -> datetime:
    """Parse a moment with an offset (RFC 3339); digits beyond microseconds are cut off.

    Pydantic's own parser is faster, but comparing moments in its zones takes five times as long.
    Raises PydanticCustomError.
    """
    if isinstance(value, str) and _MOMENT_PATTERN.fullmatch(value):
        try:
            moment = datetime.fromisoformat(value.upper())
            # The instant must exist in UTC as well, which the last hours of year 9999 do not.
            moment.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        else:
            return moment
    raise PydanticCustomError(
        "moment", "must be a moment with an offset, such as 2026-11-23T18:30:00+01:00"
    )


def _check_decimals(value: float) -> float:
    """Return the number, minus zero as zero. Raises PydanticCustomError beyond four decimals."""
    # Rounding to four decimals does not change a float that was written with at most four.
    if round(value, limits.MAX_DECIMALS) != value:
        raise PydanticCustomError("number", "takes at most four decimals")
    return value + 0.0


def _make_id_schema(_source: object, _handler: object) -> CoreSchema:
    """Return the schema of a UUID in its usual form of 36 characters.

    Pydantic accepts other forms too, so the form is checked first. All of this runs in Pydantic's
    Rust code: as a Python function it took a seventh of validation.
    """
    text = core_schema.str_schema(strict=True, pattern=_UUID_PATTERN)
    return core_schema.custom_error_schema(
        core_schema.chain_schema([text, core_schema.uuid_schema()]),
        "uuid",
        custom_error_message="must be a UUID such as 0190d1c5-6b1e-7c3a-9f57-1d2f3a4b5c6d",
    )


Id = Annotated[
    UUID, GetPydanticSchema(_make_id_schema, lambda _, handler: handler(core_schema.uuid_schema()))
]
Moment = Annotated[datetime, BeforeValidator(parse_moment, json_schema_input_type=datetime)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Score = Annotated[Number, within(limits.SCORE), AfterValidator(_check_decimals)]
Mass = Annotated[Number, within(limits.LOAD), AfterValidator(_check_decimals)]
Seconds = Annotated[Number, within(limits.DURATION_S), AfterValidator(_check_decimals)]
Version = Annotated[StrictInt, within(limits.VERSION)]
Reps = Annotated[StrictInt, within(limits.REPS)]
SetIndex = Annotated[StrictInt, within(limits.SET_INDEX)]
Week = Annotated[StrictInt, within(WEEKS)]
SessionOfWeek = Annotated[StrictInt, within(limits.SESSION_OF_WEEK)]
HeelRises = Annotated[StrictInt, within(HEEL_RISES)]
Short = Annotated[StrictStr, Field(min_length=1, max_length=limits.MAX_WORD_LENGTH)]
ProgramId = Annotated[StrictStr, Field(min_length=1, max_length=limits.MAX_LENGTHS["program_id"])]


def _check_athlete_id(value: str) -> str:
    """Return an id that can be part of a URL. Raises PydanticCustomError."""
    if "/" in value or value in (".", ".."):
        raise PydanticCustomError("athlete_id", "must not hold a slash, or be a dot or two")
    return value


# The part of the check that a JSON schema can express.
_NO_SLASH: JsonDict = {"pattern": "^[^/]+$"}
AthleteId = Annotated[
    StrictStr,
    Field(min_length=1, max_length=limits.MAX_LENGTHS["athlete_id"], json_schema_extra=_NO_SLASH),
    AfterValidator(_check_athlete_id),
]
