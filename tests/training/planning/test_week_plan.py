"""Tests of a rendered week: shares of sets, effort, weak sides, lighter sessions, pain and time."""

import datetime
from typing import Any

import pytest

from app.training.planning import week_plan
from app.training.planning.dose import ExerciseSlot
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.spec import HeelRiseTest, Race, SidePlankTest
from app.training.planning.standing import TrackState
from app.training.planning.training_calendar import WeekKind
from app.training.planning.week_plan import RenderedSession, RenderedWeek
from tests.training.notation import DAYS, SHORT
from tests.training.planning.states import at, render_as, stand, stand_everywhere
from tests.training.strategies import make_constants

MONDAY = datetime.date(2027, 3, 1)
PLAIN = make_constants()
LOADED = make_constants(
    equipment=("dumbbell",), step_heights_cm=(18, 30), body_mass=60, load_increment=2.5
)


def format_slot(slot: ExerciseSlot) -> str:
    """Format an exercise in the engine's numbers: a hold in counts of five seconds."""
    load = f" @{slot.load / 100:g}" if slot.load else ""
    extra = f" (+1 {slot.extra})" if slot.extra else ""
    name = f"{SHORT[slot.rung.track]}{slot.rung.number}"
    return f"{name} {slot.sets}x{slot.reps}{load} R{slot.rir}{extra}"


def format_session(session: RenderedSession) -> str:
    """Format a session with its day and its minutes."""
    exercises = "; ".join(format_slot(slot) for slot in session.slots)
    return f"{DAYS[session.place.weekday]} {session.minutes}: {exercises}"


def format_week(week: RenderedWeek) -> list[str]:
    return [format_session(session) for session in week.sessions]


def list_sets(week: RenderedWeek, short: str) -> list[int]:
    """Return the sets of a track in each session of a week."""
    slots = [slot for session in week.sessions for slot in session.slots]
    return [slot.sets for slot in slots if SHORT[slot.rung.track] == short]


def plan_one(constants: PlanConstants, state: TrackState, **changes: Any) -> ExerciseSlot:
    """Return the first exercise of a track in a week whose beginning is changed."""
    week = render_as(constants, stand(constants, state), **changes)
    return week.slots_of(state.rung.track)[0]


class TestShares:
    @pytest.mark.parametrize(
        ("sets", "shares"), [(4, [2, 2]), (5, [3, 2]), (6, [3, 3]), (3, [2, 1])]
    )
    def test_give_what_is_left_to_the_first_sessions(self, sets: int, shares: list[int]) -> None:
        week = render_as(PLAIN, stand(PLAIN, at("BK2", 15, sets=sets)))
        assert list_sets(week, "BK") == shares
        assert list_sets(week, "SK") == [2, 2]

    def test_follow_the_order_of_dates_and_not_of_weekdays(self) -> None:
        constants = make_constants(start_date=MONDAY + datetime.timedelta(days=3), weekdays=(0, 3))
        week = render_as(constants, stand(constants, at("SK2", 15, sets=5)))
        assert [session.place.weekday for session in week.sessions] == [3, 0]
        assert list_sets(week, "SK") == [3, 2]

    def test_follow_the_sessions_that_hold_the_track(self) -> None:
        constants = make_constants(weekdays=(0, 1, 3))
        states = [at("SK2", 15, sets=5), at("SU2", 15, sets=3)]
        week = render_as(constants, stand(constants, *states))
        assert [session.place.type for session in week.sessions] == ["C", "S", "C"]
        assert (list_sets(week, "SK"), list_sets(week, "SU")) == ([3, 2], [3])

    def test_stay_with_their_sessions_if_one_drops_out(self) -> None:
        constants = make_constants(
            start_date=MONDAY, races=(Race(MONDAY, taper=False),), weeks=2, weekdays=(0, 4)
        )
        week = render_as(constants, stand(constants, at("SK2", 15, sets=5)))
        assert [session.place.number for session in week.sessions] == [2]
        assert list_sets(week, "SK") == [2]

    def test_leave_out_a_session_without_exercises(self) -> None:
        constants = make_constants(weekdays=(0, 1))
        week = render_as(constants, stand(constants, at("SU2", 15, suspended=True)))
        assert [session.place.number for session in week.sessions] == [1]


