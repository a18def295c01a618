"""The CPU of adapting a programme after a long season with all of its sets."""

import datetime
from collections.abc import Iterator
from random import Random
from statistics import median

from app.training.adapting import fold, followed_program, simulation
from app.training.adapting.simulation import SimulatedRunner
from app.training.log.completed import CompletedSession
from app.training.planning import plan_constants, week_answer
from app.training.planning.spec import Spec, SpecFields
from app.training.planning.spec_building import build_spec
from benchmarks.measurements import Measurement, divide, interleave
from benchmarks.planning import calibration_loop_cpu_s, median_cpu_s

# Goal S2: 5 ms on a machine where a loop takes 50 µs.
MAX_LOOPS = 100.0
MAX_GROWTH = 1.2
FIRST_DAY = datetime.date(2026, 1, 5)


def measure() -> Iterator[Measurement]:
    """Yield the CPU at week 26, and how the CPU per set grows from there to week 53."""
    yield _measure_adaptation(_make_spec(2), "adapting at week 26, 2 days a week")
    yield _measure_adaptation(_make_spec(3), "adapting at week 26, 3 days a week")
    settled = _make_spec(3)
    season = train_season(settled)
    long, short = interleave(
        lambda: _adaptation_cpu_s(settled, season, 53),
        lambda: _adaptation_cpu_s(settled, season, 26),
    )
    more = _count_sets(season, 53) / _count_sets(season, 26)
    growth = tuple(ratio / more for ratio in divide(long, short))
    yield Measurement("CPU per set, week 53 to week 26", growth, MAX_GROWTH, "x")


def _make_spec(days: int) -> Spec:
    """Return the spec of 52 weeks with a number of training days a week."""
    fields: SpecFields = {"weeks": 52, "days_per_week": days, "start_date": FIRST_DAY}
    return build_spec(fields)


def _measure_adaptation(settled: Spec, name: str) -> Measurement:
    """Return the CPU of adapting at week 26, in calibration loops."""
    season = train_season(settled)
    ours, loops = interleave(lambda: _adaptation_cpu_s(settled, season, 26), calibration_loop_cpu_s)
    text = f"{median(ours) * 1000:.2f} ms; a loop is {median(loops) * 1e6:.0f} µs"
    detail = f"{_count_sets(season, 26)} sets; {text}"
    return Measurement(name, divide(ours, loops), MAX_LOOPS, "loops", detail=detail)


def _count_sets(season: list[CompletedSession], week: int) -> int:
    """Return the number of sets before a week."""
    return sum(len(session.sets) for session in season if (session.week or 0) < week)


def train_season(settled: Spec) -> list[CompletedSession]:
    """Return every session of a programme, done as prescribed."""
    constants, randomness = plan_constants.derive(settled), Random(0)  # The ids are repeatable.
    return [
        session
        for week in fold.plan_weeks(constants)
        for session in simulation.simulate_week(
            constants,
            week_answer.build_week(constants, week, planned=False),
            SimulatedRunner(),
            randomness,
        )
    ]


def _adaptation_cpu_s(settled: Spec, season: list[CompletedSession], week: int) -> float:
    """Return the seconds of CPU for adapting a week to all sessions before it."""
    completed = [session for session in season if (session.week or 0) < week]
    return median_cpu_s(lambda: followed_program.follow(settled, completed, through_week=week - 1))
