"""Tests of the constants of a spec: caution, ladders, start rungs, set budgets and valid starts."""

from typing import get_args

import pytest

from app.training.catalog.exercises import LADDERS
from app.training.catalog.track_definitions import TRACKS, Track
from app.training.planning import plan_constants
from app.training.planning.spec import Equipment, HeelRiseTest, Level, SpecError, Start, TrackStart
from tests.training.strategies import make_constants, make_spec

LOADS: tuple[Equipment, ...] = ("backpack", "dumbbell", "kettlebell", "weight_vest")
EVERYTHING: tuple[Equipment, ...] = ("chair", *LOADS)


def list_rung_numbers(constants: plan_constants.PlanConstants, track: Track) -> list[int]:
    return [rung.number for rung in constants.ladders[track]]


def choose_start_rungs(constants: plan_constants.PlanConstants) -> tuple[int, ...]:
    return tuple(plan_constants.choose_start_rung(constants, track).number for track in TRACKS)


def make_even_test(reps: int) -> HeelRiseTest:
    return HeelRiseTest(reps, reps)


class TestIsCautious:
    @pytest.mark.parametrize(
        ("age", "cautious"),
        [(13, True), (17, True), (18, False), (64, False), (65, True), (100, True)],
    )
    def test_is_true_below_18_and_from_65_years(self, age: int, cautious: bool) -> None:
        assert plan_constants.is_cautious(make_spec(age=age)) is cautious

    @pytest.mark.parametrize(("pain", "cautious"), [(0, False), (2, False), (3, True), (5, True)])
    def test_is_true_from_pain_3(self, pain: int, cautious: bool) -> None:
        assert plan_constants.is_cautious(make_spec(pain_now=pain)) is cautious

    def test_is_true_after_an_injury(self) -> None:
        assert plan_constants.is_cautious(make_spec(injury_last_3_months=True))

    def test_is_false_without_a_reason(self) -> None:
        assert not plan_constants.is_cautious(make_spec(avoid_below_level=True))


class TestSetBudget:
    @pytest.mark.parametrize(
        ("level", "first", "full"),
        [("beginner", 12, 18), ("intermediate", 12, 18), ("advanced", 18, 24)],
    )
    def test_depends_on_level_and_slots(self, level: Level, first: int, full: int) -> None:
        constants = make_constants(level=level)
        assert (constants.slots, constants.first_budget, constants.full_budget) == (6, first, full)

    @pytest.mark.parametrize("level", get_args(Level))
    def test_is_two_to_three_sets_for_cautious_runners(self, level: Level) -> None:
        constants = make_constants(level=level, age=70)
        assert (constants.first_budget, constants.full_budget) == (12, 18)

    def test_counts_two_calf_exercises_and_one_step_up_in_split_sessions(self) -> None:
        assert make_constants(weekdays=(0, 1)).slots == 3
        assert make_constants(days_per_week=5).slots == 3 * 2 + 2
        assert make_constants(days_per_week=6).slots == 9

    def test_starts_with_the_full_budget_if_requested(self) -> None:
        assert make_constants(ramp="direct").first_budget == 18
        assert make_constants(start=Start(full_volume=True)).first_budget == 18
        assert make_constants(start=Start(step_up=TrackStart(0, 15))).first_budget == 12


class TestDeloadEvery:
    @pytest.mark.parametrize(("given", "careful"), [(0, 0), (3, 3), (4, 3), (8, 3)])
    def test_is_at_most_3_for_cautious_runners(self, given: int, careful: int) -> None:
        assert make_constants(deload_every=given).deload_every == given
        assert make_constants(deload_every=given, pain_now=4).deload_every == careful


class TestMasses:
    def test_assumes_a_body_mass_if_none_is_given(self) -> None:
        assert make_constants().body_mass == 7000
        assert make_constants(units="imperial").body_mass == 15400

    @pytest.mark.parametrize(
        ("body_mass", "increment", "most"),
        # Six tenths, down to a multiple of the increment.
        [(70, 1, 42), (65, 2.5, 37.5), (64.35, 0.25, 38.5), (30, 5, 15), (99.99, 5, 55)],
    )
    def test_limits_the_load_to_six_tenths_of_body_mass(
        self, body_mass: float, increment: float, most: float
    ) -> None:
        constants = make_constants(body_mass=body_mass, load_increment=increment)
        assert constants.max_load / 100 == most


