"""What adapting a programme costs after a long season with all of its sets."""

import datetime
from collections.abc import Iterator
from random import Random
from statistics import median

from app.training.adapting import fold, followed_program, simulation
from app.training.adapting.simulation import Runner
from app.training.log.completed import CompletedSession
from app.training.planning import plan_constants, spec
from app.training.planning.spec import Spec, SpecFields
from benchmarks.figures import Figure, divide, interleave
from benchmarks.planning import calibrate, clock

# S2 of the goals: 5 ms where a loop takes 50 µs.
MOST_LOOPS = 100.0
MOST_GROWTH = 1.2
FIRST_DAY = datetime.date(2026, 1, 5)


def measure() -> Iterator[Figure]:
    """A course at week 26, and how the cost of a set grows from there to the end of a year."""
    yield weigh(settle(2), "adapting at week 26, 2 days a week")
    yield weigh(settle(3), "adapting at week 26, 3 days a week")
    settled = settle(3)
    season = train(settled)
    long, short = interleave(lambda: adapt(settled, season, 53), lambda: adapt(settled, season, 26))
    more = count_sets(season, 53) / count_sets(season, 26)
    growth = tuple(ratio / more for ratio in divide(long, short))
    yield Figure("a set at week 53 beside week 26", growth, MOST_GROWTH, "x")


def settle(days: int) -> Spec:
    """A year's programme with so many days a week."""
    fields: SpecFields = {"weeks": 52, "days_per_week": days, "start_date": FIRST_DAY}
    return spec.build_spec(fields)


def weigh(settled: Spec, name: str) -> Figure:
    """The cost of adapting in loops, with that in milliseconds beside it."""
    season = train(settled)
    ours, loops = interleave(lambda: adapt(settled, season, 26), calibrate)
    taken = f"{median(ours) * 1000:.2f} ms; a loop is {median(loops) * 1e6:.0f} µs"
    detail = f"{count_sets(season, 26)} sets; {taken}"
    return Figure(name, divide(ours, loops), MOST_LOOPS, "loops", detail=detail)


def count_sets(season: list[CompletedSession], week: int) -> int:
    """The sets done before a week."""
    return sum(len(session.sets) for session in season if (session.week or 0) < week)


def train(settled: Spec) -> list[CompletedSession]:
    """Every session of a programme, done as it was prescribed then."""
    setting, chance = plan_constants.derive(settled), Random(0)  # repeatable ids
    return [
        session
        for week in fold.plan_weeks(setting)
        for session in simulation.simulate_week(setting, week, Runner(), chance)
    ]


def adapt(settled: Spec, season: list[CompletedSession], week: int) -> float:
    """Seconds of CPU for the week that follows the first ones of a season."""
    done = [session for session in season if (session.week or 0) < week]
    return clock(lambda: followed_program.follow(settled, done, through_week=week - 1))
