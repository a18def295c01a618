"""What is loaded about one person: a programme with its log, or everything that is stored.

LoggedProgramDep is the dependency of all routes under /athletes/{athlete_id}/programs/{program_id}.
Its `fold` follows the log; `responses` and the formats build the answers from the FollowedProgram.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from typing import Annotated, TypeVar
from uuid import UUID

import sqlalchemy as sa
from fastapi import Depends, Path

from app.athletes.program_history import Logs
from app.calendars import store as calendars
from app.calendars.calendar import Calendar
from app.keys.auth import Reader
from app.programs import lookup
from app.programs.lookup import ProgramId
from app.sessions import fold_scheduling, store
from app.sessions.store import AthleteData
from app.training.adapting.followed_program import FollowedProgram, FollowedWeek
from app.training.engine import ProgramRef
from app.training.log import limits
from app.training.log.completed import CompletedSession
from app.training.planning import week_answer
from app.training.planning.week import Session, Week
from app.web.http.problems import NotFound
from app.web.http.resources import DatabaseDep

AthleteId = Annotated[
    str,
    Path(
        min_length=1,
        max_length=limits.MAX_LENGTHS["athlete_id"],
        description="Id of the person in the calling app.",
        examples=["runner-7"],
    ),
]

MAX_PROGRAMS = 50
"""Programmes of one person that are answered. Twelve weeks each, they are twelve years."""
NOTHING_STORED = "Nothing is stored on this athlete."

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class LoggedProgram:
    """A programme and everything that one person did in it."""

    ref: ProgramRef
    sessions: list[CompletedSession]

    def today(self) -> datetime.date:
        return self.ref.spec.date_at(datetime.datetime.now(UTC))

    async def fold(
        self, build: Callable[[FollowedProgram], _T], *, today: datetime.date | None = None
    ) -> _T:
        """Follow the programme up to `today` and return what `build` makes of it."""
        as_of = today or self.today()
        sets = fold_scheduling.count_sets(self.sessions)
        return await fold_scheduling.run(
            lambda: build(self.ref.follow(self.sessions, as_of=as_of)), sets=sets
        )


async def load_program(
    athlete_id: AthleteId, program_id: ProgramId, caller: Reader, database: DatabaseDep
) -> LoggedProgram:
    """Load the programme that a path names, with its log. Raises NotFound."""
    ref = lookup.find_program(program_id)
    sessions = await database.read(store.read_log, caller.tenant_id, athlete_id, program_id)
    return LoggedProgram(ref, sessions)


LoggedProgramDep = Annotated[LoggedProgram, Depends(load_program)]


def list_weeks(followed: FollowedProgram) -> tuple[FollowedWeek, ...]:
    """Return all weeks of a followed programme; the one that ended with a block is the last."""
    weeks = followed.weeks()
    if followed.blocked_week is None:
        return weeks
    last = week_answer.build_week(followed.constants, followed.blocked_week, planned=False)
    fields = {name: getattr(last, name) for name in Week.__dataclass_fields__}
    return (*weeks, FollowedWeek(**fields))


def pick_week(followed: FollowedProgram, number: int) -> FollowedWeek:
    """Return one week of a followed programme. Raises NotFound if there is none."""
    for week in list_weeks(followed):
        if week.index == number:
            return week
    raise NotFound("There is no such week, or the programme stops before it.")


def pick_session(followed: FollowedProgram, week: int, number: int) -> Session:
    """Return one session of a week. Raises NotFound if there is none."""
    for session in pick_week(followed, week).sessions:
        if session.index == number:
            return session
    raise NotFound("There is no such session in this week.")


def load_logs(tx: sa.Connection, tenant_id: UUID, athlete_id: str) -> Logs:
    """Load a person's sessions by programme, the newest programme first. Raises NotFound if nothing
    is stored on the person.
    """
    logs = store.read_logs(tx, tenant_id, athlete_id, MAX_PROGRAMS)
    known = logs or store.read_edition(tx, tenant_id, athlete_id).number
    if not known and not calendars.list_calendars(tx, tenant_id, athlete_id):
        raise NotFound(NOTHING_STORED)
    return logs


def load_everything(
    tx: sa.Connection, tenant_id: UUID, athlete_id: str
) -> tuple[AthleteData, list[Calendar]]:
    """Load everything that is stored on a person. Raises NotFound if there is nothing."""
    stored = store.read_athlete(tx, tenant_id, athlete_id)
    opened = calendars.list_calendars(tx, tenant_id, athlete_id)
    if stored is None and not opened:
        raise NotFound(NOTHING_STORED)
    return stored or AthleteData([], [], []), opened