class TestRenderedWeek:
    def test_has_the_dates_of_its_sessions(self) -> None:
        constants = make_constants(start_date=MONDAY)
        week = week_plan.plan_week(constants, stand(constants), 2)
        assert [str(session.date) for session in week.sessions] == ["2027-03-08", "2027-03-11"]
        assert (week.index, week.kind, str(week.start_date)) == (2, "build", "2027-03-08")

    def test_finds_the_exercises_of_a_track(self) -> None:
        constants = make_constants(weekdays=(0, 1, 3))
        week = week_plan.plan_week(constants, stand(constants), 1)
        found = len(week.slots_of("straight_knee")), len(week.slots_of("step_up"))
        assert found == (2, 1)
        assert [one.slot_of("step_up") is None for one in week.sessions] == [True, False, True]

    def test_has_the_minutes_of_each_session(self) -> None:
        week = week_plan.plan_week(PLAIN, stand(PLAIN, at("SU2", 15, sets=5)), 1)
        assert [session.minutes for session in week.sessions] == [22, 19]


class TestReserve:
    @pytest.mark.parametrize(
        ("state", "rir"),
        [
            (at("SK2", 15, sets=5), 4),
            (at("SK2", 15), 3),
            (at("SK7", 8, 5), 2),
            (at("SK7", 8, 5, sets=5), 4),
        ],
    )
    @pytest.mark.parametrize("caution", [False, True])
    def test_is_smaller_in_later_phases_and_one_more_while_cautious(
        self, state: TrackState, rir: int, caution: bool
    ) -> None:
        week = render_as(LOADED, stand(LOADED, state, caution=caution))
        assert {slot.rir for slot in week.slots_of("straight_knee")} == {rir + caution}

    def test_is_that_of_the_build_phase_in_maintenance(self) -> None:
        assert plan_one(PLAIN, at("SK6", 25, sets=3, maintain=True)).rir == 3


class TestWeakSide:
    TEST = HeelRiseTest(20, 30)

    def test_gets_an_extra_set_in_the_first_session_of_the_week(self) -> None:
        constants = make_constants(heel_rise_test=self.TEST)
        assert format_week(week_plan.plan_week(constants, stand(constants), 1)) == [
            "Mon 27: SK5 2x12 R4 (+1 left); BK5 2x12 R4 (+1 left); SU2 2x15 R4",
            "Thu 23: SK5 2x12 R4; BK5 2x12 R4; SU2 2x15 R4",
        ]

    def test_gets_it_in_the_first_open_session(self) -> None:
        constants = make_constants(
            heel_rise_test=self.TEST,
            start_date=MONDAY,
            races=(Race(MONDAY, taper=False),),
            weeks=2,
            weekdays=(0, 4),
        )
        (session,) = week_plan.plan_week(constants, stand(constants), 1).sessions
        assert session.place.number == 2
        assert [slot.extra for slot in session.slots] == ["left", "left", None]

    def test_gets_it_in_side_planks_after_their_own_test(self) -> None:
        constants = make_constants(core=("side_plank",), side_plank_test=SidePlankTest(90, 50))
        week = week_plan.plan_week(constants, stand(constants), 1)
        extras = {slot.rung.track: slot.extra for slot in week.sessions[0].slots if slot.extra}
        assert extras == {"side_plank": "right"}

    def test_is_the_logged_side_rather_than_the_tested_one(self) -> None:
        constants = make_constants(heel_rise_test=self.TEST)
        states = [at("SK5", 12, weak="right"), at("SU2", 15, weak="left")]
        week = render_as(constants, stand(constants, *states))
        assert [slot.extra for slot in week.sessions[0].slots] == ["right", "left", "left"]

    @pytest.mark.parametrize("kind", ["deload", "taper", "race", "transition"])
    def test_gets_no_extra_set_in_a_lighter_week(self, kind: WeekKind) -> None:
        assert plan_one(PLAIN, at("SK5", 12, weak="left"), kind=kind).extra is None

    def test_gets_no_extra_set_while_pain_reduces_the_track(self) -> None:
        assert plan_one(PLAIN, at("SK5", 12, weak="left", reduce=True)).extra is None

    def test_gets_no_extra_set_in_an_exercise_of_both_sides(self) -> None:
        assert plan_one(PLAIN, at("SK2", 15, weak="left")).extra is None
        machine = make_constants(equipment=("seated_calf_machine",))
        assert plan_one(machine, at("BK7", 8, 7, weak="left")).extra is None


