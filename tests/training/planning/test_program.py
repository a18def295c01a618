"""Tests of whole programmes: every figure of the worked examples, notices and blocks."""

import datetime
from dataclasses import fields
from itertools import pairwise
from typing import Any, cast

import pytest

from app.training import engine
from app.training.catalog.reasons import DISCLAIMER
from app.training.planning import program, progression, spec
from app.training.planning.program import Blocked, PhaseSpan
from app.training.planning.spec import HeelRiseTest, SpecFields, Start
from tests.training.notation import format_week
from tests.training.queries import list_exercises
from tests.training.strategies import make_spec, plan_program

MONDAY = datetime.date(2027, 3, 1)

SPECS: dict[str, SpecFields] = {
    "P1": {},
    "P2": {
        "level": "intermediate",
        "days_per_week": 3,
        "equipment": ("chair", "backpack"),
        "step_heights_cm": (18, 30),
        "body_mass": 65,
        "load_increment": 1,
    },
    "P5": {"weeks": 6, "days_per_week": 1, "equipment": (), "step_heights_cm": ()},
    "P12": {"weeks": 2, "ramp": "direct"},
}
# Week | kind/phase | set budget | hard sets | repetitions | effective volume of SK/BK/SU | reason;
# then its sessions, in the notation of tests/training/notation.py.
WEEKS = {
    "P1": """
1 | build/foundation | 12 | 12 | 180 | 60/60/60 | START
Mon+Thu [F, 19 min]: SK2 2x15 R4; BK2 2x15 R4; SU2 2x15 R4 h18
2 | build/foundation | 15 | 15 | 225 | 75/75/75 | RAMP_SETS
Mon [F, 27 min]: SK2 3x15 R4; BK2 3x15 R4; SU2 3x15 R4 h18
Thu [F, 19 min]: SK2 2x15 R4; BK2 2x15 R4; SU2 2x15 R4 h18
3 | build/build | 18 | 18 | 270 | 90/90/90 | RAMP_SETS
Mon+Thu [F, 27 min]: SK2 3x15 R3; BK2 3x15 R3; SU2 3x15 R3 h18
4 | deload/build | 18 | 12 | 144 | 48/48/48 | DELOAD
Mon+Thu [F, 17 min]: SK2 2x12 R5; BK2 2x12 R5; SU2 2x12 R5 h18
5 | build/build | 18 | 18 | 324 | 108/108/108 | ADD_REPS
Mon+Thu [F, 30 min]: SK2 3x18 R3; BK2 3x18 R3; SU2 3x18 R3 h18
6 | build/build | 18 | 18 | 360 | 120/120/120 | ADD_REPS
Mon+Thu [F, 32 min]: SK2 3x20 R3; BK2 3x20 R3; SU2 3x20 R3 h18
7 | build/build | 18 | 18 | 216 | 82.8/82.8/82.8 | NEXT_RUNG
Mon+Thu [F, 29 min]: SK3 3x12 R3; BK3 3x12 R3; SU3 3x12 R3 h18
8 | deload/build | 18 | 12 | 108 | 41.4/41.4/41.4 | DELOAD
Mon+Thu [F, 17 min]: SK3 2x9 R5; BK3 2x9 R5; SU3 2x9 R5 h18
9 | build/build | 18 | 18 | 270 | 103.5/103.5/103.5 | ADD_REPS
Mon+Thu [F, 33 min]: SK3 3x15 R3; BK3 3x15 R3; SU3 3x15 R3 h18
10 | build/build | 18 | 18 | 252 | 108/108/124.2 | NEXT_RUNG/NEXT_RUNG/ADD_REPS
Mon+Thu [F, 38 min]: SK4 3x12 R3; BK4 3x12 R3; SU3 3x18 R3 h18
11 | build/build | 18 | 18 | 300 | 135/135/138 | ADD_REPS
Mon+Thu [F, 43 min]: SK4 3x15 R3; BK4 3x15 R3; SU3 3x20 R3 h18
12 | deload/build | 18 | 12 | 160 | 72/72/73.6 | DELOAD
Mon+Thu [F, 25 min]: SK4 2x12 R5; BK4 2x12 R5; SU3 2x16 R5 h18
""",
    "P2": """
1 | build/foundation | 18 | 18 | 216 | 108/108/82.8 | START
Mon+Wed+Fri [F, 24 min]: SK4 2x12 R4; BK4 2x12 R4; SU3 2x12 R4 h18
2 | build/foundation | 22 | 22 | 264 | 144/126/96.6 | RAMP_SETS
Mon [F, 35 min]: SK4 3x12 R4; BK4 3x12 R4; SU3 3x12 R4 h18
Wed [F, 27 min]: SK4 3x12 R4; BK4 2x12 R4; SU3 2x12 R4 h18
Fri [F, 24 min]: SK4 2x12 R4; BK4 2x12 R4; SU3 2x12 R4 h18
3 | build/build | 27 | 27 | 324 | 162/162/124.2 | RAMP_SETS
Mon+Wed+Fri [F, 35 min]: SK4 3x12 R3; BK4 3x12 R3; SU3 3x12 R3 h18
4 | deload/build | 27 | 18 | 162 | 81/81/62.1 | DELOAD
Mon+Wed+Fri [F, 20 min]: SK4 2x9 R5; BK4 2x9 R5; SU3 2x9 R5 h18
5 | build/build | 27 | 27 | 405 | 202.5/202.5/155.25 | ADD_REPS
Mon+Wed+Fri [F, 40 min]: SK4 3x15 R3; BK4 3x15 R3; SU3 3x15 R3 h18
6 | build/build | 27 | 27 | 324 | 194.4/194.4/145.8 | NEXT_RUNG
Mon+Wed+Fri [F, 32 min]: SK5 3x12 R3; BK5 3x12 R3; SU4 3x12 R3 h30
7 | build/build | 27 | 27 | 405 | 243/243/182.25 | ADD_REPS
Mon+Wed+Fri [F, 37 min]: SK5 3x15 R3; BK5 3x15 R3; SU4 3x15 R3 h30
8 | deload/build | 27 | 18 | 216 | 129.6/129.6/97.2 | DELOAD
Mon+Wed+Fri [F, 22 min]: SK5 2x12 R5; BK5 2x12 R5; SU4 2x12 R5 h30
9 | build/strength | 27 | 27 | 288 | 216/216/129.77 | NEXT_RUNG
Mon+Wed+Fri [F, 32 min]: SK6 3x12 R3; BK6 3x12 R3; SU6 3x8 @6 R2 h30
10 | build/strength | 27 | 27 | 360 | 270/270/162.21 | ADD_REPS
Mon+Wed+Fri [F, 36 min]: SK6 3x15 R3; BK6 3x15 R3; SU6 3x10 @6 R2 h30
11 | build/strength | 27 | 27 | 252 | 157.29/157.29/194.65 | NEXT_RUNG/NEXT_RUNG/ADD_REPS
Mon+Wed+Fri [F, 30 min]: SK7 3x8 @6 R2; BK7 3x8 @6 R2; SU6 3x12 @6 R2 h30
12 | deload/strength | 27 | 18 | 126 | 77.54/77.54/95.95 | DELOAD
Mon+Wed+Fri [F, 18 min]: SK7 2x6 @5 R5; BK7 2x6 @5 R5; SU6 2x9 @5 R5 h30
""",
    "P5": """
1 | build/foundation | 6 | 6 | 90 | 24/30/18 | START
Mon [F, 18 min]: SK1 2x15 R4; BK2 2x15 R4; SU0 2x15 R4
2 | build/foundation | 7 | 7 | 105 | 36/30/18 | RAMP_SETS
Mon [F, 21 min]: SK1 3x15 R4; BK2 2x15 R4; SU0 2x15 R4
3 | build/foundation | 8 | 8 | 120 | 36/45/18 | RAMP_SETS
Mon [F, 23 min]: SK1 3x15 R4; BK2 3x15 R4; SU0 2x15 R4
4 | deload/foundation | 8 | 5 | 63 | 19.2/24/9 | DELOAD
Mon [F, 14 min]: SK1 2x12 R5; BK2 2x12 R5; SU0 1x15 R5
5 | build/build | 9 | 9 | 135 | 36/45/27 | RAMP_SETS
Mon [F, 26 min]: SK1 3x15 R3; BK2 3x15 R3; SU0 3x15 R3
6 | build/build | 9 | 9 | 162 | 43.2/54/32.4 | ADD_REPS
Mon [F, 29 min]: SK1 3x18 R3; BK2 3x18 R3; SU0 3x18 R3
""",
    "P12": """
1 | build/build | 18 | 18 | 270 | 90/90/90 | START
Mon+Thu [F, 27 min]: SK2 3x15 R3; BK2 3x15 R3; SU2 3x15 R3 h18
2 | build/build | 18 | 18 | 324 | 108/108/108 | ADD_REPS
Mon+Thu [F, 30 min]: SK2 3x18 R3; BK2 3x18 R3; SU2 3x18 R3 h18
""",
}


