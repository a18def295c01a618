"""Tests of the answer of a week: sets in groups, sums, phases, reasons and advice."""

import datetime
from typing import Any

import pytest

from app.training.catalog.exercises import EXERCISES
from app.training.catalog.reasons import WEEK_NOTES
from app.training.planning import week_answer, week_plan
from app.training.planning.load import Load
from app.training.planning.spec import HeelRiseTest, RunDay, SidePlankTest, SpecFields
from app.training.planning.training_calendar import WeekKind
from app.training.planning.week import PlannedSets, Prescription, Week
from tests.training.notation import SHORT, TRACK
from tests.training.planning.states import (
    answer,
    answer_standing,
    at,
    stand,
    stand_everywhere,
)
from tests.training.queries import list_exercises
from tests.training.strategies import make_constants, plan_program
from tests.training.week_reasons import list_reasons

MONDAY = datetime.date(2027, 3, 1)
PLAIN = make_constants()
CORE = make_constants(core=("side_plank", "bridge", "plank"))
LOADED = make_constants(equipment=("dumbbell",), step_heights_cm=(18, 30), body_mass=65)
MACHINES = make_constants(equipment=("leg_press", "seated_calf_machine"))


def find(week: Week, short: str) -> Prescription:
    """Return the first exercise of a track in a week."""
    return next(one for one in list_exercises(week) if one.track == TRACK[short])


def add_days(days: int) -> datetime.date:
    return MONDAY + datetime.timedelta(days=days)


class TestSets:
    def test_are_one_group_if_both_sides_work_at_once(self) -> None:
        assert find(answer(PLAIN, at("SK2", 15)), "SK").sets == (
            PlannedSets("both", 3, 7, reps=15, reps_max=20, rir=3),
        )

    def test_are_a_group_for_each_side_if_one_works_at_a_time(self) -> None:
        assert find(answer(PLAIN, at("SU2", 16)), "SU").sets == (
            PlannedSets("left", 3, 7, reps=16, reps_max=20, rir=3),
            PlannedSets("right", 3, 7, reps=16, reps_max=20, rir=3),
        )

    def test_are_told_in_seconds_in_a_hold(self) -> None:
        assert find(answer(CORE, at("PL3", 5)), "PL").sets == (
            PlannedSets("both", 3, 7, seconds=25, seconds_max=40, reserve_s=15),
        )
        sides = [each.side for each in find(answer(CORE, at("SP2", 5)), "SP").sets]
        assert sides == ["left", "right"]

    def test_begin_with_the_weaker_side_of_the_test(self) -> None:
        constants = make_constants(
            core=("side_plank",),
            heel_rise_test=HeelRiseTest(40, 30),
            side_plank_test=SidePlankTest(50, 90),
        )
        week = answer(constants)
        first = {SHORT[one.track]: one.sets[0].side for one in list_exercises(week)}
        assert first == {"SK": "right", "BK": "right", "SU": "left", "SP": "left"}

    @pytest.mark.parametrize("side", ["left", "right"])
    def test_begin_with_the_weaker_side_of_the_log(self, side: str) -> None:
        assert find(answer(PLAIN, at("SU2", 15, weak=side)), "SU").sets[0].side == side

    def test_count_the_extra_set_of_the_weak_side(self) -> None:
        week = answer(PLAIN, at("SK5", 12, weak="right"))
        first, second = (one for one in list_exercises(week) if one.track == "straight_knee")
        assert [(each.side, each.count) for each in first.sets] == [("right", 4), ("left", 3)]
        assert [(each.side, each.count) for each in second.sets] == [("right", 3), ("left", 3)]

    def test_have_a_load_in_the_unit_of_the_runner(self) -> None:
        (left, _) = find(answer(LOADED, at("SK7", 8, 12.5)), "SK").sets
        assert left.load == Load(12.5, "kg")
        pounds = make_constants(units="imperial", equipment=("dumbbell",))
        (left, _) = find(answer(pounds, at("SK8", 6, 40)), "SK").sets
        assert left.load == Load(40, "lb")

    def test_have_no_load_on_an_unloaded_rung(self) -> None:
        assert {each.load for each in find(answer(LOADED), "SK").sets} == {None}

    def test_leave_the_load_of_an_alternative_to_the_runner(self) -> None:
        week = answer(MACHINES, at("SK7", 8, 12), at("BK7", 8, 12))
        for short, slug, sides in (
            ("SK", "leg-press-calf-raise", ["left", "right"]),
            ("BK", "seated-machine-calf-raise", ["both"]),
        ):
            one = find(week, short)
            assert (one.slug, one.rung, one.load_choice) == (slug, 7, "to_rir")
            assert [each.side for each in one.sets] == sides
            assert {each.load for each in one.sets} == {None}

    @pytest.mark.parametrize(
        ("changes", "most"),
        [({}, 20), *[({"kind": kind}, 12) for kind in ("deload", "taper", "transition")]],
    )
    def test_may_go_beyond_the_target_in_build_weeks_only(
        self, changes: dict[str, Any], most: int
    ) -> None:
        (sets,) = find(answer(PLAIN, at("SK2", 15), **changes), "SK").sets
        assert sets.reps_max == most

    def test_may_not_go_beyond_a_target_that_pain_reduced(self) -> None:
        (sets,) = find(answer(PLAIN, at("SK2", 15, reduce=True)), "SK").sets
        assert (sets.count, sets.reps, sets.reps_max, sets.rir) == (2, 12, 12, 5)

    def test_may_go_further_on_the_last_unloaded_rung(self) -> None:
        assert find(answer(PLAIN, at("SK6", 20)), "SK").sets[0].reps_max == 25
        assert find(answer(CORE, at("SP6", 9)), "SP").sets[0].reps_max == 12

    def test_have_an_effort_of_10_minus_the_reserve(self) -> None:
        for one in list_exercises(*plan_program(age=70).weeks):
            assert {(each.rir or 0) + each.rpe for each in one.sets} == {10}


