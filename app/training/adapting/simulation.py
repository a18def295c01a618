"""A course that nobody ran: a runner who does a share of the sets, easily or hardly.

The same engine folds what the simulated runner logs, so that an app can show what would follow.
Everything comes from the seed; nothing here is a prediction about a person.
"""

import datetime
import uuid
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal

from app.training.adapting import fold
from app.training.adapting.followed_program import TrackReason, projected_reasons
from app.training.log.completed import CompletedSession, CompletedSet, Load
from app.training.log.logbook import normalise
from app.training.planning.plan_constants import UNIT, PlanConstants, derive
from app.training.planning.spec import Spec
from app.training.planning.week import PlannedSet, Prescription, Session, Week

Effort = Literal["as_planned", "easy", "hard"]
# How far from the planned reserve a set ends, and how many repetitions a hard one may miss.
_RIR_DEVIATION: dict[Effort, tuple[int, int]] = {
    "as_planned": (0, 0),
    "easy": (4, 5),
    "hard": (-3, 0),
}
_MAX_MISSED_REPS: dict[Effort, int] = {"as_planned": 0, "easy": 0, "hard": 4}
# Programmes without dates are run in weeks that begin on a Monday.
_UNDATED_START = datetime.date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class Runner:
    """How the simulated runner trains."""

    adherence: float = 1.0
    """Share of sets that are done, 0 to 1."""
    effort: Effort = "as_planned"
    """Whether sets end with the planned reserve, with more, or with less."""
    missed_weeks: frozenset[int] = frozenset()
    """Weeks without any training."""
    seed: int = 0
    """Where chance comes from; the same seed gives the same course."""


@dataclass(frozen=True, slots=True)
class SimulatedWeek(Week):
    """One week of a simulated course."""

    done: float = 0.0
    """Share of the week's sets that the runner did."""
    why: tuple[TrackReason, ...] = ()
    """The reason for each track, in full."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """A simulated course."""

    status: Literal["finished", "blocked"]
    """Whether it came to its end."""
    weeks: tuple[SimulatedWeek, ...]
    """Its weeks, as each was prescribed after what was done before it."""


def simulate(spec: Spec, runner: Runner) -> Simulation:
    """The whole course of a runner. Deterministic. Raises SpecError if the start does not fit."""
    constants = derive(spec)
    chance = Random(runner.seed)  # noqa: S311  # nosec B311  # repeatable chance
    standing = fold.begin(constants)
    weeks: list[SimulatedWeek] = []
    for index, kind in enumerate(constants.week_kinds(), 1):
        if standing.blocked:
            break
        week = fold.render(constants, standing, index, kind)
        sessions = (
            []
            if index in runner.missed_weeks
            else [*simulate_week(constants, week, runner, chance)]
        )
        standing = fold.fold_week(constants, normalise(constants, sessions), standing, week)
        weeks.append(_summarise_week(week, sessions))
    return Simulation("blocked" if standing.blocked else "finished", tuple(weeks))


def _summarise_week(week: Week, sessions: list[CompletedSession]) -> SimulatedWeek:
    """A week with how much of it was done."""
    planned = sum(len(e.sets) for session in week.sessions for e in session.exercises)
    done = sum(len(session.sets) for session in sessions)
    fields = {name: getattr(week, name) for name in Week.__dataclass_fields__}
    share = round(done / planned, 2) if planned else 0.0
    return SimulatedWeek(**fields, done=share, why=projected_reasons(week))


def simulate_week(
    constants: PlanConstants, week: Week, runner: Runner, chance: Random
) -> Iterator[CompletedSession]:
    """What the runner logs of a week; sessions without a set are not logged."""
    for session in week.sessions:
        moment = session_time(constants, week, session)
        sets = tuple(
            _simulate_set(constants, runner, chance, moment, exercise, planned)
            for exercise in session.exercises
            for planned in exercise.sets
            if chance.random() < runner.adherence
        )
        if sets:
            yield CompletedSession(
                session_id=make_id(chance),
                athlete_id="simulated",
                week=week.index,
                session=session.index,
                started_at=moment,
                sets=sets,
            )


def _simulate_set(
    constants: PlanConstants,
    runner: Runner,
    chance: Random,
    moment: datetime.datetime,
    exercise: Prescription,
    planned: PlannedSet,
) -> CompletedSet:
    """One set as the runner does it."""
    least, most = sorted(_RIR_DEVIATION[runner.effort])
    reserve = min(10, max(0, planned.rir_target + chance.randint(least, most)))
    missed = chance.randint(0, _MAX_MISSED_REPS[runner.effort])
    load = None if planned.load is None else Load(planned.load, UNIT[constants.spec.units])
    return CompletedSet(
        set_id=make_id(chance),
        exercise=exercise.slug,
        side=planned.side,
        set_index=planned.n,
        reps=max(1, planned.reps_target - missed),
        load=load,
        rir=reserve,
        pain=0.0,
        performed_at=moment,
    )


def session_time(constants: PlanConstants, week: Week, session: Session) -> datetime.datetime:
    """Noon of the session's day, where the runner is."""
    days = 7 * (week.index - 1) + session.weekday
    day = session.date or _UNDATED_START + datetime.timedelta(days=days)
    zone = zoneinfo.ZoneInfo(constants.spec.timezone)
    return datetime.datetime.combine(day, datetime.time(12), tzinfo=zone)


def make_id(chance: Random) -> uuid.UUID:
    """An id out of the seed."""
    return uuid.UUID(int=chance.getrandbits(128), version=4)
