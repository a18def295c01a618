"""Tests of building specs: defaults, and one canonical form."""

import datetime
import zoneinfo
from dataclasses import replace
from typing import cast

import pytest
from hypothesis import given
from pydantic import TypeAdapter

from app.training.catalog.exercises import EXERCISES
from app.training.planning import spec, spec_building
from app.training.planning.spec import (
    Pause,
    Race,
    Spec,
    SpecFields,
)
from app.training.planning.spec_building import build_spec
from app.training.planning.start import Start, TrackStart
from tests.training.strategies import make_constants, make_spec, spec_fields, specs

START = datetime.date(2027, 3, 1)
# Lists whose order means something.
ORDERED = ("run_schedule", "prefer")


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
            core=(),
            heel_rise_test=None,
            side_plank_test=None,
            age=None,
            sex="unspecified",
            step_heights_cm=(18,),
            equipment=("chair",),
            units="metric",
            body_mass=None,
            load_increment=1.0,
            loads=(),
            prefer=(),
            start_date=None,
            races=(),
            run_schedule=None,
            pauses=(),
            pause_weeks=(),
            lighter_weeks=(),
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
        [(-13, 1), (0, 1), (6, 1), (7, 2), (69, 10), (70, 11), (363, 52), (364, 52), (3000, 52)],
    )
    def test_ends_with_the_week_of_the_race(self, race_after: int, weeks: int) -> None:
        found = make_spec(start_date=START, race_date=add_days(race_after))
        assert found.weeks == weeks

    def test_prefers_given_weeks_to_the_race(self) -> None:
        assert make_spec(start_date=START, race_date=add_days(69), weeks=4).weeks == 4

    def test_ends_with_the_last_race_that_has_a_taper(self) -> None:
        races = (Race(add_days(70), taper=False), Race(add_days(20)), Race(add_days(41)))
        assert make_spec(start_date=START, races=races).weeks == 6

    def test_has_twelve_weeks_without_a_race(self) -> None:
        assert make_spec(start_date=START).weeks == 12
        without_taper = (Race(add_days(70), taper=False),)
        assert make_spec(start_date=START, races=without_taper).weeks == 12


