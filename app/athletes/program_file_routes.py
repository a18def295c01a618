"""/athletes/{athlete_id}/programs/{program_id}/…: a programme after what was done, as files.

The same files as under /programs, from the followed programme and with headers for private data.
What is written is in `app.programs.export_files`.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.athletes import loading
from app.athletes.loading import AthleteId, LoggedProgramDep
from app.calendars import feeds
from app.keys.auth import AuthenticatedRoute, Reader
from app.programs import export_files, lookup
from app.programs.calendar_query import CalendarQuery
from app.programs.export_files import LayoutQuery
from app.programs.lookup import DatedProgramId, ProgramId
from app.web.http import responses
from app.web.http.answers import PRIVATE
from app.web.http.path_parameters import Ordinal
from app.web.http.resources import DatabaseDep, get_resources

router = APIRouter(prefix="/athletes", tags=["athletes"], route_class=AuthenticatedRoute)


@router.get(
    "/{athlete_id}/programs/{program_id}/calendar.ics",
    summary="Get the adapted programme as a calendar",
    **export_files.CALENDAR,
)
async def get_athlete_program_calendar(
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
    return await feeds.respond(request, ref, source, PRIVATE)


@router.get(
    "/{athlete_id}/programs/{program_id}/weeks/{week}/sessions/{session}/planned.json",
    summary="Get a session after what was done step by step for a companion",
    **export_files.PLANNED_SESSION,
)
async def get_athlete_program_planned_session(
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
    summary="Get a session of the adapted programme as a workout for a watch",
    **export_files.WORKOUT,
)
async def get_athlete_program_workout(
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
    summary="Get a week of the adapted programme as workouts for a watch",
    **export_files.ARCHIVE,
)
async def get_athlete_program_workouts(
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
