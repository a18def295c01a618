"""The invariants of science 3.9 on specs and answers. Those on growth, on the calendar, on the fold
and on `continue` have files of their own.
"""

import json
import re
from dataclasses import asdict, replace
from math import ceil, floor
from typing import Any, cast, get_args

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.training.catalog import reasons
from app.training.catalog.exercises import EXERCISES, LADDERS, LOADERS, Rung
from app.training.planning import spec, spec_building
from app.training.planning.plan_constants import derive
from app.training.planning.program import find_block
from app.training.planning.spec import Spec, SpecFields, Units
from app.training.planning.standing import fresh_standing
from app.training.planning.week import Prescription, Week
from tests.properties import at_most
from tests.training import strategies
from tests.training.histories import journals
from tests.training.journal import FIRST_DAY, Journal
from tests.training.notation import format_exercise
from tests.training.queries import list_answers, list_exercises
from tests.training.strategies import PROGRAM, given_few, plan_program, specs
from tests.training.week_reasons import list_reasons

SCHEMA = jsonschema.Draft202012Validator(
    PROGRAM.json_schema(mode="serialization"),
    format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
)
# Fields whose order means nothing.
UNORDERED = {
    "core", "equipment", "lighter_weeks", "loads", "pause_weeks", "pauses", "races",
    "step_heights_cm", "weekdays",
}  # fmt: skip
# Slugs that are no words of a sentence, as `step-up` and `bridge` are.
LONG_SLUGS = [slug for slug in EXERCISES if slug.count("-") >= 2]


def find_rung(one: Prescription) -> Rung:
    return LADDERS[one.track][one.rung - LADDERS[one.track][0].number]


def find_start_rungs(wanted: Spec) -> list[int]:
    """Return the number of the first rung of each track."""
    constants = derive(wanted)
    standing = fresh_standing(constants)
    return [standing.start_rung(constants, track).number for track in constants.tracks]


class TestInput:
    @given_few(strategies.spec_fields())
    def test_gives_equal_bytes_for_equal_input_in_any_order(self, wish: SpecFields) -> None:
        """I-1."""
        turned: dict[str, Any] = dict(reversed(wish.items()))
        for name in UNORDERED & turned.keys():
            turned[name] = turned[name][::-1]
        one = plan_program(spec_building.build_spec(wish))
        other = plan_program(spec_building.build_spec(cast(SpecFields, turned)))
        assert strategies.to_json(one) == strategies.to_json(other)

    @given_few(journals())
    def test_gives_as_many_weeks_as_requested_numbered_from_one(self, journal: Journal) -> None:
        """I-2. A block ends the weeks."""
        numbers = [week.index for week in list_answers(journal)]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) == journal.spec.weeks or journal.followed.status == "blocked"

    @given_few(journals())
    def test_asks_for_available_equipment_only(self, journal: Journal) -> None:
        """I-3. An exercise is that of its rung, or an alternative that may stand for it."""
        wanted = journal.spec
        at_hand = {"floor", "wall", *wanted.equipment}
        if any(height >= 8 for height in wanted.step_heights_cm):
            at_hand.add("step")
        for one in list_exercises(*list_answers(journal)):
            rung = find_rung(one)
            needs = set(one.exercise.equipment)
            assert one.exercise is rung.exercise or one.exercise in rung.alternatives
            assert needs - set(LOADERS) <= at_hand
            assert needs.isdisjoint(LOADERS) or not set(LOADERS).isdisjoint(at_hand)
            if rung.height_band and one.exercise is rung.exercise:
                assert one.step_height_cm in wanted.step_heights_cm
                assert rung.height_band[0] <= (one.step_height_cm or 0) <= rung.height_band[1]
            else:
                assert one.step_height_cm is None

    @given_few(journals(age=16) | journals(age=13))
    def test_asks_for_no_load_below_18_years(self, journal: Journal) -> None:
        """I-4."""
        for one in list_exercises(*list_answers(journal)):
            assert {each.load for each in one.sets} == {None}
            assert one.load_choice is None

    @given_few(journals(avoid_below_level=True))
    def test_asks_for_no_heel_drop_if_it_is_to_be_avoided(self, journal: Journal) -> None:
        """I-4."""
        for one in list_exercises(*list_answers(journal)):
            assert not find_rung(one).step_edge or one.exercise is not find_rung(one).exercise
            assert "step" not in one.exercise.equipment or one.step_height_cm is not None

    def test_leads_a_beginner_to_the_dose_of_the_article(self) -> None:
        """I-6."""

        def written(week: Week) -> set[str]:
            return {format_exercise(one).removesuffix(" h18") for one in list_exercises(week)}

        weeks = plan_program().weeks
        assert written(weeks[0]) == {"SK2 2x15 R4", "BK2 2x15 R4", "SU2 2x15 R4"}
        ranges = {
            (each.reps, each.reps_max) for one in list_exercises(weeks[0]) for each in one.sets
        }
        assert ranges == {(15, 20)}
        assert written(weeks[2]) == {"SK2 3x15 R3", "BK2 3x15 R3", "SU2 3x15 R3"}
        assert written(weeks[5]) == {"SK2 3x20 R3", "BK2 3x20 R3", "SU2 3x20 R3"}
        assert written(plan_program(ramp="direct").weeks[0]) == written(weeks[2])