class TestFindWeakSide:
    @pytest.mark.parametrize(
        ("left", "right", "side"),
        [
            (20, 20, None),
            (20, 25, None),  # five is within the noise
            (20, 26, "left"),
            (26, 20, "right"),
            (34, 40, None),  # six of forty are 15 %, and 15 % is not beyond 15 %
            (33, 40, "left"),
            (0, 6, "left"),
            (170, 200, None),
            (200, 169, "right"),
        ],
    )
    def test_returns_a_side_behind_by_more_than_5_repetitions_and_15_percent(
        self, left: int, right: int, side: str | None
    ) -> None:
        assert (
            plan_constants.find_weak_side(make_spec(heel_rise_test=HeelRiseTest(left, right)))
            == side
        )

    def test_is_none_without_a_test(self) -> None:
        assert make_constants().weak_test is None


class TestLadders:
    def test_contains_every_rung_with_all_equipment(self) -> None:
        constants = make_constants(step_heights_cm=(8, 18, 30, 40), equipment=EVERYTHING)
        for track in TRACKS:
            assert constants.ladders[track] == LADDERS[track]

    def test_contains_floor_rungs_only_without_equipment(self) -> None:
        constants = make_constants(step_heights_cm=(), equipment=())
        found = [list_rung_numbers(constants, track) for track in TRACKS]
        assert found == [[1, 3, 4, 5], [2, 3, 4, 5], [0]]

    @pytest.mark.parametrize(
        ("height", "edge", "step_ups"),
        [
            (7, False, [0]),
            (8, True, [0, 1]),
            (14, True, [0, 1]),
            (15, True, [0, 1, 2, 3, 6]),
            (21, True, [0, 1, 2, 3, 6]),
            (22, True, [0, 4, 6, 7]),
            (35, True, [0, 4, 6, 7]),
            (36, True, [0, 5, 7]),
            (46, True, [0, 5, 7]),
            (47, True, [0]),
        ],
    )
    def test_depends_on_the_step_height(self, height: int, edge: bool, step_ups: list[int]) -> None:
        constants = make_constants(step_heights_cm=(height,), equipment=("backpack",))
        assert list_rung_numbers(constants, "step_up") == step_ups
        assert (2 in list_rung_numbers(constants, "straight_knee")) is edge
        assert (6 in list_rung_numbers(constants, "straight_knee")) is edge
        assert (6 in list_rung_numbers(constants, "bent_knee")) is edge

    def test_contains_the_seated_raise_only_with_a_chair(self) -> None:
        assert 1 in list_rung_numbers(make_constants(), "bent_knee")
        assert 1 not in list_rung_numbers(make_constants(equipment=()), "bent_knee")

    @pytest.mark.parametrize("loader", LOADS)
    def test_contains_the_loaded_rungs_with_any_loader(self, loader: Equipment) -> None:
        constants = make_constants(equipment=(loader,), step_heights_cm=(18, 30))
        assert [list_rung_numbers(constants, track)[-2:] for track in TRACKS] == [
            [7, 8],
            [7, 8],
            [6, 7],
        ]

    def test_contains_no_loaded_rung_below_18_years(self) -> None:
        heights = (18, 30)
        young = make_constants(equipment=EVERYTHING, step_heights_cm=heights, age=17)
        grown = make_constants(equipment=EVERYTHING, step_heights_cm=heights, age=18)
        assert not any(rung.loaded for track in TRACKS for rung in young.ladders[track])
        assert all(grown.ladders[track][-1].loaded for track in TRACKS)

    def test_contains_no_heel_drop_if_it_is_to_be_avoided(self) -> None:
        constants = make_constants(avoid_below_level=True, equipment=("chair", "backpack"))
        assert list_rung_numbers(constants, "straight_knee") == [1, 3, 4, 5, 7, 8]
        assert list_rung_numbers(constants, "bent_knee") == [1, 2, 3, 4, 5, 7, 8]
        assert list_rung_numbers(constants, "step_up") == [0, 1, 2, 3, 6]


class TestChooseStepHeight:
    @pytest.mark.parametrize(
        ("number", "height"),
        [(0, None), (1, 10), (2, 20), (3, 20), (4, 35), (5, 46), (6, 35), (7, 46)],
    )
    def test_returns_the_tallest_step_in_the_band_or_the_lowest_for_support(
        self, number: int, height: int | None
    ) -> None:
        spec = make_spec(step_heights_cm=(10, 18, 20, 30, 35, 46, 60))
        assert plan_constants.choose_step_height(spec, LADDERS["step_up"][number]) == height

    def test_returns_none_for_calf_raises(self) -> None:
        for track in ("straight_knee", "bent_knee"):
            for rung in LADDERS[track]:
                assert plan_constants.choose_step_height(make_spec(), rung) is None


class TestTopReps:
    def test_returns_the_top_of_the_rung_if_another_follows(self) -> None:
        constants = make_constants()
        assert [constants.top_reps(rung) for rung in constants.ladders["straight_knee"][:-1]] == [
            20,
            20,
            15,
            15,
            15,
        ]

    def test_returns_more_on_the_last_unloaded_rung(self) -> None:
        constants = make_constants()
        tops = [constants.top_reps(constants.ladders[track][-1]) for track in TRACKS]
        assert tops == [25, 25, 20]

    def test_returns_the_top_of_the_rung_with_a_load(self) -> None:
        constants = make_constants(equipment=("backpack",), step_heights_cm=(30,))
        assert [constants.top_reps(constants.ladders[track][-1]) for track in TRACKS] == [8, 8, 8]


