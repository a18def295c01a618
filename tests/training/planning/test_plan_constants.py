"""Tests of the constants of a spec: ladders, printed exercises, and sessions of the tracks."""

import pytest

from app.training.catalog.exercises import LADDERS, Fit, Rung
from app.training.catalog.track_definitions import OPTIONAL_TRACKS, TRACKS, Track
from app.training.planning import plan_constants
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.spec import Equipment
from tests.training.notation import SHORT
from tests.training.planning.states import find_rung
from tests.training.strategies import make_constants, make_spec

LOADERS: tuple[Equipment, ...] = ("backpack", "dumbbell", "kettlebell", "weight_vest")
EVERYTHING: tuple[Equipment, ...] = ("chair", *LOADERS)


def list_numbers(constants: PlanConstants, track: Track) -> list[int]:
    return [rung.number for rung in constants.ladders[track]]


def list_ladders(constants: PlanConstants) -> dict[str, list[int]]:
    return {SHORT[track]: list_numbers(constants, track) for track in constants.tracks}


def find_tops(constants: PlanConstants) -> dict[str, tuple[int, int]]:
    """Return the hardest available rung of each track, and the repetitions to reach on it."""
    tops = {track: ladder[-1] for track, ladder in constants.ladders.items()}
    return {SHORT[t]: (rung.number, constants.top_reps(rung)) for t, rung in tops.items()}