class TestComparisons:
    @given_few(specs(begin_from=None, heel_rise_test=None, side_plank_test=None))
    def test_starts_no_lower_at_a_higher_level(self, wanted: Spec) -> None:
        """I-17."""
        levels = get_args(spec.Level)
        rungs = [find_start_rungs(replace(wanted, level=level)) for level in levels]
        sets = [plan_program(replace(wanted, level=level)).weeks[0].set_budget for level in levels]
        assert sets == sorted(sets)
        for of_track in zip(*rungs, strict=True):
            assert sorted(of_track) == list(of_track)

    @given_few(specs(begin_from=None), st.data())
    def test_gives_no_easier_start_for_a_better_test(
        self, wanted: Spec, data: st.DataObject
    ) -> None:
        """I-18."""
        rises = [data.draw(strategies.heel_rise_tests()) for _ in range(2)]
        holds = [data.draw(strategies.side_plank_tests()) for _ in range(2)]
        rises.sort(key=lambda test: min(test.left, test.right))
        holds.sort(key=lambda test: min(test.left, test.right))
        low, high = (
            find_start_rungs(replace(wanted, heel_rise_test=rise, side_plank_test=hold))
            for rise, hold in zip(rises, holds, strict=True)
        )
        assert all(a <= b for a, b in zip(low, high, strict=True))

    @given_few(
        specs(
            begin_from=None,
            heel_rise_test=None,
            side_plank_test=None,
            age=30,
            pain_now=2,
            injury_last_3_months=False,
        ),
        strategies.equipment(),
        strategies.heights(),
    )
    def test_gives_no_easier_start_for_more_equipment(
        self, wanted: Spec, more: tuple[spec.Equipment, ...], heights: tuple[int, ...]
    ) -> None:
        """I-21."""
        richer = replace(
            wanted,
            equipment=tuple(sorted({*wanted.equipment, *more})),
            step_heights_cm=tuple(sorted({*wanted.step_heights_cm, *heights})),
        )
        poor, rich = find_start_rungs(wanted), find_start_rungs(richer)
        assert all(a <= b for a, b in zip(poor, rich, strict=True))

    @given_few(st.data(), st.sampled_from(get_args(Units)), st.sampled_from(get_args(Units)))
    def test_changes_only_the_figures_of_loads_with_another_unit(
        self, data: st.DataObject, one: Units, other: Units
    ) -> None:
        """I-22. All masses are some times as large in the other unit."""
        factor = data.draw(st.sampled_from([2, 3, 5] if one != "imperial" else [2, 3]))
        masses: dict[str, Any] = {}
        for field in ("body_mass", "load_increment"):
            bounds = getattr(spec, field.upper())
            low = ceil(100 * max(bounds[one].low, bounds[other].low / factor))
            high = floor(100 * min(bounds[one].high, bounds[other].high / factor))
            masses[field] = data.draw(st.integers(low, high)) / 100
        wanted = data.draw(specs(begin_from=None, units=one, **masses))
        scaled: dict[str, Any] = {name: round(mass * factor, 2) for name, mass in masses.items()}
        scaled["loads"] = tuple(round(load * factor, 2) for load in wanted.loads)
        before, after = plan_program(wanted), plan_program(replace(wanted, units=other, **scaled))
        for week, same in zip(before.weeks, after.weeks, strict=True):
            assert same.effective_volume == week.effective_volume
            for exercise, again in zip(list_exercises(week), list_exercises(same), strict=True):
                assert replace(again, sets=()) == replace(exercise, sets=())
                for each, more in zip(exercise.sets, again.sets, strict=True):
                    assert replace(more, load=None) == replace(each, load=None)
                    figures = [x.load and x.load.value for x in (each, more)]
                    assert figures[1] == (figures[0] and round(figures[0] * factor, 2))


class TestAnswers:
    @given_few(journals())
    def test_gives_every_track_a_reason_with_evidence(self, journal: Journal) -> None:
        """I-28."""
        known = set(reasons.load_evidence())
        for week in list_answers(journal):
            assert tuple(list_reasons(week)) == journal.spec.tracks
            given = [*list_reasons(week).values(), *(one.reason for one in list_exercises(week))]
            for reason in filter(None, given):
                assert reason.evidence
                assert set(reason.evidence) <= known
                assert not {"{", "}", "_"} & set(reason.sentence)
                assert not any(slug in reason.sentence for slug in LONG_SLUGS)

    @given_few(specs(), st.integers(6, 10), st.lists(st.text("abc_", min_size=1), max_size=3))
    def test_gives_no_sessions_for_a_blocked_spec(
        self, wanted: Spec, pain: int, flags: list[str]
    ) -> None:
        """I-30."""
        assert find_block(wanted) is None
        for held in (replace(wanted, pain_now=pain), replace(wanted, red_flags=("x", *flags))):
            answer = find_block(held)
            assert answer is not None
            assert set(asdict(answer)) == {"status", "code", "sentence", "evidence", "disclaimers"}

    @settings(max_examples=at_most(20))
    @given(specs(begin_from=1))
    def test_returns_json_that_fits_its_schema_with_plain_numbers(self, wanted: Spec) -> None:
        """I-31."""
        text = strategies.to_json(plan_program(wanted)).decode()
        SCHEMA.validate(json.loads(text, parse_constant=pytest.fail))
        figures: list[str] = []
        json.loads(text, parse_float=figures.append)
        assert all(re.fullmatch(r"\d{1,7}\.\d{1,2}", figure) for figure in figures)

    @pytest.mark.parametrize(
        ("good", "bad"),
        [("2027-03-01", "1 March 2027"), ('"weekday":0', '"weekday":"Monday"')],
    )
    def test_rejects_a_wrong_value_by_the_schema(self, good: str, bad: str) -> None:
        """I-31."""
        text = strategies.to_json(plan_program(start_date=FIRST_DAY)).decode()
        assert good in text
        SCHEMA.validate(json.loads(text))
        with pytest.raises(jsonschema.ValidationError):
            SCHEMA.validate(json.loads(text.replace(good, bad)))
