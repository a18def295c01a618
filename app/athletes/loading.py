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
from app.database.database import Database
from app.keys.auth import Caller, Reader
from app.programs import lookup
from app.programs.lookup import ProgramId
from app.programs.schemas import Day
from app.sessions import store
from app.sessions.store import AthleteData
from app.training.adapting.followed_program import FollowedProgram, FollowedWeek
from app.training.engine import ProgramRef
from app.training.log.completed import CompletedSession
from app.training.planning.week import Session
from app.web.http.problems import NotFound

AthleteId = Annotated[
    str,
    Path(
        min_length=1,
        max_length=128,
        description="The calling app's own id of the person.",
        examples=["runner-7"],
    ),
]


async def load_followed(
    request: Request, caller: Caller, athlete_id: str, program_id: str, as_of: Day | None = None
) -> FollowedProgram:
    """A programme folded to its running week. Raises NotFound for an id that is not ours."""
    ref, done = await load_log(request, caller, athlete_id, program_id)
    return ref.follow(done, as_of=as_of or today_of(ref))


async def follow_today(
    athlete_id: AthleteId, program_id: ProgramId, caller: Reader, request: Request
) -> FollowedProgram:
    """The course that an address names, as it stands today. Raises NotFound."""
    return await load_followed(request, caller, athlete_id, program_id)


FollowedDep = Annotated[FollowedProgram, Depends(follow_today)]


async def load_log(
    request: Request, caller: Caller, athlete_id: str, program_id: str
) -> tuple[ProgramRef, list[CompletedSession]]:
    """A programme's spec and everything that the person did in it. Raises NotFound."""
    ref = lookup.find_program(program_id)
    database: Database = request.app.state.database
    return ref, await database.read(store.read_log, caller.tenant_id, athlete_id, program_id)


def pick_week(followed: FollowedProgram, number: int) -> FollowedWeek:
    """One week of a course. Raises NotFound where there is none."""
    for week in followed.weeks():
        if week.index == number:
            return week
    raise NotFound("There is no such week, or the programme stops before it.")


def pick_session(followed: FollowedProgram, week: int, number: int) -> Session:
    """One session of a week. Raises NotFound where there is none."""
    for session in pick_week(followed, week).sessions:
        if session.index == number:
            return session
    raise NotFound("There is no such session in this week.")


def today_of(ref: ProgramRef) -> datetime.date:
    """Today in the programme's time zone."""
    return ref.spec.date_at(datetime.datetime.now(UTC))


def load_everything(
    tx: sa.Connection, tenant_id: UUID, athlete_id: str
) -> tuple[AthleteData, list[Calendar]]:
    """Everything that is held on a person, their calendars included. Raises NotFound if nothing
    is.
    """
    held = store.read_athlete(tx, tenant_id, athlete_id)
    kept = calendars.list_calendars(tx, tenant_id, athlete_id)
    if held is None and not kept:
        raise NotFound("Nothing is held on this athlete.")
    return held or AthleteData([], [], []), kept
