"""The sessions of a calendar: every session that was first planned, with what became of it.

Takes a Program or a FollowedProgram; the calendar feature and formats.ical take the entries. A
session that adaptation has removed, or that a block stops, stays as a cancelled entry, because a
calendar must be told so. A session that was done stays as it was.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.training.adapting import fold
from app.training.adapting.followed_program import FollowedProgram
from app.training.planning.program import Program
from app.training.planning.spec import Spec
from app.training.planning.week import Session, Week


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One session of a calendar."""

    week: Week
    """The week that the session belongs to."""
    session: Session
    """The session as it is now, or as it was planned if it is cancelled."""
    place: int
    """Its number in the week as first planned. `session.index` moves up when a session before it
    is removed; this number stays with its day."""
    cancelled: bool = False


def list_planned(program: Program) -> tuple[CalendarEntry, ...]:
    """The entries of a programme without a log."""
    return tuple(
        CalendarEntry(week, one, one.index) for week in program.weeks for one in week.sessions
    )


def list_followed(followed: FollowedProgram) -> tuple[CalendarEntry, ...]:
    """The entries of a programme after what was done. Their number never changes: adaptation
    removes whole days and brings them back, and never adds one.
    """
    current = {week.index: week for week in _current_weeks(followed)}
    return tuple(
        entry
        for week in fold.plan_weeks(followed.constants)
        for entry in _match_sessions(week, current.get(week.index))
    )


def count_past_weeks(spec: Spec, today: datetime.date) -> int:
    """How many weeks of a programme have passed. Never falls as time goes on.

    Only a write or a week that passes changes a followed programme.
    """
    if spec.start_date is None:
        return 0
    return min(max((today - spec.start_date).days // 7, 0), spec.weeks)


def _match_sessions(first: Week, current: Week | None) -> Iterator[CalendarEntry]:
    """The entries of one week, from the week as first planned and as it is now, if it still is."""
    sessions = () if current is None else current.sessions
    by_day = {session.weekday: session for session in sessions}
    for session in first.sessions:
        if current is not None and session.weekday in by_day:
            yield CalendarEntry(current, by_day[session.weekday], session.index)
        else:
            yield CalendarEntry(first, session, session.index, cancelled=True)


def _current_weeks(followed: FollowedProgram) -> Iterator[Week]:
    """The weeks, without sessions that are not to be done any more."""
    for week in followed.past:
        yield _finished_week(followed, week)
    if followed.standing.blocked:
        yield from _blocked_week(followed)
    if (running := followed.running_week()) is not None:
        yield running
    yield from followed.project()


def _finished_week(followed: FollowedProgram, week: Week) -> Week:
    """A past week as it ended: painful tracks removed, and cut off by a warning sign."""
    finished = followed.drop_painful(week)
    flagged = week.index in followed.log.red_flag_weeks
    return _only_done(followed, finished) if flagged else finished


def _blocked_week(followed: FollowedProgram) -> Iterator[Week]:
    """The week in which a warning sign blocked the programme, with what was done until then."""
    constants = followed.constants
    index = len(followed.past) + 1
    kinds = constants.week_kinds()
    if index <= len(kinds):
        week = fold.render(constants, followed.standing, index, kinds[index - 1])
        yield _only_done(followed, week)


def _only_done(followed: FollowedProgram, week: Week) -> Week:
    done = followed.done_sessions(week)
    return replace(week, sessions=tuple(s for s in week.sessions if s.index in done))
