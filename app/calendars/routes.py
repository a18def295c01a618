"""/calendars: URLs that calendar apps subscribe to.

Calendar apps send no headers, so the secret in the URL is the permission; it can be revoked.
Creating, listing and revoking need a key. Feeds come from `feeds`, and the file worker writes them.
"""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field, TypeAdapter

from app.calendars import calendar_tokens, feeds, store
from app.calendars.calendar import Calendar
from app.calendars.schemas import CalendarIn, CalendarList, NewCalendar
from app.keys.auth import AuthenticatedRoute, TokenCreator
from app.programs import lookup
from app.sessions import erasure
from app.sessions.field_types import Id
from app.training.log import limits
from app.web.docs.operations import describe_responses
from app.web.http.answers import ICALENDAR, JSON, NO_STORE, PRIVATE, file_response
from app.web.http.problems import (
    AthleteErased,
    DatabaseUnavailable,
    NotFound,
    Overloaded,
    ProgramEngineRetired,
)
from app.web.http.resources import DatabaseDep, SettingsDep
from app.web.http.routing import StrictRoute

router = APIRouter(prefix="/calendars", tags=["calendars"], route_class=AuthenticatedRoute)
# The feed needs no key but the secret in its URL.
feed_router = APIRouter(prefix="/calendars", tags=["calendars"], route_class=StrictRoute)

_NEW_CALENDAR, _LIST = TypeAdapter(NewCalendar), TypeAdapter(CalendarList)
# Calendar apps ask every few minutes at most, so a feed may be five minutes old.
_CACHE_FEED = {"Cache-Control": "private, max-age=300"}


class ListQuery(BaseModel, frozen=True, use_attribute_docstrings=True):
    """Whose calendars to list."""

    athlete_id: Annotated[
        str, Field(min_length=1, max_length=limits.MAX_LENGTHS["athlete_id"], examples=["runner-7"])
    ]
    """Id of the person in the calling app."""


@router.post(
    "",
    summary="Create a calendar to subscribe to",
    status_code=201,
    response_model=NewCalendar,
    responses=describe_responses(
        "The calendar, with its URL, which is shown only here.",
        [],
        [AthleteErased, ProgramEngineRetired],
        status=201,
    ),
)
async def create_calendar(
    sent: CalendarIn, caller: TokenCreator, database: DatabaseDep, settings: SettingsDep
) -> Response:
    """A URL for a person's calendar app. Its events follow the programme after what was done;
    sessions that are dropped become `CANCELLED` in it. Everyone who has the URL can read the
    calendar, so the URL is shown only in this answer, and can be revoked.
    """
    sent.check()
    key = settings.derive_key(erasure.KEY_PURPOSE)
    fingerprint = erasure.make_fingerprint(key, caller.tenant_id, sent.athlete_id)
    token = calendar_tokens.create(caller.tenant_id)
    new = Calendar(calendar_id=uuid4(), created_at=datetime.now(UTC), **sent.model_dump())
    await database.write(feeds.create_calendar, caller.tenant_id, new, token.secret, fingerprint)
    created = NewCalendar(**asdict(new), url=f"{router.prefix}/{token.encode()}.ics")
    body = _NEW_CALENDAR.dump_json(created)
    return Response(body, status_code=201, headers=NO_STORE, media_type=JSON)


@router.get(
    "",
    summary="List a person's calendars",
    response_model=CalendarList,
    responses=describe_responses("The calendars, without their URLs."),
)
async def list_calendars(
    query: Annotated[ListQuery, Query()], caller: TokenCreator, database: DatabaseDep
) -> Response:
    """Every calendar of a person that was not revoked, newest first."""
    found = await database.read(store.list_calendars, caller.tenant_id, query.athlete_id)
    body = _LIST.dump_json(CalendarList(items=found))
    return Response(body, headers=PRIVATE, media_type=JSON)


@router.delete(
    "/{calendar_id}",
    summary="Revoke a calendar",
    status_code=204,
    responses=describe_responses(
        "The calendar is revoked. Its URL answers 404 from now on.", [], [NotFound], status=204
    ),
)
async def delete_calendar(
    calendar_id: Annotated[
        Id,
        Path(
            description="The calendar's id, as in the answer that created it.",
            examples=["0190d1c5-8a10-7c11-9b22-6d7e8f9a0b1c"],
        ),
    ],
    caller: TokenCreator,
    database: DatabaseDep,
) -> Response:
    """Revokes it at once. Events that a calendar app has already copied stay in that app."""
    if not await database.write(store.delete_calendar, caller.tenant_id, calendar_id):
        raise NotFound("There is no calendar with this id.")
    return Response(status_code=204)


@feed_router.get(
    "/{token}.ics",
    summary="Get a calendar that was subscribed to",
    response_class=file_response(ICALENDAR),
    responses=describe_responses(
        "The calendar.", ["ETag"], [NotFound, ProgramEngineRetired, Overloaded, DatabaseUnavailable]
    ),
)
async def get_calendar(
    token: Annotated[
        str,
        Path(
            description="The secret of the calendar's address, as in its `url`.",
            examples=["pushcal_0123"],
        ),
    ],
    database: DatabaseDep,
    request: Request,
) -> Response:
    """An iCalendar event for each session of the programme after what was done. Each change raises
    `SEQUENCE`; sessions that were dropped are `CANCELLED`. No key is needed.
    """
    parsed = calendar_tokens.parse(token)
    source = None if parsed is None else await database.read(feeds.load_feed_by_token, parsed)
    if source is None:
        raise NotFound("There is no calendar at this address.")
    ref = lookup.find_dated_program(source.program_id)
    return await feeds.respond(request, ref, source, _CACHE_FEED)
