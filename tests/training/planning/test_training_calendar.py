"""Tests of the calendar of a programme: days, session types, places and dates."""

import datetime
from itertools import combinations
from typing import Any

import pytest

from app.training.catalog.track_definitions import OPTIONAL_TRACKS, SessionType
from app.training.planning import training_calendar
from app.training.planning.spec import Pause, Race, RunDay
from app.training.planning.training_calendar import Place
from tests.training.notation import SHORT
from tests.training.strategies import make_spec

MONDAY = datetime.date(2027, 3, 1)
# Every set of one to six weekdays.
DAY_SETS = [days for size in range(1, 7) for days in combinations(range(7), size)]
# Tuesday and Thursday hard, Sunday long, Monday and Friday off.
RUNS: tuple[RunDay, ...] = ("rest", "hard", "easy", "hard", "rest", "easy", "long")


def add_days(days: int) -> datetime.date:
    return MONDAY + datetime.timedelta(days=days)


def list_training_days(tissue: str, types: dict[int, SessionType]) -> list[int]:
    """List the weekdays that train the calves or all else."""
    return sorted(day for day, kind in types.items() if kind in {"F", tissue})


class TestChooseDays:
    @pytest.mark.parametrize(
        ("count", "days"),
        [
            (1, (0,)),
            (2, (0, 3)),
            (3, (0, 2, 4)),
            (4, (0, 1, 3, 5)),
            (5, (0, 1, 2, 3, 5)),
            (6, (0, 1, 2, 3, 4, 5)),
        ],
    )
    def test_spreads_the_days_evenly_from_monday(self, count: int, days: tuple[int, ...]) -> None:
        assert training_calendar.choose_days(make_spec(days_per_week=count)) == days

    @pytest.mark.parametrize("days", [(6,), (0, 1), (0, 1, 2, 3, 4, 6)])
    def test_returns_given_weekdays(self, days: tuple[int, ...]) -> None:
        spec = make_spec(weekdays=days, run_schedule=RUNS)
        assert training_calendar.choose_days(spec) == days

    def test_adds_the_costs_of_yesterday_today_and_tomorrow(self) -> None:
        # Monday: long yesterday 1, rest today 1, hard tomorrow 4. The others likewise.
        costs = [training_calendar.compute_day_cost(day, RUNS) for day in range(7)]
        assert costs == [6, 2, 5, 2, 2, 4, 3]

    @pytest.mark.parametrize(
        ("count", "days"),
        [
            # Cheapest is 2: Tuesday, Thursday, Friday; the first of them.
            (1, (1,)),
            # Tuesday with Thursday or Friday costs 4; gaps 3 and 4 are more even than 2 and 5.
            (2, (1, 4)),
            # Tuesday, Sunday and Thursday or Friday: 7, equally even; the first in order.
            (3, (1, 3, 6)),
            # The four cheapest days, and the one pair of neighbours that four days cannot avoid.
            (4, (1, 3, 4, 6)),
        ],
    )
    def test_avoids_the_days_of_hard_runs(self, count: int, days: tuple[int, ...]) -> None:
        assert (
            training_calendar.choose_days(make_spec(days_per_week=count, run_schedule=RUNS)) == days
        )

    def test_prefers_separate_days_to_cheap_days(self) -> None:
        # Tuesday, Wednesday and Sunday cost 1 + 0 + 3, and 6 for the neighbours among them;
        # Monday, Wednesday and Friday 2 + 0 + 7.
        runs: tuple[RunDay, ...] = ("rest", "rest", "easy", "rest", "long", "hard", "hard")
        assert [training_calendar.compute_day_cost(day, runs) for day in range(7)] == [
            2,
            1,
            0,
            5,
            7,
            7,
            3,
        ]
        assert training_calendar.choose_days(make_spec(days_per_week=3, run_schedule=runs)) == (
            0,
            2,
            4,
        )

    def test_ignores_a_week_of_easy_runs(self) -> None:
        for count in range(1, 7):
            easy = make_spec(days_per_week=count, run_schedule=("easy",) * 7)
            assert training_calendar.choose_days(easy) == training_calendar.choose_days(
                make_spec(days_per_week=count)
            )