class TestLadders:
    def test_hold_every_rung_but_the_high_box_with_all_equipment(self) -> None:
        constants = make_constants(
            step_heights_cm=(8, 18, 30, 40), equipment=EVERYTHING, core=OPTIONAL_TRACKS
        )
        for track in TRACKS:
            every = [rung for rung in LADDERS[track] if rung is not find_rung("SU5")]
            assert list(constants.ladders[track]) == every

    def test_hold_floor_rungs_only_without_equipment(self) -> None:
        constants = make_constants(step_heights_cm=(), equipment=(), core=OPTIONAL_TRACKS)
        assert list_ladders(constants) == {
            "SK": [1, 3, 4, 5],
            "BK": [2, 3, 4, 5],
            "SU": [0],
            "SP": [1, 2, 3],
            "BR": [1, 2, 3],
            "PL": [1, 2, 3, 4, 5, 6],
        }

    def test_hold_the_tracks_of_the_programme_only(self) -> None:
        assert [*list_ladders(make_constants())] == ["SK", "BK", "SU"]
        assert [*list_ladders(make_constants(core=("bridge",)))] == ["SK", "BK", "SU", "BR"]

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
            (36, True, [0, 7]),
            (46, True, [0, 7]),
            (47, True, [0]),
        ],
    )
    def test_depend_on_the_step_height(self, height: int, edge: bool, step_ups: list[int]) -> None:
        constants = make_constants(step_heights_cm=(height,), equipment=("backpack",))
        assert list_numbers(constants, "step_up") == step_ups
        assert (2 in list_numbers(constants, "straight_knee")) is edge
        assert (6 in list_numbers(constants, "straight_knee")) is edge
        assert (6 in list_numbers(constants, "bent_knee")) is edge

    @pytest.mark.parametrize(
        ("heights", "equipment", "step_ups"),
        [
            ((40,), (), [0, 5]),
            ((18, 40), (), [0, 1, 2, 3, 5]),
            ((18, 40), ("backpack",), [0, 1, 2, 3, 6, 7]),
            ((40,), ("dumbbell",), [0, 7]),
            ((36,), ("calf_machine", "leg_press"), [0, 5]),  # machines load no step-up
        ],
    )
    def test_hold_the_high_box_only_where_no_step_up_takes_a_load(
        self, heights: tuple[int, ...], equipment: tuple[Equipment, ...], step_ups: list[int]
    ) -> None:
        constants = make_constants(step_heights_cm=heights, equipment=equipment)
        assert list_numbers(constants, "step_up") == step_ups

    def test_hold_the_high_box_for_a_minor_with_weights(self) -> None:
        constants = make_constants(step_heights_cm=(40,), equipment=("backpack",), age=17)
        assert list_numbers(constants, "step_up") == [0, 5]

    def test_hold_what_needs_a_chair_only_with_one(self) -> None:
        with_chair = list_ladders(make_constants(equipment=("chair",), core=OPTIONAL_TRACKS))
        without = list_ladders(make_constants(equipment=(), core=OPTIONAL_TRACKS))
        gone = {track: sorted({*with_chair[track]} - {*without[track]}) for track in without}
        assert gone == {"SK": [], "BK": [1], "SU": [], "SP": [4, 5, 6], "BR": [4], "PL": []}

    @pytest.mark.parametrize("loader", LOADERS)
    def test_hold_the_loaded_rungs_with_any_loader(self, loader: Equipment) -> None:
        constants = make_constants(equipment=(loader,), step_heights_cm=(18, 30), core=("bridge",))
        ends = {track: numbers[-2:] for track, numbers in list_ladders(constants).items()}
        assert ends == {"SK": [7, 8], "BK": [7, 8], "SU": [6, 7], "BR": [5, 6]}

    @pytest.mark.parametrize(
        ("machine", "loaded"),
        [("calf_machine", "SK"), ("leg_press", "SK"), ("seated_calf_machine", "BK")],
    )
    def test_hold_the_rungs_that_a_machine_stands_for(
        self, machine: Equipment, loaded: str
    ) -> None:
        ladders = list_ladders(make_constants(equipment=(machine,)))
        assert {track for track in ("SK", "BK") if ladders[track][-2:] == [7, 8]} == {loaded}

    def test_hold_no_loaded_rung_below_18_years(self) -> None:
        things: tuple[Equipment, ...] = (*EVERYTHING, "calf_machine", "seated_calf_machine")
        young, grown = (
            make_constants(equipment=things, step_heights_cm=(18, 30), age=age, core=("bridge",))
            for age in (17, 18)
        )
        assert not any(rung.loaded for rung in young.printed)
        assert all(ladder[-1].loaded for ladder in grown.ladders.values())

    def test_hold_no_heel_drop_if_it_is_to_be_avoided(self) -> None:
        constants = make_constants(avoid_below_level=True, equipment=("chair", "backpack"))
        assert list_ladders(constants) == {
            "SK": [1, 3, 4, 5, 7, 8],
            "BK": [1, 2, 3, 4, 5, 7, 8],
            "SU": [0, 1, 2, 3, 6],
        }

    @pytest.mark.parametrize(
        ("loads", "loaded"),
        [
            ((), True),
            ((3.5,), True),  # a twentieth of 70 kg counts
            ((3.49,), False),
            ((14.0, 40.0), True),  # a fifth is light enough to begin with
            ((14.01, 40.0), False),
            ((1.0, 20.0), False),  # what does not count does not help
        ],
    )
    def test_hold_loaded_rungs_only_if_owned_weights_will_do(
        self, loads: tuple[float, ...], loaded: bool
    ) -> None:
        constants = make_constants(equipment=("dumbbell",), loads=loads, body_mass=70)
        assert (7 in list_numbers(constants, "straight_knee")) is loaded
        assert (6 in list_numbers(constants, "step_up")) is loaded

    def test_hold_the_rungs_of_a_machine_whatever_weights_are_owned(self) -> None:
        constants = make_constants(equipment=("dumbbell", "leg_press"), loads=(50,))
        ladders = list_ladders(constants)
        assert (ladders["SK"][-1], ladders["BK"][-1]) == (8, 6)


