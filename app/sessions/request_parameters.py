"""What stands in the query and the headers of requests about sessions."""

import re
from datetime import date, datetime
from typing import Annotated

from fastapi import Header, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.sessions.field_types import HIGHEST_VERSION, parse_moment
from app.web.http.problems import InvalidHeader
from app.web.http.validation import check_plain_integer

DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
# Visible ASCII, bare or in the quotes of a structured header; a comma would be a list.
IDEMPOTENCY_KEY = re.compile(r'"([!#-+\--~ ]{1,255})"|([!#-+\--~]{1,255})')


def parse_bound(value: object) -> datetime:
    """A moment, or a day that begins at midnight UTC."""
    if isinstance(value, str):
        if DAY.fullmatch(value):
            value = f"{value}T00:00:00Z"
        # A plus sign that was not escaped arrives as a blank.
        value = value.replace(" ", "+")
    return parse_moment(value)


Bound = Annotated[datetime, BeforeValidator(parse_bound, json_schema_input_type=datetime | date)]


class ListQuery(BaseModel):
    """Which sessions to list, and where to go on."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    athlete_id: Annotated[
        Annotated[str, Field(min_length=1, max_length=128)] | None, Field(examples=["runner-7"])
    ] = None
    """Only this person's sessions."""
    since: Bound | None = Field(default=None, alias="from", examples=["2026-10-01"])
    """Only sessions begun at this moment or day (UTC) or later."""
    before: Bound | None = Field(default=None, alias="to")
    """Only sessions begun before this moment or day (UTC)."""
    program_id: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """Only sessions of this programme."""
    limit: Annotated[int, Field(ge=1, le=200), BeforeValidator(check_plain_integer)] = 50
    """How many sessions to answer with at most."""
    cursor: Annotated[str, Field(max_length=200)] | None = None
    """The `next_cursor` of the page before."""


class VersionQuery(BaseModel):
    """The version of a deletion."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    version: (
        Annotated[int, Field(ge=0, le=HIGHEST_VERSION), BeforeValidator(check_plain_integer)] | None
    ) = None
    """The deletion's version: it holds unless something higher is stored. Left out, it holds."""


async def read_idempotency_key(
    request: Request,
    _: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="1 to 255 visible ASCII characters of your own choice. The session's id"
            " is derived from it, so a retry finds the session that it made.",
            examples=["watch-42-2026-10-06"],
            json_schema_extra={"minLength": 1, "maxLength": 255},
        ),
    ] = None,
) -> str | None:
    """The Idempotency-Key of a request. Raises InvalidHeader for a malformed one."""
    sent = request.headers.getlist("idempotency-key")
    if not sent:
        return None
    found = IDEMPOTENCY_KEY.fullmatch(sent[0]) if len(sent) == 1 else None
    if found is None:
        raise InvalidHeader(
            "Idempotency-Key takes one value of 1 to 255 visible ASCII characters without commas."
        )
    return found[1] or found[2]
