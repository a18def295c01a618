"""Tests of a planned week: doses, sides, effort, lighter weeks, time, advice and totals."""

import datetime
from dataclasses import replace

import pytest

from app.training.catalog import reasons
from app.training.catalog.exercises import LADDERS, Fit
from app.training.catalog.track_definitions import TRACKS, Track
from app.training.planning import progression, week_plan
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.progression import TrackState
from app.training.planning.spec import Equipment, HeelRiseTest, RunDay, Side
from app.training.planning.training_calendar import WeekKind
from app.training.planning.week import Prescription, Week
from app.training.planning.week_plan import Position
from tests.training.notation import format_sessions
from tests.training.queries import list_exercises
from tests.training.strategies import make_constants, plan_program

MONDAY = datetime.date(2027, 3, 1)
LIGHTER: tuple[WeekKind, ...] = ("deload", "taper", "race", "transition")
LOADED = make_constants(
    ramp="direct",
    equipment=("dumbbell",),
    step_heights_cm=(18, 30),
    body_mass=60,
    load_increment=2.5,
)


def make_position(
    constants: PlanConstants, budget: int = 18, **states: tuple[int, int] | tuple[int, int, float]
) -> Position:
    """Return the first position of a programme, with given rung, reps and load of some tracks."""
    moved = {track: progression.start_track(constants, track) for track in TRACKS}
    for track in TRACKS:
        if track in states:
            number, reps, *load = states[track]
            rung = next(rung for rung in LADDERS[track] if rung.number == number)
            moved[track] = TrackState(rung, reps, round(100 * sum(load)))
    return Position(moved, budget, dict.fromkeys(TRACKS, reasons.explain("START")))


def change_state(position: Position, track: Track, **how: object) -> Position:
    """Return a position with changes in the state of one track."""
    state = position.states[track]._replace(**how)  # type: ignore[arg-type]
    return position._replace(states={**position.states, track: state})


def find_prescription(week: Week, track: Track) -> Prescription:
    return next(one for one in list_exercises(week) if one.track == track)


class TestDistribution:
    def test_gives_remaining_sets_to_the_first_exercises_of_the_week(self) -> None:
        constants = make_constants()
        week = week_plan.build_week(constants, 1, "build", make_position(constants, budget=16))
        assert format_sessions(week) == [
            "Mon [F, 27 min]: SK2 3x15 R4; BK2 3x15 R4; SU2 3x15 R4 h18",
            "Thu [F, 21 min]: SK2 3x15 R4; BK2 2x15 R4; SU2 2x15 R4 h18",
        ]

    def test_follows_the_order_of_dates_and_not_of_weekdays(self) -> None:
        constants = make_constants(start_date=MONDAY + datetime.timedelta(days=3), weekdays=(0, 3))
        week = week_plan.build_week(constants, 1, "build", make_position(constants, budget=15))
        assert [session.weekday for session in week.sessions] == [3, 0]
        assert [session.est_minutes for session in week.sessions] == [27, 19]

    def test_distributes_sets_over_split_sessions(self) -> None:
        constants = make_constants(weekdays=(0, 1))
        week = week_plan.build_week(constants, 1, "build", make_position(constants, budget=7))
        assert format_sessions(week) == [
            "Mon [C, 15 min]: SK2 3x15 R4; BK2 2x15 R4",
            "Tue [S, 9 min]: SU2 2x15 R4 h18",
        ]


