"""/programs/{program_id}/…: a programme as files for other programs.

The codec process writes calendars. None of them is kept on the shelf, because the links in it lead
back to whatever address the service was asked under; planned sessions, which have none, are.
"""

import datetime
import re
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import TypeAdapter

from app.file_worker import FileWorker
from app.formats.companion import conversion
from app.formats.companion.companion_session import CompanionSession
from app.formats.ical.feed import PLANNED_AT, CalendarFeed
from app.programs import lookup
from app.programs.calendar_query import CalendarQuery
from app.programs.lookup import DatedProgramId, ProgramId
from app.training.adapting import calendar_entries
from app.web.docs.operations import success_response
from app.web.http import answers
from app.web.http.answers import CACHE_A_DAY, ICALENDAR, AnswerCache, ICalendarResponse
from app.web.http.problems import NotFound, Overloaded, problem_responses
from app.web.http.routing import StrictRoute
from app.web.http.validation import Ordinal

router = APIRouter(prefix="/programs", tags=["programs"], route_class=StrictRoute)

PLANNED = TypeAdapter(CompanionSession)
HOST = re.compile(r"([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")


@router.get(
    "/{program_id}/calendar.ics",
    operation_id="get_program_calendar",
    summary="Get a programme as a calendar",
    response_class=ICalendarResponse,
    responses={
        200: success_response("The calendar.", "ETag"),
        **problem_responses(NotFound, Overloaded),
    },
)
async def get_program_calendar(
    program_id: DatedProgramId, query: Annotated[CalendarQuery, Query()], request: Request
) -> Response:
    """An event for each session as iCalendar, with all that it takes to train by it. With `at`
    the events have that time in the programme's time zone, across daylight saving; without, they
    are events of whole days. It needs a programme with a `start_date`.
    """
    query.check()
    ref = lookup.find_dated_program(program_id)
    feed = CalendarFeed(
        program_id=program_id,
        entries=calendar_entries.list_planned(ref.plan()),
        time_zone=ref.spec.timezone,
        modified=PLANNED_AT,
        at=None if query.at is None else datetime.time.fromisoformat(query.at),
        alarm_minutes=query.alarm_minutes,
        address=find_address(request, f"{router.prefix}/{program_id}"),
    )
    codecs: FileWorker = request.app.state.file_worker
    body: bytes = await codecs.call("ical.calendar", "write", feed)
    template: str = request.scope["route"].path_format
    return answers.prepare(body, template, CACHE_A_DAY, ICALENDAR).respond(request)


@router.get(
    "/{program_id}/weeks/{week}/sessions/{session}/planned.json",
    operation_id="get_program_planned_session",
    summary="Get a session step by step for a companion",
    response_model=CompanionSession,
    responses={
        200: success_response("The session step by step.", "ETag"),
        **problem_responses(NotFound),
    },
)
async def get_program_planned_session(
    program_id: ProgramId, week: Ordinal, session: Ordinal, request: Request
) -> Response:
    """One session as blocks of steps, left and right as steps of their own, with rests, and each
    step by the names of FIT, Health Connect and WorkoutKit. `warnings` tell what these cannot say.
    """
    shelf: AnswerCache = request.app.state.answer_cache
    path = request.scope["path"]
    if (kept := shelf.get(path)) is None:
        picked = lookup.pick_session(program_id, week, session)
        body = PLANNED.dump_json(conversion.convert_session(program_id, week, picked))
        template: str = request.scope["route"].path_format
        kept = shelf.put(path, answers.prepare(body, template, CACHE_A_DAY))
    return kept.respond(request)


def find_address(request: Request, path: str) -> str | None:
    """The whole address of a path on the host that was asked, or None if its name is none."""
    host = request.headers.get("host", "")
    return f"{request.scope['scheme']}://{host}{path}" if HOST.fullmatch(host) else None
