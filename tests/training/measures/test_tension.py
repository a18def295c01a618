"""Time under tension (science part 5)."""

import pytest

from app.training.catalog.exercises import EXERCISES
from app.training.log.logbook import OFF_LADDER
from app.training.measures import tension
from tests.training.journal import Journal, make_session, make_set, sets
from tests.training.measures.measured import measure, measure_first_week, train_weak_left


class TestMeasureTension:
    def test_matches_the_tempo(self) -> None:
        # 4 x 15 repetitions of 6 s, 6 s and, for both sides, 2 x 4 s.
        week = measure_first_week().tension.weeks[0]
        assert week.tracks == {"straight_knee": 360, "bent_knee": 360, "step_up": 480}
        assert week.seconds == 1200

    def test_counts_one_side_once(self) -> None:
        week = measure_first_week(sets("SU", side="left", omit=True)).tension.weeks[0]
        assert week.tracks["step_up"] == 240

    @pytest.mark.parametrize("side", ["both", None])
    def test_counts_both_sides_of_a_set_without_a_side(self, side: str | None) -> None:
        journal = Journal()
        done = make_set(exercise="step-up", side=side, reps=10)
        journal.log.append(make_session(done))
        assert measure(journal).tension.weeks[0].seconds == 80

    def test_uses_the_exercise_that_was_done(self) -> None:
        week = measure_first_week(sets("BK", exercise="seated-loaded-calf-raise")).tension.weeks[0]
        assert week.tracks["bent_knee"] == 360

    def test_knows_the_tempo_of_every_exercise_of_the_catalogue(self) -> None:
        assert len(tension.REP_SECONDS) == len(EXERCISES)
        beside = [one for one in EXERCISES.values() if one.rung is None]
        assert {(one.track, OFF_LADDER) for one in beside} <= set(tension.REP_SECONDS)

    def test_counts_the_extra_set_of_a_weak_side(self) -> None:
        # 9 pairs of 15 at 6 s, and 15 more on the left.
        week = measure(train_weak_left().train()).tension.weeks[5]
        assert week.tracks["straight_knee"] == 2 * 9 * 15 * 6 + 15 * 6
