"""Setbacks of a track, step by step, and what weeks away lead to."""

import pytest

from app.training.adapting import setbacks
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.spec import HeelRiseTest
from app.training.planning.standing import TrackState, fresh_standing
from tests.training.notation import SHORT, TRACK
from tests.training.strategies import make_constants

# Every rung of every ladder, for a beginner of 70 kg who adds a kilogram at a time.
EVERYTHING = make_constants(
    equipment=("chair", "backpack"),
    step_heights_cm=(18, 30, 40),
    core=("side_plank", "bridge", "plank"),
)
COARSE = make_constants(equipment=("chair", "backpack"), load_increment=2.5)
OWNED = make_constants(equipment=("chair", "dumbbell"), loads=(4, 6, 10, 20))

# A rung, its repetitions or counts of five seconds, and its load: "SK7 8 @6".
Dose = str


def parse_state(constants: PlanConstants, dose: Dose) -> TrackState:
    """Parse a dose into a state that has earned a step."""
    name, reps, *load = dose.split()
    ladder = constants.ladders[TRACK[name[:2]]]
    rung = next(rung for rung in ladder if rung.number == int(name[2:]))
    hundredths = round(100 * float(load[0][1:])) if load else 0
    return TrackState(rung, int(reps), hundredths, sets=6, hits=2, due="step", top=1)


def format_state(state: TrackState) -> Dose:
    """Format a state as a dose."""
    load = f" @{state.load / 100:g}" if state.load else ""
    return f"{SHORT[state.rung.track]}{state.rung.number} {state.reps}{load}"


def has_earned_nothing(state: TrackState) -> bool:
    return (state.hits, state.due, state.top) == (0, None, 0)


class TestRegress:
    @pytest.mark.parametrize(
        ("before", "after", "lowered"),
        [
            # Repetitions first, in steps of three, two or one, down to the range's lower end.
            ("SK2 18", "SK2 15", None),
            ("SK2 16", "SK2 15", None),
            ("SK7 12 @7", "SK7 10 @7", None),
            ("SK7 9 @7", "SK7 8 @7", None),
            ("SK8 8 @20", "SK8 7 @20", None),
            ("PL3 8", "PL3 7", None),
            # Then the load, by a tenth, if an increment or more is left of it.
            ("SK7 8 @7", "SK7 8 @6", "load"),
            ("SK8 6 @20", "SK8 6 @18", "load"),
            ("SK7 8 @1", "SK6 8", "rung"),
            ("SK8 6 @1", "SK7 6 @1", "rung"),
            ("SU6 8 @1", "SU4 9", "rung"),
            # Then the version, with no more work in a set.
            ("SK3 12", "SK2 13", "rung"),
            ("BK6 12", "BK5 12", "rung"),
            ("PL2 4", "PL1 12", "rung"),
            # On the lowest one repetitions again, but never below half of the range's lower end.
            ("SK1 20", "SK1 17", None),
            ("SK1 15", "SK1 12", None),
            ("SU0 12", "SU0 9", None),
            ("BK1 9", "BK1 8", None),
            ("SP1 4", "SP1 3", None),
            ("SP1 3", "SP1 2", None),
            # Then nothing is left, and nothing rises.
            ("BK1 8", "BK1 8", "floor"),
            ("SK1 5", "SK1 5", "floor"),
            ("SP1 2", "SP1 2", "floor"),
        ],
    )
    def test_takes_the_smallest_step_there_is(
        self, before: Dose, after: Dose, lowered: str | None
    ) -> None:
        lower = setbacks.regress(EVERYTHING, parse_state(EVERYTHING, before))
        assert (format_state(lower), lower.lowered) == (after, lowered)
        assert has_earned_nothing(lower)

    @pytest.mark.parametrize(
        ("before", "after"), [("SK7 8 @5", "SK7 8 @2.5"), ("SK7 8 @2.5", "SK6 8")]
    )
    def test_rounds_loads_to_the_increment(self, before: Dose, after: Dose) -> None:
        assert format_state(setbacks.regress(COARSE, parse_state(COARSE, before))) == after

    @pytest.mark.parametrize(
        ("before", "after"),
        [("SK7 8 @20", "SK7 8 @10"), ("SK7 8 @6", "SK7 8 @4"), ("SK7 8 @4", "SK6 8")],
    )
    def test_takes_the_next_weight_that_is_owned(self, before: Dose, after: Dose) -> None:
        assert format_state(setbacks.regress(OWNED, parse_state(OWNED, before))) == after


