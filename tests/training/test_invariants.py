"""The invariants of planning in science 3.9. test_fold_invariants has I-20, I-23 to I-27, I-29."""

import datetime
import json
import re
from dataclasses import asdict, replace
from itertools import groupby, pairwise
from math import ceil, floor
from typing import Any, cast, get_args

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.training.catalog import reasons
from app.training.catalog.exercises import LADDERS, LOADERS
from app.training.catalog.track_definitions import TRACKS, Track
from app.training.planning import plan_constants, spec
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.program import find_block
from app.training.planning.spec import HeelRiseTest, Spec, SpecFields, Start, TrackStart, Units
from app.training.planning.week import Prescription, Week
from tests.properties import at_most
from tests.training import strategies
from tests.training.notation import format_exercise
from tests.training.queries import (
    Dose,
    find_doses,
    is_full,
    list_build_weeks,
    list_exercises,
    pair_last_build,
)
from tests.training.strategies import PROGRAM, given_few, plan_program, specs

SCHEMA = jsonschema.Draft202012Validator(
    PROGRAM.json_schema(mode="serialization"),
    format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
)
# Every code of science 4.5 that a plan without a log can give.
CODES = set(
    "START RAMP_SETS ADD_REPS HOLD_TWO_FOR_TWO NEXT_RUNG ADD_LOAD LADDER_TOP_HOLD DELOAD TAPER"
    " RACE TRANSITION NOT_SCHEDULED".split()
)
# What each reason changes; all others leave rung, repetitions and load as they were.
CHANGES = {"ADD_REPS": "more repetitions", "NEXT_RUNG": "harder", "ADD_LOAD": "more load"}


def describe_change(was: Dose, now: Dose) -> str:
    """Return how a dose changed, in the words of CHANGES. "easier" is always a fault."""
    if now[:3] == was[:3]:
        return "nothing"
    if now[0] > was[0]:
        return "harder"
    if now[0] == was[0] and now[2] > was[2]:
        return "more load"
    same_but_repetitions = (now[0], now[2]) == (was[0], was[2])
    return "more repetitions" if same_but_repetitions and now[1] > was[1] else "easier"


def find_index(constants: PlanConstants, one: Prescription) -> int:
    """Return the index of an exercise's rung in the ladder of the available rungs."""
    return [rung.number for rung in constants.ladders[one.track]].index(one.rung)


def compute_volume(constants: PlanConstants, week: Week, track: Track) -> int:
    """Compute the unrounded effective volume of the sets, without extra sets of a weak side."""
    total = 0
    for one in list_exercises(week):
        if one.track == track:
            rung = LADDERS[track][one.rung - LADDERS[track][0].number]
            pairs = len(one.sets) // (2 if rung.unilateral else 1)
            load = round(100 * (one.sets[0].load or 0))
            reps = one.sets[0].reps_target
            total += pairs * reps * rung.coef * (constants.body_mass + load)
    return total


class TestInput:
    @given_few(strategies.spec_fields())
    def test_returns_equal_bytes_for_equal_input_in_any_order_i_1(self, wish: SpecFields) -> None:
        turned: dict[str, Any] = dict(reversed(wish.items()))
        for name in {"equipment", "step_heights_cm"} & turned.keys():
            turned[name] = turned[name][::-1]
        one = plan_program(spec.build_spec(wish))
        other = plan_program(spec.build_spec(cast(SpecFields, turned)))
        assert strategies.to_json(one) == strategies.to_json(other)

    @given_few(specs(), st.integers(1, 52))
    def test_returns_as_many_weeks_as_requested_numbered_from_one_i_2(
        self, wanted: Spec, weeks: int
    ) -> None:
        found = plan_program(replace(wanted, weeks=weeks)).weeks
        assert [week.index for week in found] == list(range(1, weeks + 1))

    @given_few(specs())
    def test_prescribes_exercises_for_available_equipment_only_i_3(self, wanted: Spec) -> None:
        at_hand = {"floor", "wall", *wanted.equipment}
        if any(height >= 8 for height in wanted.step_heights_cm):
            at_hand.add("step")
        for one in list_exercises(*plan_program(wanted).weeks):
            rung = next(rung for rung in LADDERS[one.track] if rung.slug == one.slug)
            needs = set(rung.exercise.equipment)
            assert needs - set(LOADERS) <= at_hand
            assert needs.isdisjoint(LOADERS) or not set(LOADERS).isdisjoint(at_hand)
            if rung.height_band:
                assert one.step_height_cm in wanted.step_heights_cm
                assert rung.height_band[0] <= (one.step_height_cm or 0) <= rung.height_band[1]
            else:
                assert one.step_height_cm is None

    @given_few(specs(), st.integers(13, 17))
    def test_prescribes_no_load_below_18_years_i_4(self, wanted: Spec, age: int) -> None:
        program = plan_program(replace(wanted, age=age, start=None))
        for one in list_exercises(*program.weeks):
            assert {each.load for each in one.sets} == {None}

    @given_few(specs(avoid_below_level=True))
    def test_prescribes_no_heel_drop_if_it_is_to_be_avoided_i_4(self, wanted: Spec) -> None:
        for one in list_exercises(*plan_program(wanted).weeks):
            assert one.slug not in {
                "straight-leg-calf-raise",
                "single-leg-calf-raise-step",
                "single-leg-bent-knee-raise-step",
            }

    @given_few(specs())
    def test_trains_all_three_tracks_in_a_full_week_i_5(self, wanted: Spec) -> None:
        program = plan_program(wanted)
        for week in program.weeks:
            found = {one.track for one in list_exercises(week)}
            assert found <= set(TRACKS)
            assert found == set(TRACKS) or not is_full(program, week)

    def test_leads_a_beginner_to_the_dose_of_the_article_i_6(self) -> None:
        def written(week: Week) -> set[str]:
            return {format_exercise(one).removesuffix(" h18") for one in list_exercises(week)}

        weeks = plan_program().weeks
        assert written(weeks[0]) == {"SK2 2x15 R4", "BK2 2x15 R4", "SU2 2x15 R4"}
        ranges = {
            (each.reps_target, each.reps_max)
            for one in list_exercises(weeks[0])
            for each in one.sets
        }
        assert ranges == {(15, 20)}
        assert written(weeks[2]) == {"SK2 3x15 R3", "BK2 3x15 R3", "SU2 3x15 R3"}
        assert written(weeks[5]) == {"SK2 3x20 R3", "BK2 3x20 R3", "SU2 3x20 R3"}
        assert written(plan_program(ramp="direct").weeks[0]) == written(weeks[2])


