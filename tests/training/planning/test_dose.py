"""Tests of the dose: durations computed by hand, who yields to the time, and the reduced dose."""

import pytest

from app.training.planning import dose
from app.training.planning.dose import ExerciseSlot
from app.training.planning.plan_constants import derive
from app.training.planning.start import Side
from tests.training.notation import SHORT, TRACK
from tests.training.strategies import make_spec

EVERYTHING = derive(
    make_spec(
        equipment=("chair", "backpack"),
        step_heights_cm=(18, 30, 40),
        core=("side_plank", "bridge", "plank"),
    )
)


def make_slot(name: str, sets: int, reps: int, extra: Side | None = None) -> ExerciseSlot:
    """Return the slot of a rung such as `SK2`."""
    rung = next(r for r in EVERYTHING.ladders[TRACK[name[:2]]] if r.number == int(name[2:]))
    return ExerciseSlot(rung, EVERYTHING.printed[rung], sets, reps, load=0, rir=3, extra=extra)


def make_session(**sets: int) -> tuple[ExerciseSlot, ...]:
    """Return the exercises of the article and of the core with so many sets."""
    slots = {"SK": "SK2", "BK": "BK2", "SU": "SU2", "SP": "SP1", "BR": "BR1", "PL": "PL2"}
    counts = {"SP": 4, "PL": 4}
    return tuple(
        make_slot(slots[short], number, counts.get(short, 15)) for short, number in sets.items()
    )


def count_sets(slots: tuple[ExerciseSlot, ...]) -> dict[str, int]:
    return {SHORT[slot.rung.track]: slot.sets for slot in slots}


def list_cuts(slots: tuple[ExerciseSlot, ...], turn: int = 0) -> list[str]:
    """Return the tracks that lose a set or their place, one after the other, as time gets short."""
    cuts: list[str] = []
    before = count_sets(slots)
    for budget in range(dose.estimate_minutes(slots), 0, -1):
        after = count_sets(dose.fit_to_time(slots, budget, turn)[0])
        lost = [track for track, sets in before.items() if after.get(track, 0) < sets]
        assert len(lost) <= 1
        cuts += lost
        before = after
    return cuts


class TestEstimateSeconds:
    def test_adds_the_sets_of_both_legs_and_the_rests_between_them(self) -> None:
        # 2 x (15 x 6) + 60
        assert dose.estimate_seconds(make_slot("SK2", 2, 15)) == 240
        assert dose.estimate_seconds(make_slot("BK2", 2, 15)) == 240

    def test_adds_both_sides_and_the_switch_of_one_legged_sets(self) -> None:
        # 2 x (2 x 15 x 4 + 10) + 60
        assert dose.estimate_seconds(make_slot("SU2", 2, 15)) == 320

    def test_adds_no_rest_to_a_single_set(self) -> None:
        assert dose.estimate_seconds(make_slot("SK2", 1, 15)) == 90

    def test_adds_longer_rests_to_heavier_sets(self) -> None:
        # 3 x (2 x 8 x 6 + 10) + 2 x 90, and 3 x (2 x 6 x 6 + 10) + 2 x 120
        assert dose.estimate_seconds(make_slot("SK7", 3, 8)) == 498
        assert dose.estimate_seconds(make_slot("SK8", 3, 6)) == 486

    def test_counts_a_hold_in_fives(self) -> None:
        # 2 x 20 s on each side, the switch, and a rest of 45 s; 2 x 20 s and a rest.
        side, front = make_slot("SP1", 2, 4), make_slot("PL2", 2, 4)
        assert dose.estimate_seconds(side) == 2 * (2 * 20 + 10) + side.rung.rest_s
        assert dose.estimate_seconds(front) == 2 * 20 + front.rung.rest_s

    def test_uses_the_laterality_of_an_alternative(self) -> None:
        machine = derive(make_spec(equipment=("seated_calf_machine",)))
        own = make_slot("BK7", 3, 8)
        # 3 x 8 x 6 + 2 x 90: both legs at once, and no switch between them
        seated = own._replace(printed=machine.printed[own.rung])
        assert (dose.estimate_seconds(own), dose.estimate_seconds(seated)) == (498, 324)

    def test_adds_one_side_and_a_rest_for_an_extra_set(self) -> None:
        plain = dose.estimate_seconds(make_slot("SK4", 3, 12))
        extra = dose.estimate_seconds(make_slot("SK4", 3, 12, extra="left"))
        assert extra - plain == 12 * 6 + 60


class TestEstimateMinutes:
    def test_returns_19_for_the_first_default_session(self) -> None:
        # 180 + 240 + 240 + 320 + 2 x 60 = 1,100 seconds, rounded up
        assert dose.estimate_minutes(make_session(SK=2, BK=2, SU=2)) == 19

    @pytest.mark.parametrize(("reps", "minutes"), [(9, 4), (10, 4), (11, 5)])
    def test_rounds_up_to_the_next_minute(self, reps: int, minutes: int) -> None:
        # 180 seconds of warm-up and 6 for each repetition: ten make four minutes to the second.
        assert dose.estimate_minutes([make_slot("SK2", 1, reps)]) == minutes