class TestSets:
    def test_has_one_entry_for_a_set_of_both_legs(self) -> None:
        one = find_prescription(plan_program().weeks[0], "straight_knee")
        assert [(each.n, each.side) for each in one.sets] == [(1, "both"), (2, "both")]
        assert {(each.load, each.load_unit) for each in one.sets} == {(None, "bodyweight")}

    def test_has_two_entries_with_one_number_for_a_set_of_each_leg(self) -> None:
        one = find_prescription(plan_program().weeks[0], "step_up")
        sides = [(each.n, each.side) for each in one.sets]
        assert sides == [(1, "left"), (1, "right"), (2, "left"), (2, "right")]

    def test_starts_with_the_weaker_side_in_calf_raises(self) -> None:
        test = HeelRiseTest(left=40, right=30)
        week = plan_program(heel_rise_test=test, weeks=1).weeks[0]
        sides = {one.track: one.sets[0].side for one in list_exercises(week)}
        assert sides == {"straight_knee": "right", "bent_knee": "right", "step_up": "left"}

    @pytest.mark.parametrize(
        ("kind", "most"), [("build", 20), *[(kind, 12) for kind in LIGHTER]], ids=str
    )
    def test_has_a_maximum_of_repetitions(self, kind: WeekKind, most: int) -> None:
        # Three sets of 15 become two of 12 in lighter weeks, and there is no more to have.
        constants = make_constants(ramp="direct")
        one = find_prescription(
            week_plan.build_week(constants, 1, kind, make_position(constants)), "straight_knee"
        )
        assert {each.reps_max for each in one.sets} == {most}

    def test_has_loads_in_the_unit_of_the_runner(self) -> None:
        week = week_plan.build_week(
            LOADED, 1, "build", make_position(LOADED, straight_knee=(7, 8, 12.5))
        )
        each = find_prescription(week, "straight_knee").sets[0]
        assert (each.load, each.load_unit) == (12.5, "kg")
        pounds = make_constants(units="imperial", equipment=("dumbbell",), step_heights_cm=(30,))
        week = week_plan.build_week(pounds, 1, "build", make_position(pounds, bent_knee=(8, 6, 40)))
        assert find_prescription(week, "bent_knee").sets[0].load_unit == "lb"


class TestReserve:
    @pytest.mark.parametrize(("age", "more"), [(30, 0), (70, 1)])
    def test_is_smaller_in_later_phases(self, age: int, more: int) -> None:
        constants = replace(LOADED, cautious=age == 70)
        ramping = week_plan.build_week(
            constants, 1, "build", make_position(constants, 17, step_up=(6, 8, 5))
        )
        full = week_plan.build_week(
            constants, 1, "build", make_position(constants, 18, step_up=(6, 8, 5))
        )
        assert {one.sets[0].rir_target for one in list_exercises(ramping)} == {4 + more}
        assert find_prescription(full, "straight_knee").sets[0].rir_target == 3 + more
        assert find_prescription(full, "step_up").sets[0].rir_target == 2 + more

    def test_equals_10_minus_rpe(self) -> None:
        for one in list_exercises(*plan_program(age=70).weeks):
            assert {each.rir_target + each.rpe_target for each in one.sets} == {10}


class TestLighterWeeks:
    @pytest.mark.parametrize("kind", ["deload", "transition"])
    def test_reduces_effort_and_a_tenth_of_the_load(self, kind: WeekKind) -> None:
        position = make_position(LOADED, straight_knee=(7, 12, 15), step_up=(6, 8, 2.5))
        found = format_sessions(week_plan.build_week(LOADED, 4, kind, position))
        # 13.5 is 12.5 in steps of 2.5, and no load falls below one step.
        assert found == ["Mon+Thu [F, 18 min]: SK7 2x9 @12.5 R5; BK2 2x12 R5; SU6 2x6 @2.5 R5 h30"]

    @pytest.mark.parametrize("kind", ["taper", "race"])
    def test_keeps_effort_and_load_before_a_race(self, kind: WeekKind) -> None:
        position = make_position(LOADED, straight_knee=(7, 12, 15), step_up=(6, 8, 2.5))
        found = format_sessions(week_plan.build_week(LOADED, 4, kind, position))
        assert found == ["Mon+Thu [F, 18 min]: SK7 2x9 @15 R2; BK2 2x12 R3; SU6 2x6 @2.5 R2 h30"]

    @pytest.mark.parametrize("kind", LIGHTER)
    def test_gives_the_kind_of_the_week_as_reason(self, kind: WeekKind) -> None:
        constants = make_constants()
        week = week_plan.build_week(constants, 4, kind, make_position(constants))
        assert dict(week.reasons) == dict.fromkeys(TRACKS, kind.upper())
        assert {one.reason.code for one in list_exercises(week)} == {kind.upper()}

    @pytest.mark.parametrize(
        ("kind", "phase"),
        [("deload", "build"), ("taper", "taper"), ("race", "taper"), ("transition", "transition")],
    )
    def test_assigns_a_phase_to_a_lighter_week(self, kind: WeekKind, phase: str) -> None:
        constants = make_constants()
        assert week_plan.build_week(constants, 4, kind, make_position(constants)).phase == phase

    def test_suggests_a_new_test_in_lighter_weeks_and_the_last(self) -> None:
        retests = [week.index for week in plan_program(weeks=10).weeks if week.retest]
        assert retests == [4, 8, 10]


