"""The programmes that one person has trained in, the newest first, and which continues which.

read_history() gets the stored sessions of each programme. Nothing says in the database that one
programme continues another, so find_successors() recognises it by what `continue` writes into the
successor's spec: `start.since`, the weeks of the programmes before it. The routes answer with
list_programs(), and measure progress along find_newest_chain().
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.athletes.schemas import AthleteProgram
from app.programs import lookup
from app.training.adapting.followed_program import FollowedProgram
from app.training.engine import ProgramRef
from app.training.log.completed import CompletedSession
from app.training.planning.spec import Spec
from app.training.planning.spec_building import SpecError
from app.web.http.problems import NotFound, ProgramEngineRetired

Logs = Mapping[str, list[CompletedSession]]


@dataclass(frozen=True, slots=True)
class TrainedProgram:
    """A programme, and what the person did in it."""

    program_id: str
    ref: ProgramRef | None
    """None if the service does not know the programme, or no longer serves its engine."""
    sessions: list[CompletedSession]
    missing: Literal["unknown", "retired"] = "unknown"
    """Why there is no `ref`."""

    @property
    def first_at(self) -> datetime:
        """When the first session started."""
        return min(session.started_at for session in self.sessions)

    @property
    def last_at(self) -> datetime:
        """When the last session started."""
        return max(session.started_at for session in self.sessions)

    def follow(self, now: datetime) -> FollowedProgram | None:
        """Return the programme after what was done until now; None if it cannot be followed."""
        if self.ref is None:
            return None
        try:
            return self.ref.follow(self.sessions, as_of=self.ref.spec.date_at(now))
        except SpecError:
            return None


def read_history(logs: Logs) -> list[TrainedProgram]:
    """Return the programmes of these logs, in their order."""
    return [_read_program(program_id, sessions) for program_id, sessions in logs.items()]


def _read_program(program_id: str, sessions: list[CompletedSession]) -> TrainedProgram:
    try:
        return TrainedProgram(program_id, lookup.find_program(program_id), sessions)
    except NotFound:
        return TrainedProgram(program_id, None, sessions)
    except ProgramEngineRetired:
        return TrainedProgram(program_id, None, sessions, missing="retired")


def list_programs(logs: Logs, now: datetime) -> list[AthleteProgram]:
    """Return what the service answers about each programme of these logs."""
    history = read_history(logs)
    successors = find_successors(history)
    return [_describe(program, now, successors.get(program.program_id)) for program in history]


def _describe(program: TrainedProgram, now: datetime, successor: str | None) -> AthleteProgram:
    followed = program.follow(now)
    running = followed.running if followed else None
    return AthleteProgram(
        program_id=program.program_id,
        status=followed.status if followed else program.missing,
        week=running.planned.index if running else None,
        last_session_at=program.last_at,
        continued_as=successor,
    )


def find_successors(history: Sequence[TrainedProgram]) -> dict[str, str]:
    """Return the id of the programme that continues another one, by the id of that one.

    A programme continues the newest one before it whose weeks its `start.since` counts: that of the
    other one, and up to all of its weeks. Newer is what has the later first session. If two
    programmes continue the same one, the newer is its successor.
    """
    by_first = sorted(history, key=lambda one: (one.first_at, one.program_id))
    found: dict[str, str] = {}
    for place, later in enumerate(by_first):
        for earlier in reversed(by_first[:place]):
            if _continues(later.ref, earlier.ref):
                found[earlier.program_id] = later.program_id
                break
    return found


def _continues(later: ProgramRef | None, earlier: ProgramRef | None) -> bool:
    if later is None or earlier is None or later.spec.start is None:
        return False
    since = later.spec.start.since
    if since is None:
        # A client wrote this start.
        return False
    return 0 <= since - _count_weeks_before(earlier.spec) <= earlier.spec.weeks


def _count_weeks_before(spec: Spec) -> int:
    """Return the weeks of the programmes before one."""
    return (spec.start.since if spec.start else None) or 0


def find_newest_chain(history: Sequence[TrainedProgram]) -> list[TrainedProgram]:
    """Return the newest programme that can be followed, and before it those that it continues."""
    known = [program for program in history if program.ref is not None]
    by_id = {program.program_id: program for program in known}
    before = {later: earlier for earlier, later in find_successors(known).items()}
    chain = known[:1]
    while (earlier := before.get(chain[0].program_id) if chain else None) is not None:
        chain.insert(0, by_id[earlier])
    return chain
