"""Followed programmes: which week runs, how it ends, and the weeks to come."""

import datetime
from typing import Any

import pytest

from app.training.adapting import followed_program
from app.training.adapting.fold import Block
from app.training.adapting.followed_program import FollowedProgram
from app.training.catalog.reasons import BLOCKS, DISCLAIMER
from app.training.log.completed import CompletedSession, MorningPain
from app.training.planning.spec import SpecFields
from app.training.planning.spec_building import SpecError
from app.training.planning.start import Start, TrackStart
from tests.training.journal import (
    EVENING,
    FIRST_DAY,
    LONG,
    P2,
    Change,
    Journal,
    log_week,
    make_id,
    make_session,
    make_set,
    sessions,
    sets,
)
from tests.training.notation import format_sessions, format_week
from tests.training.strategies import make_spec, plan_program

DAY = datetime.timedelta(days=1)
STABBING = sets("SK", session=1, pain=7)
FLAG = ("night_pain",)


def follow(
    *done: CompletedSession, as_of: datetime.date | None = None, **wish: Any
) -> FollowedProgram:
    """Follow the programme of a spec after these sessions."""
    return followed_program.follow(make_spec(**wish), done, as_of=as_of)


def log_first_week(*changes: Change, **wish: Any) -> list[CompletedSession]:
    """Return the completed sessions of a first week."""
    return log_week(make_spec(**wish), Journal(**wish).week, *changes)


def find_running_week(found: FollowedProgram) -> int | None:
    """Return the number of the running week, or None."""
    return found.running.planned.index if found.running else None


class TestRunningWeek:
    def test_is_the_first_without_a_log(self) -> None:
        assert find_running_week(follow()) == 1

    def test_lasts_until_no_session_is_left(self) -> None:
        monday, thursday = log_first_week()
        assert find_running_week(follow(monday)) == 1
        assert find_running_week(follow(monday, thursday)) == 2
        # Monday's session came before.
        assert find_running_week(follow(thursday)) == 2

    def test_is_not_over_with_sets_of_zero_repetitions(self) -> None:
        begun = sessions(2, status="in_progress")
        assert find_running_week(follow(*log_first_week(begun, sets(session=2, reps=0)))) == 1

    def test_is_over_when_a_later_week_has_begun(self) -> None:
        found = follow(make_session(make_set(), week=3))
        assert find_running_week(found) == 3
        assert {why.code for why in found.week_reasons().values()} == {"NO_DATA_START"}

    def test_is_over_when_a_later_week_hurts(self) -> None:
        """The last session is done in the second week: its pain counts there."""
        log = log_first_week(sets(pain=7), sessions(1, omit=True), sessions(2, days=5),
                             start_date=FIRST_DAY)  # fmt: skip
        found = follow(*log, start_date=FIRST_DAY)
        assert find_running_week(found) == 4
        assert [week.index for week in found.past] == [1, 2, 3]

    @pytest.mark.parametrize(
        ("today", "week"),
        [
            ("2027-02-20", 1),
            ("2027-03-05", 1),
            # On Saturday, Thursday and the day after it have passed.
            ("2027-03-06", 2),
            ("2027-03-08", 2),
            ("2027-03-12", 2),
            ("2027-03-13", 3),
            ("2027-05-21", 12),
            ("2027-05-22", None),
        ],
    )
    def test_is_over_when_its_days_have_passed(self, today: str, week: int | None) -> None:
        as_of = datetime.date.fromisoformat(today)
        found = follow(start_date=FIRST_DAY, as_of=as_of)
        assert find_running_week(found) == week
        assert found.status == ("finished" if week is None else "planned")

    @pytest.mark.parametrize(("day", "week"), [(6, 1), (7, 2)])
    def test_is_over_after_its_seventh_day_whatever_is_left(self, day: int, week: int) -> None:
        """The only session is on Sunday, and could be done on Monday otherwise."""
        found = follow(start_date=FIRST_DAY, weekdays=(6,), as_of=FIRST_DAY + day * DAY)
        assert find_running_week(found) == week

    def test_ignores_today_without_dates(self) -> None:
        assert find_running_week(follow(as_of=datetime.date(2040, 1, 1))) == 1

    @pytest.mark.parametrize(("through", "week"), [(0, 1), (1, 2), (5, 6), (12, None)])
    def test_follows_the_week_that_the_caller_names(self, through: int, week: int | None) -> None:
        journal = Journal().train(weeks=2)
        found = followed_program.follow(journal.spec, journal.log, through_week=through)
        assert find_running_week(found) == week

    def test_skips_a_week_that_a_race_empties(self) -> None:
        wish: dict[str, Any] = {
            "start_date": FIRST_DAY,
            "race_date": datetime.date(2027, 3, 10),
            "weekdays": (0,),
            "weeks": 6,
        }
        assert find_running_week(follow(*log_first_week(**wish), **wish)) == 3

    def test_skips_a_week_that_pain_empties(self) -> None:
        found = follow(*log_first_week(sets(session=2, pain=7)))
        assert find_running_week(found) == 3
        assert {why.code for why in found.week_reasons().values()} == {"RETURN_AFTER_PAIN"}

    def test_refuses_a_start_that_does_not_fit(self) -> None:
        with pytest.raises(SpecError):
            follow(start=Start(step_up=TrackStart(7, 6, load=10.0)))


