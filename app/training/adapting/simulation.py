"""A programme that a simulated runner does: a share of the sets, with less or more effort.

simulate() gets a spec and a SimulatedRunner, and folds what the runner logs with the same rules as
a real log, so that an app can show what the programme would do. The runner's seed decides all
random numbers. Nothing here is a prediction about a person. training.engine calls it.
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
from app.training.log.logbook import build_logbook
from app.training.planning.plan_constants import UNIT, PlanConstants, derive
from app.training.planning.spec import Spec
from app.training.planning.week import PlannedSet, Prescription, Session, Week

Effort = Literal["as_planned", "easy", "hard"]
# Least and greatest difference of the logged reserve from the planned one.
_RIR_DEVIATION = {"as_planned": (0, 0), "easy": (4, 5), "hard": (-3, 0)}
# The most repetitions by which a set misses its target.
_MAX_MISSED_REPS = {"as_planned": 0, "easy": 0, "hard": 4}
# A programme without dates is simulated from an arbitrary Monday.
_UNDATED_START = datetime.date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class SimulatedRunner:
    """How a simulated runner trains."""

    adherence: float = 1.0
    """Share of the sets that are done, 0 to 1."""
    effort: Effort = "as_planned"
    """Whether sets end with the planned reserve, with more (easy) or with less (hard)."""
    missed_weeks: frozenset[int] = frozenset()
    """Numbers of the weeks without any training."""
    seed: int = 0
    """Seed of the random numbers. The same seed gives the same simulation."""


@dataclass(frozen=True, slots=True)
class SimulatedWeek(Week):
    """One week of a simulated programme."""

    done: float = 0.0
    """Share of the week's sets that the runner did, with two decimals."""
    why: tuple[TrackReason, ...] = ()
    """The reason for each track, in full."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """A simulated programme."""

    status: Literal["finished", "blocked"]
    """Whether the programme was finished or blocked."""
    weeks: tuple[SimulatedWeek, ...]
    """The weeks, each as it was prescribed after what was done before it."""


def simulate(spec: Spec, runner: SimulatedRunner) -> Simulation:
    """Return the programme of a spec as a runner does it.

    The same arguments give the same result. Raises SpecError if the spec's `start` does not fit.
    """
    constants = derive(spec)
    rng = Random(runner.seed)  # noqa: S311  # nosec B311  # repeatable
    standing = fold.begin(constants)
    weeks: list[SimulatedWeek] = []
    for index, kind in enumerate(constants.week_kinds(), 1):
        if standing.blocked:
            break
        week = fold.render(constants, standing, index, kind)
        missed = index in runner.missed_weeks
        sessions = [] if missed else [*simulate_week(constants, week, runner, rng)]
        standing = fold.fold_week(constants, build_logbook(constants, sessions), standing, week)
        weeks.append(_summarise_week(week, sessions))
    return Simulation("blocked" if standing.blocked else "finished", tuple(weeks))


def _summarise_week(week: Week, sessions: list[CompletedSession]) -> SimulatedWeek:
    planned_sets = sum(len(e.sets) for session in week.sessions for e in session.exercises)
    done_sets = sum(len(session.sets) for session in sessions)
    fields = {name: getattr(week, name) for name in Week.__dataclass_fields__}
    share = round(done_sets / planned_sets, 2) if planned_sets else 0.0
    return SimulatedWeek(**fields, done=share, why=projected_reasons(week))


def simulate_week(
    constants: PlanConstants, week: Week, runner: SimulatedRunner, rng: Random
) -> Iterator[CompletedSession]:
    """Yield the sessions that the runner logs in a week. One without a set is not logged."""
    for session in week.sessions:
        moment = session_time(constants, week, session)
        sets = tuple(
            _simulate_set(constants, runner, rng, moment, exercise, planned)
            for exercise in session.exercises
            for planned in exercise.sets
            if rng.random() < runner.adherence
        )
        if sets:
            yield CompletedSession(
                session_id=make_id(rng),
                athlete_id="simulated",
                week=week.index,
                session=session.index,
                started_at=moment,
                sets=sets,
            )


def _simulate_set(
    constants: PlanConstants,
    runner: SimulatedRunner,
    rng: Random,
    moment: datetime.datetime,
    exercise: Prescription,
    planned: PlannedSet,
) -> CompletedSet:
    rir = planned.rir_target + rng.randint(*_RIR_DEVIATION[runner.effort])
    missed_reps = rng.randint(0, _MAX_MISSED_REPS[runner.effort])
    load = None if planned.load is None else Load(planned.load, UNIT[constants.spec.units])
    return CompletedSet(
        set_id=make_id(rng),
        exercise=exercise.slug,
        side=planned.side,
        set_index=planned.n,
        reps=max(1, planned.reps_target - missed_reps),
        load=load,
        rir=min(10, max(0, rir)),
        pain=0.0,
        performed_at=moment,
    )


def session_time(constants: PlanConstants, week: Week, session: Session) -> datetime.datetime:
    """Return noon of the session's day in the programme's time zone."""
    days = 7 * (week.index - 1) + session.weekday
    day = session.date or _UNDATED_START + datetime.timedelta(days=days)
    zone = zoneinfo.ZoneInfo(constants.spec.timezone)
    return datetime.datetime.combine(day, datetime.time(12), tzinfo=zone)


def make_id(rng: Random) -> uuid.UUID:
    """Return a random id that follows from the seed."""
    return uuid.UUID(int=rng.getrandbits(128), version=4)
