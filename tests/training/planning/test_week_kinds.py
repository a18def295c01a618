"""Tests of the kinds of weeks: deloads, lighter weeks, races with their tapers, and pauses."""

import datetime
from typing import Any

import pytest

from app.training.planning import training_calendar
from app.training.planning.spec import Pause, Race
from app.training.planning.training_calendar import WeekKind
from tests.training.strategies import make_spec

MONDAY = datetime.date(2027, 3, 1)
LETTERS: dict[WeekKind, str] = {
    "build": "b",
    "deload": "d",
    "taper": "T",
    "race": "R",
    "transition": "x",
    "pause": "P",
}


def add_days(days: int) -> datetime.date:
    return MONDAY + datetime.timedelta(days=days)


def wednesday_of(week: int) -> datetime.date:
    return add_days(7 * (week - 1) + 2)


def format_week_kinds(deload_every: int = 4, since: int = 0, **fields: Any) -> str:
    """Format the kinds of the weeks as letters. All sessions of every week are trained."""
    spec = make_spec(**fields)
    races = training_calendar.list_race_weeks(spec)
    kinds: list[WeekKind] = []
    run = 0
    for week in range(1, spec.weeks + 1):
        kinds.append(
            training_calendar.choose_week_kind(
                spec, races, week, since=since, run=run, deload_every=deload_every
            )
        )
        run = run + 1 if kinds[-1] == "build" else 0
    return "".join(LETTERS[kind] for kind in kinds)


def format_race_weeks(weeks: int, race: int, since: int = 0) -> str:
    """Format the kinds of weeks of a programme with a race on the Wednesday of a week."""
    return format_week_kinds(
        since=since, weeks=weeks, start_date=MONDAY, race_date=wednesday_of(race)
    )


class TestChooseWeekKind:
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
        assert format_week_kinds(every, weeks=weeks) == expected

    @pytest.mark.parametrize(
        ("weeks", "race", "expected"),
        [
            (12, 12, "bbbdbbbdbbTR"),
            (14, 11, "bbbdbbbdbTRxbb"),
            (8, 6, "bbbbTRxb"),  # the deload of week 4 would touch the taper
            (8, 5, "bbbbRxbb"),  # too early for a taper; week 4 touches the race
            (9, 4, "bbbRxbbbd"),
            (6, 1, "Rxbbbd"),
            (7, 2, "bRxbbbd"),
            (10, 10, "bbbdbbbbTR"),  # and the deload of week 8 here
            (11, 11, "bbbdbbbdbTR"),
        ],
    )
    def test_inserts_taper_race_and_transition(self, weeks: int, race: int, expected: str) -> None:
        assert format_race_weeks(weeks, race) == expected

    def test_inserts_an_earlier_taper_after_weeks_of_another_programme(self) -> None:
        assert format_race_weeks(4, 4, since=1) == "bbbR"
        assert format_race_weeks(4, 4, since=2) == "bbTR"

    def test_eases_the_week_after_a_race_before_the_start(self) -> None:
        spec: dict[str, Any] = {"weeks": 3, "start_date": MONDAY, "race_date": add_days(-2)}
        assert format_week_kinds(**spec) == "xbb"
        assert format_week_kinds(**{**spec, "race_date": add_days(-8)}) == "bbb"

    def test_ignores_a_race_after_the_last_week(self) -> None:
        assert format_race_weeks(4, race=5) == format_week_kinds(weeks=4) == "bbbd"
        assert format_race_weeks(5, race=5) == "bbbbR"

    def test_inserts_a_taper_without_deloads(self) -> None:
        spec: dict[str, Any] = {"weeks": 9, "start_date": MONDAY, "race_date": wednesday_of(7)}
        assert format_week_kinds(0, **spec) == "bbbbbTRxb"

    @pytest.mark.parametrize(
        ("first", "second", "expected"),
        [
            (7, 8, "bbbdbTRRxb"),
            (7, 9, "bbbdbTRxRx"),  # the week between is easy after the one, and no taper
            (7, 10, "bbbdbTRxTR"),
        ],
    )
    def test_serves_each_of_several_races(self, first: int, second: int, expected: str) -> None:
        races = (Race(wednesday_of(first)), Race(wednesday_of(second)))
        assert format_week_kinds(weeks=10, start_date=MONDAY, races=races) == expected

    def test_ignores_a_race_without_taper(self) -> None:
        races = (Race(wednesday_of(7), taper=False),)
        assert format_week_kinds(weeks=8, start_date=MONDAY, races=races) == "bbbdbbbd"

    @pytest.mark.parametrize(
        ("lighter", "expected"),
        [
            ((3,), "bbdbbbdbbb"),  # three build weeks follow it again
            ((5,), "bbbbdbbbdb"),  # no deload right before it
            ((1, 2), "ddbbbdbbbd"),
        ],
    )
    def test_inserts_the_lighter_weeks_that_the_runner_wants(
        self, lighter: tuple[int, ...], expected: str
    ) -> None:
        assert format_week_kinds(weeks=10, lighter_weeks=lighter) == expected

    def test_prefers_race_and_taper_to_a_lighter_week(self) -> None:
        spec: dict[str, Any] = {"weeks": 9, "start_date": MONDAY, "race_date": wednesday_of(7)}
        assert format_week_kinds(lighter_weeks=(6, 7, 8, 9), **spec) == "bbbdbTRxd"

    @pytest.mark.parametrize(
        ("paused", "expected"), [((3,), "bbPbbbdb"), ((5,), "bbbbPbbb"), ((1, 2), "PPbbbdbb")]
    )
    def test_inserts_pauses_by_number_and_no_deload_right_before(
        self, paused: tuple[int, ...], expected: str
    ) -> None:
        assert format_week_kinds(weeks=8, pause_weeks=paused) == expected

    @pytest.mark.parametrize(("days", "expected"), [(4, "bPbbb"), (3, "bbbdb")])
    def test_inserts_a_pause_from_four_days_of_a_week_on(self, days: int, expected: str) -> None:
        pause = Pause(add_days(7), add_days(7 + days - 1))
        assert format_week_kinds(weeks=5, start_date=MONDAY, pauses=(pause,)) == expected

    def test_prefers_a_pause_to_a_race(self) -> None:
        pause = Pause(wednesday_of(7), wednesday_of(8))
        spec: dict[str, Any] = {"weeks": 9, "start_date": MONDAY, "race_date": wednesday_of(7)}
        # After the race comes an easy week all the same.
        assert format_week_kinds(pauses=(pause,), **spec) == "bbbdbTPxb"


