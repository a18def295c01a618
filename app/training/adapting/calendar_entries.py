"""The entries of a calendar: one for each session of the plan, as it is now.

list_planned() gets a Program and list_followed() a FollowedProgram. The calendar feature and
formats.ical render the entries. A session that adaptation removes or a block stops becomes a
cancelled entry, because calendar apps only delete an event that is sent to them as cancelled. A
session that was done stays as it was prescribed.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace

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
    planned_index: int
    """The session's number in the week as first planned. `session.index` is lower when a session
    before it was removed; this number never changes."""
    cancelled: bool = False


def list_planned(program: Program) -> tuple[CalendarEntry, ...]:
    """Return the entries of a programme without a log."""
    weeks = program.weeks
    return tuple(CalendarEntry(week, one, one.index) for week in weeks for one in week.sessions)


def list_followed(followed: FollowedProgram) -> tuple[CalendarEntry, ...]:
    """Return the entries of a programme after what was done.

    There are always as many as in the plan: adaptation removes days and brings them back, but
    never adds one.
    """
    current = {week.index: week for week in _current_weeks(followed)}
    weeks = ((week, current.get(week.index)) for week in followed.planned_weeks())
    return tuple(entry for pair in weeks for entry in _match_sessions(*pair))


def count_past_weeks(spec: Spec, today: datetime.date) -> int:
    """Count the weeks of a programme that are over by the calendar.

    A followed programme changes only by a write or when this count rises.
    """
    if spec.start_date is None:
        return 0
    return min(max((today - spec.start_date).days // 7, 0), spec.weeks)


def _match_sessions(planned: Week, current: Week | None) -> Iterator[CalendarEntry]:
    """Yield the entries of one week. `current` is None if the week is no longer prescribed."""
    sessions = () if current is None else current.sessions
    by_day = {session.weekday: session for session in sessions}
    for session in planned.sessions:
        if current is not None and session.weekday in by_day:
            yield CalendarEntry(current, by_day[session.weekday], session.index)
        else:
            yield CalendarEntry(planned, session, session.index, cancelled=True)


def _current_weeks(followed: FollowedProgram) -> Iterator[Week]:
    """Yield the weeks, without sessions that are no longer to be done."""
    for week in followed.past:
        yield _finished_week(followed, week)
    if (blocked := followed.blocked_week()) is not None:
        yield _only_done(followed, blocked)
    if (running := followed.running_week()) is not None:
        yield running
    yield from followed.project()


def _finished_week(followed: FollowedProgram, week: Week) -> Week:
    """Return a past week as it ended: without painful tracks, and cut off by a warning sign."""
    finished = followed.drop_painful(week)
    flagged = week.index in followed.log.red_flag_weeks
    return _only_done(followed, finished) if flagged else finished


def _only_done(followed: FollowedProgram, week: Week) -> Week:
    done = followed.done_sessions(week)
    return replace(week, sessions=tuple(s for s in week.sessions if s.index in done))
