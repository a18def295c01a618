"""Followed programmes: the running week, the next session, changes and projections."""

import datetime
from typing import Any

import pytest

from app.training.adapting import followed_program
from app.training.adapting.fold import Standing
from app.training.adapting.followed_program import FollowedProgram, NextSession, TrackDose
from app.training.log.completed import CompletedSession, MorningPain
from app.training.planning.spec import SpecFields
from tests.training.journal import (
    FIRST_DAY,
    LONG,
    P2,
    TRACK,
    Change,
    Journal,
    log_week,
    make_id,
    make_session,
    make_set,
    sessions,
    sets,
)
from tests.training.notation import format_session, format_sessions, format_week
from tests.training.strategies import make_spec, plan_program


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
    return found.week.index if found.week else None


def find_next(found: FollowedProgram) -> NextSession:
    """Return the next session, which there must be."""
    result = found.next_session()
    assert result
    return result


class TestRunningWeek:
    def test_is_the_first_without_a_log(self) -> None:
        assert find_running_week(follow()) == 1

    def test_lasts_until_every_session_is_done(self) -> None:
        monday, thursday = log_first_week()
        assert find_running_week(follow(monday)) == 1
        assert find_running_week(follow(thursday)) == 1
        assert find_running_week(follow(thursday, monday)) == 2

    def test_is_not_over_with_sets_of_zero_repetitions(self) -> None:
        assert find_running_week(follow(*log_first_week(sets(session=2, reps=0)))) == 1

    def test_is_over_when_a_later_week_has_begun(self) -> None:
        found = follow(make_session(make_set(), week=3))
        assert find_running_week(found) == 3
        assert found.week is not None
        assert set(found.week.reasons.values()) == {"NO_DATA_START"}

    @pytest.mark.parametrize(
        ("today", "week"),
        [
            ("2027-02-20", 1),
            ("2027-03-07", 1),
            ("2027-03-08", 2),
            ("2027-03-14", 2),
            ("2027-03-15", 3),
            ("2027-05-23", 12),
            ("2027-05-24", None),
        ],
    )
    def test_is_over_when_its_seventh_day_has_passed(self, today: str, week: int | None) -> None:
        as_of = datetime.date.fromisoformat(today)
        found = follow(start_date=FIRST_DAY, as_of=as_of)
        assert find_running_week(found) == week
        assert found.status == ("finished" if week is None else "planned")

    def test_ignores_today_without_dates(self) -> None:
        assert find_running_week(follow(as_of=datetime.date(2040, 1, 1))) == 1

    @pytest.mark.parametrize(("through", "week"), [(0, 1), (1, 2), (5, 6), (12, None)])
    def test_follows_the_week_that_the_caller_names(self, through: int, week: int | None) -> None:
        journal = Journal().train(weeks=2)
        assert (
            find_running_week(
                followed_program.follow(journal.spec, journal.log, through_week=through)
            )
            == week
        )

    def test_skips_a_week_that_a_race_empties(self) -> None:
        wish: dict[str, Any] = {
            "start_date": FIRST_DAY,
            "race_date": datetime.date(2027, 3, 10),
            "weekdays": (0,),
            "weeks": 6,
        }
        assert find_running_week(follow(*log_first_week(**wish), **wish)) == 3

    def test_starts_at_midnight_in_the_programme_s_zone(self) -> None:
        moment = datetime.datetime(2027, 3, 28, 22, tzinfo=datetime.UTC)
        days = {
            zone: make_spec(timezone=zone).date_at(moment).day
            for zone in ("UTC", "Europe/Berlin", "Pacific/Chatham")
        }
        assert days == {"UTC": 28, "Europe/Berlin": 29, "Pacific/Chatham": 29}


STABBING = sets("SK", session=1, pain=5.01)


