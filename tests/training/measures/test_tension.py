"""Time under tension (science part 5)."""

import pytest

from app.training.catalog.exercises import EXERCISES, Exercise
from tests.training.journal import CORE, Journal, make_session, make_set, sets
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

    @pytest.mark.parametrize("exercise", EXERCISES.values(), ids=list(EXERCISES))
    def test_knows_how_long_every_exercise_takes(self, exercise: Exercise) -> None:
        done = make_set(exercise=exercise.slug, side="left", reps=1, duration_s=5)
        journal = Journal(**CORE)
        journal.log.append(make_session(done))
        seconds = measure(journal).tension.weeks[0].tracks[exercise.track]
        # Where several exercises stand beside a ladder, the quickest is assumed.
        least = 5 if exercise.tempo is None else 3
        assert least <= seconds <= (5 if exercise.tempo is None else exercise.tempo.seconds)

    def test_counts_five_seconds_for_each_count_of_a_hold(self) -> None:
        # 2 x 2 sets of 20 s on each side, and 4 planks of 20 s.
        week = measure(Journal(**CORE).train()).tension.weeks[0]
        assert (week.tracks["side_plank"], week.tracks["plank"]) == (160, 80)

    def test_counts_the_extra_set_of_a_weak_side(self) -> None:
        # 9 pairs of 15 at 6 s, and 15 more on the left.
        week = measure(train_weak_left().train()).tension.weeks[6]
        assert week.tracks["straight_knee"] == 2 * 9 * 15 * 6 + 15 * 6
