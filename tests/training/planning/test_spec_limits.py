"""Tests of specs that cannot be built: each error names the field and what is allowed."""

import datetime
from typing import Any, cast

import pytest

from app.training.planning.spec import HeelRiseTest, Pause, Race, SidePlankTest, Spec, SpecFields
from app.training.planning.spec_building import SpecError, build_spec
from app.training.planning.start import HeldDose, Start, TrackStart
from tests.training.strategies import make_spec

START = datetime.date(2027, 3, 1)


def build_with(field: str, value: object) -> Spec:
    return build_spec(cast(SpecFields, {field: value}))


def add_days(days: int) -> datetime.date:
    return START + datetime.timedelta(days=days)


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
            assert getattr(build_spec(wish), field) == value
        for value in (low - 0.01, high + 0.01):
            wish = cast(SpecFields, {"units": "imperial", field: round(value, 2)})
            with pytest.raises(SpecError, match=rf"between {allowed} \(imperial\)"):
                build_spec(wish)

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

    @pytest.mark.parametrize("side", ["left", "right"])
    def test_names_the_side_of_a_wrong_side_plank_test(self, side: str) -> None:
        for seconds in (0, 600):
            test = SidePlankTest(seconds, 40) if side == "left" else SidePlankTest(40, seconds)
            assert make_spec(side_plank_test=test).side_plank_test == test
        for seconds in (-1, 601):
            test = SidePlankTest(seconds, 40) if side == "left" else SidePlankTest(40, seconds)
            with pytest.raises(SpecError, match="between 0 and 600") as refusal:
                make_spec(side_plank_test=test)
            assert refusal.value.path == ("side_plank_test", side)

    @pytest.mark.parametrize("field", ["pause_weeks", "lighter_weeks"])
    def test_accepts_twelve_weeks_of_1_to_52(self, field: str) -> None:
        for weeks in ((1, 52), tuple(range(1, 13)), (3,) * 20):
            assert getattr(build_with(field, weeks), field) == tuple(sorted(set(weeks)))
        for weeks, path, allowed in (
            ((1, 0), (field, 1), "between 1 and 52"),
            ((53,), (field, 0), "between 1 and 52"),
            (tuple(range(1, 14)), (field,), "at most 12 different entries"),
        ):
            with pytest.raises(SpecError, match=allowed) as refusal:
                build_with(field, weeks)
            assert refusal.value.path == path

    def test_accepts_24_different_loads_above_zero(self) -> None:
        assert make_spec(loads=(1000, 0.01)).loads == (0.01, 1000)
        assert len(make_spec(loads=tuple(range(1, 25)) * 2).loads) == 24
        for loads, path, allowed in (
            ((5, 0), ("loads", 1), "above 0 and at most 1000"),
            ((5, 1000.01), ("loads", 1), "above 0 and at most 1000"),
            ((9, 5.005), ("loads", 1), "at most two decimals"),
            (tuple(range(1, 26)), ("loads",), "at most 24 different entries"),
        ):
            with pytest.raises(SpecError, match=allowed) as refusal:
                make_spec(loads=loads)
            assert refusal.value.path == path

    def test_names_the_wrong_step_height(self) -> None:
        assert make_spec(step_heights_cm=(5, 60)).step_heights_cm == (5, 60)
        for heights, place in (((4, 18), 0), ((18, 61), 1)):
            with pytest.raises(SpecError, match="between 5 and 60") as refusal:
                make_spec(step_heights_cm=heights)
            assert refusal.value.path == ("step_heights_cm", place)

    def test_accepts_at_most_eight_step_heights(self) -> None:
        assert len(make_spec(step_heights_cm=tuple(range(10, 18))).step_heights_cm) == 8
        with pytest.raises(SpecError, match="at most 8 different entries") as refusal:
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
            ({"races": (Race(START),)}, "races", "needs a start_date"),
            ({"pauses": (Pause(START, START),)}, "pauses", "needs a start_date"),
            ({"start_date": START, "pause_weeks": (2,)}, "pause_weeks", "send pauses with dates"),
            (
                {"start_date": START, "race_date": add_days(-14)},
                "race_date",
                "at most 13 days before start_date",
            ),
            (
                {"start_date": START, "race_date": add_days(9), "races": (Race(add_days(9)),)},
                "race_date",
                "cannot be combined with races",
            ),
            (
                {"start_date": START, "races": tuple(Race(add_days(n)) for n in range(7))},
                "races",
                "at most 6 different entries",
            ),
            (
                {
                    "start_date": START,
                    "pauses": tuple(Pause(add_days(n), add_days(n)) for n in range(7)),
                },
                "pauses",
                "at most 6 different entries",
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
            build_spec(cast(SpecFields, wish))
        assert refusal.value.path == (path,)
        assert allowed in refusal.value.detail

    @pytest.mark.parametrize(
        ("wish", "path", "allowed"),
        [
            ({"core": ("plank", "squat")}, ("core", 1), "one of side_plank, bridge, plank"),
            ({"core": ("step_up",)}, ("core", 0), "one of side_plank, bridge, plank"),
            ({"prefer": ("step-up",)}, ("prefer", 0), "one of standing-machine-calf-raise"),
            # The place is that in the list as it was sent, not in the sorted one.
            (
                {"start_date": START, "races": (Race(add_days(30)), Race(add_days(-14)))},
                ("races", 1, "date"),
                "at most 13 days before start_date",
            ),
            (
                {"start_date": START, "races": (Race(datetime.date(9001, 1, 1)),)},
                ("races", 0, "date"),
                "between 1900 and 9000",
            ),
            (
                {
                    "start_date": START,
                    "pauses": (Pause(add_days(9), add_days(9)), Pause(add_days(5), add_days(4))),
                },
                ("pauses", 1, "to"),
                "must not come before",
            ),
            (
                {"start_date": START, "pauses": (Pause(START, datetime.date(9001, 1, 1)),)},
                ("pauses", 0, "to"),
                "between 1900 and 9000",
            ),
            (
                {"start": Start(step_up=TrackStart(1, pain_prev=3.00001), since=1)},
                ("start", "step_up", "pain_prev"),
                "at most four decimals",
            ),
            (
                {"start": Start(step_up=TrackStart(1, held=HeldDose(6, 9, load=0.125)), since=1)},
                ("start", "step_up", "held", "load"),
                "at most two decimals",
            ),
        ],
    )
    def test_names_the_wrong_entry_and_the_allowed_values(
        self, wish: dict[str, Any], path: tuple[str | int, ...], allowed: str
    ) -> None:
        with pytest.raises(SpecError) as refusal:
            build_spec(cast(SpecFields, wish))
        assert refusal.value.path == path
        assert allowed in refusal.value.detail

    @pytest.mark.parametrize("load", [0.001, float("nan"), float("inf"), -float("inf")])
    def test_names_the_track_of_a_load_with_too_many_decimals(self, load: float) -> None:
        with pytest.raises(SpecError, match="at most two decimals") as refusal:
            make_spec(start=Start(bent_knee=TrackStart(2, 15, load=load)))
        assert refusal.value.path == ("start", "bent_knee", "load")

    def test_accepts_the_first_and_last_date(self) -> None:
        first, last = datetime.date(1900, 1, 1), datetime.date(9000, 12, 31)
        assert make_spec(start_date=first, race_date=first).start_date == first
        assert make_spec(start_date=last, race_date=last).races == (Race(last),)