def list_expected_weeks(name: str) -> list[list[str]]:
    """Return the lines of each week of a worked example."""
    weeks: list[list[str]] = []
    for line in WEEKS[name].strip().splitlines():
        if line[0].isdigit():
            weeks.append([])
        weeks[-1].append(line)
    return weeks


EXAMPLES = [
    (name, index) for name in WEEKS for index in range(1, len(list_expected_weeks(name)) + 1)
]


def list_notice_codes(**wish: Any) -> list[str]:
    """Return the codes of a programme's notices."""
    return [notice.code for notice in plan_program(**cast(SpecFields, wish)).notices]


def add_days(days: int) -> datetime.date:
    return MONDAY + datetime.timedelta(days=days)


class TestWorkedExamples:
    @pytest.mark.parametrize(("name", "index"), EXAMPLES)
    def test_equals_each_week_of_the_worked_examples(self, name: str, index: int) -> None:
        found = plan_program(**SPECS[name])
        assert format_week(found.weeks[index - 1]) == list_expected_weeks(name)[index - 1]

    @pytest.mark.parametrize("name", SPECS)
    def test_has_as_many_weeks_as_the_worked_example(self, name: str) -> None:
        assert len(plan_program(**SPECS[name]).weeks) == len(list_expected_weeks(name))

    def test_notes_that_there_is_no_step(self) -> None:
        assert "NO_STEP_FALLBACK" in list_notice_codes(**SPECS["P5"])


