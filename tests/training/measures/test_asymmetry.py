"""Left against right in one-legged sets (science part 5)."""

import pytest

from app.training.log.completed import Load
from app.training.measures.asymmetry import SideBalance
from tests.training.journal import P2, Journal, make_session, make_set, sets
from tests.training.measures.measured import measure, measure_first_week


class TestMeasureAsymmetry:
    def test_matches_a_week_computed_by_hand(self) -> None:
        # Science A10: 12 on the left, 15 on the right, in all sessions of week 5.
        journal = Journal(**P2).train(weeks=4).train(sets("SK", side="left", reps=12, rir=0))
        week = measure(journal).asymmetry.weeks[4]
        assert week.tracks["straight_knee"] == SideBalance(
            left_reps=12, right_reps=15, percent=20, four_week_percent=5, behind="left"
        )

    def test_is_0_if_both_sides_are_equal(self) -> None:
        week = measure_first_week(**P2).asymmetry.weeks[0]
        assert week.tracks["straight_knee"] == SideBalance(12, 12, 0, 0, None)

    def test_uses_the_mean_of_all_sets_of_a_side(self) -> None:
        # Mondays 15 and 12, Thursdays 15 and 15: 14.25 on the right.
        result = measure_first_week(sets("SU", session=1, side="right", reps=(15, 12)))
        assert result.asymmetry.weeks[0].tracks["step_up"] == SideBalance(
            left_reps=15, right_reps=14.25, percent=5, four_week_percent=5, behind="right"
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
        lighter = sets("SK", side="left", load=Load(1, "kg"), reps=30)
        result = measure(Journal(**P2).train(weeks=10).train(lighter))
        assert result.asymmetry.weeks[10].tracks["straight_knee"] is None