class TestWeakSide:
    TEST = HeelRiseTest(left=20, right=30)

    def test_gets_an_extra_set_in_the_first_session_of_the_week(self) -> None:
        week = plan_program(heel_rise_test=self.TEST, weeks=1).weeks[0]
        assert format_sessions(week) == [
            "Mon [F, 27 min]: SK5 2x12 R4 (+1 left); BK5 2x12 R4 (+1 left); SU2 2x15 R4 h18",
            "Thu [F, 23 min]: SK5 2x12 R4; BK5 2x12 R4; SU2 2x15 R4 h18",
        ]
        extra = find_prescription(week, "bent_knee").sets[-1]
        assert (extra.n, extra.side, extra.reps_target) == (3, "left", 12)

    def test_adds_its_extra_set_to_no_sum_of_the_week(self) -> None:
        weak = plan_program(heel_rise_test=self.TEST, weeks=1).weeks[0]
        even = plan_program(heel_rise_test=HeelRiseTest(20, 20), weeks=1).weeks[0]
        for sums in ("hard_sets", "total_reps", "effective_volume", "set_budget"):
            assert getattr(weak, sums) == getattr(even, sums)

    def test_gets_no_extra_set_in_exercises_of_both_legs_or_lighter_weeks(self) -> None:
        two_legged = plan_program(heel_rise_test=HeelRiseTest(5, 20), weeks=1).weeks[0]
        lighter = plan_program(heel_rise_test=self.TEST).weeks[3]
        for week in (two_legged, lighter):
            assert not any("+1" in line for line in format_sessions(week))

    def test_is_the_logged_side_rather_than_the_tested_one(self) -> None:
        constants = make_constants(heel_rise_test=self.TEST)
        position = change_state(make_position(constants), "straight_knee", weak="right")
        position = change_state(position, "step_up", weak="left")
        (monday, _) = format_sessions(week_plan.build_week(constants, 1, "build", position))
        extras = [part.split("(")[-1] for part in monday.split(";")]
        assert extras == ["+1 right)", "+1 left)", "+1 left)"]

    @pytest.mark.parametrize("side", ["left", "right"])
    def test_starts_each_exercise(self, side: Side) -> None:
        constants = make_constants()
        week = week_plan.build_week(
            constants, 1, "build", change_state(make_position(constants), "step_up", weak=side)
        )
        assert [each.side for each in find_prescription(week, "step_up").sets][::2][:3] == [
            side
        ] * 3


class TestPain:
    def test_leaves_out_a_suspended_track(self) -> None:
        constants = make_constants(weekdays=(0, 1))
        position = change_state(make_position(constants), "step_up", suspended=True)
        week = week_plan.build_week(constants, 1, "build", position)
        assert [session.type for session in week.sessions] == ["C"]
        assert week.effective_volume["step_up"] == 0

    def test_reduces_one_track_only(self) -> None:
        position = change_state(
            make_position(LOADED, straight_knee=(7, 12, 15)), "straight_knee", reduced=True
        )
        week = week_plan.build_week(LOADED, 1, "build", position)
        assert format_sessions(week) == [
            "Mon+Thu [F, 26 min]: SK7 2x9 @12.5 R5; BK2 3x15 R3; SU2 3x15 R3 h18"
        ]
        sets = find_prescription(week, "straight_knee").sets
        assert {each.reps_max for each in sets} == {9}


class TestTime:
    def test_trims_sessions_before_it_reduces_the_dose(self) -> None:
        constants = make_constants(ramp="direct", session_minutes=15)
        full = week_plan.build_week(constants, 1, "build", make_position(constants))
        assert format_sessions(full) == [
            "Mon+Thu [F, 13 min]: SK2 2x15 R3; BK2 1x15 R3; SU2 1x15 R3 h18"
        ]
        # Reduced first, it would have been two sets of twelve each, in 17 minutes, and trimmed.
        lighter = week_plan.build_week(constants, 1, "deload", make_position(constants))
        assert format_sessions(lighter) == [
            "Mon+Thu [F, 9 min]: SK2 1x15 R5; BK2 1x8 R5; SU2 1x8 R5 h18"
        ]
        assert all(session.trimmed for session in lighter.sessions)

    def test_marks_trimmed_sessions_only(self) -> None:
        one, two = plan_program(session_minutes=20, weeks=2).weeks
        assert [session.trimmed for session in one.sessions] == [False, False]
        assert [session.trimmed for session in two.sessions] == [True, False]

    def test_keeps_the_set_budget_of_the_week(self) -> None:
        week = plan_program(session_minutes=20, weeks=2).weeks[1]
        assert (week.set_budget, week.hard_sets) == (15, 12)


