"""Tests of the reasons in words: what each code says, with names and numbers or without them."""

from dataclasses import replace
from typing import Any

import pytest

from app.training.catalog import reasons
from app.training.catalog.reasons import Reason
from app.training.catalog.track_definitions import DEFINITIONS
from app.training.planning import explaining, week_plan, week_start
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.spec import SpecFields
from app.training.planning.standing import TrackState
from tests.training.planning.states import at, find_rung, stand
from tests.training.strategies import make_constants

PLAIN = make_constants()
CORE = make_constants(core=("side_plank", "bridge", "plank"))
LOADED = make_constants(equipment=("dumbbell",), step_heights_cm=(18, 30), body_mass=65)
# The calf raises with weight are printed as exercises on machines.
MACHINES = make_constants(equipment=("leg_press", "seated_calf_machine"))
DUMBBELL: SpecFields = {"equipment": ("chair", "dumbbell"), "body_mass": 70}


def explain(
    code: str,
    constants: PlanConstants,
    state: TrackState,
    *,
    planned: bool = False,
    pain: int | None = None,
    added_load: int = 0,
    **fields: Any,
) -> Reason:
    """Return the reason of a track in a week that has shown this code."""
    track = state.rung.track
    begun = week_start.begin_week(constants, stand(constants, state, **fields), 1)
    begun = replace(begun, shown={track: code}, added_loads={track: added_load})
    week = week_plan.render(constants, begun)
    return explaining.explain_track(constants, week, track, planned=planned, pain=pain)


def say(*args: Any, **named: Any) -> str:
    """Return the sentence of the reason."""
    return explain(*args, **named).sentence


class TestSayDose:
    @pytest.mark.parametrize(
        ("name", "reps", "words"),
        [
            ("SK2", 18, "18 repetitions"),
            ("SK2", 1, "1 repetition"),
            ("SP2", 5, "25 seconds"),
            ("PL3", 1, "5 seconds"),
            ("SP6", 8, "8 repetitions"),
        ],
    )
    def test_counts_repetitions_or_seconds(self, name: str, reps: int, words: str) -> None:
        assert explaining.format_dose(find_rung(name), reps) == words


class TestDose:
    def test_is_that_of_the_week(self) -> None:
        assert say("ADD_REPS", PLAIN, at("SK2", 18)) == (
            "That went well, so each set goes to 18 repetitions."
        )
        assert say("ADD_REPS", CORE, at("PL3", 5)).endswith("goes to 25 seconds.")
        assert say("TARGET_NOT_YET_MET", PLAIN, at("SK2", 1)) == (
            "A session fell short of 1 repetition; same again."
        )

    def test_is_a_condition_in_weeks_to_come(self) -> None:
        assert say("ADD_REPS", PLAIN, at("SK2", 18), planned=True) == (
            "If these sets go well, each set goes to 18 repetitions."
        )

    @pytest.mark.parametrize("code", ["NEXT_RUNG", "ACCELERATE_RUNG", "RETEST_UP", "SPEC_CHANGED"])
    def test_comes_with_the_name_of_the_exercise(self, code: str) -> None:
        assert find_rung("SK3").name in say(code, PLAIN, at("SK3", 12))

    def test_comes_with_the_name_of_the_alternative_that_is_printed(self) -> None:
        sentence = say("NEXT_RUNG", MACHINES, at("SK7", 8, 7))
        assert "next is Calf raise on the leg press, one leg, 8 repetitions a set" in sentence


class TestEvidence:
    def test_of_a_start_is_that_of_its_track(self) -> None:
        assert explain("START", PLAIN, at("SK2", 15)).evidence == ("EV-03", "EV-10", "EV-44")
        for track, name in (("side_plank", "SP1"), ("plank", "PL2")):
            found = explain("START", CORE, at(name, 4)).evidence
            assert found == DEFINITIONS[track].start_evidence

    @pytest.mark.parametrize("code", ["NEXT_RUNG", "ADD_LOAD", "ACCELERATE_RUNG"])
    def test_of_a_climb_names_the_order_of_the_ladder_too(self, code: str) -> None:
        found = explain(code, LOADED, at("SK7", 8, 9)).evidence
        assert found[0] == "EV-01"
        assert {*DEFINITIONS["straight_knee"].order_evidence} <= {*found}

    def test_of_other_reasons_names_no_order(self) -> None:
        assert explain("ADD_REPS", PLAIN, at("SK2", 18)).evidence == ("EV-01",)