class TestGrowth:
    @given_few(specs())
    def test_adds_a_quarter_of_the_sets_or_one_set_at_most_i_7(self, wanted: Spec) -> None:
        program = plan_program(wanted)
        for before, after in pairwise(list_build_weeks(program)):
            if is_full(program, before) and is_full(program, after):
                assert after.hard_sets <= max(5 * before.hard_sets / 4, before.hard_sets + 1)

    @given_few(specs())
    def test_raises_volume_by_a_quarter_at_most_i_8(self, wanted: Spec) -> None:
        """Except for a start with fewer than four repetitions: one more is above a quarter."""
        program, constants = plan_program(wanted), plan_constants.derive(wanted)
        for before, after in pairwise(list_build_weeks(program)):
            full = is_full(program, before) and is_full(program, after)
            if full and before.set_budget == after.set_budget:
                for track in TRACKS:
                    grown = compute_volume(constants, after, track)
                    assert 4 * grown <= 5 * compute_volume(constants, before, track)

    def test_adds_one_repetition_at_least_i_8(self) -> None:
        tiny = Start(straight_knee=TrackStart(2, 1), full_volume=True)
        weeks = plan_program(start=tiny, weeks=3).weeks
        reps = [find_doses(week)["straight_knee"][1] for week in weeks]
        assert reps == [1, 2, 3]

    @given_few(specs(begin_from=1))
    def test_keeps_doses_within_the_limits_of_their_rung_i_16(self, wanted: Spec) -> None:
        constants = plan_constants.derive(wanted)
        most = max(constants.max_load, constants.increment)
        for week in plan_program(wanted).weeks:
            for one in list_exercises(week):
                rung = constants.ladders[one.track][find_index(constants, one)]
                assert one.sets
                for each in one.sets:
                    assert 1 <= each.reps_target <= each.reps_max <= constants.top_reps(rung)
                    assert (each.load is not None) is rung.loaded
                    if each.load is not None:
                        load = spec.to_hundredths(each.load)
                        assert constants.increment <= load <= most
                        assert load % constants.increment == 0

    @given_few(specs(begin_from=1))
    def test_climbs_one_rung_at_a_time_and_never_down_i_19(self, wanted: Spec) -> None:
        constants = plan_constants.derive(wanted)
        weeks = list_build_weeks(plan_program(wanted))
        for track in TRACKS:
            present = [
                [one for one in list_exercises(week) if one.track == track] for week in weeks
            ]
            places = [find_index(constants, found[0]) for found in present if found]
            assert all(0 <= after - before <= 1 for before, after in pairwise(places))


