"""Tests of whole programmes: what a plan holds, its phases, notices and blocks."""

import datetime
from dataclasses import fields
from typing import Any, cast

import pytest

from app.training import engine
from app.training.catalog.exercises import EXERCISES, WARM_UP
from app.training.catalog.reasons import DISCLAIMER, NOTICES
from app.training.catalog.track_definitions import OPTIONAL_TRACKS
from app.training.planning import program
from app.training.planning.program import Blocked, PhaseSpan, Program
from app.training.planning.spec import HeelRiseTest, Race, SidePlankTest, SpecFields
from app.training.planning.spec_building import SpecError
from app.training.planning.start import Start, TrackStart
from tests.training.notation import format_sessions
from tests.training.queries import list_exercises
from tests.training.strategies import make_spec, plan_program
from tests.training.week_reasons import list_reasons

MONDAY = datetime.date(2027, 3, 1)


def add_days(days: int) -> datetime.date:
    return MONDAY + datetime.timedelta(days=days)


def list_notice_codes(**wish: Any) -> list[str]:
    """Return the codes of a programme's notices."""
    return [notice.code for notice in plan_program(**cast(SpecFields, wish)).notices]


def list_codes(planned: Program, track: str) -> list[str]:
    """Return the code of a track's reason in each week."""
    return [week.find_reason(track).code for week in planned.weeks]


class TestProgram:
    def test_holds_the_complete_spec_and_the_engine_version(self) -> None:
        found = plan_program(level="advanced", weeks=3)
        assert (found.status, found.engine_version) == ("planned", "2.0.0")
        assert found.spec == make_spec(level="advanced", weeks=3)
        assert found.disclaimers == (DISCLAIMER,)
        assert found.warm_up == WARM_UP

    def test_holds_the_given_id(self) -> None:
        assert engine.CURRENT.plan(make_spec(), "an-id").program_id == "an-id"

    @pytest.mark.parametrize(
        ("wish", "cautious"),
        [
            ({}, False),
            ({"age": 70}, True),
            ({"pain_now": 3}, True),
            ({"start": Start(since=4, caution=True)}, True),
            ({"start": Start(since=4, caution=False), "pain_now": 3}, False),
        ],
    )
    def test_says_whether_it_begins_with_caution(self, wish: SpecFields, cautious: bool) -> None:
        assert plan_program(**wish).cautious is cautious

    def test_says_whether_body_mass_is_assumed(self) -> None:
        assert plan_program().body_mass_assumed
        assert not plan_program(body_mass=70).body_mass_assumed

    def test_holds_days_and_session_types(self) -> None:
        found = plan_program(days_per_week=4, weeks=1)
        assert found.days == (0, 1, 3, 5)
        assert found.session_types == {0: "C", 1: "S", 3: "C", 5: "S"}

    def test_tells_every_exercise_of_its_weeks_once(self) -> None:
        found = plan_program(core=OPTIONAL_TRACKS)
        used = dict.fromkeys(one.slug for one in list_exercises(*found.weeks))
        assert [*found.exercise_details] == [*used]
        assert len(used) > 6
        for slug, details in found.exercise_details.items():
            assert details.name == EXERCISES[slug].name

    def test_rejects_a_start_that_the_equipment_does_not_allow(self) -> None:
        with pytest.raises(SpecError, match="not available"):
            plan_program(start=Start(step_up=TrackStart(7, reps=6, load=10.0)))

    def test_goes_on_from_a_start(self) -> None:
        begun = Start(
            straight_knee=TrackStart(3, reps=14, sets=6), bent_knee=TrackStart(4, reps=15, sets=6)
        )
        first, second = plan_program(start=begun, weeks=2).weeks
        assert format_sessions(first) == [
            "Mon+Thu [F, 30 min]: SK3 3x14 R3; BK4 3x15 R3; SU2 2x15 R4 h18"
        ]
        codes = [reason.code for reason in list_reasons(second).values()]
        assert codes == ["ADD_REPS", "NEXT_RUNG", "RAMP_SETS"]


