"""/programs/{program_id}/…: a programme as planned, as files for other programs.

A planned week never changes, so its files are cached. Calendars are not, because their links
contain the host name that the client used. What is written is in `export_files`.
"""

import datetime
import re
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.formats.ical.calendar_content import PLANNED_AT, CalendarContent
from app.programs import export_files, lookup
from app.programs.calendar_query import CalendarQuery
from app.programs.export_files import LayoutQuery
from app.programs.lookup import DatedProgramId, ProgramId
from app.training.adapting import calendar_entries
from app.training.planning.week import Week
from app.web.http import responses
from app.web.http.answers import CACHE_A_DAY
from app.web.http.path_parameters import Ordinal
from app.web.http.routing import StrictRoute

router = APIRouter(prefix="/programs", tags=["programs"], route_class=StrictRoute)

_HOST = re.compile(r"([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")


@router.get(
    "/{program_id}/calendar.ics", summary="Get a programme as a calendar", **export_files.CALENDAR
)
async def get_program_calendar(
    program_id: DatedProgramId, query: Annotated[CalendarQuery, Query()], request: Request
) -> Response:
    """An iCalendar event for each session, with the exercises, sets and reps in its text. With
    `at` the events have that time in the programme's time zone, across daylight saving; without
    `at` they are all-day events. The programme needs a `start_date`.
    """
    query.check()
    ref = lookup.find_dated_program(program_id)
    feed = CalendarContent(
        program_id=program_id,
        entries=calendar_entries.list_planned(ref.plan()),
        time_zone=ref.spec.timezone,
        modified=PLANNED_AT,
        at=None if query.at is None else datetime.time.fromisoformat(query.at),
        alarm_minutes=query.alarm_minutes,
        address=_build_url(request, f"{router.prefix}/{program_id}"),
    )
    return await export_files.calendar(feed).respond(request, CACHE_A_DAY)


@router.get(
    "/{program_id}/weeks/{week}/sessions/{session}/planned.json",
    summary="Get a session step by step for a companion",
    **export_files.PLANNED_SESSION,
)
async def get_program_planned_session(
    program_id: ProgramId, week: Ordinal, session: Ordinal, request: Request
) -> Response:
    """One session as blocks of steps, with left and right as separate steps, with rests, and each
    step under its names in FIT, Health Connect and WorkoutKit. `warnings` lists what these formats
    cannot express.
    """

    def build() -> bytes:
        picked = lookup.pick_session(_plan_week(program_id, week), session)
        return export_files.encode_planned_session(program_id, week, picked)

    return responses.respond_cached(request, build, CACHE_A_DAY)


@router.get(
    "/{program_id}/weeks/{week}/sessions/{session}/workout.fit",
    summary="Get a session as a workout for a watch",
    **export_files.WORKOUT,
)
async def get_program_workout(
    program_id: ProgramId,
    week: Ordinal,
    session: Ordinal,
    request: Request,
    layout: LayoutQuery = None,
) -> Response:
    """The steps of one session as FIT, with left and right as separate steps, with rests. What FIT
    cannot express (ranges of reps, tempo, effort) is in the notes of the steps, and under
    `warnings` in `planned.json`.
    """
    picked = lookup.pick_session(_plan_week(program_id, week), session)
    file = export_files.workout(program_id, week, picked, layout)
    return await file.respond(request, CACHE_A_DAY, cached=True)


@router.get(
    "/{program_id}/weeks/{week}/workouts.zip",
    summary="Get a week as workouts for a watch",
    **export_files.ARCHIVE,
)
async def get_program_workouts(
    program_id: ProgramId, week: Ordinal, request: Request, layout: LayoutQuery = None
) -> Response:
    """An archive with a FIT file for each session of one week, and `warnings.json`, which lists
    what the files cannot express.
    """
    picked = _plan_week(program_id, week)
    file = export_files.workout_archive(program_id, picked, layout)
    return await file.respond(request, CACHE_A_DAY, cached=True)


def _plan_week(program_id: str, number: int) -> Week:
    """Return a week of a programme as planned. Raises NotFound."""
    return lookup.pick_week(lookup.find_program(program_id).plan(), number)


def _build_url(request: Request, path: str) -> str | None:
    """Return the URL of a path on the host that the client used; None if that is no host name."""
    host = request.headers.get("host", "")
    return f"{request.scope['scheme']}://{host}{path}" if _HOST.fullmatch(host) else None