class TestLighterWeeks:
    @given_few(specs())
    def test_prescribes_about_half_the_work_in_lighter_weeks_i_9(self, wanted: Spec) -> None:
        """Except for a start with fewer than five repetitions, which do not divide well."""
        program = plan_program(wanted)
        for build, lighter in pair_last_build(program):
            if is_full(program, build) and is_full(program, lighter):
                assert 0.40 <= lighter.total_reps / build.total_reps <= 0.60

    @given_few(specs(begin_from=1))
    def test_keeps_rung_load_and_reserve_before_a_race_i_10(self, wanted: Spec) -> None:
        for build, lighter in pair_last_build(plan_program(wanted)):
            if lighter.kind in {"taper", "race"}:
                before, now = find_doses(build), find_doses(lighter)
                for track in before.keys() & now.keys():
                    assert now[track][0] == before[track][0]
                    assert now[track][2:] == before[track][2:]

    @given_few(specs(begin_from=1))
    def test_keeps_the_rung_and_reduces_effort_in_a_deload_i_11(self, wanted: Spec) -> None:
        for build, lighter in pair_last_build(plan_program(wanted)):
            if lighter.kind in {"deload", "transition"}:
                before, now = find_doses(build), find_doses(lighter)
                assert {reserve for *_, reserve in now.values()} <= {5}
                for track in before.keys() & now.keys():
                    assert now[track][0] == before[track][0]
                    assert now[track][2] <= before[track][2]

    @given_few(specs())
    def test_limits_the_build_weeks_between_deloads_i_12(self, wanted: Spec) -> None:
        program = plan_program(wanted)
        every = min(wanted.deload_every, 3) if program.cautious else wanted.deload_every
        kinds = [week.kind for week in program.weeks]
        assert every or "deload" not in kinds
        runs = [(kind, len(list(run))) for kind, run in groupby(kinds)]
        for (kind, length), (following, _) in pairwise([*runs, ("end", 0)]):
            if every and kind == "build":
                assert length <= every - 1 + (following in {"taper", "race"})


class TestCalendar:
    @given_few(specs())
    def test_leaves_48_hours_between_sessions_of_a_tissue_i_13(self, wanted: Spec) -> None:
        first = wanted.start_date.weekday() if wanted.start_date else 0
        trained: dict[str, list[int]] = {"calf": [], "step": []}
        for week in plan_program(wanted).weeks:
            for session in week.sessions:
                day = 7 * week.index + (session.weekday - first) % 7
                tracks = {one.track for one in session.exercises}
                trained["step"] += [day] if "step_up" in tracks else []
                trained["calf"] += [day] if tracks - {"step_up"} else []
        for days in trained.values():
            assert all(after - before >= 2 for before, after in pairwise(days))

    @given_few(specs(), st.dates(datetime.date(2000, 1, 1), datetime.date(2100, 1, 1)), st.data())
    def test_leaves_the_days_around_a_race_free_i_14(
        self, wanted: Spec, start: datetime.date, data: st.DataObject
    ) -> None:
        away = datetime.timedelta(days=data.draw(st.integers(0, 7 * wanted.weeks - 1)))
        dated = replace(wanted, start_date=start, race_date=start + away)
        for week in plan_program(dated).weeks:
            for session in week.sessions:
                assert session.date
                assert (start + away - session.date).days not in range(-3, 3)

    @given_few(specs(session_minutes=10) | specs(begin_from=1))
    def test_keeps_sessions_within_session_minutes_i_15(self, wanted: Spec) -> None:
        for week in plan_program(wanted).weeks:
            for session in week.sessions:
                assert session.est_minutes <= wanted.session_minutes
                assert session.exercises