class TestEmptiedWeeks:
    def test_earn_nothing(self) -> None:
        # Saturdays; the race is on the Monday of week 3, two days after the second Saturday.
        found = plan_program(weekdays=(5,), start_date=MONDAY, race_date=add_days(14), weeks=5)
        kinds = [week.kind for week in found.weeks]
        assert kinds == ["build", "build", "race", "transition", "build"]
        assert [len(week.sessions) for week in found.weeks] == [1, 0, 1, 1, 1]
        assert [week.set_budget for week in found.weeks] == [6, 6, 6, 6, 7]
        assert list_codes(found, "straight_knee") == [
            "START", "NOT_SCHEDULED", "RACE", "TRANSITION", "RAMP_SETS",
        ]  # fmt: skip

    def test_let_a_track_that_a_race_removes_wait(self) -> None:
        # The race takes Saturday and Sunday. Monday's calf session of that week stays.
        found = plan_program(
            weekdays=(0, 5, 6),
            start_date=MONDAY,
            races=(Race(add_days(14), taper=False),),
            weeks=2,
            ramp="direct",
        )
        assert found.session_types == {5: "C", 6: "S", 0: "C"}
        second = found.weeks[1]
        codes = [reason.code for reason in list_reasons(second).values()]
        assert codes == ["ADD_REPS", "ADD_REPS", "NOT_SCHEDULED"]
        assert {one.track for one in list_exercises(second)} == {"straight_knee", "bent_knee"}

    def test_keep_what_is_due_in_a_short_pause_and_begin_lower_after_a_long_one(
        self,
    ) -> None:
        found = plan_program(ramp="direct", weeks=8, deload_every=0, pause_weeks=(3, 5, 6))
        assert list_codes(found, "straight_knee") == [
            "START",
            "ADD_REPS",
            "PAUSE_PLANNED",
            "ADD_REPS",
            "PAUSE_PLANNED",
            "PAUSE_PLANNED",
            "LONG_BREAK_14",
            "RAMP_SETS",
        ]
        assert "After 2 weeks away" in found.weeks[6].find_reason("straight_knee").sentence


class TestPhases:
    def test_group_consecutive_weeks_of_one_phase(self) -> None:
        found = plan_program(
            level="intermediate",
            days_per_week=3,
            equipment=("chair", "backpack"),
            step_heights_cm=(18, 30),
            body_mass=65,
        )
        assert found.phases == (
            PhaseSpan("foundation", 1, 4),
            PhaseSpan("build", 5, 9),
            PhaseSpan("strength", 10, 12),
        )

    def test_hold_taper_and_transition_around_a_race(self) -> None:
        found = plan_program(start_date=MONDAY, race_date=add_days(44), weeks=9)
        assert found.phases == (
            PhaseSpan("foundation", 1, 2),
            PhaseSpan("build", 3, 5),
            PhaseSpan("taper", 6, 7),
            PhaseSpan("transition", 8, 8),
            PhaseSpan("build", 9, 9),
        )

    def test_hold_a_pause(self) -> None:
        phases = [
            span.name for span in plan_program(ramp="direct", weeks=4, pause_weeks=(2,)).phases
        ]
        assert phases == ["build", "pause", "build"]


ONE_RACE = {"start_date": MONDAY, "weeks": 8}
NOTICES_OF: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("SPLIT_FOR_48H", {"days_per_week": 4}, {"days_per_week": 3}),
    ("TIME_BUDGET_TRIM", {"session_minutes": 42}, {"session_minutes": 43}),
    ("NO_STEP_FALLBACK", {"step_heights_cm": (7,)}, {"step_heights_cm": (8,)}),
    (
        "LADDER_LIMITED_BY_EQUIPMENT",
        {"equipment": ("backpack",), "step_heights_cm": (50,)},
        {"equipment": ("backpack",), "step_heights_cm": (18,)},
    ),
    (
        "RACE_OUTSIDE_PROGRAMME",
        {"start_date": MONDAY, "race_date": add_days(14), "weeks": 2},
        {"start_date": MONDAY, "race_date": add_days(13), "weeks": 2},
    ),
    (
        "RACE_OUTSIDE_PROGRAMME",
        {**ONE_RACE, "races": (Race(add_days(30)), Race(add_days(60)))},
        {**ONE_RACE, "races": (Race(add_days(30)), Race(add_days(60), taper=False))},
    ),
    (
        "TAPER_APPLIED",
        {"start_date": MONDAY, "race_date": add_days(13), "weeks": 2},
        {"start_date": MONDAY, "race_date": add_days(14), "weeks": 2},
    ),
    (
        "TAPER_APPLIED",
        {**ONE_RACE, "races": (Race(add_days(44)),)},
        {**ONE_RACE, "races": (Race(add_days(44), taper=False),)},
    ),
    # Sessions are on Monday and Thursday; Monday is clear of a race on Thursday.
    (
        "RACE_TOO_CLOSE",
        {**ONE_RACE, "race_date": add_days(2)},
        {**ONE_RACE, "race_date": add_days(3)},
    ),
    (
        "RACE_TOO_CLOSE",
        {**ONE_RACE, "races": (Race(add_days(2)), Race(add_days(40)))},
        {**ONE_RACE, "races": (Race(add_days(2), taper=False), Race(add_days(40)))},
    ),
    (
        "RACE_TOO_CLOSE",
        {"start_date": MONDAY, "weeks": 1, "race_date": add_days(3), "weekdays": (3,)},
        {"start_date": MONDAY, "weeks": 1, "race_date": add_days(3), "weekdays": (0,)},
    ),
    ("CAUTIOUS_MODE", {"pain_now": 3}, {"pain_now": 2}),
    ("CAUTIOUS_MODE", {"age": 65}, {"age": 64}),
    ("MINOR_SUPERVISION", {"age": 17}, {"age": 18}),
    ("BODY_MASS_ASSUMED", {}, {"body_mass": 70.0}),
    (
        "TEST_ASYMMETRY",
        {"heel_rise_test": HeelRiseTest(20, 26)},
        {"heel_rise_test": HeelRiseTest(20, 25)},
    ),
    (
        "TEST_ASYMMETRY",
        {"core": ("side_plank",), "side_plank_test": SidePlankTest(60, 90)},
        {"core": ("side_plank",), "side_plank_test": SidePlankTest(60, 89)},
    ),
    # Without the track the test means nothing.
    (
        "TEST_ASYMMETRY",
        {"core": ("side_plank",), "side_plank_test": SidePlankTest(60, 90)},
        {"core": ("plank",), "side_plank_test": SidePlankTest(60, 90)},
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
    ("DELOAD_CONVENTION", {"weeks": 2, "lighter_weeks": (2,)}, {"weeks": 2}),
    ("CORE_AVAILABLE", {}, {"core": ("plank",)}),
    ("CORE_EVIDENCE", {"core": ("plank",)}, {}),
]