class TestComputeGaps:
    @pytest.mark.parametrize(
        ("days", "gaps"),
        [((4,), [7]), ((0, 3), [3, 4]), ((0, 6), [6, 1]), ((1, 2, 3, 5), [1, 1, 2, 3])],
    )
    def test_includes_the_gap_to_the_next_week(
        self, days: tuple[int, ...], gaps: list[int]
    ) -> None:
        assert training_calendar.compute_gaps(days) == gaps

    def test_returns_gaps_that_add_up_to_seven(self) -> None:
        assert {sum(training_calendar.compute_gaps(days)) for days in DAY_SETS} == {7}


class TestAssignSessionTypes:
    @pytest.mark.parametrize(
        ("days", "types"),
        [
            ((0,), "F"),
            ((0, 3), "FF"),
            ((0, 2, 4), "FFF"),
            ((0, 1), "CS"),  # the longest gap, six days, ends on Monday
            ((0, 6), "SC"),  # and here on Sunday
            ((0, 1, 3, 5), "CSCS"),  # gaps of two everywhere else: the first weekday after one
            ((1, 2, 4, 6), "CSCS"),
            ((0, 1, 2, 3, 5), "CSCSC"),  # gaps of two end on Saturday and on Monday
            ((0, 2, 5, 6), "CSCS"),  # three days to Saturday are more than two to Wednesday
            ((0, 1, 2, 3, 4, 5), "CSCSCS"),
            ((0, 1, 2, 4, 5, 6), "SCSCSC"),  # after Wednesday comes the gap: Friday is first
        ],
    )
    def test_alternates_from_the_end_of_the_longest_gap(
        self, days: tuple[int, ...], types: str
    ) -> None:
        assert "".join(training_calendar.assign_session_types(days)[day] for day in days) == types

    def test_leaves_48_hours_between_sessions_of_a_tissue_i_13(self) -> None:
        """Invariant I-13, for each of the 126 sets of weekdays."""
        assert len(DAY_SETS) == 126
        for days in DAY_SETS:
            types = training_calendar.assign_session_types(days)
            assert sorted(types) == list(days)
            for tissue in "CS":
                assert (
                    min(training_calendar.compute_gaps(list_training_days(tissue, types))) >= 2
                ), days

    def test_assigns_full_sessions_if_the_days_are_apart(self) -> None:
        for days in DAY_SETS:
            apart = min(training_calendar.compute_gaps(days)) >= 2
            assert (set(training_calendar.assign_session_types(days).values()) == {"F"}) is apart, (
                days
            )


class TestListPlaces:
    @staticmethod
    def list_places(**fields: Any) -> tuple[Place, ...]:
        spec = make_spec(**fields)
        return training_calendar.list_places(spec, training_calendar.choose_days(spec))

    def test_numbers_the_sessions_by_date_from_the_start_date(self) -> None:
        thursday = add_days(3)
        found = self.list_places(weekdays=(0, 3, 5), start_date=thursday)
        assert [(place.number, place.weekday) for place in found] == [(1, 3), (2, 5), (3, 0)]

    def test_numbers_the_sessions_from_monday_without_dates(self) -> None:
        found = self.list_places(weekdays=(0, 3, 5))
        assert [(place.number, place.weekday) for place in found] == [(1, 0), (2, 3), (3, 5)]

    def test_puts_every_track_into_full_sessions(self) -> None:
        (place, _) = self.list_places(core=("bridge", "plank"))
        assert place.type == "F"
        assert [SHORT[track] for track in place.tracks] == ["SK", "BK", "SU", "BR", "PL"]

    def test_puts_calf_raises_into_one_session_and_all_else_into_the_other(self) -> None:
        calf, rest = self.list_places(weekdays=(0, 1), core=OPTIONAL_TRACKS)
        assert (calf.type, rest.type) == ("C", "S")
        assert [SHORT[track] for track in calf.tracks] == ["SK", "BK"]
        assert [SHORT[track] for track in rest.tracks] == ["SU", "SP", "BR", "PL"]