class TestComparisons:
    @given_few(specs(begin_from=None, heel_rise_test=None, session_minutes=120))
    def test_is_never_behind_at_a_higher_level_i_17(self, wanted: Spec) -> None:
        """This holds without trimmed sessions. A session of about ten minutes may leave out the
        step-ups of one level only, and then they do not progress there.
        """
        programs = [plan_program(replace(wanted, level=level)) for level in get_args(spec.Level)]
        for program in programs:
            assert not any(session.trimmed for week in program.weeks for session in week.sessions)
        for lower, higher in pairwise(programs):
            for one, other in zip(lower.weeks, higher.weeks, strict=True):
                assert one.set_budget <= other.set_budget
                behind, ahead = find_doses(one), find_doses(other)
                assert all(behind[track][0] <= ahead[track][0] for track in behind)

    @given_few(specs(begin_from=None), strategies.heel_rise_tests(), strategies.heel_rise_tests())
    def test_gives_no_easier_start_for_a_better_test_i_18(
        self, wanted: Spec, one: HeelRiseTest, other: HeelRiseTest
    ) -> None:
        low, high = sorted((one, other), key=lambda test: min(test.left, test.right))
        for track in TRACKS:
            rungs = [
                plan_constants.choose_start_rung(
                    plan_constants.derive(replace(wanted, heel_rise_test=test)), track
                )
                for test in (low, high)
            ]
            assert rungs[0].number <= rungs[1].number

    @given_few(
        specs(begin_from=None, heel_rise_test=None, age=30, pain_now=2, injury_last_3_months=False),
        strategies.equipment(),
        strategies.heights(),
    )
    def test_gives_no_easier_start_for_more_equipment_i_21(
        self, wanted: Spec, more: tuple[spec.Equipment, ...], heights: tuple[int, ...]
    ) -> None:
        richer = replace(
            wanted,
            equipment=tuple(sorted({*wanted.equipment, *more})),
            step_heights_cm=tuple(sorted({*wanted.step_heights_cm, *heights})),
        )
        poor, rich = plan_constants.derive(wanted), plan_constants.derive(richer)
        for track in TRACKS:
            before, after = (
                plan_constants.choose_start_rung(poor, track),
                plan_constants.choose_start_rung(rich, track),
            )
            assert before.number <= after.number

    @given_few(st.data(), st.sampled_from(get_args(Units)), st.sampled_from(get_args(Units)))
    def test_changes_only_the_figures_of_loads_with_another_unit_i_22(
        self, data: st.DataObject, one: Units, other: Units
    ) -> None:
        factor = data.draw(st.sampled_from([2, 3, 5] if one != "imperial" else [2, 3]))
        masses = {}
        for field in ("body_mass", "load_increment"):
            bounds = getattr(spec, field.upper())
            low = ceil(100 * max(bounds[one].low, bounds[other].low / factor))
            high = floor(100 * min(bounds[one].high, bounds[other].high / factor))
            masses[field] = data.draw(st.integers(low, high)) / 100
        wanted = data.draw(specs(begin_from=None, units=one, **masses))
        scaled = {field: round(mass * factor, 2) for field, mass in masses.items()}
        before = plan_program(wanted)
        after = plan_program(replace(wanted, units=other, **cast(Any, scaled)))
        for week, same in zip(before.weeks, after.weeks, strict=True):
            assert same.effective_volume == week.effective_volume
            for exercise, again in zip(list_exercises(week), list_exercises(same), strict=True):
                assert (again.slug, len(again.sets)) == (exercise.slug, len(exercise.sets))
                for each, more in zip(exercise.sets, again.sets, strict=True):
                    assert more.reps_target == each.reps_target
                    assert more.load == (each.load and round(each.load * factor, 2))


class TestAnswers:
    @given_few(specs(begin_from=1))
    def test_gives_the_reason_of_every_change_i_28(self, wanted: Spec) -> None:
        program = plan_program(wanted)
        for week in program.weeks:
            assert set(week.reasons.values()) <= CODES
            assert week.kind == "build" or set(week.reasons.values()) == {week.kind.upper()}
            for one in list_exercises(week):
                assert one.reason.code == week.reasons[one.track]
                assert set(one.reason.evidence) <= set(reasons.load_evidence())
                assert one.reason.evidence
        for before, after in pairwise(list_build_weeks(program)):
            grown = "RAMP_SETS" in after.reasons.values()
            assert grown or after.set_budget == before.set_budget
            was, now = find_doses(before), find_doses(after)
            for track in was.keys() & now.keys():
                expected = CHANGES.get(after.reasons[track], "nothing")
                assert describe_change(was[track], now[track]) == expected

    @given_few(specs(), st.integers(6, 10), st.lists(st.text("abc_", min_size=1), max_size=3))
    def test_returns_no_sessions_for_a_blocked_spec_i_30(
        self, wanted: Spec, pain: int, flags: list[str]
    ) -> None:
        assert find_block(wanted) is None
        for held in (replace(wanted, pain_now=pain), replace(wanted, red_flags=("x", *flags))):
            answer = find_block(held)
            assert answer is not None
            assert set(asdict(answer)) == {"status", "code", "sentence", "evidence", "disclaimers"}

    @settings(max_examples=at_most(20))
    @given(specs(begin_from=1))
    def test_returns_json_that_fits_its_schema_with_plain_numbers_i_31(self, wanted: Spec) -> None:
        text = strategies.to_json(plan_program(wanted)).decode()
        SCHEMA.validate(json.loads(text, parse_constant=pytest.fail))
        figures: list[str] = []
        json.loads(text, parse_float=figures.append)
        assert all(re.fullmatch(r"\d{1,7}\.\d{1,2}", figure) for figure in figures)

    @pytest.mark.parametrize(
        ("good", "bad"),
        [("2027-03-10", "10 March 2027"), ('"weekday":0', '"weekday":"Monday"')],
    )
    def test_rejects_a_wrong_value_by_the_schema_i_31(self, good: str, bad: str) -> None:
        text = strategies.to_json(plan_program(start_date=datetime.date(2027, 3, 3))).decode()
        assert good in text
        SCHEMA.validate(json.loads(text))
        with pytest.raises(jsonschema.ValidationError):
            SCHEMA.validate(json.loads(text.replace(good, bad)))