class TestChooseStartRung:
    @pytest.mark.parametrize(
        ("level", "rungs"),
        [("beginner", (2, 2, 2)), ("intermediate", (4, 4, 3)), ("advanced", (6, 6, 4))],
    )
    def test_depends_on_the_level(self, level: Level, rungs: tuple[int, ...]) -> None:
        assert choose_start_rungs(make_constants(level=level, step_heights_cm=(18, 30))) == rungs

    @pytest.mark.parametrize(
        ("reps", "calf"),
        [
            *[(0, 1), (4, 1), (5, 2), (9, 2), (10, 3), (14, 3)],
            *[(15, 4), (19, 4), (20, 5), (24, 5), (25, 6), (200, 6)],
        ],
    )
    def test_prefers_the_test_to_the_level(self, reps: int, calf: int) -> None:
        constants = make_constants(level="intermediate", heel_rise_test=make_even_test(reps))
        assert choose_start_rungs(constants) == (calf, calf, 1 if reps < 5 else 3)

    def test_uses_the_weaker_leg(self) -> None:
        assert choose_start_rungs(make_constants(heel_rise_test=HeelRiseTest(40, 9))) == (2, 2, 2)
        assert choose_start_rungs(make_constants(heel_rise_test=HeelRiseTest(4, 40))) == (1, 1, 1)

    def test_returns_the_next_lower_rung_if_equipment_is_missing(self) -> None:
        constants = make_constants(level="advanced", step_heights_cm=(18,))
        assert choose_start_rungs(constants) == (6, 6, 3)
        assert choose_start_rungs(make_constants(level="advanced", step_heights_cm=())) == (5, 5, 0)

    def test_returns_the_lowest_rung_if_none_is_lower(self) -> None:
        weakest = make_constants(heel_rise_test=make_even_test(0), equipment=())
        assert choose_start_rungs(weakest) == (1, 2, 1)

    def test_returns_one_available_rung_lower_for_cautious_runners(self) -> None:
        assert choose_start_rungs(make_constants(age=70)) == (1, 1, 1)
        assert choose_start_rungs(make_constants(age=70, equipment=())) == (1, 2, 1)
        careful = make_constants(age=70, level="advanced", step_heights_cm=(22,))
        assert choose_start_rungs(careful) == (5, 5, 0)


class TestCheckStart:
    @pytest.mark.parametrize(
        ("begin", "part", "allowed"),
        [
            (TrackStart(9, 10), "rung", "one of 1, 2, 3, 4, 5, 6, 7, 8"),
            (TrackStart(2, 0), "reps", "between 1 and 20"),
            (TrackStart(2, 21), "reps", "between 1 and 20"),
            (TrackStart(2, 20, 1), "load", "must be 0"),
            (TrackStart(7, 8), "load", "multiple of 2.5 between 2.5 and 40"),
            (TrackStart(7, 8, 2.51), "load", "multiple of 2.5 between 2.5 and 40"),
            (TrackStart(7, 8, 42.5), "load", "multiple of 2.5 between 2.5 and 40"),
            (TrackStart(7, 8, -2.5), "load", "multiple of 2.5 between 2.5 and 40"),
            (TrackStart(8, 9, 10), "reps", "between 1 and 8"),
        ],
    )
    def test_names_the_allowed_values(self, begin: TrackStart, part: str, allowed: str) -> None:
        with pytest.raises(SpecError, match=allowed) as refusal:
            make_constants(
                start=Start(straight_knee=begin),
                equipment=("backpack",),
                body_mass=70,
                load_increment=2.5,
            )
        assert refusal.value.path == ("start", "straight_knee", part)

    def test_names_the_available_rungs(self) -> None:
        with pytest.raises(SpecError, match=r"one of 0, 1, 2, 3$") as refusal:
            make_constants(start=Start(step_up=TrackStart(4, 12)))
        assert refusal.value.path == ("start", "step_up", "rung")

    @pytest.mark.parametrize(
        "begin", [TrackStart(7, 1, 2.5), TrackStart(7, 12, 40), TrackStart(8, 8, 40)]
    )
    def test_accepts_the_lowest_and_highest_values(self, begin: TrackStart) -> None:
        constants = make_constants(
            start=Start(straight_knee=begin),
            equipment=("backpack",),
            body_mass=70,
            load_increment=2.5,
        )
        assert constants.spec.start == Start(straight_knee=begin)