class TestFitToTime:
    def test_leaves_a_session_that_fits(self) -> None:
        session = make_session(SK=3, BK=3, SU=3)
        assert dose.fit_to_time(session, 27, turn=0) == (session, False)

    @pytest.mark.parametrize(
        ("turn", "left"),
        [
            (0, {"SK": 3, "BK": 3, "SU": 2}),
            (1, {"SK": 3, "BK": 2, "SU": 3}),
            (2, {"SK": 2, "BK": 3, "SU": 3}),
            (3, {"SK": 3, "BK": 3, "SU": 2}),
        ],
    )
    def test_takes_a_set_from_each_in_turn(self, turn: int, left: dict[str, int]) -> None:
        fitted, trimmed = dose.fit_to_time(make_session(SK=3, BK=3, SU=3), 25, turn)
        assert (count_sets(fitted), trimmed) == (left, True)

    def test_takes_from_the_most_sets_before_whose_turn_it_is(self) -> None:
        fitted, _ = dose.fit_to_time(make_session(SK=2, BK=3, SU=2), 20, turn=0)
        assert count_sets(fitted) == {"SK": 2, "BK": 2, "SU": 2}

    def test_takes_the_sets_of_the_core_first(self) -> None:
        session = make_session(SK=3, BK=3, SU=3, SP=3, BR=3, PL=3)
        full = dose.estimate_minutes(session)
        fitted, _ = dose.fit_to_time(session, full - 6, turn=0)
        assert [count_sets(fitted)[short] for short in ("SK", "BK", "SU")] == [3, 3, 3]
        assert min(count_sets(fitted).values()) < 3

    @pytest.mark.parametrize(
        ("turn", "cuts"),
        [
            (0, "SU BK SK SU BK SK SU BK"),
            (1, "BK SK SU BK SK SU BK SK"),
            (2, "SK SU BK SK SU BK SK SU"),
        ],
    )
    def test_goes_round_until_one_exercise_is_left(self, turn: int, cuts: str) -> None:
        assert list_cuts(make_session(SK=3, BK=3, SU=3), turn) == cuts.split()

    def test_leaves_single_sets_of_the_core_until_all_have_one(self) -> None:
        assert list_cuts(make_session(SK=2, BK=2, SU=1, SP=1, PL=1))[:3] == ["BK", "SK", "PL"]

    def test_keeps_the_order_of_the_exercises(self) -> None:
        fitted, _ = dose.fit_to_time(make_session(SK=3, BK=3, SU=3), 12, turn=1)
        assert [*count_sets(fitted)] == ["SK", "BK", "SU"]

    @pytest.mark.parametrize(("turn", "out"), [(0, "SU"), (1, "BK"), (2, "SK")])
    def test_drops_an_exercise_once_all_have_one_set(self, turn: int, out: str) -> None:
        fitted, _ = dose.fit_to_time(make_session(SK=1, BK=1, SU=1), 9, turn)
        assert out not in count_sets(fitted)
        assert len(fitted) == 2

    def test_takes_extra_sets_before_all_others(self) -> None:
        slots = (make_slot("SK4", 3, 12, "left"), make_slot("BK4", 3, 12, "left"))
        once, _ = dose.fit_to_time(slots, dose.estimate_minutes(slots) - 1, turn=0)
        assert [(slot.sets, slot.extra) for slot in once] == [(3, "left"), (3, None)]
        twice, _ = dose.fit_to_time(slots, dose.estimate_minutes(once) - 1, turn=0)
        assert [(slot.sets, slot.extra) for slot in twice] == [(3, None), (3, None)]

    def test_fits_one_exercise_into_the_shortest_session(self) -> None:
        for longest in (make_slot("BK5", 4, 25), make_slot("SU1", 4, 20), make_slot("SP1", 4, 12)):
            fitted, _ = dose.fit_to_time((longest,), 10, turn=0)
            assert dose.estimate_minutes(fitted) <= 10

    def test_keeps_the_last_set(self) -> None:
        last = (make_slot("SK2", 1, 15),)
        assert dose.fit_to_time(last, 1, turn=0) == (last, False)


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
            ((3, 4), (2, 3)),
            ((4, 20), (3, 16)),
            ((3, 1), (2, 1)),  # one repetition at least
        ],
    )
    def test_returns_the_reduced_dose_of_the_table(
        self, before: tuple[int, int], after: tuple[int, int]
    ) -> None:
        assert dose.reduce_dose(*before) == after

    @pytest.mark.parametrize("sets", [1, 2, 3, 4])
    @pytest.mark.parametrize("reps", range(4, 26))
    def test_leaves_44_to_60_percent_of_the_work(self, sets: int, reps: int) -> None:
        fewer_sets, fewer_reps = dose.reduce_dose(sets, reps)
        assert 0.44 <= fewer_sets * fewer_reps / (sets * reps) <= 0.60


class TestExerciseSlot:
    def test_asks_for_two_units_a_set(self) -> None:
        assert make_slot("SK2", 3, 15).units == make_slot("SU2", 3, 15).units == 6

    def test_asks_for_no_unit_of_an_extra_set(self) -> None:
        assert make_slot("SK4", 3, 12, "left").units == 6