class TestRace:
    def test_removes_the_sessions_around_a_race(self) -> None:
        race = MONDAY + datetime.timedelta(days=7 * 5 + 2)  # Wednesday of week 6
        found = plan_program(start_date=MONDAY, race_date=race, weekdays=(0, 2, 5), weeks=7)
        kept = {week.index: [session.weekday for session in week.sessions] for week in found.weeks}
        assert kept[5] == kept[7] == [0, 2, 5]
        assert kept[6] == []
        assert [session.index for session in found.weeks[6].sessions] == [1, 2, 3]


class TestAdvise:
    RUNS: tuple[RunDay, ...] = ("hard", "easy", "rest", "long", "hard", "easy", "easy")

    def test_advises_on_the_runs_of_today_and_tomorrow(self) -> None:
        found = plan_program(run_schedule=self.RUNS, weekdays=(0, 2, 3, 4, 5, 6), weeks=1)
        advice = {
            session.weekday: [reason.code for reason in session.timing_advice]
            for session in found.weeks[0].sessions
        }
        assert advice == {
            0: ["AFTER_RUN_6H"],
            2: ["EASY_BEFORE_HARD"],
            3: ["AFTER_RUN_6H", "EASY_BEFORE_HARD"],
            4: ["AFTER_RUN_6H"],
            5: [],
            6: ["EASY_BEFORE_HARD"],
        }

    def test_gives_no_advice_without_a_run_schedule(self) -> None:
        for session in plan_program(days_per_week=6, weeks=1).weeks[0].sessions:
            assert session.timing_advice == ()


class TestFit:
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
    def test_names_the_available_load(
        self, equipment: tuple[Equipment, ...], calf: Fit, step: Fit
    ) -> None:
        constants = make_constants(equipment=equipment, step_heights_cm=(30,))
        position = make_position(constants, straight_knee=(7, 8, 7), step_up=(6, 8, 7))
        week = week_plan.build_week(constants, 1, "build", position)
        assert find_prescription(week, "straight_knee").fit == calf
        assert find_prescription(week, "step_up").fit == step

    def test_is_none_without_a_name_in_the_fit_profile(self) -> None:
        week = plan_program(step_heights_cm=(), weeks=1).weeks[0]
        assert find_prescription(week, "step_up").fit is None


class TestPrescription:
    def test_has_the_fields_of_the_catalogue_exercise(self) -> None:
        for one in list_exercises(plan_program().weeks[9]):
            rung = next(rung for rung in LADDERS[one.track] if rung.number == one.rung)
            told = (one.slug, one.name, one.laterality, one.tempo, one.rest_s, one.cues)
            exercise = rung.exercise
            assert told == (
                *(exercise.slug, exercise.name, exercise.laterality),
                *(exercise.tempo, exercise.dose.rest_s, exercise.cues),
            )
            assert one.common_faults == exercise.common_faults


class TestVolume:
    @pytest.mark.parametrize(
        ("body_mass", "load", "reps", "volume"),
        [
            # 6 sets x 8 x 2.00 x (1 + 6.5/65) = 105.6
            (65, 6.5, 8, 105.6),
            # 6 x 9 x 2.00 x (1 + 1/60) = 109.8
            (60, 1, 9, 109.8),
            # 6 x 6 x 2.00 x (1 + 0.36/32) = 72.81: exactly, no rounding
            (32, 0.36, 6, 72.81),
            # 6 x 5 x 2.00 x (1 + 0.32/64) = 60.3
            (64, 0.32, 5, 60.3),
            # 6 x 5 x 2.00 x (1 + 0.26/48) = 60.325: half goes to the even digit
            (48, 0.26, 5, 60.32),
            # 6 x 5 x 2.00 x (1 + 0.26/32) = 60.4875: not a half, up
            (32, 0.26, 5, 60.49),
            # 6 x 5 x 2.00 x (1 + 0.3/48) = 60.375: half goes to the even digit
            (48, 0.3, 5, 60.38),
        ],
    )
    def test_counts_the_load_and_rounds_half_to_even(
        self, body_mass: float, load: float, reps: int, volume: float
    ) -> None:
        constants = make_constants(
            ramp="direct", equipment=("backpack",), body_mass=body_mass, load_increment=0.25
        )
        week = week_plan.build_week(
            constants, 1, "build", make_position(constants, straight_knee=(7, reps, load))
        )
        assert week.effective_volume["straight_knee"] == volume
