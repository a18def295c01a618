"""Tests of the progression of a track: repetitions, then a harder rung, then load."""

from typing import Any

import pytest

from app.training.catalog.exercises import LADDERS
from app.training.catalog.track_definitions import TRACKS
from app.training.planning import progression
from app.training.planning.plan_constants import PlanConstants
from tests.training.journal import P2 as P2_FIELDS
from tests.training.notation import format_state, parse_state
from tests.training.strategies import make_constants

# The runner of the worked example P2, who has a stair, a box and a backpack.
P2 = make_constants(**P2_FIELDS)
CORE = make_constants(core=("side_plank", "bridge", "plank"), equipment=("chair", "backpack"))
PLAIN = make_constants()
# A runner of 65 kg who owns dumbbells of these weights.
OWNED = make_constants(equipment=("dumbbell",), body_mass=65, loads=(6, 10, 16, 24))


def progress(constants: PlanConstants, before: str, **fields: Any) -> str:
    """Return the code of the reason, and the state after one step."""
    step = progression.progress(constants, parse_state(constants, before, **fields))
    return f"{step.code} {format_state(step.state)}"


class TestRepStep:
    def test_is_smaller_for_shorter_sets(self) -> None:
        rungs = [rung for track in TRACKS for rung in LADDERS[track]]
        steps = {rung.reps_low: progression.rep_step(rung) for rung in rungs}
        assert steps == {15: 3, 12: 3, 10: 2, 8: 2, 6: 1, 5: 1, 4: 1}


class TestEntryReps:
    @pytest.mark.parametrize(
        ("before", "target", "reps"),
        [
            ("SK2 20", "SK3 0", 12),  # 21 would fit, the rung begins at 12
            ("SK5 15", "SK6 0", 12),
            ("SU4 15", "SU6 0 @6", 8),
            ("BK1 20", "BK2 0", 10),  # 5/4 x 20 x 0.40 / 1.00, exactly
            ("BK1 12", "BK2 0", 6),
            ("BK1 5", "BK2 0", 5),  # never fewer than five
            ("SU0 15", "SU4 0", 8),  # 8.33, rounded down
            ("SK7 5 @20", "SK8 0 @20", 6),
            ("SK7 5 @5", "SK7 0 @39", 5),
        ],
    )
    def test_raises_the_work_of_a_set_by_a_quarter_at_most(
        self, before: str, target: str, reps: int
    ) -> None:
        to = parse_state(P2, target)
        state = parse_state(P2, before)
        most = to.rung.reps_low
        assert progression.entry_reps(P2, state, to.rung, to.load, most=most) == reps

    def test_begins_a_hold_with_fewer_counts_than_five(self) -> None:
        """A hold of 20 s is four counts, the fewest of its range."""
        step = progression.climb(CORE, parse_state(CORE, "SP1 6"))
        assert step
        assert format_state(step.state) == "SP2 4"

    @pytest.mark.parametrize(("quarters", "reps"), [(4, 12), (5, 15), (8, 18)])
    def test_allows_other_quarters_of_the_work_and_no_more_than_the_most(
        self, quarters: int, reps: int
    ) -> None:
        state = parse_state(P2, "SK2 12")
        found = progression.entry_reps(P2, state, state.rung, 0, most=18, quarters=quarters)
        assert found == reps


class TestEnterRung:
    def test_begins_to_count_anew_and_keeps_all_else(self) -> None:
        before = parse_state(P2, "SK2 20", due="up", top=1, weak="left", why="START", sets=5)
        target = parse_state(P2, "SK3 12", hits=0, weak="left", why="START", sets=5)
        assert progression.enter_rung(P2, before, target.rung, 0) == target


