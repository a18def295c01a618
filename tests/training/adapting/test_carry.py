"""Tracks that are taken to a new spec: what is open stays, what is lost is remembered."""

from typing import Any

import pytest

from app.training.adapting import carry
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.standing import Held, TrackState, fresh_standing
from tests.training.notation import SHORT, TRACK
from tests.training.strategies import make_constants

# A beginner of 70 kg with every rung of the ladders, two days a week.
ALL: dict[str, Any] = {"equipment": ("chair", "backpack"), "step_heights_cm": (18, 30, 40)}


def make_state(dose: str, **fields: Any) -> TrackState:
    """Return a state at a dose, "SK7 8 @6", with the sets of a full week."""
    name, reps, *load = dose.split()
    ladder = make_constants(**ALL).ladders[TRACK[name[:2]]]
    rung = next(rung for rung in ladder if rung.number == int(name[2:]))
    hundredths = round(100 * float(load[0][1:])) if load else 0
    values: dict[str, Any] = {"sets": 6, "why": "START"} | fields
    return TrackState(rung, int(reps), hundredths, **values)


def format_state(state: TrackState) -> str:
    load = f" @{state.load / 100:g}" if state.load else ""
    return f"{SHORT[state.rung.track]}{state.rung.number} {state.reps}{load}"


def carry_to(new: PlanConstants, state: TrackState) -> TrackState:
    return carry.carry_track(new, fresh_standing(new), state)


class TestConvertHundredths:
    @pytest.mark.parametrize(("kg", "lb"), [(0, 0), (100, 220), (700, 1543), (4536, 10000)])
    def test_rounds_to_the_nearest_hundredth(self, kg: int, lb: int) -> None:
        assert carry.convert_hundredths(kg, to="lb") == lb
        assert carry.convert_hundredths(lb, to="kg") == kg

    def test_converts_what_is_held_too(self) -> None:
        state = make_state("SK7 8 @7", held=Held(8, 6, 1400, 1))
        converted = carry.convert_loads(state, to="lb")
        assert (converted.load, converted.held) == (1543, Held(8, 6, 3086, 1))


class TestStay:
    def test_keeps_everything_of_a_rung_that_is_open(self) -> None:
        state = make_state("SK7 8 @7", hits=1, due="step", weak="left", pain_prev=30_000)
        assert carry_to(make_constants(**ALL), state) == state

    @pytest.mark.parametrize(
        ("wish", "sets"), [({}, 6), ({"days_per_week": 1}, 3), ({"days_per_week": 6}, 6)]
    )
    def test_bounds_the_sets_by_the_new_spec(self, wish: dict[str, Any], sets: int) -> None:
        state = make_state("SK2 15")
        carried = carry_to(make_constants(**ALL, **wish), state)
        assert (carried.sets, carried.why) == (sets, "START")
        few = carry_to(make_constants(**ALL, **wish), state._replace(sets=1))
        assert few.sets == make_constants(**ALL, **wish).frequency["straight_knee"]

    @pytest.mark.parametrize(
        ("state", "wish", "after", "why"),
        [
            # A load that can be had, up to 60 % of the new body mass.
            ("SK7 8 @7", {"load_increment": 2.5}, "SK7 8 @5", "SPEC_CHANGED"),
            ("SK7 8 @7", {"loads": (4, 12)}, "SK7 8 @4", "SPEC_CHANGED"),
            ("SK8 6 @40", {"body_mass": 30}, "SK8 6 @18", "SPEC_CHANGED"),
            # Repetitions within the range, which is wider where nothing is above.
            ("SK6 25", {}, "SK6 15", "SPEC_CHANGED"),
            ("SK6 25", {"equipment": ("chair",)}, "SK6 25", "START"),
        ],
    )
    def test_fits_load_and_repetitions(
        self, state: str, wish: dict[str, Any], after: str, why: str
    ) -> None:
        carried = carry_to(make_constants(**ALL | wish), make_state(state, hits=2, due="step"))
        assert (format_state(carried), carried.why) == (after, why)
        assert carried.due == ("step" if why == "START" else None)

    @pytest.mark.parametrize("top", [1, 2])
    def test_climbs_next_where_something_above_has_opened(self, top: int) -> None:
        state = make_state("SK6 25", top=top, maintain=top == 2, hits=1)
        carried = carry_to(make_constants(**ALL), state)
        assert format_state(carried) == "SK6 15"
        assert (carried.due, carried.hits, carried.maintain) == ("step", 0, False)
        assert carried.why == "START"

    def test_stays_at_a_top_above_which_nothing_has_opened(self) -> None:
        state = make_state("SK6 25", top=2, maintain=True)
        assert carry_to(make_constants(equipment=("chair",)), state) == state

    def test_keeps_a_reason_of_pain(self) -> None:
        state = make_state("SK7 8 @7", why="PAIN_NOT_SETTLING")
        assert carry_to(make_constants(**ALL, load_increment=2.5), state).why == "PAIN_NOT_SETTLING"