class TestPrinted:
    """What a rung is printed as: its own exercise or an alternative."""

    @staticmethod
    def find_slug(name: str, **fields: object) -> str:
        constants = make_constants(**fields)  # type: ignore[arg-type]
        return constants.printed[find_rung(name)].exercise.slug

    def test_is_the_own_exercise_of_the_rung_if_it_can_be_done(self) -> None:
        constants = make_constants(equipment=(*EVERYTHING, "calf_machine", "seated_calf_machine"))
        for rung, printed in constants.printed.items():
            assert printed.exercise is rung.exercise
            assert not printed.by_feel
            assert printed.unilateral is rung.unilateral

    @pytest.mark.parametrize("name", ["SK7", "SK8"])
    def test_is_the_first_alternative_if_the_own_exercise_lacks_something(self, name: str) -> None:
        machine, press = "standing-machine-calf-raise", "leg-press-calf-raise"
        assert self.find_slug(name, equipment=("leg_press",)) == press
        assert self.find_slug(name, equipment=("calf_machine", "leg_press")) == machine

    @pytest.mark.parametrize(
        ("prefer", "slug"),
        [
            (("seated-loaded-calf-raise",), "seated-loaded-calf-raise"),
            # The favourite comes first.
            (
                ("seated-machine-calf-raise", "seated-loaded-calf-raise"),
                "seated-machine-calf-raise",
            ),
            (("seated-loaded-calf-raise", "seated-machine-calf-raise"), "seated-loaded-calf-raise"),
            # One that stands beside another track, or lacks its machine, is passed over.
            (("leg-press-calf-raise",), "single-leg-bent-knee-raise-loaded"),
            (
                ("standing-machine-calf-raise", "seated-loaded-calf-raise"),
                "seated-loaded-calf-raise",
            ),
        ],
    )
    def test_is_what_the_runner_prefers(self, prefer: tuple[str, ...], slug: str) -> None:
        things = ("chair", "backpack", "seated_calf_machine")
        assert self.find_slug("BK7", equipment=things, prefer=prefer) == slug

    @pytest.mark.parametrize(
        ("equipment", "loads"), [(("backpack",), ()), (("chair", "backpack"), (50,))]
    )
    def test_is_no_alternative_that_lacks_a_chair_or_a_weight(
        self, equipment: tuple[Equipment, ...], loads: tuple[float, ...]
    ) -> None:
        constants = make_constants(
            equipment=equipment, loads=loads, prefer=("seated-loaded-calf-raise",)
        )
        slugs = {printed.exercise.slug for printed in constants.printed.values()}
        assert "seated-loaded-calf-raise" not in slugs

    def test_leaves_the_load_of_an_alternative_to_the_runner(self) -> None:
        constants = make_constants(equipment=("leg_press", "seated_calf_machine"))
        assert constants.printed[find_rung("SK7")].by_feel
        assert constants.printed[find_rung("BK7")].by_feel

    def test_has_the_laterality_of_the_alternative(self) -> None:
        constants = make_constants(equipment=("leg_press", "seated_calf_machine"))
        assert constants.printed[find_rung("SK7")].unilateral
        assert not constants.printed[find_rung("BK7")].unilateral

    def test_stands_for_the_heavy_version_too(self) -> None:
        constants = make_constants(
            equipment=("chair", "backpack"), prefer=("seated-loaded-calf-raise",)
        )
        for name in ("BK7", "BK8"):
            assert constants.printed[find_rung(name)].exercise.slug == "seated-loaded-calf-raise"
        assert not constants.printed[find_rung("BK6")].by_feel

    def test_has_the_height_of_the_step_in_step_ups_only(self) -> None:
        printed = make_constants(step_heights_cm=(10, 18, 20)).printed
        heights = {r.number: p.step_height_cm for r, p in printed.items() if r.track == "step_up"}
        assert heights == {0: None, 1: 10, 2: 20, 3: 20}
        assert printed[find_rung("SK6")].step_height_cm is None


class TestFitNames:
    @pytest.mark.parametrize(
        ("equipment", "calf", "step"),
        [
            (
                ("dumbbell",),
                Fit("calf_raise", "single_leg_standing_dumbbell_calf_raise", exact=True),
                Fit("squat", "dumbbell_step_up", exact=True),
            ),
            (
                ("backpack",),
                Fit("calf_raise", "single_leg_standing_calf_raise", exact=False),
                Fit("squat", "weighted_step_up", exact=True),
            ),
        ],
    )
    def test_name_the_available_load(
        self, equipment: tuple[Equipment, ...], calf: Fit, step: Fit
    ) -> None:
        names = make_constants(equipment=equipment, step_heights_cm=(30,)).fit_names
        assert names["single-leg-calf-raise-loaded"] == calf
        assert names["step-up-loaded"] == step

    def test_are_none_where_the_profile_has_no_name(self) -> None:
        assert make_constants().fit_names["standing-knee-drive"] is None

    def test_hold_the_alternative_in_place_of_the_exercise_of_the_rung(self) -> None:
        names = make_constants(equipment=("leg_press",)).fit_names
        assert "leg-press-calf-raise" in names
        assert "single-leg-calf-raise-loaded" not in names