class TestPlan:
    def test_contains_the_complete_spec_and_the_engine_version(self) -> None:
        found = plan_program(level="advanced", weeks=3)
        assert (found.status, found.engine_version) == ("planned", "1.0.0")
        assert found.spec == make_spec(level="advanced", weeks=3)
        assert found.disclaimers == (DISCLAIMER,)

    def test_contains_the_given_id(self) -> None:
        assert engine.CURRENT.plan(make_spec(), "an-id").program_id == "an-id"

    def test_says_whether_body_mass_is_assumed_and_the_plan_cautious(self) -> None:
        assert plan_program().body_mass_assumed
        assert not plan_program(body_mass=70).body_mass_assumed
        assert plan_program(age=70).cautious
        assert not plan_program().cautious

    def test_contains_days_and_session_types(self) -> None:
        found = plan_program(days_per_week=4, weeks=1)
        assert found.days == (0, 1, 3, 5)
        assert found.session_types == {0: "C", 1: "S", 3: "C", 5: "S"}

    def test_rejects_a_start_that_the_equipment_does_not_allow(self) -> None:
        start = Start(step_up=spec.TrackStart(7, 6, 10))
        with pytest.raises(spec.SpecError, match="not available"):
            plan_program(start=start)

    def test_continues_from_a_start_with_full_volume(self) -> None:
        begun = Start(spec.TrackStart(3, 14), spec.TrackStart(4, 15), full_volume=True)
        first, second = plan_program(start=begun, weeks=2).weeks
        assert format_week(first)[1:] == [
            "Mon+Thu [F, 33 min]: SK3 3x14 R3; BK4 3x15 R3; SU2 3x15 R3 h18"
        ]
        # The step-up climbs through 20, the bent-knee raise was at its top twice.
        assert format_week(second)[0].endswith("ADD_REPS/NEXT_RUNG/ADD_REPS")

    def test_adds_no_sets_after_a_week_that_a_race_empties(self) -> None:
        # Saturdays; the race is on the Monday of week 3, two days after the second Saturday.
        found = plan_program(weekdays=(5,), start_date=MONDAY, race_date=add_days(14), weeks=5)
        assert [week.kind for week in found.weeks] == [
            "build",
            "build",
            "race",
            "transition",
            "build",
        ]
        assert [week.set_budget for week in found.weeks] == [6, 7, 7, 7, 7]
        assert [len(week.sessions) for week in found.weeks] == [1, 0, 1, 1, 1]

    def test_holds_a_track_that_a_race_removes(self) -> None:
        # The race removes Saturday and Sunday before it. Monday's calf session of that week stays.
        found = plan_program(
            weekdays=(0, 5, 6),
            start_date=MONDAY,
            race_date=add_days(14),
            weeks=5,
            ramp="direct",
        )
        assert found.session_types == {5: "C", 6: "S", 0: "C"}
        last = found.weeks[-1]
        assert (last.reasons["straight_knee"], last.reasons["step_up"]) == (
            "ADD_REPS",
            "NOT_SCHEDULED",
        )
        (step_up,) = [one for one in list_exercises(last) if one.track == "step_up"]
        assert step_up.sets[0].reps_target == 18  # what week 1 alone has earned

    def test_holds_a_track_that_the_time_limit_removes(self) -> None:
        found = plan_program(session_minutes=10, weeks=3)
        assert {one.track for one in list_exercises(*found.weeks)} == {
            "straight_knee",
            "bent_knee",
        }
        assert [week.reasons["step_up"] for week in found.weeks] == [
            "START",
            "NOT_SCHEDULED",
            "NOT_SCHEDULED",
        ]
        assert found.weeks[2].reasons["straight_knee"] == "RAMP_SETS"