class TestPrescription:
    def test_names_step_height_of_step_ups_only(self) -> None:
        week = answer(LOADED, at("SU4", 12))
        assert find(week, "SU").step_height_cm == 30
        assert find(week, "SK").step_height_cm is None

    def test_knows_its_exercise_and_track(self) -> None:
        one = find(answer(PLAIN), "BK")
        assert (one.exercise, one.track) == (EXERCISES["bent-knee-calf-raise"], "bent_knee")

    def test_has_the_rest_of_its_rung(self) -> None:
        week = answer(LOADED, at("SK8", 6, 14), at("BK7", 8, 7))
        assert [find(week, short).rest_s for short in ("SK", "BK", "SU")] == [120, 90, 60]

    def test_has_a_reason_of_its_own_after_the_race_of_a_race_week(self) -> None:
        constants = make_constants(start_date=MONDAY, race_date=MONDAY, weeks=2, weekdays=(0, 4))
        hurt = at("BK2", 15, reduce=True, why="PAIN_NOT_SETTLING")
        week = answer(constants, hurt)
        own = {SHORT[one.track]: one.reason and one.reason.code for one in list_exercises(week)}
        assert own == {"SK": "TRANSITION", "BK": None, "SU": "TRANSITION"}
        codes = {SHORT[track]: reason.code for track, reason in list_reasons(week).items()}
        assert codes == {"SK": "RACE", "BK": "PAIN_NOT_SETTLING", "SU": "RACE"}

    @pytest.mark.parametrize("kind", ["build", "deload", "taper", "transition"])
    def test_has_the_reason_of_the_week_otherwise(self, kind: WeekKind) -> None:
        assert {one.reason for one in list_exercises(answer(PLAIN, kind=kind))} == {None}


class TestReasons:
    def test_are_told_as_conditions_in_a_plan_and_as_facts_after_a_log(self) -> None:
        standing = stand(PLAIN, at("SK2", 15, due="step"))
        told = [
            answer_standing(PLAIN, standing, planned=planned).find_reason("straight_knee").sentence
            for planned in (True, False)
        ]
        assert told == [
            "If these sets go well, each set goes to 18 repetitions.",
            "That went well, so each set goes to 18 repetitions.",
        ]

    def test_are_given_for_every_track_in_order(self) -> None:
        week = answer(CORE, at("SU2", 15, suspended=True))
        assert tuple(list_reasons(week)) == CORE.tracks

    @pytest.mark.parametrize("code", sorted(WEEK_NOTES))
    def test_go_with_the_notes_of_the_week(self, code: str) -> None:
        (note,) = answer_standing(PLAIN, stand(PLAIN, notes=(code,))).notes
        assert (note.code, note.sentence) == (code, WEEK_NOTES[code].wording.earned)