class TestBuildSpec:
    def test_sorts_lists_and_removes_duplicates(self) -> None:
        found = make_spec(
            weekdays=(5, 0, 3),
            step_heights_cm=(35, 18, 35),
            equipment=("weight_vest", "chair", "backpack", "chair"),
            red_flags=("night_pain", "fever_with_leg_pain", "night_pain"),
            core=("plank", "side_plank", "plank"),
            loads=(12.5, 4, 12.5),
            pause_weeks=(9, 2, 9),
            lighter_weeks=(7, 3),
        )
        assert (found.core, found.loads) == (("side_plank", "plank"), (4, 12.5))
        assert (found.pause_weeks, found.lighter_weeks) == ((2, 9), (3, 7))
        assert found.weekdays == (0, 3, 5)
        assert found.step_heights_cm == (18, 35)
        assert found.equipment == ("backpack", "chair", "weight_vest")
        assert found.red_flags == ("fever_with_leg_pain", "night_pain")

    def test_sorts_races_and_pauses_by_date(self) -> None:
        early, late = Pause(add_days(3), add_days(9)), Pause(add_days(20), add_days(20))
        found = make_spec(
            start_date=START,
            races=(Race(add_days(60)), Race(add_days(10), taper=False)),
            pauses=(late, early, late),
        )
        assert found.races == (Race(add_days(10), taper=False), Race(add_days(60)))
        assert found.pauses == (early, late)

    def test_counts_a_race_that_is_given_twice_once_and_with_its_taper(self) -> None:
        twice = (Race(add_days(30), taper=False), Race(add_days(30)))
        assert make_spec(start_date=START, races=twice).races == (Race(add_days(30)),)

    def test_takes_race_date_for_a_race_with_taper(self) -> None:
        short = make_spec(start_date=START, race_date=add_days(30))
        assert short == make_spec(start_date=START, races=(Race(add_days(30)),))

    def test_keeps_the_order_of_what_is_preferred(self) -> None:
        slugs = ("leg-press-calf-raise", "standing-machine-calf-raise", "leg-press-calf-raise")
        assert make_spec(prefer=slugs).prefer == slugs[:2]
        assert make_spec(prefer=slugs) != make_spec(prefer=slugs[1:])

    def test_counts_equal_heights_once(self) -> None:
        assert make_spec(step_heights_cm=(18,) * 20) == make_spec()

    @pytest.mark.parametrize("days_per_week", [1, 6, 9])
    def test_derives_days_per_week_from_the_weekdays(self, days_per_week: int) -> None:
        found = make_spec(days_per_week=days_per_week, weekdays=(2, 4, 6))
        assert found.days_per_week == 3
        assert found == make_spec(weekdays=(6, 4, 2))

    def test_treats_an_empty_start_as_none(self) -> None:
        assert make_spec(start=Start()) == make_spec()
        assert make_spec(start=Start(since=0)) != make_spec()

    def test_serialises_equal_numbers_equally(self) -> None:
        dump = TypeAdapter(Spec).dump_json
        signs = [make_spec(start=Start(TrackStart(1, 9, load=zero))) for zero in (0.0, -0.0, 0)]
        assert len({dump(found) for found in signs}) == 1
        assert dump(make_spec(body_mass=70)) == dump(make_spec(body_mass=70.0))

    def test_serialises_pauses_as_they_are_sent(self) -> None:
        found = make_spec(start_date=START, pauses=(Pause(START, add_days(4)),))
        written = TypeAdapter(Spec).dump_python(found, mode="json")
        assert written["pauses"] == [{"from": "2027-03-01", "to": "2027-03-05"}]

    @given(specs(continued=True))
    def test_leaves_a_complete_spec_unchanged(self, once: Spec) -> None:
        fields = {name: getattr(once, name) for name in Spec.__slots__}
        wish = {name: value for name, value in fields.items() if value is not None}
        assert build_spec(cast(SpecFields, wish)) == once

    @given(spec_fields())
    def test_ignores_the_order_of_fields_and_lists(self, wish: SpecFields) -> None:
        turned = {
            name: value[::-1] if isinstance(value, tuple) and name not in ORDERED else value
            for name, value in reversed(wish.items())
        }
        found = build_spec(cast(SpecFields, turned))
        assert found == build_spec(wish)
        assert hash(found) == hash(build_spec(wish))

    def test_returns_an_immutable_spec(self) -> None:
        found = make_spec()
        with pytest.raises(AttributeError, match="cannot assign"):
            found.weeks = 3  # type: ignore[misc]
        assert replace(found, weeks=3).weeks == 3


class TestListPreferable:
    def test_names_exercises_beside_the_ladder_that_stand_for_a_rung(self) -> None:
        slugs = spec_building.list_preferable()
        assert slugs == tuple(slug for slug, one in EXERCISES.items() if one.replaces_rungs)
        assert {EXERCISES[slug].rung for slug in slugs} == {None}

    def test_accepts_each_of_them(self) -> None:
        slugs = spec_building.list_preferable()
        assert make_spec(prefer=slugs).prefer == slugs


class TestListTimezones:
    def test_uses_the_pinned_database_and_not_the_host(self) -> None:
        assert zoneinfo.TZPATH == ()
        assert {"UTC", "Europe/Berlin", "Pacific/Chatham"} <= spec_building.list_timezones()


class TestToHundredths:
    @pytest.mark.parametrize(
        ("number", "count"), [(0.29, 29), (1.15, 115), (70, 7000), (249.99, 24999), (2.5, 250)]
    )
    def test_is_exact_where_binary_fractions_are_not(self, number: float, count: int) -> None:
        assert spec.to_hundredths(number) == count

    def test_is_the_unit_of_masses_in_the_engine(self) -> None:
        constants = make_constants(body_mass=64.35, load_increment=1.15)
        assert (constants.body_mass, constants.increment) == (6435, 115)
