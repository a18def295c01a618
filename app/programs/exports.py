"""/programs/{program_id}/…: a programme as files for other programs.

The codec process writes calendars. None of them is kept on the shelf, because the links in it lead
back to whatever address the service was asked under; planned sessions, which have none, are.
"""

import datetime
import re
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import TypeAdapter

from app.codecs import Codecs
from app.formats import planned
from app.formats.companion import CompanionSession
from app.formats.ical.feed import PLANNED_AT, Feed
from app.programs import addresses
from app.programs.addresses import DatedProgramId, ProgramId
from app.programs.parameters import CalendarQuery
from app.training import agenda, program
from app.web import caching
from app.web.caching import FOR_A_DAY, ICALENDAR, ICalendar, Shelf
from app.web.operations import answered
from app.web.problems import NotFound, Overloaded, documented
from app.web.routing import StrictRoute
from app.web.validation import Ordinal

router = APIRouter(prefix="/programs", tags=["programs"], route_class=StrictRoute)

PLANNED = TypeAdapter(CompanionSession)
HOST = re.compile(r"([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")


@router.get(
    "/{program_id}/calendar.ics",
    operation_id="get_program_calendar",
    summary="Get a programme as a calendar",
    response_class=ICalendar,
    responses={200: answered("The calendar.", "ETag"), **documented(NotFound, Overloaded)},
)
async def get_program_calendar(
    program_id: DatedProgramId, query: Annotated[CalendarQuery, Query()], request: Request
) -> Response:
    """An event for each session as iCalendar, with all that it takes to train by it. With `at`
    the events have that time in the programme's time zone, across daylight saving; without, they
    are events of whole days. It needs a programme with a `start_date`.
    """
    query.check()
    spec = addresses.find_dated(program_id)
    feed = Feed(
        program_id=program_id,
        entries=agenda.plan(program.plan(spec, program_id)),
        time_zone=spec.timezone,
        modified=PLANNED_AT,
        at=None if query.at is None else datetime.time.fromisoformat(query.at),
        alarm_minutes=query.alarm_minutes,
        address=find_address(request, f"{router.prefix}/{program_id}"),
    )
    codecs: Codecs = request.app.state.codecs
    body: bytes = await codecs.call("ical.calendar", "write", feed)
    template: str = request.scope["route"].path_format
    return caching.finish(body, template, FOR_A_DAY, ICALENDAR).respond(request)


@router.get(
    "/{program_id}/weeks/{week}/sessions/{session}/planned.json",
    operation_id="get_program_planned_session",
    summary="Get a session step by step for a companion",
    response_model=CompanionSession,
    responses={200: answered("The session step by step.", "ETag"), **documented(NotFound)},
)
async def get_program_planned_session(
    program_id: ProgramId, week: Ordinal, session: Ordinal, request: Request
) -> Response:
    """One session as blocks of steps, left and right as steps of their own, with rests, and each
    step by the names of FIT, Health Connect and WorkoutKit. `warnings` tell what these cannot say.
    """
    shelf: Shelf = request.app.state.shelf
    path = request.scope["path"]
    if (kept := shelf.get(path)) is None:
        picked = addresses.pick_session(program_id, week, session)
        body = PLANNED.dump_json(planned.plan(program_id, week, picked))
        template: str = request.scope["route"].path_format
        kept = shelf.put(path, caching.finish(body, template, FOR_A_DAY))
    return kept.respond(request)


def find_address(request: Request, path: str) -> str | None:
    """The whole address of a path on the host that was asked, or None if its name is none."""
    host = request.headers.get("host", "")
    return f"{request.scope['scheme']}://{host}{path}" if HOST.fullmatch(host) else None