class TestLoss:
    @pytest.mark.parametrize(
        ("state", "wish", "after"),
        [
            # The highest rung below, with a quarter more work at most.
            ("SK8 6 @20", {"equipment": ("chair",)}, "SK6 9"),
            ("SU4 15", {"step_heights_cm": (18,)}, "SU3 15"),
            ("SU4 12", {"step_heights_cm": ()}, "SU0 20"),
            # The lowest, where there is none below.
            ("SU1 15", {"step_heights_cm": (30,)}, "SU0 20"),
        ],
    )
    def test_takes_the_next_easier_rung(self, state: str, wish: dict[str, Any], after: str) -> None:
        before = make_state(state, hits=2, due="step", maintain=True)
        carried = carry_to(make_constants(**ALL | wish), before)
        assert (format_state(carried), carried.why) == (after, "SPEC_CHANGED")
        assert carried.held == Held(before.rung.number, before.reps, before.load, 0)
        assert (carried.due, carried.hits, carried.maintain) == (None, 0, False)

    def test_remembers_the_first_loss(self) -> None:
        held = Held(6, 10, 700, 2)
        carried = carry_to(make_constants(step_heights_cm=()), make_state("SU4 12", held=held))
        assert carried.held == held

    def test_keeps_a_reason_of_pain(self) -> None:
        state = make_state("SU4 12", why="PAIN_ABOVE_5", suspended=True)
        carried = carry_to(make_constants(step_heights_cm=()), state)
        assert (carried.why, carried.suspended) == ("PAIN_ABOVE_5", True)


class TestReturn:
    @pytest.mark.parametrize(
        ("weeks", "after", "sets"),
        [
            (1, "SK8 7 @20", 6),
            (2, "SK8 6 @18", 4),
            (3, "SK8 6 @18", 4),
            # Eased once more after four weeks: the rung below.
            (4, "SK7 6 @14", 4),
        ],
    )
    def test_takes_back_what_was_held_eased_by_the_weeks(
        self, weeks: int, after: str, sets: int
    ) -> None:
        state = make_state("SK6 12", held=Held(8, 7, 2000, weeks), maintain=True, due="step")
        carried = carry_to(make_constants(**ALL), state)
        assert (format_state(carried), carried.sets) == (after, sets)
        assert (carried.held, carried.maintain, carried.due) == (None, False, None)
        assert carried.why == "EQUIPMENT_BACK"

    def test_fits_the_load_to_what_is_owned_now(self) -> None:
        state = make_state("SK6 12", held=Held(7, 8, 1000, 0))
        carried = carry_to(make_constants(**ALL, loads=(4, 8)), state)
        assert (format_state(carried), carried.why) == ("SK7 8 @8", "EQUIPMENT_BACK")

    def test_waits_while_the_rung_is_away(self) -> None:
        state = make_state("SK6 12", held=Held(7, 8, 1000, 3))
        assert carry_to(make_constants(equipment=("chair",)), state) == state

    @pytest.mark.parametrize("rung", [5, 6])
    def test_ignores_what_is_not_above_the_present_rung(self, rung: int) -> None:
        state = make_state("SK6 12", held=Held(rung, 15, 0, 1))
        assert carry_to(make_constants(**ALL), state) == state

    def test_keeps_a_reason_of_pain(self) -> None:
        state = make_state("SK6 12", held=Held(7, 8, 1000, 0), why="RETURN_AFTER_PAIN")
        assert carry_to(make_constants(**ALL), state).why == "RETURN_AFTER_PAIN"


class TestDueTest:
    @pytest.mark.parametrize(
        ("due_rung", "after", "why"),
        [
            (5, ("test", 5), "START"),
            # Rung 6 needs a step; the highest one below is the fifth.
            (6, ("test", 5), "START"),
        ],
    )
    def test_leads_to_a_rung_that_is_there(
        self, due_rung: int, after: tuple[str, int], why: str
    ) -> None:
        state = make_state("SK4 12", due="test", due_rung=due_rung)
        carried = carry_to(make_constants(step_heights_cm=()), state)
        assert ((carried.due, carried.due_rung), carried.why) == (after, why)

    def test_is_gone_if_nothing_above_is_there(self) -> None:
        state = make_state("SK5 12", due="test", due_rung=6)
        carried = carry_to(make_constants(step_heights_cm=()), state)
        assert (carried.due, carried.due_rung, carried.why) == (None, None, "SPEC_CHANGED")