class TestIsPauseWeek:
    @pytest.mark.parametrize(
        ("first", "last", "weeks"),
        [
            (0, 3, [1]),
            (3, 6, [1]),
            (4, 9, []),  # three days of each
            (3, 10, [1, 2]),
            (-30, 100, [1, 2, 3]),
        ],
    )
    def test_counts_the_paused_days_of_the_week(
        self, first: int, last: int, weeks: list[int]
    ) -> None:
        spec = make_spec(start_date=MONDAY, pauses=(Pause(add_days(first), add_days(last)),))
        paused = [week for week in (1, 2, 3) if training_calendar.is_pause_week(spec, week)]
        assert paused == weeks

    @pytest.mark.parametrize(("last", "paused"), [(4, True), (3, False)])
    def test_adds_up_the_days_of_several_pauses_each_once(self, last: int, paused: bool) -> None:
        spans = ((0, 1), (1, 1), (3, last))
        pauses = tuple(Pause(add_days(first), add_days(end)) for first, end in spans)
        spec = make_spec(start_date=MONDAY, pauses=pauses)
        assert training_calendar.is_pause_week(spec, 1) is paused


class TestListRaceWeeks:
    @pytest.mark.parametrize(
        ("days", "weeks"),
        [(0, {1}), (6, {1}), (7, {2}), (83, {12}), (84, set()), (-1, {0}), (-8, {-1})],
    )
    def test_counts_weeks_from_the_start_date(self, days: int, weeks: set[int]) -> None:
        spec = make_spec(weeks=12, start_date=MONDAY, race_date=add_days(days))
        assert training_calendar.list_race_weeks(spec) == weeks

    def test_leaves_out_races_without_taper(self) -> None:
        races = (Race(add_days(0), taper=False), Race(add_days(20)))
        spec = make_spec(weeks=12, start_date=MONDAY, races=races)
        assert training_calendar.list_race_weeks(spec) == {3}

    def test_is_empty_without_dates(self) -> None:
        assert training_calendar.list_race_weeks(make_spec()) == set()