class TestStepAbove:
    @pytest.mark.parametrize(
        ("before", "above"),
        [
            ("SK2 20", "SK3 0"),
            ("SK6 15", "SK7 0 @6"),  # a tenth of the body mass
            ("SU4 15", "SU6 0 @6"),
            ("SK7 12 @6", "SK7 0 @9"),  # a twentieth of body mass and load more
            ("SK7 12 @12.99", "SK7 0 @16"),
            ("SK7 12 @13", "SK8 0 @13"),  # heavy from a fifth of body mass on
            ("SK8 8 @36", "SK8 0 @39"),
            ("SK8 8 @38", "SK8 0 @39"),  # six tenths of the body mass
            ("SK8 8 @39", None),
        ],
    )
    def test_is_the_next_rung_or_load(self, before: str, above: str | None) -> None:
        state = parse_state(P2, before)
        wanted = above and parse_state(P2, above)
        assert progression.step_above(P2, state.rung, state.load) == (
            wanted and (wanted.rung, wanted.load)
        )

    def test_keeps_adding_load_if_the_heavy_rung_is_not_available(self) -> None:
        # A stair of 18 cm serves the loaded step-up and not the heavy one.
        low = make_constants(equipment=("dumbbell",), body_mass=65, step_heights_cm=(18,))
        assert progress(low, "SU6 12 @20") == "ADD_LOAD SU6 8 @24"

    def test_takes_the_next_owned_weight(self) -> None:
        owned = make_constants(equipment=("kettlebell",), loads=(4, 8, 12, 16), body_mass=70)
        assert progress(owned, "SK7 12 @4") == "ADD_LOAD SK7 8 @8"
        assert progress(owned, "SK8 8 @16", top=0) == "LADDER_TOP_HOLD SK8 8 @16"

    @pytest.mark.parametrize(
        ("before", "above"),
        [
            ("SK7 12 @6", "SK7 0 @10"),  # 9.55 kg allow 6 only, so it is the next one
            ("SK7 12 @10", "SK7 0 @16"),
            ("SK7 12 @16", "SK8 0 @16"),
            ("SK8 8 @16", "SK8 0 @24"),
            ("SK8 8 @24", None),
        ],
    )
    def test_climbs_through_the_owned_weights(self, before: str, above: str | None) -> None:
        state = parse_state(OWNED, before)
        wanted = above and parse_state(OWNED, above)
        found = progression.step_above(OWNED, state.rung, state.load)
        assert found == (wanted and (wanted.rung, wanted.load))

    def test_passes_over_owned_weights_that_are_closer_than_a_twentieth(self) -> None:
        close = make_constants(equipment=("dumbbell",), body_mass=65, loads=(6, 7, 8, 9))
        assert progress(close, "SK7 12 @6") == "ADD_LOAD SK7 8 @9"

    def test_is_none_if_the_next_owned_weight_is_too_heavy(self) -> None:
        far = make_constants(equipment=("dumbbell",), body_mass=65, loads=(6, 45))
        assert progression.step_above(far, parse_state(far, "SK7 12").rung, 600) is None

    @pytest.mark.parametrize(("load", "above"), [(500, 750), (750, 1000), (1000, 1250)])
    def test_adds_at_least_one_increment(self, load: int, above: int) -> None:
        coarse = make_constants(equipment=("dumbbell",), body_mass=65, load_increment=2.5)
        rung = parse_state(coarse, "SK7 12").rung
        assert progression.step_above(coarse, rung, load) == (rung, above)

    @pytest.mark.parametrize("before", ["SK6 25", "SU3 20"])
    def test_is_none_on_the_last_unloaded_rung(self, before: str) -> None:
        assert progression.step_above(PLAIN, parse_state(PLAIN, before).rung, 0) is None