class TestChooseStepHeight:
    @pytest.mark.parametrize(
        ("number", "height"),
        [(0, None), (1, 10), (2, 20), (3, 20), (4, 35), (5, 46), (6, 35), (7, 46)],
    )
    def test_returns_the_tallest_step_in_the_band_or_the_lowest_for_support(
        self, number: int, height: int | None
    ) -> None:
        spec = make_spec(step_heights_cm=(10, 18, 20, 30, 35, 46, 60))
        assert plan_constants.choose_step_height(spec, find_rung(f"SU{number}")) == height

    def test_returns_none_without_a_step_in_the_band(self) -> None:
        spec = make_spec(step_heights_cm=(7, 22))
        assert plan_constants.choose_step_height(spec, find_rung("SU2")) is None

    def test_returns_none_for_calf_raises(self) -> None:
        for track in ("straight_knee", "bent_knee"):
            for rung in LADDERS[track]:
                assert plan_constants.choose_step_height(make_spec(), rung) is None


class TestTopReps:
    def test_returns_the_top_of_the_range_if_a_rung_follows(self) -> None:
        ladder = make_constants().ladders["straight_knee"][:-1]
        assert [make_constants().top_reps(rung) for rung in ladder] == [20, 20, 15, 15, 15]

    def test_returns_more_on_the_last_unloaded_rung(self) -> None:
        assert find_tops(make_constants(core=OPTIONAL_TRACKS)) == {
            "SK": (6, 25),
            "BK": (6, 25),
            "SU": (3, 20),
            "SP": (6, 12),
            "BR": (4, 25),
            "PL": (6, 15),
        }

    def test_counts_a_hold_in_fives(self) -> None:
        constants = make_constants(equipment=(), core=OPTIONAL_TRACKS)
        assert find_tops(constants)["SP"] == (3, 12)  # 60 seconds in place of 40
        assert constants.top_reps(find_rung("SP2")) == 8
        assert constants.top_reps(find_rung("PL4")) == 9

    def test_returns_the_top_of_the_range_on_a_loaded_rung(self) -> None:
        constants = make_constants(equipment=("backpack",), step_heights_cm=(30,), core=("bridge",))
        assert find_tops(constants) == {
            "SK": (8, 8), "BK": (8, 8), "SU": (7, 8), "BR": (6, 8),
        }  # fmt: skip

    def test_returns_20_on_a_high_box_without_load(self) -> None:
        assert find_tops(make_constants(step_heights_cm=(40,)))["SU"] == (5, 20)


class TestNeighbour:
    @pytest.mark.parametrize(
        ("name", "step", "found"),
        [("SU4", -1, "SU0"), ("SU0", +1, "SU4"), ("SK4", +1, "SK5"), ("SK4", -1, "SK3")],
    )
    def test_returns_the_next_available_rung(self, name: str, step: int, found: str) -> None:
        constants = make_constants(step_heights_cm=(30,))
        assert constants.neighbour(find_rung(name), step) == find_rung(found)

    def test_is_none_at_the_ends_of_the_ladder(self) -> None:
        constants = make_constants(step_heights_cm=(30,))
        ends: list[tuple[Rung, int]] = [(find_rung("SU0"), -1), (find_rung("SU4"), +1)]
        assert [constants.neighbour(rung, step) for rung, step in ends] == [None, None]


class TestFrequency:
    @pytest.mark.parametrize(
        ("days", "calf", "others"),
        [((0, 3), 2, 2), ((0, 2, 4), 3, 3), ((0, 1), 1, 1), ((0, 1, 2, 3, 5), 3, 2)],
    )
    def test_counts_the_sessions_of_a_full_week_that_hold_the_track(
        self, days: tuple[int, ...], calf: int, others: int
    ) -> None:
        found = make_constants(weekdays=days, core=OPTIONAL_TRACKS).frequency
        calves = {"straight_knee", "bent_knee"}
        assert found == {track: calf if track in calves else others for track in TRACKS}


class TestAlwaysCautious:
    @pytest.mark.parametrize(
        ("age", "cautious"),
        [(13, True), (17, True), (18, False), (64, False), (65, True), (100, True)],
    )
    def test_is_true_below_18_and_from_65_years(self, age: int, cautious: bool) -> None:
        assert make_constants(age=age).always_cautious is cautious

    def test_is_false_without_an_age_whatever_hurts(self) -> None:
        assert not make_constants(pain_now=5, injury_last_3_months=True).always_cautious
