"""/athletes/{athlete_id}/programs/{program_id}/…: a programme as it stands, as files.

What stands is read and put together elsewhere; the codec process writes calendars.
"""

import datetime
from datetime import UTC
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import TypeAdapter

from app.athletes import reading
from app.athletes.reading import AthleteId
from app.calendars import feeds
from app.codecs import Codecs
from app.formats import planned
from app.formats.companion import CompanionSession
from app.keys.auth import KeyedRoute, Reader
from app.programs import addresses
from app.programs.addresses import DatedProgramId, ProgramId
from app.programs.parameters import CalendarQuery
from app.sessions.answers import PRIVATE
from app.web import caching
from app.web.caching import ICALENDAR, ICalendar
from app.web.health import DatabaseDep
from app.web.operations import answered
from app.web.problems import NotFound, documented
from app.web.validation import Ordinal

router = APIRouter(prefix="/athletes", tags=["athletes"], route_class=KeyedRoute)

PLANNED = TypeAdapter(CompanionSession)


@router.get(
    "/{athlete_id}/programs/{program_id}/calendar.ics",
    operation_id="get_course_calendar",
    summary="Get a programme as it stands as a calendar",
    response_class=ICalendar,
    responses={200: answered("The calendar.", "ETag"), **documented(NotFound)},
)
async def get_course_calendar(
    athlete_id: AthleteId,
    program_id: DatedProgramId,
    query: Annotated[CalendarQuery, Query()],
    caller: Reader,
    database: DatabaseDep,
    request: Request,
) -> Response:
    """The same as the programme's calendar, after what was done: sessions that fell away are
    `CANCELLED`, and each change raises `SEQUENCE`. For an address to subscribe to, see
    `POST /calendars`.
    """
    query.check()
    spec = addresses.find_dated(program_id)
    whose = (caller.tenant_id, athlete_id, program_id)
    followed = await database.read(feeds.follow, *whose, query.at, query.alarm_minutes)
    feed = feeds.compose(spec, followed, datetime.datetime.now(UTC))
    codecs: Codecs = request.app.state.codecs
    body: bytes = await codecs.call("ical.calendar", "write", feed)
    template: str = request.scope["route"].path_format
    return caching.finish(body, template, PRIVATE, ICALENDAR).respond(request)


@router.get(
    "/{athlete_id}/programs/{program_id}/weeks/{week}/sessions/{session}/planned.json",
    operation_id="get_course_planned_session",
    summary="Get a session as it stands step by step for a companion",
    response_model=CompanionSession,
    responses={200: answered("The session step by step.", "ETag"), **documented(NotFound)},
)
async def get_course_planned_session(
    athlete_id: AthleteId,
    program_id: ProgramId,
    week: Ordinal,
    session: Ordinal,
    caller: Reader,
    request: Request,
) -> Response:
    """The same as the programme's planned session, after what was done so far. Its `id` stays when
    the session changes; the ETag tells that it did.
    """
    standing = await reading.read_course(request, caller, athlete_id, program_id)
    picked = reading.pick_session(standing, week, session)
    body = PLANNED.dump_json(planned.plan(program_id, week, picked))
    template: str = request.scope["route"].path_format
    return caching.finish(body, template, PRIVATE).respond(request)