class TestProgress:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("SK2 15", "SK2 18"),
            ("SK2 18", "SK2 20"),  # the top of the range
            ("SK4 12", "SK4 15"),
            ("SU6 8 @6", "SU6 10 @6"),
            ("SU7 6 @15", "SU7 7 @15"),
            ("SK2 11", "SK2 13"),  # 13.75: a quarter more is less than three more
            ("SK2 4", "SK2 5"),
            ("SK2 3", "SK2 4"),  # at least one more
            ("SK2 1", "SK2 2"),
        ],
    )
    def test_adds_repetitions_first(self, before: str, after: str) -> None:
        assert progress(P2, before) == f"ADD_REPS {after}"

    def test_adds_fives_of_seconds_to_a_hold(self) -> None:
        assert progress(CORE, "SP1 4") == "ADD_REPS SP1 5"
        assert progress(CORE, "PL2 5") == "ADD_REPS PL2 6"

    def test_takes_the_next_rung_at_the_top_of_the_range(self) -> None:
        assert progress(P2, "SK2 20") == "NEXT_RUNG SK3 12"
        assert progress(P2, "SU4 15") == "NEXT_RUNG SU6 8 @6"

    def test_says_how_much_load_it_adds(self) -> None:
        step = progression.progress(P2, parse_state(P2, "SK7 12 @6"))
        assert (step.code, step.added_load) == ("ADD_LOAD", 300)

    def test_forgets_what_was_counted_towards_the_old_target(self) -> None:
        due = parse_state(P2, "SK2 18", due="step", top=1)
        after = progression.progress(P2, due).state
        assert (after.hits, after.due, after.top) == (0, None, 0)

    def test_adds_repetitions_on_the_last_unloaded_rung_and_then_holds(self) -> None:
        assert progress(PLAIN, "SK6 15") == "ADD_REPS SK6 18"
        assert progress(PLAIN, "SK6 24") == "ADD_REPS SK6 25"
        assert progress(PLAIN, "SK6 25") == "LADDER_TOP_HOLD SK6 25"
        assert progress(PLAIN, "SU3 20") == "LADDER_TOP_HOLD SU3 20"

    def test_maintains_at_the_second_step_that_is_due_at_the_top(self) -> None:
        first = progression.progress(PLAIN, parse_state(PLAIN, "SK6 25")).state
        second = progression.progress(PLAIN, first._replace(hits=2))
        assert (first.top, first.maintain) == (1, False)
        assert (second.code, second.state.top, second.state.maintain) == ("MAINTAIN", 2, True)

    def test_waits_for_the_weak_side(self) -> None:
        assert progress(P2, "SK4 15", weak="left") == "ASYMMETRY_HOLD SK4 15"

    def test_forgets_what_was_due_while_it_waits_for_the_weak_side(self) -> None:
        before = parse_state(P2, "SK4 15", weak="left", due="step", top=1)
        assert progression.progress(P2, before).state == before._replace(due=None)

    def test_adds_repetitions_to_the_weak_side_too(self) -> None:
        assert progress(P2, "SK4 12", weak="left") == "ADD_REPS SK4 15"

    def test_does_not_wait_in_exercises_of_both_legs(self) -> None:
        assert progress(P2, "SK2 20", weak="left") == "NEXT_RUNG SK3 12"

    def test_does_not_wait_if_the_rung_is_printed_as_an_exercise_of_both_legs(self) -> None:
        machine = make_constants(equipment=("seated_calf_machine",), body_mass=65)
        assert progress(machine, "BK7 12 @6", weak="left") == "ADD_LOAD BK7 8 @9"

    def test_starts_loads_in_pounds(self) -> None:
        pounds = make_constants(units="imperial", equipment=("dumbbell",), step_heights_cm=(30,))
        # 10 % of 154 lb is 15.4, and 5 % of 169 lb is 8.45: 15 and 7.5 in steps of 2.5.
        assert progress(pounds, "SK6 15") == "NEXT_RUNG SK7 8 @15"
        assert progress(pounds, "SK7 12 @15") == "ADD_LOAD SK7 8 @22.5"


class TestIsTopped:
    @pytest.mark.parametrize(("state", "topped"), [("SK6 25", True), ("SK6 24", False)])
    def test_is_true_with_nothing_above_at_the_top_repetitions(
        self, state: str, topped: bool
    ) -> None:
        assert progression.is_topped(PLAIN, parse_state(PLAIN, state)) is topped

    def test_is_false_while_load_can_be_added(self) -> None:
        assert not progression.is_topped(P2, parse_state(P2, "SK8 8 @36"))
        assert progression.is_topped(P2, parse_state(P2, "SK8 8 @39"))


class TestClimb:
    def test_climbs_below_the_top_of_the_range_too(self) -> None:
        step = progression.climb(P2, parse_state(P2, "SK2 15"))
        assert step
        assert (step.code, format_state(step.state)) == ("NEXT_RUNG", "SK3 12")

    def test_ends_maintenance(self) -> None:
        step = progression.climb(P2, parse_state(P2, "SK6 25", maintain=True))
        assert step
        assert (format_state(step.state), step.state.maintain) == ("SK7 8 @6", False)

    def test_returns_none_at_the_top(self) -> None:
        assert progression.climb(PLAIN, parse_state(PLAIN, "SK6 25")) is None