class TestBlock:
    @pytest.mark.parametrize("week", [None, 1, 3])
    def test_follows_a_warning_sign_at_once(self, week: int | None) -> None:
        found = follow(make_session(week=week, red_flags=FLAG))
        assert (found.status, found.running, found.past) == ("blocked", None, ())
        assert (found.weeks(), found.week_reasons(), found.projection) == ((), {}, ())

    def test_keeps_the_weeks_before_and_the_week_of_the_sign(self) -> None:
        journal = Journal().train(weeks=2)
        flagged = make_session(week=3, red_flags=FLAG, session_id=make_id(3))
        found = followed_program.follow(journal.spec, [*journal.log, flagged])
        assert [week.index for week in found.weeks()] == [1, 2]
        assert found.blocked_week
        assert found.blocked_week.index == 3

    def test_ignores_a_later_week_with_through_week(self) -> None:
        journal = Journal().train(weeks=2)
        journal.log.append(make_session(week=3, red_flags=FLAG))
        back = followed_program.follow(journal.spec, journal.log, through_week=1)
        assert back.status == "planned"

    def test_follows_pain_in_the_running_week(self) -> None:
        """The second week is not over, and its first session hurts again."""
        journal = Journal(**LONG).train(STABBING)
        hurt = make_set(exercise="bent-knee-calf-raise", pain=7, performed_at=EVENING + 7 * DAY)
        again = make_session(hurt, week=2, started_at=EVENING + 7 * DAY, session_id=make_id("two"))
        found = followed_program.follow(journal.spec, [*journal.log, again])
        assert found.block == Block("PAIN_CAME_BACK", frozenset({"calf"}))

    @pytest.mark.parametrize("cause", ["WARNING_SIGN_LOGGED", "PAIN_CAME_BACK"])
    def test_is_described_in_words(self, cause: str) -> None:
        journal = Journal(**LONG).train(STABBING)
        if cause == "PAIN_CAME_BACK":
            journal.train(sets("BK", pain=6))
        else:
            journal.train(sessions(1, red_flags=FLAG))
        block = journal.followed.describe_block()
        assert block
        assert (block.status, block.code) == ("blocked", "CLEARANCE_REQUIRED")
        assert block.sentence == BLOCKS[cause].sentence
        assert block.disclaimers == (DISCLAIMER,)

    def test_is_none_while_the_programme_goes_on(self) -> None:
        assert follow().describe_block() is None