class TestSums:
    def test_count_a_pair_of_sides_once(self) -> None:
        week = answer(PLAIN)
        # Two sessions of two sets of 15, in three tracks.
        assert (week.hard_sets, week.total_reps, week.set_budget) == (12, 180, 12)

    def test_leave_out_extra_sets(self) -> None:
        weak, even = (
            answer(make_constants(heel_rise_test=HeelRiseTest(20, right))) for right in (30, 20)
        )
        assert find(weak, "SK").sets[0].count == 3
        for name in ("hard_sets", "total_reps", "effective_volume", "set_budget"):
            assert getattr(weak, name) == getattr(even, name)

    def test_tell_holds_in_seconds(self) -> None:
        week = answer(CORE, at("SP2", 5, sets=4), at("BR1", 15, sets=4), at("PL3", 6, sets=4))
        # 4 x 25 and 4 x 30 seconds; bridge and the article's three are repetitions.
        assert (week.total_hold_s, week.total_reps) == (220, 240)

    def test_tell_no_seconds_without_core_tracks(self) -> None:
        assert answer(PLAIN).total_hold_s is None
        bridge = make_constants(core=("bridge",))
        assert answer(bridge).total_hold_s == 0

    def test_count_all_sets_of_the_tracks_whatever_the_time(self) -> None:
        constants = make_constants(session_minutes=20)
        week = answer_standing(constants, stand_everywhere(constants, sets=5))
        assert week.set_budget == 15
        assert week.hard_sets < 15

    def test_are_zero_in_a_pause(self) -> None:
        week = answer(make_constants(pause_weeks=(1,), core=("plank",)))
        assert (week.hard_sets, week.total_reps, week.total_hold_s) == (0, 0, 0)
        assert {*week.effective_volume.values()} == {0}
        assert (week.set_budget, week.sessions) == (16, ())


class TestVolume:
    @pytest.mark.parametrize(
        ("body_mass", "load", "reps", "volume"),
        [
            (65, 6.5, 8, 105.6),  # 6 sets x 8 x 2.00 x (1 + 6.5/65)
            (60, 3, 9, 113.4),  # 6 x 9 x 2.00 x (1 + 3/60)
            (32, 0.36, 6, 72.81),  # exactly, no rounding
            (64, 0.32, 5, 60.3),
            (48, 0.26, 5, 60.32),  # 60.325: half goes to the even digit
            (32, 0.26, 5, 60.49),  # 60.4875: not a half, up
            (48, 0.3, 5, 60.38),  # 60.375: half goes to the even digit
        ],
    )
    def test_counts_the_load_and_rounds_half_to_even(
        self, body_mass: float, load: float, reps: int, volume: float
    ) -> None:
        constants = make_constants(equipment=("backpack",), body_mass=body_mass)
        week = answer(constants, at("SK7", reps, load))
        assert week.effective_volume["straight_knee"] == volume

    def test_counts_a_hold_in_fives(self) -> None:
        # 4 sets x 5 counts x 1.40
        assert answer(CORE, at("SP3", 5, sets=4)).effective_volume["side_plank"] == 28

    def test_is_zero_for_a_track_that_is_left_out(self) -> None:
        week = answer(PLAIN, at("SU2", 15, suspended=True))
        assert week.effective_volume == {"straight_knee": 60, "bent_knee": 60, "step_up": 0}

    def test_counts_the_load_that_the_state_keeps_for_an_alternative(self) -> None:
        # 6 x 8 x 2.00 x (1 + 14/70)
        week = answer(MACHINES, at("SK7", 8, 14))
        assert week.effective_volume["straight_knee"] == 115.2


class TestPhase:
    @pytest.mark.parametrize(
        ("kind", "phase"),
        [
            ("build", "build"),
            ("deload", "build"),
            ("taper", "taper"),
            ("transition", "transition"),
            ("pause", "pause"),
        ],
    )
    def test_is_that_of_the_kind_or_of_the_tracks(self, kind: WeekKind, phase: str) -> None:
        week = answer_standing(PLAIN, stand_everywhere(PLAIN, sets=6), kind=kind)
        assert week.phase == phase

    def test_is_taper_in_a_race_week(self) -> None:
        constants = make_constants(start_date=MONDAY, race_date=add_days(6), weeks=2)
        assert answer(constants).phase == "taper"

    def test_is_the_furthest_of_the_tracks(self) -> None:
        assert answer(PLAIN).phase == "foundation"
        assert answer(PLAIN, at("SU2", 15)).phase == "build"
        assert answer(LOADED, at("SU2", 15), at("SK7", 8, 6)).phase == "strength"
        assert answer(LOADED, at("SU2", 15), at("SK7", 8, 6, sets=5)).phase == "build"

    def test_counts_the_tracks_of_its_sessions_only(self) -> None:
        strong = at("SK7", 8, 6, suspended=True)
        assert answer(LOADED, strong, at("SU2", 15)).phase == "build"

    def test_counts_all_tracks_if_there_is_no_session(self) -> None:
        states = [state._replace(suspended=True) for state in stand(LOADED).tracks.values()]
        week = answer(LOADED, *states[1:], at("SK7", 8, 6, suspended=True))
        assert (week.sessions, week.phase) == ((), "strength")