class TestPainInTheRunningWeek:
    def test_removes_the_track_from_the_next_session(self) -> None:
        monday, _ = log_first_week(STABBING)
        week = follow(monday).running_week()
        assert week is not None
        assert [format_session(session) for session in week.sessions] == [
            "[F, 19 min]: SK2 2x15 R4; BK2 2x15 R4; SU2 2x15 R4 h18",
            "[F, 19 min]: BK2 2x15 R4; SU2 2x15 R4 h18",
        ]
        assert week.reasons == {
            "straight_knee": "PAIN_ABOVE_5",
            "bent_knee": "START",
            "step_up": "START",
        }

    def test_gives_the_reason_with_the_next_session(self) -> None:
        monday, _ = log_first_week(STABBING)
        result = find_next(follow(monday))
        assert (result.week, result.session, result.weekday) == (1, 2, 3)
        assert [exercise.track for exercise in result.exercises] == ["bent_knee", "step_up"]
        why = {reason.track: reason for reason in result.reasons}
        assert [why[track].code for track in TRACK.values()] == ["PAIN_ABOVE_5", "START", "START"]
        assert why["straight_knee"].sentence.startswith("Pain above 5/10: leave this exercise out")

    def test_gives_the_reason_with_the_next_week(self) -> None:
        result = find_next(follow(*log_first_week(sets("SK", session=2, pain=7))))
        assert (result.week, result.session) == (2, 1)
        codes = [(reason.track, reason.code) for reason in result.reasons]
        assert codes[:2] == [("straight_knee", "PAIN_ABOVE_5"), ("bent_knee", "SIBLING_PAIN")]

    @pytest.mark.parametrize(
        ("change", "out"),
        [
            (sets("SU", session=1, pain=5), set()),
            (sets("SU", session=1, pain=6, kind="warmup"), {"step_up"}),
            (sets("SU", session=1, pain=6, reps=0), set()),
            (sessions(1, morning_pain=MorningPain(6, "calf")), {"straight_knee", "bent_knee"}),
        ],
    )
    def test_counts_as_in_the_weekly_fold(self, change: Change, out: set[str]) -> None:
        monday, _ = log_first_week(change)
        result = find_next(follow(monday))
        assert set(TRACK.values()) - {exercise.track for exercise in result.exercises} == out

    def test_removes_a_session_without_another_track(self) -> None:
        """Calf and step days alternate from Monday on: C, S, C, S and C on Saturday."""
        wish: dict[str, Any] = {"weekdays": (0, 1, 2, 3, 5)}
        done = log_first_week(sets("SU", session=2, pain=7), **wish)
        week = follow(*done[:2], **wish).running_week()
        assert week is not None
        assert [session.index for session in week.sessions] == [1, 2, 3, 5]
        assert find_next(follow(*done[:3], **wish)).session == 5
        result = find_next(follow(*done[:3], done[4], **wish))
        assert (result.week, result.session) == (2, 1)
        codes = [(reason.track, reason.code) for reason in result.reasons]
        assert codes[2] == ("step_up", "PAIN_ABOVE_5")

    def test_empties_the_next_week_if_all_tracks_hurt_and_reduces_the_one_after(self) -> None:
        monday, _ = log_first_week(sets(session=1, pain=7))
        result = find_next(follow(monday))
        assert (result.week, result.session) == (3, 1)
        assert {one.rir_target for exercise in result.exercises for one in exercise.sets} == {5}

    def test_changes_nothing_about_the_weekly_fold(self) -> None:
        journal = Journal().train().train(sets("SK", session=1, pain=7))
        found = followed_program.follow(journal.spec, journal.log)
        assert found.week == journal.week
        assert found.running_week() == found.week


class TestRedFlag:
    @pytest.mark.parametrize("week", [None, 1, 3])
    def test_blocks_immediately(self, week: int | None) -> None:
        found = follow(make_session(week=week, red_flags=("night_pain",)))
        assert (found.status, found.week, found.past) == ("blocked", None, ())
        assert found.next_session() is None
        assert found.running_week() is None
        assert found.changes() == ()
        assert found.weeks() == ()

    def test_keeps_the_weeks_before(self) -> None:
        journal = Journal().train(weeks=2)
        flagged = make_session(week=3, red_flags=("night_pain",), session_id=make_id(3))
        found = followed_program.follow(journal.spec, [*journal.log, flagged])
        assert found.status == "blocked"
        assert [week.index for week in found.weeks()] == [1, 2]

    def test_ignores_a_later_week_with_through_week(self) -> None:
        journal = Journal().train(weeks=2)
        journal.log.append(make_session(week=3, red_flags=("night_pain",)))
        back = followed_program.follow(journal.spec, journal.log, through_week=1)
        assert back.status == "planned"


