"""Calendar entries: the same ones whatever was done, cancelled if their session is removed, moved
if rest moves it, and unchanged once it is done.
"""

import datetime
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import strategies as st

from app.training.adapting import calendar_entries, followed_program
from app.training.adapting.calendar_entries import CalendarEntry
from app.training.planning.spec import Spec
from tests.training.histories import log_next
from tests.training.journal import FIRST_DAY, Journal, log_week, sessions, sets
from tests.training.strategies import given_few, make_spec, plan_program, specs

# Days in a row, so that calf raises and step-ups take turns.
SPLIT: dict[str, Any] = {"start_date": FIRST_DAY, "weekdays": (0, 1, 3, 4)}
DATED: dict[str, Any] = {"start_date": FIRST_DAY}
DAY = datetime.timedelta(days=1)


def format_week(entries: Sequence[CalendarEntry], week: int) -> list[str]:
    """Return a week's entries as `place weekday type`, in brackets if cancelled."""
    lines = []
    for entry in entries:
        if entry.week.index == week:
            text = f"{entry.session.index} {entry.session.weekday} {entry.session.type}"
            lines.append(f"({text})" if entry.cancelled else text)
    return lines


def list_entries(journal: Journal, as_of: str | None = None) -> tuple[CalendarEntry, ...]:
    today = None if as_of is None else datetime.date.fromisoformat(as_of)
    return calendar_entries.list_followed(
        followed_program.follow(journal.spec, journal.log, as_of=today)
    )


def list_doses(entries: Sequence[CalendarEntry]) -> list[object]:
    """Return what each entry asks for and when, without the reasons."""
    return [
        (entry.week.index, entry.session.index, entry.session.date, entry.cancelled,
         [(one.slug, one.sets) for one in entry.session.exercises])
        for entry in entries
    ]  # fmt: skip


def find_dates(entries: Sequence[CalendarEntry], week: int) -> list[datetime.date | None]:
    return [e.session.date for e in entries if e.week.index == week and not e.cancelled]


def flag(journal: Journal, keep: int) -> Journal:
    """Log the first `keep` sessions of the next week, the last one with a warning sign."""
    rest = [sessions(place, omit=True) for place in range(keep + 1, 7)]
    return journal.train(sessions(keep, red_flags=("night_pain",)), *rest)


class TestListPlanned:
    def test_lists_every_session_once_and_in_order(self) -> None:
        program = plan_program(**SPLIT)
        found = calendar_entries.list_planned(program)
        assert [(e.week.index, e.session.index) for e in found] == [
            (week.index, session.index) for week in program.weeks for session in week.sessions
        ]
        assert not any(entry.cancelled for entry in found)


class TestListFollowed:
    @pytest.mark.parametrize("weeks", [0, 5])
    def test_equals_the_plan_while_all_is_done_as_prescribed(self, weeks: int) -> None:
        found = list_entries(Journal(**SPLIT).train(weeks=weeks))
        planned = calendar_entries.list_planned(plan_program(**SPLIT))
        assert list_doses(found) == list_doses(planned)

    def test_changes_only_the_weeks_after_a_regression(self) -> None:
        journal = Journal(**DATED).train(weeks=4).train(sets("SK", reps=(10, 8, 6), rir=0))
        planned = list_doses(calendar_entries.list_planned(plan_program(**DATED)))
        found = list_doses(list_entries(journal))
        assert found[:10] == planned[:10]
        assert found[10] != planned[10]

    def test_cancels_sessions_that_pain_removes_and_keeps_the_numbers_of_others(self) -> None:
        journal = Journal(**SPLIT).train().train(sets("SU", session=2, pain=7))
        found = list_entries(journal)
        assert format_week(found, 3) == ["1 0 C", "(2 1 S)", "3 3 C", "(4 4 S)"]
        assert format_week(found, 4) == ["1 0 C", "2 1 S", "3 3 C", "4 4 S"]

    def test_cancels_the_rest_of_a_painful_week_permanently(self) -> None:
        begun = Journal(**SPLIT).train()
        begun.train(sets("SU", session=2, pain=7), sessions(3, omit=True), sessions(4, omit=True))
        during = format_week(list_entries(begun, "2027-03-09"), 2)
        assert during == ["1 0 C", "2 1 S", "3 3 C", "(4 4 S)"]
        assert format_week(list_entries(begun, "2027-03-20"), 2) == during
        begun.train()
        assert format_week(list_entries(begun), 2) == during

    def test_keeps_missed_sessions(self) -> None:
        journal = Journal(**DATED).train().skip().train()
        assert format_week(list_entries(journal), 2) == ["1 0 F", "2 3 F"]

    def test_moves_a_session_that_needs_more_rest(self) -> None:
        journal = Journal(**DATED)
        late = log_week(journal.spec, journal.week, sessions(1, days=2), sessions(2, omit=True))
        journal.log += late
        assert find_dates(list_entries(journal, "2027-03-04"), 1) == [
            FIRST_DAY,
            FIRST_DAY + 4 * DAY,
        ]

    def test_keeps_the_day_of_a_session_that_found_no_other_in_its_week(self) -> None:
        journal = Journal(**DATED)
        late = log_week(journal.spec, journal.week, sessions(1, days=5), sessions(2, omit=True))
        journal.log += late
        found = list_entries(journal, "2027-03-06")
        assert find_dates(found, 1) == [FIRST_DAY, FIRST_DAY + 3 * DAY]
        assert find_dates(found, 2) == [FIRST_DAY + 7 * DAY, FIRST_DAY + 10 * DAY]


