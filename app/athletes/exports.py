"""/athletes/{athlete_id}/programs/{program_id}/…: a programme after what was done, as files.

The same files as under /programs, from the followed programme and with headers for private data.
What is written is in `app.programs.export_files`.
"""

import datetime
from datetime import UTC
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.athletes import loading
from app.athletes.loading import AthleteId, LoggedProgramDep
from app.calendars import feeds
from app.formats.companion.companion_session import CompanionSession
from app.keys.auth import AuthenticatedRoute, Reader
from app.programs import export_files, lookup
from app.programs.calendar_query import CalendarQuery
from app.programs.export_files import LayoutQuery
from app.programs.lookup import DatedProgramId, ProgramId
from app.sessions import folding
from app.web.http import responses
from app.web.http.answers import PRIVATE, FitResponse, ICalendarResponse, ZipResponse
from app.web.http.resources import DatabaseDep, get_resources
from app.web.http.validation import Ordinal

router = APIRouter(prefix="/athletes", tags=["athletes"], route_class=AuthenticatedRoute)


@router.get(
    "/{athlete_id}/programs/{program_id}/calendar.ics",
    operation_id="get_course_calendar",
    summary="Get a programme after what was done as a calendar",
    response_class=ICalendarResponse,
    responses=export_files.CALENDAR_RESPONSES,
)
async def get_course_calendar(
    athlete_id: AthleteId,
    program_id: DatedProgramId,
    query: Annotated[CalendarQuery, Query()],
    caller: Reader,
    database: DatabaseDep,
    request: Request,
) -> Response:
    """The programme's calendar after what was done: sessions that were dropped are `CANCELLED`,
    and each change raises `SEQUENCE`. For a URL to subscribe to, see `POST /calendars`.
    """
    query.check()
    ref = lookup.find_dated_program(program_id)
    source = await database.read(
        feeds.load_feed, caller.tenant_id, athlete_id, program_id, query.at, query.alarm_minutes
    )
    now = datetime.datetime.now(UTC)
    feed = await folding.run(
        lambda: feeds.build_feed(ref, source, now), sets=folding.count_sets(source.sessions)
    )
    return await export_files.calendar(feed).respond(request, PRIVATE)


@router.get(
    "/{athlete_id}/programs/{program_id}/weeks/{week}/sessions/{session}/planned.json",
    operation_id="get_course_planned_session",
    summary="Get a session after what was done step by step for a companion",
    response_model=CompanionSession,
    responses=export_files.PLANNED_SESSION_RESPONSES,
)
async def get_course_planned_session(
    athlete_id: AthleteId,
    program_id: ProgramId,
    week: Ordinal,
    session: Ordinal,
    caller: Reader,
    request: Request,
) -> Response:
    """The programme's planned session after what was done so far. Its `id` stays the same when the
    session changes; its ETag changes.
    """
    database = get_resources(request).database
    program = await loading.load_program(athlete_id, program_id, caller, database)
    picked = await program.fold(lambda followed: loading.pick_session(followed, week, session))
    body = export_files.encode_planned_session(program_id, week, picked)
    return responses.respond(request, body, PRIVATE)


@router.get(
    "/{athlete_id}/programs/{program_id}/weeks/{week}/sessions/{session}/workout.fit",  # noqa: FAST003  # LoggedProgramDep takes the athlete
    operation_id="get_course_workout",
    summary="Get a session after what was done as a workout for a watch",
    response_class=FitResponse,
    responses=export_files.WORKOUT_RESPONSES,
)
async def get_course_workout(
    program: LoggedProgramDep,
    program_id: ProgramId,
    week: Ordinal,
    session: Ordinal,
    request: Request,
    layout: LayoutQuery = None,
) -> Response:
    """The programme's workout after what was done so far."""
    picked = await program.fold(lambda followed: loading.pick_session(followed, week, session))
    file = export_files.workout(program_id, week, picked, layout)
    return await file.respond(request, PRIVATE)


@router.get(
    "/{athlete_id}/programs/{program_id}/weeks/{week}/workouts.zip",  # noqa: FAST003  # LoggedProgramDep takes the athlete
    operation_id="get_course_workouts",
    summary="Get a week after what was done as workouts for a watch",
    response_class=ZipResponse,
    responses=export_files.ARCHIVE_RESPONSES,
)
async def get_course_workouts(
    program: LoggedProgramDep,
    program_id: ProgramId,
    week: Ordinal,
    request: Request,
    layout: LayoutQuery = None,
) -> Response:
    """The programme's archive after what was done so far."""
    picked = await program.fold(lambda followed: loading.pick_week(followed, week))
    file = export_files.workout_archive(program_id, picked, layout)
    return await file.respond(request, PRIVATE)
