"""Tests of specs: defaults, the limits of each field, and one canonical form."""

import datetime
import zoneinfo
from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import given
from pydantic import TypeAdapter

from app.training.planning import spec
from app.training.planning.spec import HeelRiseTest, Spec, SpecError, SpecFields, Start, TrackStart
from tests.training.strategies import make_constants, make_spec, spec_fields, specs

START = datetime.date(2027, 3, 1)


def build_with(field: str, value: object) -> Spec:
    return spec.build_spec(cast(SpecFields, {field: value}))


def add_days(days: int) -> datetime.date:
    return START + datetime.timedelta(days=days)


class TestDefaults:
    def test_returns_the_default_spec(self) -> None:
        assert make_spec() == Spec(
            weeks=12,
            days_per_week=2,
            weekdays=None,
            level="beginner",
            ramp="gentle",
            heel_rise_test=None,
            age=None,
            sex="unspecified",
            step_heights_cm=(18,),
            equipment=("chair",),
            units="metric",
            body_mass=None,
            load_increment=1.0,
            start_date=None,
            race_date=None,
            run_schedule=None,
            pain_now=0,
            injury_last_3_months=False,
            avoid_below_level=False,
            red_flags=(),
            session_minutes=45,
            deload_every=4,
            timezone="UTC",
            start=None,
        )

    def test_uses_an_increment_of_2_5_with_pounds(self) -> None:
        assert make_spec(units="imperial").load_increment == 2.5
        assert make_spec(units="imperial", load_increment=1).load_increment == 1

    @pytest.mark.parametrize(
        ("race_after", "weeks"),
        [(0, 1), (6, 1), (7, 2), (69, 10), (70, 11), (363, 52), (364, 52), (3000, 52)],
    )
    def test_ends_with_the_week_of_the_race(self, race_after: int, weeks: int) -> None:
        found = make_spec(start_date=START, race_date=add_days(race_after))
        assert found.weeks == weeks

    def test_prefers_given_weeks_to_the_race(self) -> None:
        assert make_spec(start_date=START, race_date=add_days(69), weeks=4).weeks == 4

    def test_has_twelve_weeks_without_a_race(self) -> None:
        assert make_spec(start_date=START).weeks == 12


RANGES: list[tuple[str, float, float, float, str]] = [
    # field, lowest, highest, the step to the next value beyond, what the message allows
    ("weeks", 1, 52, 1, "between 1 and 52"),
    ("days_per_week", 1, 6, 1, "between 1 and 6"),
    ("age", 13, 100, 1, "between 13 and 100"),
    ("pain_now", 0, 10, 1, "between 0 and 10"),
    ("session_minutes", 10, 120, 1, "between 10 and 120"),
    ("deload_every", 3, 8, 1, "between 3 and 8 (or 0 for none)"),
    ("body_mass", 30, 250, 0.01, "between 30 and 250 kg (metric)"),
    ("load_increment", 0.25, 5, 0.01, "between 0.25 and 5 kg (metric)"),
]