class TestSets:
    def test_are_those_that_the_week_holds(self) -> None:
        assert say("RAMP_SETS", PLAIN, at("SK2", 15, sets=5)).startswith(
            "Sets grow step by step: 5 this week."
        )

    def test_are_left_out_where_the_time_took_some(self) -> None:
        # One set in the first session; in the second the step-up yields its place.
        short = make_constants(session_minutes=10)
        assert say("RAMP_SETS", short, at("SU2", 15, sets=5)).startswith("Sets grow step by step. ")

    def test_are_left_out_of_a_week_without_any(self) -> None:
        assert say("RAMP_SETS", PLAIN, at("SK2", 15, suspended=True)) == (
            "Sets grow step by step. Everything else stays while you build the habit."
        )


class TestLoad:
    def test_is_what_was_added(self) -> None:
        state = at("SK7", 8, 9.5)
        assert say("ADD_LOAD", LOADED, state, added_load=350) == (
            "You reached the top of the range: add 3.5 kg, back to 8 repetitions a set."
        )
        assert say("ACCELERATE_LOAD", LOADED, state, added_load=300) == (
            "Much easier than planned: add 3 kg now."
        )

    def test_is_told_in_the_unit_of_the_runner(self) -> None:
        pounds = make_constants(units="imperial", equipment=("dumbbell",))
        assert "add 7.5 lb" in say("ADD_LOAD", pounds, at("SK7", 8, 22.5), added_load=750)

    @pytest.mark.parametrize("planned", [True, False])
    def test_is_a_little_more_in_an_exercise_by_feel(self, planned: bool) -> None:
        sentence = say("ADD_LOAD", MACHINES, at("SK7", 8, 10), added_load=300, planned=planned)
        assert sentence.endswith("take a little more weight, back to 8 repetitions a set.")
        sentence = say("ACCELERATE_LOAD", MACHINES, at("BK7", 8, 10), added_load=300)
        assert sentence == "Much easier than planned: take a little more weight."


class TestRegress:
    @pytest.mark.parametrize(
        ("constants", "state", "end"),
        [
            (PLAIN, at("SK2", 15), "so the target drops to 15 repetitions."),
            (PLAIN, at("SK2", 12, lowered="floor"), "so it stays at 12 repetitions."),
            (
                PLAIN,
                at("SK1", 15, lowered="rung"),
                "so next is Calf raise on the floor, 15 repetitions a set.",
            ),
            (LOADED, at("SK7", 8, 5.5, lowered="load"), "so the load drops to 5.5 kg."),
            (MACHINES, at("SK7", 8, 7, lowered="load"), "so take less weight."),
            (MACHINES, at("SK7", 8, 7, lowered="floor"), "so it stays at 8 repetitions."),
        ],
    )
    def test_says_what_was_lowered(
        self, constants: PlanConstants, state: TrackState, end: str
    ) -> None:
        assert say("BELOW_TARGET_REGRESS", constants, state) == (
            f"Too much of the work was missing, {end}"
        )


class TestBreak:
    CODES = ("LONG_BREAK_14", "LONG_BREAK_28", "RESTART_AFTER_BREAK")

    @pytest.mark.parametrize("code", CODES)
    def test_counts_the_weeks(self, code: str) -> None:
        assert say(code, PLAIN, at("SK2", 15), away=9).startswith("After 9 weeks away it starts")

    @pytest.mark.parametrize("code", CODES)
    @pytest.mark.parametrize("away", [0, 1])
    def test_counts_nothing_once_training_has_begun_again(self, code: str, away: int) -> None:
        sentence = say(code, PLAIN, at("SK2", 15), away=away)
        assert sentence.startswith("After your weeks away it starts")


class TestPain:
    def test_is_that_of_the_last_week(self) -> None:
        state = at("SK2", 15, pain_prev=40_000)
        assert say("PAIN_ACCEPTABLE_HOLD", PLAIN, state) == (
            "Pain 4/10 is in the watch zone: hold steady."
        )
        assert "Pain 3.25/10" in say("PAIN_ACCEPTABLE_HOLD", PLAIN, at("SK2", 15, pain_prev=32_500))

    def test_is_that_of_the_running_week_if_known(self) -> None:
        state = at("SK2", 15, pain_prev=40_000)
        assert "Pain 5/10" in say("PAIN_ACCEPTABLE_HOLD", PLAIN, state, pain=50_000)

    def test_is_left_out_if_unknown(self) -> None:
        assert say("PAIN_ACCEPTABLE_HOLD", PLAIN, at("SK2", 15)) == (
            "Pain is in the watch zone: hold steady."
        )


class TestWeakSide:
    @pytest.mark.parametrize("side", ["left", "right"])
    def test_is_named(self, side: str) -> None:
        sentence = say("ASYMMETRY_HOLD", PLAIN, at("SK5", 15, weak=side))
        assert sentence.startswith(f"The {side} side is behind")