class TestLighterSessions:
    STATES = (
        at("SK7", 12, 15),
        at("BK2", 15),
        at("SU6", 8, 2.5),
    )

    @pytest.mark.parametrize("kind", ["deload", "transition"])
    def test_have_less_effort_and_a_tenth_less_load(self, kind: WeekKind) -> None:
        # 13.5 is 12.5 in steps of 2.5, and no load falls below one step.
        expected = "18: SK7 2x9 @12.5 R5; BK2 2x12 R5; SU6 2x6 @2.5 R5"
        week = render_as(LOADED, stand(LOADED, *self.STATES), kind=kind)
        assert format_week(week) == [f"Mon {expected}", f"Thu {expected}"]

    def test_keep_effort_and_load_in_a_taper(self) -> None:
        expected = "18: SK7 2x9 @15 R2; BK2 2x12 R3; SU6 2x6 @2.5 R2"
        week = render_as(LOADED, stand(LOADED, *self.STATES), kind="taper")
        assert format_week(week) == [f"Mon {expected}", f"Thu {expected}"]

    def test_have_one_full_set_of_each_exercise_before_a_race(self) -> None:
        constants = make_constants(
            equipment=("dumbbell",), step_heights_cm=(18, 30), body_mass=60, load_increment=2.5,
            start_date=MONDAY, race_date=MONDAY + datetime.timedelta(days=6), weeks=2,
        )  # fmt: skip
        week = render_as(constants, stand(constants, *self.STATES))
        assert week.kind == "race"
        expected = "11: SK7 1x12 @15 R2; BK2 1x15 R3; SU6 1x8 @2.5 R2"
        assert format_week(week) == [f"Mon {expected}", f"Thu {expected}"]

    def test_take_the_next_owned_load_below(self) -> None:
        constants = make_constants(equipment=("dumbbell",), body_mass=60, loads=(5, 11, 16))
        assert plan_one(constants, at("SK7", 8, 16), kind="deload").load == 1100
        assert plan_one(constants, at("SK7", 8, 5), kind="deload").load == 500

    def test_have_fewer_counts_of_a_hold(self) -> None:
        constants = make_constants(core=("plank",))
        slot = plan_one(constants, at("PL3", 8), kind="deload")
        assert (slot.sets, slot.reps, slot.rir) == (2, 6, 5)


class TestRaceWeek:
    @staticmethod
    def list_kinds(*races: Race, week: int = 1) -> list[tuple[str, str]]:
        """Return day and kind of each session of a week."""
        constants = make_constants(
            start_date=MONDAY, races=races, weeks=4, weekdays=(0, 1, 2, 3, 5, 6)
        )
        found = week_plan.plan_week(constants, stand(constants), week).sessions
        return [(DAYS[session.place.weekday], session.kind) for session in found]

    def test_is_easy_after_the_race(self) -> None:
        # Wednesday of week 1: from Monday to Saturday nothing, but Sunday.
        wednesday = MONDAY + datetime.timedelta(days=2)
        assert self.list_kinds(Race(wednesday)) == [("Sun", "transition")]

    def test_is_a_race_week_before_the_race(self) -> None:
        sunday = MONDAY + datetime.timedelta(days=6)
        assert [kind for _, kind in self.list_kinds(Race(sunday))] == ["race"] * 4

    def test_is_a_race_week_until_the_last_of_its_races(self) -> None:
        races = (Race(MONDAY - datetime.timedelta(days=2)), Race(MONDAY))
        later = (*races, Race(MONDAY + datetime.timedelta(days=6)))
        assert self.list_kinds(*races) == [("Sat", "transition"), ("Sun", "transition")]
        assert self.list_kinds(*later) == []
        apart = (Race(MONDAY), Race(MONDAY + datetime.timedelta(days=8)))
        assert self.list_kinds(*apart) == [("Sat", "transition")]

    def test_counts_races_with_taper_only(self) -> None:
        races = (Race(MONDAY + datetime.timedelta(days=6)), Race(MONDAY, taper=False))
        thursdays = (races[0], Race(MONDAY - datetime.timedelta(days=2), taper=False))
        # The race without taper only takes its days.
        assert self.list_kinds(*races) == []
        assert self.list_kinds(*thursdays) == [("Wed", "race"), ("Thu", "race")]

    def test_reduces_a_session_after_the_race_like_a_deload(self) -> None:
        constants = make_constants(start_date=MONDAY, race_date=MONDAY, weeks=2, weekdays=(0, 4))
        week = render_as(constants, stand_everywhere(constants, sets=6))
        assert format_week(week) == ["Fri 17: SK2 2x12 R5; BK2 2x12 R5; SU2 2x12 R5"]