class TestAddSets:
    @pytest.mark.parametrize(
        ("full", "budgets"),
        [(9, [6, 7, 8, 9, 9]), (18, [12, 15, 18, 18]), (27, [18, 22, 27]), (12, [2, 3, 4, 5, 6])],
    )
    def test_adds_a_quarter_and_at_least_one_set(self, full: int, budgets: list[int]) -> None:
        for before, after in pairwise(budgets):
            assert progression.add_sets(before, full) == after


class TestPhases:
    def test_groups_consecutive_weeks_of_one_phase(self) -> None:
        found = plan_program(**SPECS["P2"])
        assert found.phases == (
            PhaseSpan("foundation", 1, 2),
            PhaseSpan("build", 3, 8),
            PhaseSpan("strength", 9, 12),
        )

    def test_includes_taper_and_transition_around_a_race(self) -> None:
        found = plan_program(start_date=MONDAY, race_date=add_days(44), weeks=9)
        assert found.phases == (
            PhaseSpan("foundation", 1, 2),
            PhaseSpan("build", 3, 5),
            PhaseSpan("taper", 6, 7),
            PhaseSpan("transition", 8, 8),
            PhaseSpan("build", 9, 9),
        )


class TestNotices:
    def test_returns_four_notices_by_default(self) -> None:
        assert list_notice_codes() == [
            "LADDER_LIMITED_BY_EQUIPMENT",
            "BODY_MASS_ASSUMED",
            "SEED_HEIGHT_UNKNOWN_UPPER",
            "DELOAD_CONVENTION",
        ]

    def test_returns_no_notice_if_nothing_is_missing(self) -> None:
        things = {"equipment": ("backpack",), "step_heights_cm": (30,), "body_mass": 70.0}
        assert list_notice_codes(level="advanced", weeks=3, session_minutes=90, **things) == []

    @pytest.mark.parametrize(
        ("code", "wish", "without"),
        [
            ("SPLIT_FOR_48H", {"days_per_week": 4}, {"days_per_week": 3}),
            ("TIME_BUDGET_TRIM", {"session_minutes": 42}, {"session_minutes": 43}),
            ("NO_STEP_FALLBACK", {"step_heights_cm": (7,)}, {"step_heights_cm": (8,)}),
            (
                "RACE_OUTSIDE_PROGRAMME",
                {"start_date": MONDAY, "race_date": add_days(14), "weeks": 2},
                {"start_date": MONDAY, "race_date": add_days(13), "weeks": 2},
            ),
            (
                "TAPER_APPLIED",
                {"start_date": MONDAY, "race_date": add_days(13), "weeks": 2},
                {"start_date": MONDAY, "race_date": add_days(14), "weeks": 2},
            ),
            ("CAUTIOUS_MODE", {"pain_now": 3}, {"pain_now": 2}),
            ("MINOR_SUPERVISION", {"age": 17}, {"age": 18}),
            ("BODY_MASS_ASSUMED", {}, {"body_mass": 70.0}),
            (
                "TEST_ASYMMETRY",
                {"heel_rise_test": HeelRiseTest(20, 26)},
                {"heel_rise_test": HeelRiseTest(20, 25)},
            ),
            (
                "EXTRAPOLATED_NORM",
                {"heel_rise_test": HeelRiseTest(20, 20), "age": 19},
                {"heel_rise_test": HeelRiseTest(20, 20), "age": 20},
            ),
            (
                "EXTRAPOLATED_NORM",
                {"heel_rise_test": HeelRiseTest(20, 20), "age": 82},
                {"heel_rise_test": HeelRiseTest(20, 20), "age": 81},
            ),
            ("EXTRAPOLATED_NORM", {"heel_rise_test": HeelRiseTest(20, 20), "age": 82}, {"age": 82}),
            ("SEED_HEIGHT_UNKNOWN_UPPER", {}, {"step_heights_cm": (30,)}),
            ("DELOAD_CONVENTION", {"weeks": 4}, {"weeks": 3}),
        ],
    )
    def test_returns_each_notice_exactly_if_it_applies(
        self, code: str, wish: dict[str, Any], without: dict[str, Any]
    ) -> None:
        assert code in list_notice_codes(**wish)
        assert code not in list_notice_codes(**without)

    @pytest.mark.parametrize(
        ("wish", "part"),
        [
            ({}, "70 kg is assumed"),
            ({"units": "imperial"}, "154 lb is assumed"),
            ({"heel_rise_test": HeelRiseTest(20, 26)}, "The left leg"),
            ({"equipment": ("backpack",), "step_heights_cm": (50,)}, "top of its ladder: step_up."),
            ({}, "top of its ladder: straight_knee, bent_knee, step_up."),
        ],
    )
    def test_names_the_subject_of_a_notice(self, wish: dict[str, Any], part: str) -> None:
        found = plan_program(**cast(SpecFields, wish))
        assert any(part in notice.sentence for notice in found.notices)


class TestFindBlock:
    @pytest.mark.parametrize("pain", range(11))
    def test_blocks_above_pain_5(self, pain: int) -> None:
        found = program.find_block(make_spec(pain_now=pain))
        assert (found is not None) is (pain > 5)
        assert found is None or found.code == "PAIN_ABOVE_5"

    def test_blocks_at_any_warning_sign_first(self) -> None:
        found = program.find_block(make_spec(red_flags=("whatever_it_is",), pain_now=9))
        assert found is not None
        assert (found.status, found.code) == ("blocked", "CLEARANCE_REQUIRED")
        assert "call your emergency number" in found.sentence
        assert found.evidence == ("EV-38", "EV-39")
        assert found.disclaimers == (DISCLAIMER,)

    def test_returns_neither_sessions_nor_an_id(self) -> None:
        assert [field.name for field in fields(Blocked)] == [
            "status",
            "code",
            "sentence",
            "evidence",
            "disclaimers",
        ]
