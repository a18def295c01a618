"""A programme that a simulated runner does: a share of the sets, with less or more effort.

simulate() gets a spec and a SimulatedRunner, and folds what the runner logs with the same rules as
a real log, so that an app can show what the programme would do. The runner's seed decides all
random numbers. Nothing here is a prediction about a person. training.engine calls it.
"""

import datetime
import uuid
import zoneinfo
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Literal

from app.training.adapting import fold
from app.training.log.completed import CompletedSession, CompletedSet
from app.training.log.logbook import build_logbook
from app.training.planning import week_answer, week_plan
from app.training.planning.plan_constants import PlanConstants, derive
from app.training.planning.spec import SECONDS_PER_COUNT, Spec
from app.training.planning.standing import fresh_standing
from app.training.planning.start_checks import check_start
from app.training.planning.week import (
    ExerciseDetails,
    PlannedSets,
    Prescription,
    Session,
    Week,
)
from app.training.planning.week_plan import RenderedWeek

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


@dataclass(frozen=True, slots=True)
class Simulation:
    """A simulated programme."""

    status: Literal["finished", "blocked"]
    """Whether the programme was finished or blocked."""
    weeks: tuple[SimulatedWeek, ...]
    """The weeks, each as it was prescribed after what was done before it."""
    exercise_details: Mapping[str, ExerciseDetails]
    """What is true of each exercise in all these weeks, by its slug."""


def simulate(spec: Spec, runner: SimulatedRunner) -> Simulation:
    """Return the programme of a spec as a runner does it.

    The same arguments give the same result. Raises SpecError if the spec's `start` does not fit.
    """
    constants = derive(spec)
    rng = Random(runner.seed)  # noqa: S311  # nosec B311  # repeatable
    check_start(constants)
    standing = fresh_standing(constants)
    weeks: list[SimulatedWeek] = []
    prescribed: list[RenderedWeek] = []
    status: Literal["finished", "blocked"] = "finished"
    for index in range(1, spec.weeks + 1):
        rendered = week_plan.plan_week(constants, standing, index)
        week = week_answer.build_week(constants, rendered, planned=False)
        missed = index in runner.missed_weeks
        sessions = [] if missed else [*simulate_week(constants, week, runner, rng)]
        end = fold.end_week(constants, rendered, build_logbook(constants, sessions).of_week(index))
        weeks.append(_summarise_week(week, sessions))
        prescribed.append(rendered)
        if end.block is not None:
            status = "blocked"
            break
        standing = end.standing
    return Simulation(status, tuple(weeks), week_answer.collect_details(prescribed))


def _summarise_week(week: Week, sessions: list[CompletedSession]) -> SimulatedWeek:
    planned_sets = sum(
        group.count for session in week.sessions for e in session.exercises for group in e.sets
    )
    done_sets = sum(len(session.sets) for session in sessions)
    fields = {name: getattr(week, name) for name in Week.__dataclass_fields__}
    share = round(done_sets / planned_sets, 2) if planned_sets else 0.0
    return SimulatedWeek(**fields, done=share)


def simulate_week(
    constants: PlanConstants, week: Week, runner: SimulatedRunner, rng: Random
) -> Iterator[CompletedSession]:
    """Yield the sessions that the runner logs in a week. One without a set is not logged."""
    for session in week.sessions:
        moment = session_time(constants, week, session)
        sets = tuple(
            _simulate_set(runner, rng, moment, exercise, group, number)
            for exercise in session.exercises
            for number, group in list_sets(exercise)
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


def list_sets(exercise: Prescription) -> Iterator[tuple[int, PlannedSets]]:
    """Yield the sets of an exercise in the order in which to do them, each with its number."""
    most = max(group.count for group in exercise.sets)
    for number in range(1, most + 1):
        yield from ((number, group) for group in exercise.sets if number <= group.count)


def _simulate_set(
    runner: SimulatedRunner,
    rng: Random,
    moment: datetime.datetime,
    exercise: Prescription,
    planned: PlannedSets,
    number: int,
) -> CompletedSet:
    rir = 10 - planned.rpe + rng.randint(*_RIR_DEVIATION[runner.effort])
    missed = rng.randint(0, _MAX_MISSED_REPS[runner.effort])
    hold = planned.seconds is not None
    counts = (planned.seconds or 0) // SECONDS_PER_COUNT if hold else planned.reps or 0
    counts = max(1, counts - missed)
    return CompletedSet(
        set_id=make_id(rng),
        exercise=exercise.slug,
        side=planned.side,
        set_index=number,
        reps=None if hold else counts,
        duration_s=float(counts * SECONDS_PER_COUNT) if hold else None,
        load=planned.load,
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
