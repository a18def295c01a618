"""Session load, spike, monotony and strain (science part 5)."""

import datetime
import math
from typing import Any

import pytest

from app.training.log.completed import CompletedSession
from app.training.measures import session_load
from app.training.measures.session_load import LoadWeek, LoggedSession, SessionLoads
from tests.training.journal import make_id, make_session
from tests.training.strategies import make_spec

MONDAY = datetime.datetime(2027, 3, 1, 18, tzinfo=datetime.UTC)
MINUTES = 30


def rated(
    srpe: float | None = 6,
    minutes: float | None = MINUTES,
    *,
    day: int = 0,
    hours: int = 0,
    **fields: Any,
) -> CompletedSession:
    """Return a rated session on a day of the programme."""
    began = MONDAY + datetime.timedelta(days=day, hours=hours)
    ended = None if minutes is None else began + datetime.timedelta(minutes=minutes)
    named = {"session_id": make_id(day, hours), "started_at": began, "ended_at": ended}
    return make_session(**named | {"srpe": srpe, "week": day // 7 + 1} | fields)


def review(*sessions: CompletedSession, over: bool = True) -> SessionLoads:
    return session_load.measure_session_load(log(*sessions), [(1, over), (2, over)])


def log(*sessions: CompletedSession, is_trained: bool = True) -> list[LoggedSession]:
    """Return the sessions as the log holds them, in the week that they name."""
    spec = make_spec()
    return [LoggedSession(one, spec, one.week, is_trained) for one in sessions]


def first_week(*sessions: CompletedSession) -> LoadWeek:
    return review(*sessions).weeks[0]


class TestLoad:
    def test_matches_the_example(self) -> None:
        result = review(rated(6, 31)).sessions[0]
        assert (result.minutes, result.load) == (31, 186)

    def test_keeps_fractions_of_minutes_and_ratings(self) -> None:
        result = review(rated(6.5, 30.5)).sessions[0]
        assert (result.minutes, result.load) == (30.5, 198.25)

    @pytest.mark.parametrize("minutes", [None, 0, -5])
    def test_needs_an_end_after_the_start(self, minutes: float | None) -> None:
        result = review(rated(6, minutes)).sessions[0]
        assert (result.minutes, result.load, result.spike) == (None, None, None)

    def test_needs_a_rating(self) -> None:
        result = review(rated(None)).sessions[0]
        assert (result.minutes, result.load) == (MINUTES, None)

    def test_is_0_for_a_rating_of_0(self) -> None:
        assert review(rated(0)).sessions[0].load == 0

    def test_handles_two_utc_offsets(self) -> None:
        east = datetime.timezone(datetime.timedelta(hours=10))
        ended = (MONDAY + datetime.timedelta(minutes=20)).astimezone(east)
        assert review(rated(5, ended_at=ended)).sessions[0].load == 100


class TestSpike:
    def test_divides_by_the_greatest_load_of_30_days(self) -> None:
        result = review(rated(4), rated(5, day=3), rated(3, day=7), rated(6, day=10))
        assert [one.spike for one in result.sessions] == [None, 1.25, 0.6, 1.2]

    def test_ignores_older_sessions(self) -> None:
        result = review(rated(9), rated(4, day=1), rated(6, day=30), rated(6, day=31))
        assert [one.spike for one in result.sessions] == [None, 0.44, 0.67, 1.0]

    def test_skips_sessions_without_a_load(self) -> None:
        result = review(rated(4), rated(None, day=3), rated(6, day=7))
        assert [one.spike for one in result.sessions] == [None, None, 1.5]

    def test_is_none_without_an_earlier_load(self) -> None:
        result = review(rated(0), rated(6, day=3))
        assert [one.spike for one in result.sessions] == [None, None]


class TestLoadWeek:
    def test_sums_its_sessions(self) -> None:
        result = review(rated(6), rated(4, day=3), rated(5, day=7))
        assert [(w.sessions, w.rated_sessions, w.load) for w in result.weeks] == [
            (2, 2, 300),
            (1, 1, 150),
        ]

    def test_divides_mean_by_deviation_for_monotony(self) -> None:
        # Two sessions of 180 AU: mean 360/7; mean of squares 2 x 180^2 / 7.
        mean, squares = 360 / 7, 2 * 180**2 / 7
        week = first_week(rated(6), rated(6, day=3))
        assert week.monotony == round(mean / math.sqrt(squares - mean**2), 2) == 0.63
        assert week.strain == 227.68

    def test_matches_seven_days_computed_by_hand(self) -> None:
        # Daily loads 30 to 210 AU: mean 120, standard deviation 60, weekly load 840.
        week = first_week(*(rated(day + 1, day=day) for day in range(7)))
        assert (week.load, week.monotony, week.strain) == (840, 2.0, 1680)

    def test_adds_the_sessions_of_a_day(self) -> None:
        once = first_week(rated(6), rated(6, day=3))
        twice = first_week(rated(2), rated(4, hours=3), rated(6, day=3))
        assert (twice.monotony, twice.strain) == (once.monotony, once.strain)

    def test_has_no_monotony_if_all_days_are_equal(self) -> None:
        week = first_week(*(rated(5, day=day) for day in range(7)))
        assert (week.load, week.monotony, week.strain) == (1050, None, None)

    def test_has_no_monotony_in_the_running_week(self) -> None:
        week = review(rated(6), over=False).weeks[0]
        assert (week.load, week.monotony, week.strain) == (180, None, None)

    def test_has_no_monotony_with_a_session_of_unknown_load(self) -> None:
        week = first_week(rated(6), rated(None, day=3))
        assert (week.load, week.monotony, week.strain) == (180, None, None)
        assert (week.sessions, week.rated_sessions) == (2, 1)

    def test_has_no_load_if_no_session_has_one(self) -> None:
        assert first_week(rated(None)).load is None

    def test_is_0_without_sessions(self) -> None:
        assert first_week().load == 0
        assert first_week().monotony is None

    def test_may_have_more_than_seven_days_without_dates(self) -> None:
        sessions = [rated(6, day=day, week=1) for day in range(0, 16, 2)]
        result = session_load.measure_session_load(log(*sessions), [(1, True)])
        assert (result.weeks[0].load, result.weeks[0].monotony) == (1440, None)

    def test_leaves_out_a_session_without_a_week(self) -> None:
        result = session_load.measure_session_load(log(rated(week=None)), [(1, True)])
        assert result.sessions[0].week is None
        assert result.weeks[0].sessions == 0


class TestMeasureSessionLoad:
    def test_leaves_out_a_session_with_neither_set_nor_load(self) -> None:
        bare = log(rated(None), rated(6, day=1), is_trained=False)
        result = session_load.measure_session_load(bare, [(1, True)])
        assert [one.load for one in result.sessions] == [180]

    def test_computes_no_ratio_of_recent_to_earlier_weeks(self) -> None:
        names = {*SessionLoads.__dataclass_fields__, *LoadWeek.__dataclass_fields__}
        assert not [name for name in names if "acwr" in name or "ratio" in name]