class TestTop:
    @pytest.mark.parametrize("planned", [True, False])
    @pytest.mark.parametrize("code", ["LADDER_TOP_HOLD", "MAINTAIN"])
    def test_says_what_would_open_more(self, code: str, planned: bool) -> None:
        sentence = say(code, PLAIN, at("SK6", 25), planned=planned)
        assert sentence.endswith(". A weight would open the next step.")

    @pytest.mark.parametrize("planned", [True, False])
    @pytest.mark.parametrize("code", ["LADDER_TOP_HOLD", "MAINTAIN"])
    def test_says_nothing_of_it_where_nothing_would(self, code: str, planned: bool) -> None:
        sentence = say(code, CORE, at("PL6", 15), planned=planned)
        assert "open the next step" not in sentence
        assert not {"{", "}"} & {*sentence}


class TestFindOpening:
    @staticmethod
    def find(name: str, load: float = 0, **fields: Any) -> str | None:
        constants = make_constants(**fields)
        return explaining.find_opening(constants, find_rung(name), round(load * 100))

    @pytest.mark.parametrize(
        ("name", "fields", "opens"),
        [
            # The lowest rung above that lacks one thing.
            ("SK5", {"step_heights_cm": ()}, "A step edge"),
            ("SK6", {}, "A weight"),
            ("SK1", {"step_heights_cm": (7,)}, "A step edge"),
            ("SU0", {"step_heights_cm": ()}, "A step of 8 to 21 cm"),
            ("SU1", {"step_heights_cm": (10,)}, "A step of 15 to 21 cm"),
            ("SU3", {}, "A step of 22 to 35 cm"),
            # A loaded step-up lacks two things, a high box one.
            ("SU4", {"step_heights_cm": (30,)}, "A step of 36 to 46 cm"),
            ("SP3", {"core": ("side_plank",), "equipment": ()}, "A chair"),
            ("BR3", {"core": ("bridge",), "equipment": ()}, "A chair"),
            ("BR4", {"core": ("bridge",)}, "A weight"),
            ("PL6", {"core": ("plank",)}, None),
        ],
    )
    def test_returns_the_one_thing_that_is_missing(
        self, name: str, fields: dict[str, Any], opens: str | None
    ) -> None:
        assert self.find(name, **fields) == opens

    @pytest.mark.parametrize(
        ("loads", "opens"),
        [
            ((20, 30), "A lighter weight"),
            ((1, 2), "A heavier weight"),
            ((2, 20), "A lighter weight"),
        ],
    )
    def test_says_how_owned_weights_are_wrong(self, loads: tuple[float, ...], opens: str) -> None:
        assert self.find("SK6", loads=loads, **DUMBBELL) == opens

    def test_names_no_weight_to_a_minor(self) -> None:
        assert self.find("SK6", age=17) is None
        assert self.find("SU3", age=17) == "A step of 22 to 35 cm"

    def test_names_no_edge_where_the_heel_must_not_drop(self) -> None:
        assert self.find("SK5", avoid_below_level=True, step_heights_cm=()) == "A weight"

    def test_names_no_high_box_beside_a_weight(self) -> None:
        assert self.find("SU4", step_heights_cm=(30,), **DUMBBELL) is None
        # A box of 22 cm opens the heavy version.
        assert self.find("SU6", 14, step_heights_cm=(18,), **DUMBBELL) == "A step of 22 to 46 cm"

    def test_passes_over_a_version_that_lacks_two_things(self) -> None:
        # The loaded step-up lacks a lower step, too; the heavy one a weight only.
        assert self.find("SU5", step_heights_cm=(46,)) == "A weight"

    def test_names_nothing_while_more_load_opens_the_next_rung(self) -> None:
        stair = {**DUMBBELL, "step_heights_cm": (18,)}
        assert self.find("SU6", 13.99, **stair) is None

    @pytest.mark.parametrize(
        ("load", "loads", "opens"),
        [
            (24, (6, 14, 24), "A heavier weight"),
            (14, (6, 14, 24), None),  # a heavier one is owned
            (42, (6, 14, 42), None),  # six tenths of 70 kg are the most
            (42, (), None),
        ],
    )
    def test_names_a_heavier_weight_above_the_heaviest_owned(
        self, load: float, loads: tuple[float, ...], opens: str | None
    ) -> None:
        assert self.find("SK8", load, loads=loads, **DUMBBELL) == opens

    def test_names_no_heavier_weight_for_a_machine(self) -> None:
        assert explaining.find_opening(MACHINES, find_rung("SK8"), 4200) is None


class TestExplainTrack:
    @pytest.mark.parametrize("planned", [True, False])
    @pytest.mark.parametrize("code", sorted(reasons.REASONS))
    def test_leaves_no_blank_in_any_sentence(self, code: str, planned: bool) -> None:
        state = at("SK5", 12, weak="left")
        reason = explain(code, PLAIN, state, planned=planned, away=3, added_load=250)
        assert reason.code == code
        assert reason.sentence
        assert not {"{", "}"} & {*reason.sentence}
        assert reason.evidence
