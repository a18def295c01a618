"""The goals of the cohort, G-a to G-e of science part 7, with what was measured for each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median_high, median_low

from app.training.catalog.track_definitions import BASE_TRACKS, Track
from benchmarks.cohort.kinds import BEGINNER, HARD_LIFE, NOISY, ONE_OF_TWO, SEVENTY
from benchmarks.cohort.results import CALF_TRACKS, RunnerResult

Results = Mapping[str, Sequence[RunnerResult]]
"""The results of each kind of runner, by its name."""

_NEVER = 1_000
_GOOD_RUNG = 4
_FULL_BY = 6
# Half the speed, with a tenth to either side.
_HALF = (Fraction(4, 10), Fraction(6, 10))


@dataclass(frozen=True, slots=True)
class Goal:
    """One figure of a goal."""

    goal_id: str
    aim: str
    measured: str
    reached: bool


def find_median_rung(results: Sequence[RunnerResult], track: Track) -> int:
    """Return the median rung of a track in the last week."""
    return median_low(result.rungs[track] for result in results)


def find_median_full_week(results: Sequence[RunnerResult]) -> int | None:
    """Return the median of the first weeks with all sets; None for never."""
    week = median_high(result.full_week or _NEVER for result in results)
    return None if week == _NEVER else week


def count_percent(results: Sequence[RunnerResult]) -> float:
    """Return the share of runners who progress, in percent."""
    return 100 * sum(result.progresses for result in results) / len(results)


def judge_goals(results: Results) -> Iterator[Goal]:
    """Yield the figures of all goals."""
    yield from _judge_beginners(results[BEGINNER.name], results[NOISY.name])
    yield from _judge_failing(results[SEVENTY.name])
    yield _judge_one_of_two(results[BEGINNER.name], results[ONE_OF_TWO.name])
    yield _judge_growth([result for some in results.values() for result in some])
    yield _judge_pain(results[HARD_LIFE.name])


def _judge_beginners(
    perfect: Sequence[RunnerResult], noisy: Sequence[RunnerResult]
) -> Iterator[Goal]:
    rungs = [find_median_rung(noisy, track) for track in CALF_TRACKS]
    yield Goal(
        "G-a",
        f"ordinary noise: median rung {_GOOD_RUNG} or higher in both calf tracks",
        f"{rungs[0]} and {rungs[1]}",
        min(rungs) >= _GOOD_RUNG,
    )
    week = find_median_full_week(noisy)
    yield Goal(
        "G-a",
        f"ordinary noise: full sets by week {_FULL_BY}",
        f"week {week}" if week else "never",
        week is not None and week <= _FULL_BY,
    )
    ours = [find_median_rung(perfect, track) for track in BASE_TRACKS]
    engine_1 = BEGINNER.engine_1
    theirs = [int(rung) for rung in engine_1.rungs.split("/")] if engine_1 else []
    gap = max(abs(a - b) for a, b in zip(ours, theirs, strict=True))
    yield Goal(
        "G-a", "everything as planned: within one rung of engine 1", f"{gap} apart", gap <= 1
    )


def _judge_failing(results: Sequence[RunnerResult]) -> Iterator[Goal]:
    still = sum(result.steps == 0 for result in results)
    lowered = sum(result.lowered for result in results)
    of = f"of {len(results)} runners"
    yield Goal(
        "G-b", "70 % of each target: no step forward", f"{still} {of}", still == len(results)
    )
    yield Goal(
        "G-b",
        "70 % of each target: every track lower after two weeks",
        f"{lowered} {of}",
        lowered == len(results),
    )


def _judge_one_of_two(full: Sequence[RunnerResult], half: Sequence[RunnerResult]) -> Goal:
    done, possible = (sum(result.steps for result in some) for some in (half, full))
    share = Fraction(done * len(full), possible * len(half))
    return Goal(
        "G-c",
        "one of two sessions missed: half the steps forward of a runner who misses none",
        f"{float(share):.0%}",
        _HALF[0] <= share <= _HALF[1],
    )


def _judge_growth(results: Sequence[RunnerResult]) -> Goal:
    leaps = sum(result.leaps for result in results)
    return Goal(
        "G-d",
        "no track grows by more than a quarter from one full build week to the next",
        f"{leaps} times, in {len(results)} courses",
        leaps == 0,
    )


def _judge_pain(results: Sequence[RunnerResult]) -> Goal:
    stops = sum(result.stops for result in results)
    again = sum(result.asked_again for result in results)
    full = sum(result.full_returns for result in results)
    return Goal(
        "G-e",
        "pain above 5: absent for the rest of the week and the next, then back reduced",
        f"{again} asked for too early and {full} back in full, of {stops} stops",
        stops > 0 and again + full == 0,
    )
