"""The entries of a calendar: one for each session of the plan, as it is now.

list_planned() gets a Program and list_followed() a FollowedProgram. The calendar feature and
formats.ical render the entries. A session that adaptation removes or a block stops becomes a
cancelled entry, because calendar apps only delete an event that is sent to them as cancelled. A
session that was done stays as it was prescribed.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.training.adapting import fold, running_week
from app.training.adapting.followed_program import FollowedProgram
from app.training.planning import week_answer
from app.training.planning.program import Program
from app.training.planning.spec import Spec
from app.training.planning.week import Session, Week


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One session of a calendar."""

    week: Week
    """The week that the session belongs to."""
    session: Session
    """The session as it is now, or as it was planned if it is cancelled. Its `index` is its place
    in the full week, which never changes."""
    cancelled: bool = False


def list_planned(program: Program) -> tuple[CalendarEntry, ...]:
    """Return the entries of a programme without a log."""
    return tuple(CalendarEntry(week, one) for week in program.weeks for one in week.sessions)


def list_followed(followed: FollowedProgram) -> tuple[CalendarEntry, ...]:
    """Return the entries of a programme after what was done: those of the plan, cancelled where
    they are gone, and those that adaptation has added.
    """
    current = {week.index: week for week in _list_current_weeks(followed)}
    constants = followed.constants
    entries: list[CalendarEntry] = []
    for rendered in fold.plan_weeks(constants):
        planned = week_answer.build_week(constants, rendered, planned=True)
        entries += _match_sessions(planned, current.get(planned.index))
    return tuple(entries)


def count_past_days(spec: Spec, today: datetime.date) -> int:
    """Count the days of a programme that are over by the calendar.

    A followed programme changes only by a write or when this count rises.
    """
    if spec.start_date is None:
        return 0
    return min(max((today - spec.start_date).days, 0), 7 * spec.weeks)


def _match_sessions(planned: Week, current: Week | None) -> Iterator[CalendarEntry]:
    """Yield the entries of one week. `current` is None if the week is no longer prescribed."""
    now = {} if current is None else {session.index: session for session in current.sessions}
    before = {session.index: session for session in planned.sessions}
    for number in sorted({*now, *before}):
        if current is not None and number in now:
            yield CalendarEntry(current, now[number])
        else:
            yield CalendarEntry(planned, before[number], cancelled=True)


def _list_current_weeks(followed: FollowedProgram) -> Iterator[Week]:
    """Yield the weeks, without sessions that are no longer to be done."""
    past = {week.index: week for week in followed.past}
    for week in followed.weeks():
        running = followed.running
        if running is not None and week.index == running.planned.index:
            yield _move_sessions(followed, week)
        elif (planned := past.get(week.index)) is not None:
            log = followed.log.of_week(week.index)
            gone = running_week.find_emptied(followed.constants, planned, log)
            yield replace(week, sessions=tuple(s for s in week.sessions if s.index not in gone))
        else:
            yield week
    if (blocked := followed.blocked_week) is not None:
        stopped = week_answer.build_week(followed.constants, blocked, planned=False)
        log = followed.log.of_week(stopped.index)
        done = {record.session for record in log.records if record.is_done}
        yield replace(stopped, sessions=tuple(s for s in stopped.sessions if s.index in done))


def _move_sessions(followed: FollowedProgram, week: Week) -> Week:
    """Return the running week with the dates on which its open sessions can be done. A session
    that was dropped from the week is gone.
    """
    running = followed.running
    assert running is not None  # noqa: S101  # the caller has found it
    moved = {one.session.place.number: one.date for one in running.open_sessions}
    return replace(
        week,
        sessions=tuple(
            replace(session, date=moved.get(session.index, session.date))
            for session in week.sessions
            if session.index in moved or session.index in running.done_places
        ),
    )
