"""The query parameters and headers of the routes of sessions."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import Header, Request
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from app.formats.fit.exercise_codes import FitNames
from app.formats.imported_file import ImportContext
from app.sessions.field_types import AthleteId, parse_moment
from app.training.log import limits
from app.training.planning.week import Week
from app.web.http.path_parameters import check_plain_integer
from app.web.http.problems import InvalidHeader

_DAY_PATTERN = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
# Visible ASCII, bare or in the quotes of a structured header (RFC 9651). A comma would make a list.
_IDEMPOTENCY_KEY_PATTERN = re.compile(r'"([!#-+\--~ ]{1,255})"|([!#-+\--~]{1,255})')


def _parse_bound(value: object) -> datetime:
    if isinstance(value, str):
        if _DAY_PATTERN.fullmatch(value):
            value = f"{value}T00:00:00Z"
        # A plus sign that was not escaped arrives as a space.
        value = value.replace(" ", "+")
    return parse_moment(value)


_Bound = Annotated[datetime, BeforeValidator(_parse_bound, json_schema_input_type=datetime | date)]


_PLAIN_INTEGER = BeforeValidator(check_plain_integer)
_ProgramId = Annotated[str, Field(min_length=1, max_length=limits.MAX_LENGTHS["program_id"])]
_AnyAthleteId = Annotated[str, Field(min_length=1, max_length=limits.MAX_LENGTHS["athlete_id"])]


class ListQuery(BaseModel):
    """Filters and paging of a list of sessions."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    athlete_id: Annotated[_AnyAthleteId | None, Field(examples=["runner-7"])] = None
    """Only sessions of this athlete."""
    since: _Bound | None = Field(default=None, alias="from", examples=["2026-10-01"])
    """Only sessions that started at this moment or on this day (UTC), or later."""
    before: _Bound | None = Field(default=None, alias="to")
    """Only sessions that started before this moment or day (UTC)."""
    program_id: _ProgramId | None = None
    """Only sessions of this programme."""
    limit: Annotated[int, Field(ge=1, le=200), _PLAIN_INTEGER] = 50
    """Maximum number of sessions on a page."""
    cursor: Annotated[str, Field(max_length=200)] | None = None
    """The `next_cursor` of the previous page."""


class VersionQuery(BaseModel):
    """The version of a deletion."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    version: Annotated[int, Field(ge=0, le=int(limits.VERSION.high)), _PLAIN_INTEGER] | None = None
    """Version of the deletion. It is written unless a higher version is stored. Without a version,
    the deletion always applies."""


async def parse_idempotency_key(
    request: Request,
    _: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="1 to 255 visible ASCII characters of your choice. The session's id"
            " is derived from it, so a retry finds the session that the first request stored.",
            examples=["watch-42-2026-10-06"],
            json_schema_extra={"minLength": 1, "maxLength": 255},
        ),
    ] = None,
) -> str | None:
    """Return the Idempotency-Key of a request. Raises InvalidHeader for a malformed one."""
    sent = request.headers.getlist("idempotency-key")
    if not sent:
        return None
    found = _IDEMPOTENCY_KEY_PATTERN.fullmatch(sent[0]) if len(sent) == 1 else None
    if found is None:
        accepted = "one value of 1 to 255 visible ASCII characters without commas"
        raise InvalidHeader(f"Idempotency-Key takes {accepted}.")
    return found[1] or found[2]


def _check_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise PydanticCustomError("tz", "must be an IANA time zone such as Europe/Berlin") from None
    return name


class ImportQuery(BaseModel):
    """The query of an import."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    athlete_id: Annotated[AthleteId, Field(examples=["runner-7"])]
    """The calling app's own id of the athlete."""
    tz: Annotated[
        Annotated[str, Field(max_length=64), AfterValidator(_check_zone)] | None,
        Field(examples=["Europe/Berlin"]),
    ] = None
    """Time zone of local times, for formats that name none. Without it, UTC is used."""
    program_id: _ProgramId | None = None
    """The programme that was followed. Sets are then matched to its plan."""
    dry_run: Literal["true", "false"] = "false"
    """`true`: return what would be stored, and store nothing."""
    strict: Literal["true", "false"] = "false"
    """`true`: reject a damaged file. `false`: import what can be read of it."""

    def make_context(
        self, now: datetime, weeks: Sequence[Week], fit_names: FitNames, timeout_s: float
    ) -> ImportContext:
        """Return the context for the readers of files."""
        return ImportContext(
            athlete_id=self.athlete_id,
            now=now,
            time_zone=self.tz,
            program_id=self.program_id,
            weeks=weeks,
            fit_names=fit_names,
            strict=self.strict == "true",
            timeout_s=timeout_s,
        )