class TestDates:
    def test_count_weeks_from_the_weekday_of_the_start_date(self) -> None:
        spec = make_spec(weekdays=(0, 3, 5), start_date=add_days(3))
        found = [training_calendar.compute_date(spec, 2, day) for day in (3, 5, 0)]
        assert [str(day) for day in found] == ["2027-03-11", "2027-03-13", "2027-03-15"]
        assert str(training_calendar.compute_week_start(spec, 2)) == "2027-03-11"

    def test_are_none_without_a_start_date(self) -> None:
        assert training_calendar.compute_week_start(make_spec(), 1) is None
        assert training_calendar.compute_date(make_spec(), 1, 3) is None

    @pytest.mark.parametrize("timezone", ["UTC", "Europe/Berlin", "Australia/Lord_Howe"])
    def test_ignore_daylight_saving(self, timezone: str) -> None:
        # Clocks change in Europe on 28 March and on Lord Howe on 4 April of this year.
        start = datetime.date(2027, 3, 22)
        spec = make_spec(start_date=start, weekdays=(0, 6), timezone=timezone)
        days = [
            str(training_calendar.compute_date(spec, week, day))
            for week in (1, 2, 3)
            for day in (0, 6)
        ]
        assert days == [
            "2027-03-22",
            "2027-03-28",
            "2027-03-29",
            "2027-04-04",
            "2027-04-05",
            "2027-04-11",
        ]

    @pytest.mark.parametrize(
        ("first", "second"), [("2028-02-26", "2028-03-04"), ("2027-12-27", "2028-01-03")]
    )
    def test_go_on_over_leap_days_and_years(self, first: str, second: str) -> None:
        spec = make_spec(start_date=datetime.date.fromisoformat(first))
        assert str(training_calendar.compute_week_start(spec, 2)) == second


class TestIsFree:
    @pytest.mark.parametrize("taper", [True, False])
    @pytest.mark.parametrize(
        ("away", "free"),
        [(-3, True), (-2, False), (-1, False), (0, False), (1, False), (3, False), (4, True)],
    )
    def test_is_false_from_two_days_before_to_three_after_any_race(
        self, away: int, free: bool, taper: bool
    ) -> None:
        race = Race(add_days(20), taper)
        spec = make_spec(start_date=MONDAY, races=(race,), weeks=8)
        assert training_calendar.is_free(spec, add_days(20 + away)) is free

    def test_is_false_near_a_race_outside_of_the_programme(self) -> None:
        spec = make_spec(start_date=MONDAY, race_date=add_days(14), weeks=2)
        assert not training_calendar.is_free(spec, add_days(13))
        before = make_spec(start_date=MONDAY, race_date=add_days(-1), weeks=2)
        assert not training_calendar.is_free(before, add_days(2))

    @pytest.mark.parametrize(("day", "free"), [(1, True), (2, False), (4, False), (5, True)])
    def test_is_false_on_both_days_of_a_pause_and_between(self, day: int, free: bool) -> None:
        spec = make_spec(start_date=MONDAY, pauses=(Pause(add_days(2), add_days(4)),))
        assert training_calendar.is_free(spec, add_days(day)) is free

    def test_is_true_without_a_date(self) -> None:
        assert training_calendar.is_free(make_spec(), None)


class TestListOpenPlaces:
    @staticmethod
    def list_open(week: int, **fields: Any) -> list[tuple[int, int]]:
        """Return number and weekday of each open session."""
        spec = make_spec(**fields)
        places = training_calendar.list_places(spec, training_calendar.choose_days(spec))
        found = training_calendar.list_open_places(spec, places, week)
        return [(place.number, place.weekday) for place in found]

    def test_returns_every_session_of_an_undisturbed_week(self) -> None:
        assert self.list_open(2, days_per_week=3) == [(1, 0), (2, 2), (3, 4)]

    def test_leaves_the_number_of_a_session_that_drops_out_free(self) -> None:
        fields = {"weekdays": (0, 2, 6), "start_date": MONDAY, "weeks": 4}
        assert self.list_open(2, **fields, race_date=add_days(7)) == [(3, 6)]
        pause = Pause(add_days(7), add_days(7))
        assert self.list_open(2, **fields, pauses=(pause,)) == [(2, 2), (3, 6)]

    def test_returns_none_of_a_pause_week(self) -> None:
        assert self.list_open(2, pause_weeks=(2,)) == []
        assert self.list_open(3, pause_weeks=(2,)) == [(1, 0), (2, 3)]

    def test_returns_none_of_a_week_that_is_paused_for_four_days(self) -> None:
        pauses = (Pause(add_days(7), add_days(10)),)
        fields = {"weekdays": (0, 5), "start_date": MONDAY, "pauses": pauses}
        assert self.list_open(1, **fields) == [(1, 0), (2, 5)]
        assert self.list_open(2, **fields) == []