class TestRetest:
    @pytest.mark.parametrize(
        ("fields", "weeks"),
        [
            ({"weeks": 10}, [4, 8, 10]),
            ({"weeks": 8}, [4, 8]),
            ({"weeks": 5, "deload_every": 0}, [5]),
            ({"weeks": 6, "start_date": MONDAY, "race_date": add_days(37)}, []),
            ({"weeks": 6, "pause_weeks": (6,)}, [4]),
            ({"weeks": 6, "lighter_weeks": (2,)}, [2, 6]),
        ],
    )
    def test_is_in_deload_weeks_and_in_a_last_build_week(
        self, fields: SpecFields, weeks: list[int]
    ) -> None:
        assert [week.index for week in plan_program(**fields).weeks if week.retest] == weeks


class TestTimingAdvice:
    RUNS: tuple[RunDay, ...] = ("hard", "easy", "rest", "long", "hard", "easy", "easy")

    def test_looks_at_the_runs_of_today_and_tomorrow(self) -> None:
        constants = make_constants(run_schedule=self.RUNS, weekdays=(0, 2, 3, 4, 5, 6))
        advice = {
            session.weekday: [reason.code for reason in session.timing_advice]
            for session in answer(constants).sessions
        }
        assert advice == {
            0: ["AFTER_RUN_6H"],
            2: ["EASY_BEFORE_HARD"],
            3: ["AFTER_RUN_6H", "EASY_BEFORE_HARD"],
            4: ["AFTER_RUN_6H"],
            5: [],
            6: ["EASY_BEFORE_HARD"],
        }

    def test_is_empty_without_a_run_schedule(self) -> None:
        constants = make_constants(days_per_week=6)
        assert {session.timing_advice for session in answer(constants).sessions} == {()}


class TestSession:
    def test_has_place_day_date_type_and_time(self) -> None:
        constants = make_constants(weekdays=(0, 1), start_date=MONDAY + datetime.timedelta(days=1))
        tuesday, monday = answer(constants).sessions
        assert (tuesday.index, tuesday.weekday, str(tuesday.date)) == (1, 1, "2027-03-02")
        assert (monday.index, monday.weekday, str(monday.date)) == (2, 0, "2027-03-08")
        assert (monday.type, monday.est_minutes) == ("C", 12)
        assert tuesday.type == "S"

    def test_shares_exercises_with_sessions_that_are_alike(self) -> None:
        monday, thursday = answer(PLAIN).sessions
        assert monday.exercises == thursday.exercises


class TestExerciseDetails:
    def test_tell_what_is_true_of_an_exercise_once(self) -> None:
        week = week_plan.plan_week(CORE, stand(CORE), 1)
        details = week_answer.collect_details([week])
        assert [*details] == [
            "straight-leg-calf-raise", "bent-knee-calf-raise", "step-up",
            "side-plank-knees", "bridge", "plank-knees",
        ]  # fmt: skip
        for slug, found in details.items():
            exercise = EXERCISES[slug]
            for name in ("name", "track", "unit", "laterality", "tempo", "equipment", "cues"):
                assert getattr(found, name) == getattr(exercise, name)
            assert found.common_faults == exercise.common_faults
        assert (details["plank-knees"].unit, details["plank-knees"].tempo) == ("seconds", None)

    def test_tell_the_fit_name_of_what_is_printed(self) -> None:
        week = week_plan.plan_week(LOADED, stand(LOADED, at("SK7", 8, 6)), 1)
        fit = week_answer.collect_details([week])["single-leg-calf-raise-loaded"].fit
        assert fit
        assert fit.name == "single_leg_standing_dumbbell_calf_raise"

    def test_tell_each_exercise_of_several_weeks(self) -> None:
        weeks = [
            week_plan.plan_week(PLAIN, stand(PLAIN, at(name, 12)), 1) for name in ("SK3", "SK4")
        ]
        assert len(week_answer.collect_details(weeks)) == 4
