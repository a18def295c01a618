"""/athletes/{athlete_id}/programs/{program_id}/…: a programme as it stands, as files.

What stands is read and put together elsewhere; the codec process writes calendars.
"""

import datetime
from datetime import UTC
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import TypeAdapter

from app.athletes import loading
from app.athletes.loading import AthleteId
from app.calendars import feeds
from app.file_worker import FileWorker
from app.formats.companion import conversion
from app.formats.companion.companion_session import CompanionSession
from app.keys.auth import AuthenticatedRoute, Reader
from app.programs import lookup
from app.programs.calendar_query import CalendarQuery
from app.programs.lookup import DatedProgramId, ProgramId
from app.sessions.responses import PRIVATE
from app.web.docs.operations import success_response
from app.web.http import answers
from app.web.http.answers import ICALENDAR, ICalendarResponse
from app.web.http.problems import NotFound, problem_responses
from app.web.http.validation import Ordinal
from app.web.monitoring.health import DatabaseDep

router = APIRouter(prefix="/athletes", tags=["athletes"], route_class=AuthenticatedRoute)

PLANNED = TypeAdapter(CompanionSession)


@router.get(
    "/{athlete_id}/programs/{program_id}/calendar.ics",
    operation_id="get_course_calendar",
    summary="Get a programme as it stands as a calendar",
    response_class=ICalendarResponse,
    responses={200: success_response("The calendar.", "ETag"), **problem_responses(NotFound)},
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
    ref = lookup.find_dated_program(program_id)
    whose = (caller.tenant_id, athlete_id, program_id)
    source = await database.read(feeds.load_feed, *whose, query.at, query.alarm_minutes)
    feed = feeds.build_feed(ref, source, datetime.datetime.now(UTC))
    codecs: FileWorker = request.app.state.file_worker
    body: bytes = await codecs.call("ical.calendar", "write", feed)
    template: str = request.scope["route"].path_format
    return answers.prepare(body, template, PRIVATE, ICALENDAR).respond(request)


@router.get(
    "/{athlete_id}/programs/{program_id}/weeks/{week}/sessions/{session}/planned.json",
    operation_id="get_course_planned_session",
    summary="Get a session as it stands step by step for a companion",
    response_model=CompanionSession,
    responses={
        200: success_response("The session step by step.", "ETag"),
        **problem_responses(NotFound),
    },
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
    followed = await loading.load_followed(request, caller, athlete_id, program_id)
    picked = loading.pick_session(followed, week, session)
    body = PLANNED.dump_json(conversion.convert_session(program_id, week, picked))
    template: str = request.scope["route"].path_format
    return answers.prepare(body, template, PRIVATE).respond(request)
