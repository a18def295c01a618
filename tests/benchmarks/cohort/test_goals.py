"""Tests of the goals of the cohort, each with results that reach it and that miss it."""

from dataclasses import replace
from typing import Any

import pytest

from benchmarks.cohort import goals
from benchmarks.cohort.goals import Results
from benchmarks.cohort.kinds import BEGINNER, HARD_LIFE, NOISY, ONE_OF_TWO, SEVENTY
from benchmarks.cohort.results import RunnerResult

PERFECT = RunnerResult(
    rungs={"straight_knee": 6, "bent_knee": 6, "step_up": 3},
    progresses=True,
    full_week=3,
    steps=30,
    lowered=False,
    growth=0.25,
    leaps=0,
    stops=0,
    asked_again=0,
    full_returns=0,
)
NOISY_RUNGS = {"straight_knee": 4, "bent_knee": 4, "step_up": 3}
GOOD = {
    BEGINNER.name: PERFECT,
    NOISY.name: replace(PERFECT, rungs=NOISY_RUNGS, full_week=6),
    SEVENTY.name: replace(PERFECT, steps=0, lowered=True),
    ONE_OF_TWO.name: replace(PERFECT, steps=15),
    HARD_LIFE.name: replace(PERFECT, stops=1),
}


def make_results(changes: dict[str, dict[str, Any]] | None = None) -> Results:
    """Return three runners of each kind, all alike."""
    changed = {name: replace(one, **(changes or {}).get(name, {})) for name, one in GOOD.items()}
    return {name: [one] * 3 for name, one in changed.items()}


class TestJudgeGoals:
    def test_reaches_all_of_them(self) -> None:
        judged = [*goals.judge_goals(make_results())]
        assert [goal.goal_id for goal in judged] == [
            *["G-a"] * 3, *["G-b"] * 2, "G-c", "G-d", "G-e",
        ]  # fmt: skip
        assert all(goal.reached for goal in judged)

    @pytest.mark.parametrize(
        ("changes", "missed"),
        [
            ({NOISY.name: {"rungs": NOISY_RUNGS | {"bent_knee": 3}}}, "G-a"),
            ({NOISY.name: {"full_week": 7}}, "G-a"),
            ({NOISY.name: {"full_week": None}}, "G-a"),
            ({BEGINNER.name: {"rungs": PERFECT.rungs | {"step_up": 5}}}, "G-a"),
            ({SEVENTY.name: {"steps": 1}}, "G-b"),
            ({SEVENTY.name: {"lowered": False}}, "G-b"),
            ({ONE_OF_TWO.name: {"steps": 0}}, "G-c"),
            ({ONE_OF_TWO.name: {"steps": 20}}, "G-c"),
            ({NOISY.name: {"leaps": 1}}, "G-d"),
            ({HARD_LIFE.name: {"leaps": 1}}, "G-d"),
            ({HARD_LIFE.name: {"asked_again": 1}}, "G-e"),
            ({HARD_LIFE.name: {"full_returns": 1}}, "G-e"),
            ({HARD_LIFE.name: {"stops": 0}}, "G-e"),
        ],
    )
    def test_misses_one(self, changes: dict[str, dict[str, Any]], missed: str) -> None:
        judged = goals.judge_goals(make_results(changes))
        assert [goal.goal_id for goal in judged if not goal.reached] == [missed]


class TestMedians:
    def test_takes_the_lower_rung_and_the_later_week_of_two(self) -> None:
        runners = [PERFECT, replace(PERFECT, rungs=NOISY_RUNGS, full_week=5)]
        assert goals.find_median_rung(runners, "bent_knee") == 4
        assert goals.find_median_full_week(runners) == 5

    def test_takes_never_for_the_last_week(self) -> None:
        runners = [PERFECT, replace(PERFECT, full_week=None)]
        assert goals.find_median_full_week(runners) is None
