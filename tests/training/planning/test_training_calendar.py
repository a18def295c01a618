"""Tests of the calendar of a programme: weekdays, session types, kinds of weeks and dates."""

import datetime
from itertools import combinations

import pytest

from app.training.catalog.track_definitions import SessionType
from app.training.planning import training_calendar
from app.training.planning.spec import RunDay
from tests.training.strategies import make_spec, plan_program

MONDAY = datetime.date(2027, 3, 1)
# Every set of one to six weekdays.
DAY_SETS = [days for size in range(1, 7) for days in combinations(range(7), size)]
# Tuesday and Thursday hard, Sunday long, Monday and Friday off.
RUNS: tuple[RunDay, ...] = ("rest", "hard", "easy", "hard", "rest", "easy", "long")
LETTERS = {"build": "b", "deload": "d", "taper": "T", "race": "R", "transition": "x"}


def format_week_kinds(weeks: int, race: int | None = None, deload_every: int = 4) -> str:
    """Format the kinds of weeks as letters. The race is on the Wednesday of its week."""
    spec = make_spec(weeks=weeks)
    if race is not None:
        day = MONDAY + datetime.timedelta(days=7 * (race - 1) + 2)
        spec = make_spec(weeks=weeks, start_date=MONDAY, race_date=day)
    return "".join(LETTERS[kind] for kind in training_calendar.list_week_kinds(spec, deload_every))


def list_training_days(tissue: str, types: dict[int, SessionType]) -> list[int]:
    """List the weekdays that train calves or step-ups."""
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


class TestListWeekKinds:
    @pytest.mark.parametrize(
        ("weeks", "every", "expected"),
        [
            (12, 4, "bbbdbbbdbbbd"),
            (12, 0, "bbbbbbbbbbbb"),
            (10, 3, "bbdbbdbbdb"),
            (10, 8, "bbbbbbbdbb"),
            (1, 3, "b"),
        ],
    )
    def test_inserts_deloads_between_build_weeks(
        self, weeks: int, every: int, expected: str
    ) -> None:
        assert format_week_kinds(weeks, deload_every=every) == expected

    @pytest.mark.parametrize(
        ("weeks", "race", "expected"),
        [
            (12, 12, "bbbdbbbdbbTR"),
            (14, 11, "bbbdbbbdbTRxbb"),
            (8, 6, "bbbbTRxb"),  # the deload of week 4 would touch the taper
            (8, 5, "bbbbRxbb"),  # too short for two weeks of taper; week 4 touches it again
            (9, 4, "bbbRxbbbd"),
            (6, 1, "Rxbbbd"),
            (7, 2, "bRxbbbd"),
            (10, 10, "bbbdbbbbTR"),  # and the deload of week 8 here
            (11, 11, "bbbdbbbdbTR"),
        ],
    )
    def test_inserts_taper_race_and_transition(self, weeks: int, race: int, expected: str) -> None:
        assert format_week_kinds(weeks, race) == expected

    def test_ignores_a_race_after_the_last_week(self) -> None:
        assert format_week_kinds(4, race=5) == format_week_kinds(4) == "bbbd"
        assert format_week_kinds(5, race=5) == "bbbbR"

    def test_inserts_a_taper_without_deloads(self) -> None:
        assert format_week_kinds(9, race=7, deload_every=0) == "bbbbbTRxb"


class TestFindRaceWeek:
    @pytest.mark.parametrize(("days", "week"), [(0, 1), (6, 1), (7, 2), (83, 12), (84, None)])
    def test_counts_weeks_from_the_start_date(self, days: int, week: int | None) -> None:
        race = MONDAY + datetime.timedelta(days=days)
        spec = make_spec(weeks=12, start_date=MONDAY, race_date=race)
        assert training_calendar.find_race_week(spec) == week


class TestDates:
    def test_counts_weeks_from_the_weekday_of_the_start_date(self) -> None:
        thursday = MONDAY + datetime.timedelta(days=3)
        spec = make_spec(weekdays=(0, 3, 5), start_date=thursday)
        assert training_calendar.sort_weekdays(spec.weekdays or (), spec) == [3, 5, 0]
        found = [training_calendar.compute_date(spec, 2, day) for day in (3, 5, 0)]
        assert [str(day) for day in found] == ["2027-03-11", "2027-03-13", "2027-03-15"]
        assert str(training_calendar.compute_week_start(spec, 2)) == "2027-03-11"

    def test_returns_no_date_without_a_start_date(self) -> None:
        spec = make_spec()
        assert training_calendar.compute_week_start(spec, 1) is None
        assert training_calendar.compute_date(spec, 1, 3) is None
        assert training_calendar.sort_weekdays((3, 0), spec) == [0, 3]

    def test_sorts_and_numbers_the_sessions_of_a_week(self) -> None:
        thursday = MONDAY + datetime.timedelta(days=3)
        program = plan_program(weekdays=(0, 3, 5), start_date=thursday, weeks=2)
        for week in program.weeks:
            assert [session.index for session in week.sessions] == [1, 2, 3]
            assert [session.weekday for session in week.sessions] == [3, 5, 0]
            days = [session.date for session in week.sessions]
            assert days == sorted(day for day in days if day)

    @pytest.mark.parametrize("timezone", ["UTC", "Europe/Berlin", "Australia/Lord_Howe"])
    def test_ignores_daylight_saving(self, timezone: str) -> None:
        # Clocks change in Europe on 28 March and on Lord Howe on 4 April of this year.
        start = datetime.date(2027, 3, 22)
        program = plan_program(start_date=start, weeks=3, weekdays=(0, 6), timezone=timezone)
        days = [str(session.date) for week in program.weeks for session in week.sessions]
        assert days == [
            "2027-03-22",
            "2027-03-28",
            "2027-03-29",
            "2027-04-04",
            "2027-04-05",
            "2027-04-11",
        ]

    def test_continues_over_leap_days_and_years(self) -> None:
        leap = datetime.date(2028, 2, 26)
        assert training_calendar.compute_week_start(make_spec(start_date=leap), 2) == datetime.date(
            2028, 3, 4
        )
        december = datetime.date(2027, 12, 27)
        assert training_calendar.compute_week_start(
            make_spec(start_date=december), 2
        ) == datetime.date(2028, 1, 3)


class TestIsClearOfRace:
    @pytest.mark.parametrize(
        ("away", "clear"),
        [(-3, True), (-2, False), (-1, False), (0, False), (1, False), (3, False), (4, True)],
    )
    def test_is_false_from_two_days_before_to_three_after_a_race(
        self, away: int, clear: bool
    ) -> None:
        race = MONDAY + datetime.timedelta(days=20)
        spec = make_spec(start_date=MONDAY, race_date=race, weeks=8)
        day = race + datetime.timedelta(days=away)
        assert training_calendar.is_clear_of_race(spec, day) is clear

    def test_is_true_for_a_race_outside_the_programme(self) -> None:
        race = MONDAY + datetime.timedelta(days=14)
        spec = make_spec(start_date=MONDAY, race_date=race, weeks=2)
        assert training_calendar.is_clear_of_race(spec, race - datetime.timedelta(days=1))

    def test_is_true_without_a_date(self) -> None:
        assert training_calendar.is_clear_of_race(make_spec(), None)