class TestWeekReasons:
    def test_name_the_pain_of_the_running_week(self) -> None:
        log = log_first_week(sessions(2, omit=True), sets("SK", pain=4))
        why = follow(*log).week_reasons()["straight_knee"]
        assert why.sentence == "Pain 4/10 is in the watch zone: hold steady."

    def test_name_the_pain_of_the_week_before(self) -> None:
        journal = Journal(**LONG).train(sets("SK", pain=4))
        monday = log_week(journal.spec, journal.week, sessions(2, omit=True), sets("SK", pain=2))
        found = followed_program.follow(journal.spec, [*journal.log, *monday])
        sentence = found.week_reasons()["straight_knee"].sentence
        assert sentence == "Pain 4/10 is in the watch zone: hold steady."


class TestWeeks:
    def test_equal_the_plan_without_a_log(self) -> None:
        weeks = follow().weeks()
        assert [format_week(week) for week in weeks] == [
            format_week(w) for w in plan_program().weeks
        ]
        assert [week.projected for week in weeks] == [False] + [True] * 11

    def test_equal_the_plan_after_a_perfect_log(self) -> None:
        weeks = Journal().train(weeks=7).followed.weeks()
        assert [format_week(week) for week in weeks] == [
            format_week(w) for w in plan_program().weeks
        ]
        assert [week.projected for week in weeks] == [False] * 8 + [True] * 4

    def test_say_what_was_earned_and_what_is_to_come(self) -> None:
        weeks = Journal(**LONG).train().followed.weeks()
        said = [week.find_reason("straight_knee").sentence for week in weeks[1:3]]
        assert said == [
            "That went well, so each set goes to 18 repetitions.",
            "If these sets go well, each set goes to 20 repetitions.",
        ]

    @pytest.mark.parametrize(
        ("wish", "change"),
        [
            (LONG, sets("SK", pain=7)),
            (LONG, sets(pain=7)),
            (P2, sets("SK", side="left", missed=4)),
            ({**P2, "days_per_week": 1}, sets("SK", side="left", missed=4)),
        ],
    )
    def test_to_come_are_as_if_done_as_prescribed(self, wish: SpecFields, change: Change) -> None:
        journal = Journal(**wish).train(change)
        to_come = [week for week in journal.followed.weeks() if week.projected]
        assert len(to_come) == 10
        for week in to_come:
            journal = journal.train() if journal.week.sessions else journal.skip()
            assert format_sessions(week) == format_sessions(journal.week)

    def test_to_come_keep_the_pain_of_the_running_week(self) -> None:
        log = log_first_week(sessions(2, omit=True), sets("SK", pain=4), **LONG)
        second = follow(*log, **LONG).projection[0]
        assert [*second.start.shown.values()] == ["PAIN_ACCEPTABLE_HOLD", "ADD_REPS", "ADD_REPS"]

    def test_to_come_do_not_count_what_is_still_to_be_done(self) -> None:
        """On Monday two of nine sets of the straight knee are done."""
        log = log_first_week(sessions(2, omit=True), sets("SK", reps=5, rir=0), **LONG)
        second = follow(*log, **LONG).projection[0]
        assert second.start.shown["straight_knee"] == "ADD_REPS"

    def test_that_are_over_stay_as_prescribed(self) -> None:
        journal = Journal().train(sets(reps=40)).train(sessions(2, omit=True))
        weeks = journal.followed.weeks()
        assert format_sessions(weeks[0]) == format_sessions(plan_program().weeks[0])
        assert [week.index for week in weeks] == list(range(1, 13))

    def test_that_run_show_what_pain_changed(self) -> None:
        log = log_first_week(
            sessions(2, omit=True), sessions(1, morning_pain=MorningPain(6, "knee"))
        )
        found = follow(*log)
        second = "[F, 12 min]: SK2 2x15 R4; BK2 2x15 R4"
        assert format_sessions(found.weeks()[0])[1] == f"Thu {second}"
        assert found.running is not None
        assert len(found.running.planned.sessions[1].slots) == 3


class TestStatus:
    def test_is_finished_after_the_last_week(self) -> None:
        found = follow(*log_first_week(weeks=1), weeks=1)
        assert (found.status, found.running, found.weeks()[-1].projected) == (
            "finished",
            None,
            False,
        )

    def test_is_planned_while_a_session_is_left(self) -> None:
        assert follow(*log_first_week(sessions(2, omit=True), weeks=1), weeks=1).status == "planned"
