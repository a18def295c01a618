"""Trains 200 runners of each kind for 16 weeks on all cores, and prints what became of them.

`python -m benchmarks.cohort [runners] [seed] [chart]` prints the tables of docs/cohort.md and
writes its chart. The exit code is 1 if a goal is missed.
"""

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from app.training.catalog.track_definitions import TRACKS
from benchmarks.cohort import chart, goals
from benchmarks.cohort.chart import Row
from benchmarks.cohort.courses import Course
from benchmarks.cohort.goals import Goal, Results
from benchmarks.cohort.kinds import HARD_LIFE, KINDS, WEEKS, EngineOne, Kind
from benchmarks.cohort.results import RunnerResult, measure

RUNNERS = 200
_COLUMNS = ("rungs", "full sets", "progress")


def train(kind: Kind, seed: int) -> RunnerResult:
    """Return the result of one runner."""
    return measure(Course(kind, seed).train())


def run(runners: int, first: int) -> Results:
    """Return the results of all kinds, with the seeds from `first` on."""
    seeds = range(first, first + runners)
    with ProcessPoolExecutor() as pool:
        return {
            kind.name: [*pool.map(partial(train, kind), seeds, chunksize=10)]
            for kind in (*KINDS, HARD_LIFE)
        }


def main(arguments: list[str]) -> int:
    """Train the cohort, print its tables and write its chart."""
    runners = int(arguments[0]) if arguments else RUNNERS
    first = int(arguments[1]) if len(arguments) > 1 else 1
    results = run(runners, first)
    judged = [*goals.judge_goals(results)]
    print(f"{runners} runners of each kind, {WEEKS} weeks\n")
    print("\n".join([*format_table(results), "", *format_goals(judged)]))
    if len(arguments) > 2:
        Path(arguments[2]).write_text(chart.draw([*list_rows(results)]), encoding="utf-8")
    return 0 if all(goal.reached for goal in judged) else 1


def list_rows(results: Results) -> Iterator[Row]:
    """Yield the rows of the chart."""
    for kind in KINDS:
        old = None if kind.engine_1 is None else kind.engine_1.percent
        yield Row(kind.name, old, goals.count_percent(results[kind.name]))


def format_table(results: Results) -> Iterator[str]:
    """Yield the lines of the table of runners."""
    columns = [f"{engine}{name}" for engine in ("engine 1: ", "engine 2: ") for name in _COLUMNS]
    yield f"| runner | {' | '.join(columns)} |"
    yield f"|---|{'---|' * len(columns)}"
    for kind in KINDS:
        cells = [kind.name, *_format_recorded(kind.engine_1), *_format_result(results[kind.name])]
        yield f"| {' | '.join(cells)} |"


def _format_recorded(engine_1: EngineOne | None) -> tuple[str, str, str]:
    if engine_1 is None:
        return "", "", ""
    return engine_1.rungs, _format_week(engine_1.full_week), chart.format_share(engine_1.percent)


def _format_result(results: Sequence[RunnerResult]) -> tuple[str, str, str]:
    tracks = [track for track in TRACKS if track in results[0].rungs]
    rungs = "/".join(str(goals.find_median_rung(results, track)) for track in tracks)
    week = goals.find_median_full_week(results)
    return rungs, _format_week(week), chart.format_share(goals.count_percent(results))


def _format_week(week: int | None) -> str:
    return "never" if week is None else f"week {week}"


def format_goals(judged: list[Goal]) -> Iterator[str]:
    """Yield the lines of the table of goals."""
    yield "| goal | aim | measured | |"
    yield "|---|---|---|---|"
    for goal in judged:
        verdict = "reached" if goal.reached else "MISSED"
        yield f"| {goal.goal_id} | {goal.aim} | {goal.measured} | {verdict} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