class TestPain:
    def test_leaves_out_a_suspended_track(self) -> None:
        week = render_as(PLAIN, stand(PLAIN, at("SU2", 15, suspended=True)))
        assert week.slots_of("step_up") == []
        assert len(week.slots_of("straight_knee")) == 2

    def test_reduces_one_track_only(self) -> None:
        states = (at("SK7", 12, 15, reduce=True), at("BK2", 15))
        week = render_as(LOADED, stand(LOADED, *states))
        assert format_slot(week.slots_of("straight_knee")[0]) == "SK7 2x9 @12.5 R5"
        assert format_slot(week.slots_of("bent_knee")[0]) == "BK2 3x15 R3"

    @pytest.mark.parametrize("kind", ["deload", "taper", "transition"])
    def test_reduces_a_lighter_week_no_further(self, kind: WeekKind) -> None:
        slot = plan_one(PLAIN, at("SK2", 15, reduce=True), kind=kind)
        assert format_slot(slot) == "SK2 2x12 R5"

    def test_halves_the_single_set_of_a_race_week(self) -> None:
        constants = make_constants(
            start_date=MONDAY, race_date=MONDAY + datetime.timedelta(days=6), weeks=2
        )
        assert format_slot(plan_one(constants, at("SK2", 15, reduce=True))) == "SK2 1x8 R5"
        assert format_slot(plan_one(constants, at("SK2", 15))) == "SK2 1x15 R3"


class TestTime:
    def test_trims_sessions_before_it_reduces_the_dose(self) -> None:
        constants = make_constants(session_minutes=17)
        full = render_as(constants, stand_everywhere(constants, sets=6), index=2)
        assert format_week(full) == [
            "Mon 16: SK2 2x15 R3; BK2 2x15 R3; SU2 1x15 R3",
            "Thu 16: SK2 2x15 R3; BK2 1x15 R3; SU2 2x15 R3",
        ]
        # Reduced first, it would have been two sets of twelve each, in 17 minutes.
        lighter = render_as(constants, stand_everywhere(constants, sets=6), index=2, kind="deload")
        assert format_week(lighter) == [
            "Mon 10: SK2 1x15 R5; BK2 1x15 R5; SU2 1x8 R5",
            "Thu 10: SK2 1x15 R5; BK2 1x8 R5; SU2 1x15 R5",
        ]
        assert all(session.trimmed for session in lighter.sessions)

    @pytest.mark.parametrize(
        ("since", "week", "yields"), [(0, 1, "SK SU"), (0, 2, "SU BK"), (0, 3, "BK SK"),
                                      (1, 1, "SU BK"), (2, 1, "BK SK"), (3, 1, "SK SU")],
    )  # fmt: skip
    def test_lets_another_exercise_yield_in_each_session(
        self, since: int, week: int, yields: str
    ) -> None:
        constants = make_constants(session_minutes=26, deload_every=0)
        standing = stand_everywhere(constants, sets=6)._replace(since=since)
        found = render_as(constants, standing, index=week)
        losers = [
            SHORT[slot.rung.track]
            for session in found.sessions
            for slot in session.slots
            if slot.sets == 2
        ]
        # Weeks before, week and session add up to the turn: 2 in the first session of all.
        assert losers == yields.split()

    def test_marks_trimmed_sessions_only(self) -> None:
        constants = make_constants(session_minutes=20)
        week = render_as(constants, stand_everywhere(constants, sets=5))
        assert [session.trimmed for session in week.sessions] == [True, False]

    def test_keeps_every_session_within_the_time(self) -> None:
        constants = make_constants(session_minutes=14)
        week = render_as(constants, stand_everywhere(constants, sets=6))
        assert [session.minutes <= 14 for session in week.sessions] == [True, True]

    def test_finds_the_tracks_that_lost_a_set_or_their_place(self) -> None:
        roomy = make_constants(session_minutes=27)
        assert render_as(roomy, stand_everywhere(roomy, sets=6)).tight == frozenset()
        tight = make_constants(session_minutes=26, days_per_week=1)
        assert render_as(tight, stand_everywhere(tight, sets=3)).tight == {"straight_knee"}
        gone = make_constants(session_minutes=10, days_per_week=1)
        week = render_as(gone, stand_everywhere(gone, sets=1))
        assert week.tight == {"straight_knee"}
        assert week.slots_of("straight_knee") == []

    def test_counts_no_lost_extra_set_as_tight(self) -> None:
        constants = make_constants(session_minutes=26, heel_rise_test=HeelRiseTest(20, 30))
        week = week_plan.plan_week(constants, stand(constants), 1)
        (first, _) = week.sessions
        assert [slot.extra for slot in first.slots] == ["left", None, None]
        assert (first.trimmed, week.tight) == (True, frozenset())

    def test_leaves_optional_tracks_a_single_set_before_the_others_lose_one(self) -> None:
        constants = make_constants(core=("plank",), session_minutes=29, days_per_week=1)
        week = render_as(constants, stand_everywhere(constants, sets=3))
        (session,) = week.sessions
        assert [slot.sets for slot in session.slots] == [3, 3, 3, 1]