class TestNextSession:
    def test_is_the_first_session_that_is_not_done(self) -> None:
        monday, thursday = log_first_week()
        assert find_next(follow()).session == 1
        assert find_next(follow(monday)).session == 2
        assert find_next(follow(thursday)).session == 1

    def test_is_the_first_of_the_next_week_after_the_last(self) -> None:
        result = find_next(follow(*log_first_week()))
        assert (result.week, result.session) == (2, 1)
        assert [reason.code for reason in result.reasons] == ["RAMP_SETS"] * 3

    def test_has_its_date_and_week(self) -> None:
        result = find_next(follow(log_first_week(start_date=FIRST_DAY)[0], start_date=FIRST_DAY))
        assert result.date == datetime.date(2027, 3, 4)
        assert (result.kind, result.phase, result.est_minutes) == ("build", "foundation", 19)
        assert [exercise.slug for exercise in result.exercises] == [
            "straight-leg-calf-raise",
            "bent-knee-calf-raise",
            "step-up",
        ]

    def test_is_none_after_the_last_week(self) -> None:
        found = follow(*log_first_week(weeks=1), weeks=1)
        assert found.status == "finished"
        assert found.next_session() is None


class TestWeeks:
    def test_equals_the_plan_without_a_log(self) -> None:
        weeks = follow().weeks()
        assert [format_week(week) for week in weeks] == [
            format_week(w) for w in plan_program().weeks
        ]
        assert [week.projected for week in weeks] == [False] + [True] * 11

    def test_equals_the_plan_after_a_perfect_log(self) -> None:
        journal = Journal().train(weeks=7)
        weeks = journal.followed.weeks()
        assert [format_week(week) for week in weeks] == [
            format_week(w) for w in plan_program().weeks
        ]
        assert [week.projected for week in weeks] == [False] * 8 + [True] * 4

    @pytest.mark.parametrize(
        ("wish", "change"),
        [
            (LONG, sets("SK", pain=7)),
            (LONG, sets(pain=7)),
            (P2, sets("SK", side="left", reps=8)),
            ({**P2, "days_per_week": 1}, sets("SK", side="left", reps=8)),
        ],
    )
    def test_projects_perfect_weeks(self, wish: SpecFields, change: Change) -> None:
        journal = Journal(**wish).train(change)
        to_come = list(journal.followed.project())
        assert len(to_come) == 10
        for week in to_come:
            assert format_week(week) == format_week(journal.train().week)

    def test_shows_past_weeks_as_prescribed(self) -> None:
        journal = Journal().train(sets(reps=40, omit=False)).train(sessions(2, omit=True))
        weeks = journal.followed.weeks()
        assert format_sessions(weeks[0]) == format_sessions(plan_program().weeks[0])
        assert [week.index for week in weeks] == list(range(1, 13))


class TestChanges:
    def test_has_no_dose_before_the_first_week(self) -> None:
        changes = follow().changes()
        assert [change.track for change in changes] == list(TRACK.values())
        assert {change.before for change in changes} == {None}
        assert {change.code for change in changes} == {"START"}

    def test_compares_each_track_before_and_after(self) -> None:
        journal = Journal().train(weeks=4).train(sets("SK", session=2, reps=14, rir=1))
        calf, _, step = journal.followed.changes()
        was = TrackDose(2, "straight-leg-calf-raise", 6, 18, None)
        assert (calf.before, calf.after) == (was, was)
        assert calf.code == "TARGET_NOT_YET_MET"
        assert calf.sentence.startswith("Not every set reached 18 ")
        assert (calf.evidence, calf.basis) == (("EV-01",), "evidence")
        assert step.before == TrackDose(2, "step-up", 6, 18, None)
        assert step.after == TrackDose(2, "step-up", 6, 20, None)

    def test_includes_a_track_that_is_left_out(self) -> None:
        journal = Journal().train(STABBING)
        calf, *_ = journal.followed.changes()
        assert (calf.code, calf.after) == ("PAIN_ABOVE_5", None)
        calf, *_ = journal.train().followed.changes()
        assert (calf.code, calf.before) == ("RETURN_AFTER_PAIN", None)
        assert calf.after == TrackDose(1, "two-leg-calf-raise-floor", 2, 15, None)


class TestStatus:
    @pytest.mark.parametrize(
        ("blocked", "weeks", "status"),
        [(False, 1, "planned"), (False, 0, "finished"), (True, 0, "blocked")],
    )
    def test_depends_on_the_block_and_the_running_week(
        self, blocked: bool, weeks: int, status: str
    ) -> None:
        begun = follow()
        position = begun.standing.position
        standing = Standing(position, position, blocked=blocked)
        found = FollowedProgram(
            begun.constants, begun.log, (), standing, begun.week if weeks else None
        )
        assert found.status == status
