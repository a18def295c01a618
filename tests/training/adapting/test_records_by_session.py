"""The session of a week that a set belongs to."""

import datetime
from dataclasses import replace
from typing import Any

import pytest

from app.training.adapting import followed_program, records_by_session
from app.training.log.logbook import build_logbook
from tests.training.journal import (
    EVENING,
    FIRST_DAY,
    LONG,
    Journal,
    make_id,
    make_session,
    make_set,
)
from tests.training.strategies import make_constants


def find_session(day: int, session: int | None, **wish: Any) -> int:
    """Return the session of week 1 that a set of a day in March 2027 belongs to."""
    done = make_set(performed_at=EVENING.replace(day=day))
    log = build_logbook(make_constants(**wish), [make_session(done, session=session)])
    week = Journal(**wish).week
    ((index, found),) = records_by_session.group_by_session(week, log.of_week(1)).items()
    assert len(found) == 1
    return index


class TestGroupBySession:
    @pytest.mark.parametrize(("day", "place"), [(1, 1), (2, 1), (3, 2), (4, 2), (5, 2), (7, 2)])
    def test_chooses_the_nearest_session(self, day: int, place: int) -> None:
        """Monday the first and Thursday the fourth."""
        assert find_session(day, None, start_date=FIRST_DAY) == place
        assert find_session(day, None) == place

    def test_chooses_the_earlier_of_two_equally_near_sessions(self) -> None:
        assert find_session(2, None, start_date=FIRST_DAY, weekdays=(0, 2)) == 1
        assert find_session(3, None, start_date=FIRST_DAY, weekdays=(0, 2)) == 2

    def test_uses_dates_in_a_week_that_does_not_start_on_monday(self) -> None:
        """From Wednesday the third: Thursday the fourth comes before Monday the eighth."""
        days = [
            find_session(day, None, start_date=datetime.date(2027, 3, 3)) for day in range(3, 10)
        ]
        assert days == [1, 1, 1, 1, 2, 2, 2]

    def test_prefers_the_logged_session_if_the_week_has_it(self) -> None:
        assert find_session(1, 2, start_date=FIRST_DAY) == 2
        assert find_session(1, 3, start_date=FIRST_DAY) == 1

    def test_joins_two_uploads_of_one_session(self) -> None:
        journal = Journal(**LONG).train()
        first, second = journal.log
        parts = (replace(first, sets=first.sets[::2]), replace(first, sets=first.sets[1::2]))
        apart = [replace(part, session_id=make_id(at)) for at, part in enumerate(parts)]
        assert (
            followed_program.follow(journal.spec, [*apart, second], through_week=1).week
            == journal.week
        )