class TestRanges:
    @pytest.mark.parametrize(("field", "low", "high", "step", "_"), RANGES)
    def test_accepts_the_lowest_and_highest_values(
        self, field: str, low: float, high: float, step: float, _: str
    ) -> None:
        for value in (low, low + step, high - step, high):
            assert getattr(build_with(field, round(value, 2)), field) == round(value, 2)

    @pytest.mark.parametrize(("field", "low", "high", "step", "allowed"), RANGES)
    def test_rejects_the_next_value_beyond_and_names_the_limits(
        self, field: str, low: float, high: float, step: float, allowed: str
    ) -> None:
        for value in (low - step, high + step, -high):
            with pytest.raises(SpecError) as refusal:
                build_with(field, round(value, 2))
            assert refusal.value.path == (field,)
            assert refusal.value.detail == f"must lie {allowed}"
            assert str(refusal.value) == refusal.value.detail

    @pytest.mark.parametrize(
        ("field", "low", "high", "allowed"),
        [("body_mass", 66, 550, "66 and 550 lb"), ("load_increment", 0.5, 10, "0.5 and 10 lb")],
    )
    def test_uses_the_limits_of_the_unit_for_masses(
        self, field: str, low: float, high: float, allowed: str
    ) -> None:
        for value in (low, high):
            wish = cast(SpecFields, {"units": "imperial", field: value})
            assert getattr(spec.build_spec(wish), field) == value
        for value in (low - 0.01, high + 0.01):
            wish = cast(SpecFields, {"units": "imperial", field: round(value, 2)})
            with pytest.raises(SpecError, match=rf"between {allowed} \(imperial\)"):
                spec.build_spec(wish)

    def test_accepts_zero_for_no_deloads(self) -> None:
        assert make_spec(deload_every=0).deload_every == 0

    @pytest.mark.parametrize("side", ["left", "right"])
    def test_names_the_leg_of_a_wrong_heel_rise_test(self, side: str) -> None:
        for reps in (0, 200):
            test = HeelRiseTest(reps, 20) if side == "left" else HeelRiseTest(20, reps)
            assert make_spec(heel_rise_test=test).heel_rise_test == test
        for reps in (-1, 201):
            test = HeelRiseTest(reps, 20) if side == "left" else HeelRiseTest(20, reps)
            with pytest.raises(SpecError, match="between 0 and 200") as refusal:
                make_spec(heel_rise_test=test)
            assert refusal.value.path == ("heel_rise_test", side)

    def test_names_the_wrong_step_height(self) -> None:
        assert make_spec(step_heights_cm=(5, 60)).step_heights_cm == (5, 60)
        for heights, place in (((4, 18), 0), ((18, 61), 1)):
            with pytest.raises(SpecError, match="between 5 and 60") as refusal:
                make_spec(step_heights_cm=heights)
            assert refusal.value.path == ("step_heights_cm", place)

    def test_accepts_at_most_eight_step_heights(self) -> None:
        assert len(make_spec(step_heights_cm=tuple(range(10, 18))).step_heights_cm) == 8
        with pytest.raises(SpecError, match="at most 8 heights") as refusal:
            make_spec(step_heights_cm=tuple(range(10, 19)))
        assert refusal.value.path == ("step_heights_cm",)


class TestRejections:
    @pytest.mark.parametrize(
        ("wish", "path", "allowed"),
        [
            ({"weekdays": ()}, "weekdays", "one to six different days"),
            ({"weekdays": (0, 1, 2, 3, 4, 5, 6)}, "weekdays", "one to six different days"),
            ({"weekdays": (3, 3)}, "weekdays", "one to six different days"),
            ({"weekdays": (7,)}, "weekdays", "numbered 0 (Monday) to 6 (Sunday)"),
            ({"weekdays": (-1, 2)}, "weekdays", "numbered 0 (Monday) to 6 (Sunday)"),
            ({"run_schedule": ("easy",) * 6}, "run_schedule", "seven values, Monday first"),
            ({"run_schedule": ("easy",) * 8}, "run_schedule", "seven values, Monday first"),
            ({"race_date": START}, "race_date", "needs a start_date"),
            (
                {"start_date": START, "race_date": add_days(-1)},
                "race_date",
                "must not come before start_date",
            ),
            ({"start_date": datetime.date(1899, 12, 31)}, "start_date", "between 1900 and 9000"),
            ({"start_date": datetime.date(9001, 1, 1)}, "start_date", "between 1900 and 9000"),
            (
                {"start_date": START, "race_date": datetime.date(9001, 1, 1)},
                "race_date",
                "between 1900 and 9000",
            ),
            ({"body_mass": 70.001}, "body_mass", "at most two decimals"),
            ({"load_increment": 0.333}, "load_increment", "at most two decimals"),
            ({"body_mass": float("nan")}, "body_mass", "between 30 and 250 kg"),
            ({"body_mass": float("inf")}, "body_mass", "between 30 and 250 kg"),
            ({"timezone": "Mars/Olympus"}, "timezone", "such as Europe/Berlin or UTC"),
            ({"timezone": "europe/berlin"}, "timezone", "such as Europe/Berlin or UTC"),
            ({"timezone": ""}, "timezone", "such as Europe/Berlin or UTC"),
        ],
    )
    def test_names_the_wrong_field_and_the_allowed_values(
        self, wish: dict[str, Any], path: str, allowed: str
    ) -> None:
        with pytest.raises(SpecError) as refusal:
            spec.build_spec(cast(SpecFields, wish))
        assert refusal.value.path == (path,)
        assert allowed in refusal.value.detail

    @pytest.mark.parametrize("load", [0.001, float("nan"), float("inf"), -float("inf")])
    def test_names_the_track_of_a_load_with_too_many_decimals(self, load: float) -> None:
        with pytest.raises(SpecError, match="at most two decimals") as refusal:
            make_spec(start=Start(bent_knee=TrackStart(2, 15, load)))
        assert refusal.value.path == ("start", "bent_knee", "load")

    def test_accepts_the_first_and_last_date(self) -> None:
        first, last = datetime.date(1900, 1, 1), datetime.date(9000, 12, 31)
        assert make_spec(start_date=first, race_date=first).start_date == first
        assert make_spec(start_date=last, race_date=last).race_date == last