class TestListFollowedWhenBlocked:
    @pytest.mark.parametrize("keep", [1, 3, 4])
    def test_keeps_done_sessions_and_cancels_the_rest(self, keep: int) -> None:
        journal = flag(Journal(**SPLIT).train(weeks=2), keep)
        found = list_entries(journal)
        week = ["1 0 C", "2 1 S", "3 3 C", "4 4 S"]
        assert format_week(found, 2) == week
        assert format_week(found, 3) == week[:keep] + [f"({text})" for text in week[keep:]]
        assert all(entry.cancelled for entry in found if entry.week.index > 3)

    def test_does_not_change_when_the_week_is_over(self) -> None:
        journal = flag(Journal(**SPLIT).train(weeks=2), 2)
        assert list_entries(journal) == list_entries(journal, "2027-06-01")

    def test_keeps_done_sessions_as_prescribed(self) -> None:
        journal = Journal(**DATED).train(weeks=4).train(sets("SK", reps=(10, 8, 6), rir=0))
        before = [e for e in list_entries(journal) if (e.week.index, e.session.index) == (6, 1)]
        after = [
            e for e in list_entries(flag(journal, 1)) if (e.week.index, e.session.index) == (6, 1)
        ]
        assert [e.session for e in before] == [e.session for e in after]

    def test_keeps_both_painful_weeks_of_a_block_by_pain(self) -> None:
        journal = Journal(**DATED).train()
        journal.train(sets("SK", session=2, pain=7)).train(sets("BK", session=2, pain=7))
        found = list_entries(journal)
        assert journal.followed.status == "blocked"
        assert format_week(found, 3) == ["1 0 F", "2 3 F"]
        assert format_week(found, 4) == ["(1 0 F)", "(2 3 F)"]


WEEKS = st.sampled_from([
    (), (sets("SU", pain=7),), (sets("SK", session=1, pain=7),), (sets(reps=5, rir=0),), None,
    (sessions(1, red_flags=("fever",)),), (sessions(2, omit=True),), (sessions(1, days=4),),
])  # fmt: skip


class TestEntries:
    @given_few(specs(), st.lists(WEEKS, max_size=6))
    def test_keeps_the_identity_of_entries_whatever_was_done(
        self, spec: Spec, weeks: list[Any]
    ) -> None:
        journal = Journal(spec)
        for changes in weeks:
            log_next(journal, changes)
        found = list_entries(journal)
        names = {(e.week.index, e.session.index, e.session.weekday) for e in found}
        first = calendar_entries.list_planned(plan_program(spec))
        assert {(e.week.index, e.session.index, e.session.weekday) for e in first} <= names
        assert len(names) == len(found)
        followed = followed_program.follow(spec, journal.log)
        to_come = {(w.index, s.index) for w in followed.weeks() if w.projected for s in w.sessions}
        shown = {(e.week.index, e.session.index) for e in found if not e.cancelled}
        assert to_come <= shown


class TestCountPastDays:
    @pytest.mark.parametrize(
        ("today", "days"),
        [
            ("2000-01-01", 0),
            ("2027-02-28", 0),
            ("2027-03-01", 0),
            ("2027-03-02", 1),
            ("2027-03-08", 7),
            ("2027-05-24", 84),
            ("2040-01-01", 84),
        ],
    )
    def test_counts_the_days_that_are_over(self, today: str, days: int) -> None:
        spec = make_spec(**DATED)
        assert calendar_entries.count_past_days(spec, datetime.date.fromisoformat(today)) == days

    def test_rises_whenever_time_alone_changes_a_programme(self) -> None:
        journal = Journal(start_date=FIRST_DAY).train()
        seen: dict[int, str] = {}
        for n in range(-3, 100):
            today = FIRST_DAY + datetime.timedelta(days=n)
            followed = followed_program.follow(journal.spec, journal.log, as_of=today)
            entries = repr(calendar_entries.list_followed(followed))
            days = calendar_entries.count_past_days(journal.spec, today)
            assert seen.setdefault(days, entries) == entries
        assert len(set(seen.values())) > 10

    def test_is_zero_without_dates(self) -> None:
        assert calendar_entries.count_past_days(make_spec(), FIRST_DAY) == 0
