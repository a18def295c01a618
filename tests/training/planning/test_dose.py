"""Tests of the dose: durations computed by hand, the order of trimming, and the reduced dose."""

import pytest

from app.training.catalog.exercises import LADDERS
from app.training.catalog.track_definitions import Track
from app.training.planning import dose
from app.training.planning.dose import ExerciseSlot
from app.training.planning.spec import Side


def make_slot(
    track: Track, number: int, sets: int, reps: int, extra: Side | None = None
) -> ExerciseSlot:
    rung = next(rung for rung in LADDERS[track] if rung.number == number)
    return ExerciseSlot(rung, sets, reps, extra=extra)


def make_session(straight: int, bent: int, step: int) -> tuple[ExerciseSlot, ...]:
    """Return the three exercises of the article with these numbers of sets of 15."""
    return (
        make_slot("straight_knee", 2, straight, 15),
        make_slot("bent_knee", 2, bent, 15),
        make_slot("step_up", 2, step, 15),
    )


def count_sets(slots: tuple[ExerciseSlot, ...]) -> dict[str, int]:
    return {slot.rung.track: slot.sets for slot in slots}


class TestEstimateSeconds:
    """Case A22 of the science, and other kinds of sets."""

    def test_adds_the_sets_of_both_legs_and_the_rests_between_them(self) -> None:
        # 2 x (15 x 6) + 60
        assert dose.estimate_seconds(make_slot("straight_knee", 2, 2, 15)) == 240
        assert dose.estimate_seconds(make_slot("bent_knee", 2, 2, 15)) == 240

    def test_adds_both_sides_and_the_switch_of_one_legged_sets(self) -> None:
        # 2 x (2 x 15 x 4 + 10) + 60
        assert dose.estimate_seconds(make_slot("step_up", 2, 2, 15)) == 320

    def test_adds_no_rest_to_a_single_set(self) -> None:
        assert dose.estimate_seconds(make_slot("straight_knee", 2, 1, 15)) == 90

    def test_adds_longer_rests_to_heavier_sets(self) -> None:
        # 3 x (2 x 8 x 6 + 10) + 2 x 90, and 3 x (2 x 6 x 6 + 10) + 2 x 120
        assert dose.estimate_seconds(make_slot("straight_knee", 7, 3, 8)) == 498
        assert dose.estimate_seconds(make_slot("straight_knee", 8, 3, 6)) == 486

    def test_adds_one_side_and_a_rest_for_an_extra_set(self) -> None:
        plain = dose.estimate_seconds(make_slot("straight_knee", 4, 3, 12))
        extra = dose.estimate_seconds(make_slot("straight_knee", 4, 3, 12, extra="left"))
        assert extra - plain == 12 * 6 + 60


class TestEstimateMinutes:
    def test_returns_19_for_the_first_default_session(self) -> None:
        # 180 + 240 + 240 + 320 + 2 x 60 = 1,100 seconds, rounded up
        assert dose.estimate_minutes(make_session(2, 2, 2)) == 19

    @pytest.mark.parametrize(("reps", "minutes"), [(9, 4), (10, 4), (11, 5)])
    def test_rounds_up_to_the_next_minute(self, reps: int, minutes: int) -> None:
        # 180 seconds of warm-up and 6 for each repetition: ten make four minutes to the second.
        assert dose.estimate_minutes([make_slot("straight_knee", 2, 1, reps)]) == minutes


class TestFitToTime:
    def test_leaves_a_session_that_fits(self) -> None:
        assert dose.fit_to_time(make_session(3, 3, 3), 27) == (make_session(3, 3, 3), False)

    def test_removes_sets_until_the_session_fits(self) -> None:
        fitted, trimmed = dose.fit_to_time(make_session(3, 3, 3), 26)
        assert (count_sets(fitted), trimmed) == (
            {"straight_knee": 3, "bent_knee": 3, "step_up": 2},
            True,
        )
        assert dose.estimate_minutes(fitted) <= 26

    def test_fits_one_exercise_into_the_shortest_session(self) -> None:
        for longest in (make_slot("bent_knee", 5, 4, 25), make_slot("step_up", 1, 4, 20)):
            fitted, _ = dose.fit_to_time((longest,), 10)
            assert dose.estimate_minutes(fitted) <= 10

    def test_keeps_the_last_set(self) -> None:
        last = (make_slot("straight_knee", 2, 1, 15),)
        assert dose.fit_to_time(last, 1) == (last, False)

    def test_leaves_an_empty_day_empty(self) -> None:
        assert dose.fit_to_time((), 10) == ((), False)


class TestShorten:
    def test_removes_the_last_extra_set_first(self) -> None:
        slots = (
            make_slot("straight_knee", 4, 3, 12, extra="left"),
            make_slot("bent_knee", 4, 3, 12, extra="left"),
            make_slot("step_up", 3, 4, 12),
        )
        once = dose.shorten(slots)
        assert [slot.extra for slot in once] == ["left", None, None]
        twice = dose.shorten(once)
        assert [slot.extra for slot in twice] == [None, None, None]
        assert count_sets(twice) == {"straight_knee": 3, "bent_knee": 3, "step_up": 4}

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ((3, 3, 3), (3, 3, 2)),  # step-ups lose a set first
            ((3, 3, 2), (3, 2, 2)),  # then bent-knee raises
            ((3, 2, 2), (2, 2, 2)),
            ((4, 2, 3), (3, 2, 3)),  # but the exercise with the most sets comes first
            ((2, 3, 2), (2, 2, 2)),
            ((2, 1, 1), (1, 1, 1)),
        ],
    )
    def test_removes_a_set_from_the_exercise_with_the_most_sets(
        self, before: tuple[int, int, int], after: tuple[int, int, int]
    ) -> None:
        assert dose.shorten(make_session(*before)) == make_session(*after)

    def test_removes_exercises_last(self) -> None:
        one = dose.shorten(make_session(1, 1, 1))
        assert count_sets(one) == {"straight_knee": 1, "bent_knee": 1}
        two = dose.shorten(one)
        assert count_sets(two) == {"straight_knee": 1}
        assert dose.shorten(two) == two


class TestReduceDose:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ((1, 15), (1, 8)),
            ((1, 20), (1, 10)),
            ((1, 1), (1, 1)),
            ((2, 15), (1, 15)),
            ((3, 15), (2, 12)),
            ((3, 12), (2, 9)),
            ((3, 18), (2, 14)),
            ((3, 8), (2, 6)),
            ((4, 20), (3, 16)),
            ((3, 1), (2, 1)),  # one repetition at least
        ],
    )
    def test_returns_the_reduced_dose_of_the_table(
        self, before: tuple[int, int], after: tuple[int, int]
    ) -> None:
        assert dose.reduce_dose(*before) == after

    @pytest.mark.parametrize("sets", [1, 2, 3, 4])
    @pytest.mark.parametrize("reps", range(5, 26))
    def test_leaves_44_to_60_percent_of_the_work(self, sets: int, reps: int) -> None:
        fewer_sets, fewer_reps = dose.reduce_dose(sets, reps)
        assert 0.44 <= fewer_sets * fewer_reps / (sets * reps) <= 0.60
