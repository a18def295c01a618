"""/calendars: addresses that calendar apps subscribe to. The address itself is the permission,
because those apps send no headers; it can be revoked.
"""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from app.calendars import calendar_tokens, feeds, store
from app.calendars.schemas import CalendarIn, CalendarList, CalendarOut, NewCalendar
from app.calendars.store import Calendar
from app.file_worker import FileWorker
from app.keys.auth import AuthenticatedRoute, TokenCreator
from app.programs import lookup
from app.sessions import erasure
from app.sessions.field_types import Id
from app.sessions.responses import PRIVATE
from app.settings import Settings
from app.web.docs.operations import success_response
from app.web.http import answers
from app.web.http.answers import ICALENDAR, ICalendarResponse
from app.web.http.problems import (
    AthleteErased,
    DatabaseUnavailable,
    NotFound,
    Overloaded,
    problem_responses,
)
from app.web.http.routing import StrictRoute
from app.web.monitoring.health import DatabaseDep

router = APIRouter(prefix="/calendars", tags=["calendars"], route_class=AuthenticatedRoute)
# What needs no key but the one in its address.
feed_router = APIRouter(prefix="/calendars", tags=["calendars"], route_class=StrictRoute)

MADE, LIST = TypeAdapter(NewCalendar), TypeAdapter(CalendarList)
# The answer holds a secret, so nothing on the way may keep it.
SECRET = {"Cache-Control": "no-store"}
# Apps ask every few minutes at most; what was done a moment ago may take so long to be seen.
MINUTES = {"Cache-Control": "private, max-age=300"}
NO_CALENDAR = "There is no calendar at this address."


class ListQuery(BaseModel):
    """Whose calendars to list."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    athlete_id: Annotated[str, Field(min_length=1, max_length=128, examples=["runner-7"])]
    """The person, by the calling app's own id."""


@router.post(
    "",
    operation_id="create_calendar",
    summary="Open a calendar to subscribe to",
    status_code=201,
    response_model=NewCalendar,
    responses={
        201: success_response("The calendar, with an address that is told once."),
        **problem_responses(AthleteErased),
    },
)
async def create_calendar(
    sent: CalendarIn, caller: TokenCreator, database: DatabaseDep, request: Request
) -> Response:
    """An address for a person's calendar app. Its events follow the programme as it stands after
    what was done; sessions that fall away are cancelled in it. Whoever has the address may read
    it, so it is told once, and can be revoked.
    """
    sent.check()
    settings: Settings = request.app.state.settings
    key = settings.derive_key(erasure.PURPOSE)
    mark = erasure.fingerprint(key, caller.tenant_id, sent.athlete_id)
    token = calendar_tokens.mint(caller.tenant_id)
    new = Calendar(calendar_id=uuid4(), created_at=datetime.now(UTC), **sent.model_dump())
    await database.write(feeds.open_calendar, caller.tenant_id, new, token.secret, mark)
    made = NewCalendar(**asdict(new), url=f"{router.prefix}/{token.spell()}.ics")
    return Response(MADE.dump_json(made), status_code=201, headers=SECRET, media_type=answers.JSON)


@router.get(
    "",
    operation_id="list_calendars",
    summary="List a person's calendars",
    response_model=CalendarList,
    responses={200: success_response("The calendars, without their addresses.")},
)
async def list_calendars(
    query: Annotated[ListQuery, Query()], caller: TokenCreator, database: DatabaseDep
) -> Response:
    """Every calendar of a person that was not revoked, the newest first."""
    found = await database.read(store.list_calendars, caller.tenant_id, query.athlete_id)
    body = LIST.dump_json(CalendarList(items=[CalendarOut.model_validate(one) for one in found]))
    return Response(body, headers=PRIVATE, media_type=answers.JSON)


@router.delete(
    "/{calendar_id}",
    operation_id="delete_calendar",
    summary="Revoke a calendar",
    status_code=204,
    responses={
        204: success_response("Its address opens nothing any more."),
        **problem_responses(NotFound),
    },
)
async def delete_calendar(
    calendar_id: Annotated[
        Id,
        Path(
            description="The calendar's id, as it was told when the calendar was made.",
            examples=["0190d1c5-8a10-7c11-9b22-6d7e8f9a0b1c"],
        ),
    ],
    caller: TokenCreator,
    database: DatabaseDep,
) -> Response:
    """Ends it at once. What a calendar app has copied already is for its owner to delete."""
    if not await database.write(store.delete_calendar, caller.tenant_id, calendar_id):
        raise NotFound("There is no calendar with this id.")
    return Response(status_code=204)


@feed_router.get(
    "/{token}.ics",
    operation_id="get_calendar",
    summary="Get a calendar that was subscribed to",
    response_class=ICalendarResponse,
    responses={
        200: success_response("The calendar.", "ETag"),
        **problem_responses(NotFound, Overloaded, DatabaseUnavailable),
    },
)
async def get_calendar(
    token: Annotated[
        str,
        Path(
            description="The secret of the calendar's address, as `url` told it.",
            examples=["pushcal_0123"],
        ),
    ],
    database: DatabaseDep,
    request: Request,
) -> Response:
    """An event for each session of the programme as it stands, as iCalendar. Each change raises
    `SEQUENCE`; sessions that fell away are `CANCELLED`. It needs no key.
    """
    if (parsed := calendar_tokens.parse(token)) is None:
        raise NotFound(NO_CALENDAR)
    if (found := await database.read(feeds.load_feed_by_token, parsed)) is None:
        raise NotFound(NO_CALENDAR)
    feed = feeds.build_feed(lookup.find_dated_program(found.program_id), found, datetime.now(UTC))
    codecs: FileWorker = request.app.state.file_worker
    body: bytes = await codecs.call("ical.calendar", "write", feed)
    template: str = request.scope["route"].path_format
    return answers.prepare(body, template, MINUTES, ICALENDAR).respond(request)
