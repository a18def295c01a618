"""Left against right in one-legged sets (science part 5)."""

import datetime
from dataclasses import replace
from typing import Any

import pytest
from pydantic import TypeAdapter

from app.training.log.completed import CompletedSet
from app.training.measures.asymmetry import SideBalance
from app.training.planning.load import Load
from app.training.planning.spec import HeelRiseTest, SidePlankTest
from tests.training.journal import CORE, P2, Journal, make_session, make_set, sets
from tests.training.measures.measured import measure, measure_first_week, train_weak_left


class TestMeasureAsymmetry:
    def test_matches_a_week_computed_by_hand(self) -> None:
        # 12 on the left, 15 on the right, in all sessions of week 6; even in the three before.
        week = measure(train_weak_left()).asymmetry.weeks[5]
        balance = SideBalance(20, 5, "left", left_reps=12, right_reps=15)
        assert week.tracks["straight_knee"] == balance

    def test_is_0_if_both_sides_are_equal(self) -> None:
        week = measure_first_week(**P2).asymmetry.weeks[0]
        assert week.tracks["straight_knee"] == SideBalance(0, 0, None, left_reps=12, right_reps=12)

    def test_uses_the_mean_of_all_sets_of_a_side(self) -> None:
        # Mondays 15 and 12, Thursdays 15 and 15: 14.25 on the right.
        result = measure_first_week(sets("SU", session=1, side="right", reps=(15, 12)))
        assert result.asymmetry.weeks[0].tracks["step_up"] == SideBalance(
            5, 5, "right", left_reps=15, right_reps=14.25
        )

    def test_uses_those_of_four_weeks_that_have_a_figure(self) -> None:
        journal = Journal()
        for reps in (14, 13, None, 12, 15):
            one_side = sets("SU", side="left", reps=reps or 15, omit=reps is None)
            journal.train(one_side, sets("SU", side="right", reps=15))
        rows = [week.tracks["step_up"] for week in measure(journal).asymmetry.weeks]
        # 1/15, 2/15, none, 3/15, 0: the fifth week has left the first behind.
        assert [row and row.percent for row in rows] == [7, 13, None, 20, 0, None]
        assert [row and row.four_week_percent for row in rows] == [7, 10, None, 13, 11, None]

    @pytest.mark.parametrize("side", ["both", None])
    def test_ignores_sets_without_a_side(self, side: str | None) -> None:
        journal = Journal()
        done = (make_set(exercise="step-up", side=one) for one in ("left", side))
        journal.log.append(make_session(*done))
        assert measure(journal).asymmetry.weeks[0].tracks["step_up"] is None

    def test_is_none_for_exercises_of_both_legs(self) -> None:
        journal = Journal()
        journal.log.append(make_session(*(make_set(side=one) for one in ("left", "right"))))
        assert measure(journal).asymmetry.weeks[0].tracks["straight_knee"] is None

    def test_ignores_easier_exercises_and_loads(self) -> None:
        easier = sets("SU", side="left", exercise="supported-step-up", reps=30)
        assert measure_first_week(easier).asymmetry.weeks[0].tracks["step_up"] is None
        lighter = sets("SU", side="left", load=Load(1, "kg"), reps=30)
        result = measure(Journal(**P2).train(weeks=10).train(lighter))
        assert result.asymmetry.weeks[10].tracks["step_up"] is None

    def test_compares_seconds_in_a_hold(self) -> None:
        journal = Journal(**CORE).train(sets("SP", side="right", duration_s=15.0))
        week = measure(journal).asymmetry.weeks[0]
        assert week.tracks["side_plank"] == SideBalance(25, 25, "right", left_s=20, right_s=15)
        wire = TypeAdapter(SideBalance).dump_python(week.tracks["side_plank"])
        assert {*wire} == {"percent", "four_week_percent", "behind", "left_s", "right_s"}

    def test_does_not_compare_seconds_with_repetitions(self) -> None:
        # The Copenhagen raise is harder than the side plank from the knees, but no hold.
        journal = Journal(**CORE).train()
        journal.log = [
            replace(one, sets=tuple(raise_on_the_left(done) for done in one.sets))
            for one in journal.log
        ]
        assert measure(journal).asymmetry.weeks[0].tracks["side_plank"] is None


def raise_on_the_left(done: CompletedSet) -> CompletedSet:
    if done.exercise == "side-plank-knees" and done.side == "left":
        return replace(done, exercise="copenhagen-raise", reps=12, duration_s=None)
    return done


class TestUnequalTests:
    def list_tests(self, **fields: Any) -> list[tuple[str, int, str]]:
        found = measure(Journal(**CORE, **fields)).asymmetry.tests
        return [(one.test, one.percent, one.behind) for one in found]

    @pytest.mark.parametrize(
        ("left", "right", "expected"),
        [
            (12, 20, [("heel_rise", 40, "left")]),
            (20, 14, [("heel_rise", 30, "right")]),
            (15, 20, []),
            (1, 4, []),
        ],
    )
    def test_shows_a_heel_rise_test_from_6_repetitions_on(
        self, left: int, right: int, expected: list[tuple[str, int, str]]
    ) -> None:
        assert self.list_tests(heel_rise_test=HeelRiseTest(left, right)) == expected

    @pytest.mark.parametrize(
        ("left", "right", "expected"),
        [(60, 30, [("side_plank", 50, "right")]), (30, 59, []), (0, 29, [])],
    )
    def test_shows_a_side_plank_test_from_30_seconds_on(
        self, left: int, right: int, expected: list[tuple[str, int, str]]
    ) -> None:
        assert self.list_tests(side_plank_test=SidePlankTest(left, right)) == expected

    def test_orders_them_by_date(self) -> None:
        days = [datetime.date(2027, 3, day) for day in (9, 2)]
        both = self.list_tests(
            heel_rise_test=HeelRiseTest(10, 20, date=days[0]),
            side_plank_test=SidePlankTest(90, 30, date=days[1]),
        )
        assert [test for test, _, _ in both] == ["side_plank", "heel_rise"]
