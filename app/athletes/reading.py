"""What is read about one person: a programme with its log, the course of it, all that is held.

Hands values to the routes; what is told of them is decided in views and in the formats.
"""

import datetime
from datetime import UTC
from typing import Annotated
from uuid import UUID

import sqlalchemy as sa
from fastapi import Depends, Path, Request

from app.calendars import store as calendars
from app.calendars.store import Calendar
from app.db import Database
from app.keys.auth import Caller, Reader
from app.programs import addresses
from app.programs.addresses import ProgramId
from app.programs.schemas import Day
from app.sessions import store
from app.sessions.store import Held
from app.training import course
from app.training.course import Course, CourseWeek
from app.training.log import CompletedSession
from app.training.spec import Spec
from app.training.week import Session
from app.web.problems import NotFound

AthleteId = Annotated[
    str,
    Path(
        min_length=1,
        max_length=128,
        description="The calling app's own id of the person.",
        examples=["runner-7"],
    ),
]


async def read_course(
    request: Request, caller: Caller, athlete_id: str, program_id: str, as_of: Day | None = None
) -> Course:
    """A programme folded to its running week. Raises NotFound for an id that is not ours."""
    spec, done = await read_log(request, caller, athlete_id, program_id)
    return course.take_up(spec, done, as_of=as_of or today_in(spec))


async def stand(
    athlete_id: AthleteId, program_id: ProgramId, caller: Reader, request: Request
) -> Course:
    """The course that an address names, as it stands today. Raises NotFound."""
    return await read_course(request, caller, athlete_id, program_id)


CourseDep = Annotated[Course, Depends(stand)]


async def read_log(
    request: Request, caller: Caller, athlete_id: str, program_id: str
) -> tuple[Spec, list[CompletedSession]]:
    """A programme's spec and everything that the person did in it. Raises NotFound."""
    spec = addresses.find_spec(program_id)
    database: Database = request.app.state.database
    return spec, await database.read(store.read_log, caller.tenant_id, athlete_id, program_id)


def pick_week(standing: Course, number: int) -> CourseWeek:
    """One week of a course. Raises NotFound where there is none."""
    for week in course.lay_out(standing):
        if week.index == number:
            return week
    raise NotFound("There is no such week, or the programme stops before it.")


def pick_session(standing: Course, week: int, number: int) -> Session:
    """One session of a week. Raises NotFound where there is none."""
    for session in pick_week(standing, week).sessions:
        if session.index == number:
            return session
    raise NotFound("There is no such session in this week.")


def today_in(spec: Spec) -> datetime.date:
    """Today in the programme's time zone."""
    return course.date_at(spec, datetime.datetime.now(UTC))


def read_held(tx: sa.Connection, tenant_id: UUID, athlete_id: str) -> tuple[Held, list[Calendar]]:
    """Everything that is held on a person, their calendars included. Raises NotFound if nothing
    is.
    """
    held = store.read_athlete(tx, tenant_id, athlete_id)
    kept = calendars.list_calendars(tx, tenant_id, athlete_id)
    if held is None and not kept:
        raise NotFound("Nothing is held on this athlete.")
    return held or Held([], [], []), kept