class TestBuildSpec:
    def test_sorts_lists_and_removes_duplicates(self) -> None:
        found = make_spec(
            weekdays=(5, 0, 3),
            step_heights_cm=(35, 18, 35),
            equipment=("weight_vest", "chair", "backpack", "chair"),
            red_flags=("night_pain", "fever_with_leg_pain", "night_pain"),
        )
        assert found.weekdays == (0, 3, 5)
        assert found.step_heights_cm == (18, 35)
        assert found.equipment == ("backpack", "chair", "weight_vest")
        assert found.red_flags == ("fever_with_leg_pain", "night_pain")

    def test_counts_equal_heights_once(self) -> None:
        assert make_spec(step_heights_cm=(18,) * 20) == make_spec()

    @pytest.mark.parametrize("days_per_week", [1, 6, 9])
    def test_derives_days_per_week_from_the_weekdays(self, days_per_week: int) -> None:
        found = make_spec(days_per_week=days_per_week, weekdays=(2, 4, 6))
        assert found.days_per_week == 3
        assert found == make_spec(weekdays=(6, 4, 2))

    def test_treats_an_empty_start_as_none(self) -> None:
        assert make_spec(start=Start()) == make_spec()
        assert make_spec(start=Start(full_volume=True)) != make_spec()

    def test_serialises_equal_numbers_equally(self) -> None:
        dump = TypeAdapter(Spec).dump_json
        signs = [make_spec(start=Start(TrackStart(1, 9, zero))) for zero in (0.0, -0.0, 0)]
        assert len({dump(found) for found in signs}) == 1
        assert dump(make_spec(body_mass=70)) == dump(make_spec(body_mass=70.0))

    @given(specs())
    def test_leaves_a_complete_spec_unchanged(self, once: Spec) -> None:
        fields = {name: getattr(once, name) for name in Spec.__slots__}
        wish = {name: value for name, value in fields.items() if value is not None}
        assert spec.build_spec(cast(SpecFields, wish)) == once

    @given(spec_fields())
    def test_ignores_the_order_of_fields_and_lists(self, wish: SpecFields) -> None:
        turned = {
            name: value[::-1] if isinstance(value, tuple) and name != "run_schedule" else value
            for name, value in reversed(wish.items())
        }
        found = spec.build_spec(cast(SpecFields, turned))
        assert found == spec.build_spec(wish)
        assert hash(found) == hash(spec.build_spec(wish))

    def test_returns_an_immutable_spec(self) -> None:
        found = make_spec()
        with pytest.raises(AttributeError, match="cannot assign"):
            found.weeks = 3  # type: ignore[misc]
        assert replace(found, weeks=3).weeks == 3


class TestListTimezones:
    def test_uses_the_pinned_database_and_not_the_host(self) -> None:
        assert zoneinfo.TZPATH == ()
        assert {"UTC", "Europe/Berlin", "Pacific/Chatham"} <= spec.list_timezones()


class TestToHundredths:
    @pytest.mark.parametrize(
        ("number", "count"), [(0.29, 29), (1.15, 115), (70, 7000), (249.99, 24999), (2.5, 250)]
    )
    def test_is_exact_where_binary_fractions_are_not(self, number: float, count: int) -> None:
        assert spec.to_hundredths(number) == count

    def test_is_the_unit_of_masses_in_the_engine(self) -> None:
        constants = make_constants(body_mass=64.35, load_increment=1.15)
        assert (constants.body_mass, constants.increment) == (6435, 115)