class TestDrop:
    @pytest.mark.parametrize(
        ("before", "tenths", "after"),
        [
            ("SK3 15", 8, "SK2 15"),
            ("SK7 12 @10", 8, "SK6 12"),
            ("SK8 8 @20", 8, "SK7 8 @16"),
            ("SK8 8 @20", 9, "SK7 8 @18"),
            ("SK8 8 @1", 8, "SK7 8 @1"),
            # With no more work in a set than before.
            ("SK2 8", 8, "SK1 10"),
            # On the lowest rung the fewest repetitions of the range, or less.
            ("SK1 20", 8, "SK1 15"),
            ("SK1 12", 9, "SK1 12"),
        ],
    )
    def test_goes_to_the_easier_rung(self, before: Dose, tenths: int, after: Dose) -> None:
        dropped = setbacks.drop(EVERYTHING, parse_state(EVERYTHING, before), tenths)
        assert format_state(dropped) == after
        assert has_earned_nothing(dropped)

    def test_skips_rungs_without_equipment(self) -> None:
        box = make_constants(level="advanced", step_heights_cm=(30,))
        assert format_state(setbacks.drop(box, parse_state(box, "SU4 12"), 8)) == "SU0 15"


def ease(before: Dose, weeks: int, constants: PlanConstants = EVERYTHING) -> TrackState:
    standing = fresh_standing(constants)
    return setbacks.ease_after_break(constants, standing, parse_state(constants, before), weeks)


class TestEaseAfterBreak:
    @pytest.mark.parametrize(
        ("before", "after"),
        [("SK2 18", "SK2 15"), ("SK2 12", "SK2 12"), ("SK7 12 @10", "SK7 8 @9")],
    )
    def test_lowers_repetitions_and_load_after_two_weeks(self, before: Dose, after: Dose) -> None:
        assert format_state(ease(before, 2)) == after

    def test_keeps_the_smallest_load_after_two_weeks(self) -> None:
        assert format_state(ease("SK7 8 @2.5", 2, COARSE)) == "SK7 8 @2.5"

    @pytest.mark.parametrize(
        ("before", "after"), [("SK3 15", "SK2 15"), ("SK8 8 @20", "SK7 8 @16")]
    )
    def test_goes_a_rung_down_after_four_weeks(self, before: Dose, after: Dose) -> None:
        assert format_state(ease(before, 4)) == after

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            # Above the start rung, on it and below it.
            ("SK6 15", "SK2 15"),
            ("SK8 8 @20", "SK2 15"),
            ("SK2 20", "SK2 15"),
            ("SK2 12", "SK2 12"),
            ("SK1 20", "SK1 15"),
            ("SU1 18", "SU0 15"),
        ],
    )
    def test_goes_back_to_the_start_or_lower_after_eight_weeks(
        self, before: Dose, after: Dose
    ) -> None:
        assert format_state(ease(before, 8)) == after

    @pytest.mark.parametrize(
        ("before", "after"),
        [("SK8 8 @20", "SK6 12"), ("SK7 9 @5", "SK6 12"), ("SK6 14", "SK6 12")],
    )
    def test_goes_back_to_the_rung_of_the_test(self, before: Dose, after: Dose) -> None:
        tested = make_constants(
            equipment=("chair", "backpack"), heel_rise_test=HeelRiseTest(30, 28)
        )
        assert format_state(ease(before, 8, tested)) == after

    @pytest.mark.parametrize("weeks", [2, 4, 8])
    def test_leaves_the_sets_of_a_start_at_most(self, weeks: int) -> None:
        eased = ease("SK3 15", weeks)
        assert (eased.sets, has_earned_nothing(eased)) == (4, True)

    @pytest.mark.parametrize("weeks", [1, 3, 5, 6, 7, 9, 16])
    def test_changes_nothing_after_other_numbers_of_weeks(self, weeks: int) -> None:
        assert ease("SK3 15", weeks) == parse_state(EVERYTHING, "SK3 15")