class TestNotices:
    def test_are_five_by_default(self) -> None:
        assert list_notice_codes() == [
            "LADDER_LIMITED_BY_EQUIPMENT",
            "BODY_MASS_ASSUMED",
            "SEED_HEIGHT_UNKNOWN_UPPER",
            "DELOAD_CONVENTION",
            "CORE_AVAILABLE",
        ]

    def test_are_one_if_nothing_is_missing(self) -> None:
        things = {"equipment": ("backpack",), "step_heights_cm": (30,), "body_mass": 70.0}
        codes = list_notice_codes(level="advanced", weeks=3, session_minutes=90, **things)
        assert codes == ["CORE_AVAILABLE"]

    @pytest.mark.parametrize(("code", "wish", "without"), NOTICES_OF)
    def test_are_given_exactly_if_they_apply(
        self, code: str, wish: dict[str, Any], without: dict[str, Any]
    ) -> None:
        assert code in list_notice_codes(**wish)
        assert code not in list_notice_codes(**without)

    def test_are_all_tested(self) -> None:
        assert {code for code, _, _ in NOTICES_OF} == NOTICES.keys()

    @pytest.mark.parametrize(
        ("wish", "part"),
        [
            ({}, "70 kg is assumed"),
            ({"units": "imperial"}, "154 lb is assumed"),
            ({"heel_rise_test": HeelRiseTest(20, 26)}, "The left leg did"),
            (
                {"core": ("side_plank",), "side_plank_test": SidePlankTest(90, 60)},
                "The right side held",
            ),
            ({"equipment": ("backpack",), "step_heights_cm": (50,)}, "top of its ladder: step-up."),
            ({}, "top of its ladder: straight knee, bent knee, step-up."),
            ({"days_per_week": 4}, "Calf and step sessions alternate"),
            ({"days_per_week": 4, "core": ("plank",)}, "alternate with step and core sessions"),
        ],
    )
    def test_name_their_subject(self, wish: dict[str, Any], part: str) -> None:
        found = plan_program(**cast(SpecFields, wish))
        assert any(part in notice.sentence for notice in found.notices)

    def test_name_both_weak_sides(self) -> None:
        codes = list_notice_codes(
            core=("side_plank",),
            heel_rise_test=HeelRiseTest(20, 30),
            side_plank_test=SidePlankTest(60, 90),
        )
        assert codes.count("TEST_ASYMMETRY") == 2

    def test_name_no_ladder_that_nothing_would_open(self) -> None:
        # No weight for a minor, and no deeper step than the tallest that counts.
        codes = list_notice_codes(age=17, step_heights_cm=(18, 30, 46))
        assert "LADDER_LIMITED_BY_EQUIPMENT" not in codes


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
