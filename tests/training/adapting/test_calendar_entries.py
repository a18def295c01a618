"""Calendar entries: the same ones whatever was done, cancelled if their session is removed, and
unchanged once it is done.
"""

import datetime
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import strategies as st

from app.training.adapting import calendar_entries, followed_program
from app.training.adapting.calendar_entries import CalendarEntry
from app.training.planning.spec import Spec
from tests.training.journal import FIRST_DAY, Journal, sessions, sets
from tests.training.strategies import given_few, make_spec, plan_program, specs

# Days in a row, so that calf raises and step-ups take turns.
SPLIT: dict[str, Any] = {"start_date": FIRST_DAY, "weekdays": (0, 1, 3, 4)}
DATED: dict[str, Any] = {"start_date": FIRST_DAY}


def format_week(entries: Sequence[CalendarEntry], week: int) -> list[str]:
    """Return a week's entries as `planned_index weekday type`, in brackets if cancelled."""
    lines = []
    for entry in entries:
        if entry.week.index == week:
            text = f"{entry.planned_index} {entry.session.weekday} {entry.session.type}"
            lines.append(f"({text})" if entry.cancelled else text)
    return lines


def list_entries(journal: Journal, as_of: str | None = None) -> tuple[CalendarEntry, ...]:
    today = None if as_of is None else datetime.date.fromisoformat(as_of)
    return calendar_entries.list_followed(
        followed_program.follow(journal.spec, journal.log, as_of=today)
    )


def flag(journal: Journal, keep: int) -> Journal:
    """Log the first `keep` sessions of the next week, the last one with a warning sign."""
    rest = [sessions(place, omit=True) for place in range(keep + 1, 7)]
    return journal.train(sessions(keep, red_flags=("night_pain",)), *rest)


class TestListPlanned:
    def test_lists_every_session_once_and_in_order(self) -> None:
        program = plan_program(**SPLIT)
        found = calendar_entries.list_planned(program)
        assert [(e.week.index, e.planned_index) for e in found] == [
            (week.index, session.index) for week in program.weeks for session in week.sessions
        ]
        assert not any(entry.cancelled for entry in found)


class TestListFollowed:
    def test_equals_the_plan_without_a_log(self) -> None:
        program = plan_program(**SPLIT)
        assert list_entries(Journal(**SPLIT)) == calendar_entries.list_planned(program)

    def test_equals_the_plan_after_a_perfect_log(self) -> None:
        assert list_entries(Journal(**SPLIT).train(weeks=5)) == calendar_entries.list_planned(
            plan_program(**SPLIT)
        )

    def test_changes_only_the_weeks_after_a_regression(self) -> None:
        journal = Journal(**DATED).train(weeks=4).train(sets("SK", reps=(10, 8, 6), rir=0))
        as_planned, found = (
            calendar_entries.list_planned(plan_program(**DATED)),
            list_entries(journal),
        )
        assert [e for e in found if e.week.index <= 5] == [
            e for e in as_planned if e.week.index <= 5
        ]
        assert found != as_planned

    def test_cancels_sessions_that_pain_removes_and_keeps_the_numbers_of_others(self) -> None:
        journal = Journal(**SPLIT).train().train(sets("SU", session=2, pain=7))
        found = list_entries(journal)
        assert format_week(found, 2) == ["1 0 C", "2 1 S", "3 3 C", "4 4 S"]
        assert format_week(found, 3) == ["1 0 C", "(2 1 S)", "3 3 C", "(4 4 S)"]
        moved = [e.session.index for e in found if e.week.index == 3 and not e.cancelled]
        assert moved == [1, 2]

    def test_cancels_the_rest_of_a_painful_week_permanently(self) -> None:
        begun = Journal(**SPLIT).train()
        begun.train(sets("SU", session=2, pain=7), sessions(3, omit=True), sessions(4, omit=True))
        during = format_week(list_entries(begun), 2)
        assert during == ["1 0 C", "2 1 S", "3 3 C", "(4 4 S)"]
        begun.skip().train(weeks=1)
        assert format_week(list_entries(begun), 2) == during

    def test_keeps_missed_sessions(self) -> None:
        journal = Journal(**DATED).train().skip().train()
        assert format_week(list_entries(journal), 2) == ["1 0 F", "2 3 F"]

    def test_restores_sessions_after_pain(self) -> None:
        journal = Journal(**SPLIT).train().train(sets("SU", session=2, pain=7)).train()
        assert format_week(list_entries(journal), 4) == ["1 0 C", "2 1 S", "3 3 C", "4 4 S"]


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
        before = [e for e in list_entries(journal) if (e.week.index, e.planned_index) == (6, 1)]
        after = [
            e for e in list_entries(flag(journal, 1)) if (e.week.index, e.planned_index) == (6, 1)
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
    (sessions(1, red_flags=("fever",)),), (sessions(2, omit=True),),
])  # fmt: skip


class TestEntries:
    @given_few(specs(), st.lists(WEEKS, max_size=6))
    def test_keeps_the_identity_of_entries_whatever_was_done(
        self, spec: Spec, weeks: list[Any]
    ) -> None:
        journal = Journal(spec)
        for changes in weeks:
            if journal.followed.week is None:
                break
            if changes is None:
                journal.skip()
            else:
                journal.train(*changes)
        found = list_entries(journal)
        first = calendar_entries.list_planned(plan_program(spec))
        names = [(e.week.index, e.planned_index, e.session.weekday, e.session.date) for e in first]
        assert [
            (e.week.index, e.planned_index, e.session.weekday, e.session.date) for e in found
        ] == names
        # No prescribed session is left out.
        standing = [
            (week.index, session.weekday)
            for week in followed_program.follow(spec, journal.log).weeks()
            for session in week.sessions
            if week.projected
        ]
        shown = {(e.week.index, e.session.weekday) for e in found if not e.cancelled}
        assert set(standing) <= shown


class TestCountPastWeeks:
    @pytest.mark.parametrize(
        ("today", "turns"),
        [
            ("2000-01-01", 0),
            ("2027-02-28", 0),
            ("2027-03-01", 0),
            ("2027-03-07", 0),
            ("2027-03-08", 1),
            ("2027-03-15", 2),
            ("2027-05-24", 12),
            ("2040-01-01", 12),
        ],
    )
    def test_counts_the_weeks_that_are_over(self, today: str, turns: int) -> None:
        assert (
            calendar_entries.count_past_weeks(
                make_spec(**DATED), datetime.date.fromisoformat(today)
            )
            == turns
        )

    def test_is_zero_without_dates(self) -> None:
        assert calendar_entries.count_past_weeks(make_spec(), FIRST_DAY) == 0

    def test_rises_whenever_time_alone_changes_a_programme(self) -> None:
        journal = Journal(**DATED).train()
        seen: dict[int, tuple[CalendarEntry, ...]] = {}
        for day in range(120):
            today = FIRST_DAY + datetime.timedelta(days=day)
            turn = calendar_entries.count_past_weeks(journal.spec, today)
            found = calendar_entries.list_followed(
                followed_program.follow(journal.spec, journal.log, as_of=today)
            )
            assert seen.setdefault(turn, found) == found
        assert len({repr(found) for found in seen.values()}) > 3
