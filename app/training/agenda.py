"""What a calendar shows: every session that was planned at first, as it stands by now.

Hands entries to the calendars. A session that the log has taken out, or that a block stops, stays
an entry that is cancelled, because a calendar has to be told; what was done stays as it was.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.training import adaptation, calendar, course
from app.training.course import Course
from app.training.program import Program
from app.training.spec import Spec
from app.training.week import Session, Week


@dataclass(frozen=True, slots=True)
class Entry:
    """One session of a calendar."""

    week: Week
    """The week that it belongs to."""
    session: Session
    """What to do, or what there was to do."""
    place: int
    """Its place in the week as it was planned at first. `session.index` moves up when a session
    before it drops out; this stays with its day."""
    cancelled: bool = False
    """Whether it is no longer to be done."""


def plan(program: Program) -> tuple[Entry, ...]:
    """The entries of a programme that nobody has begun."""
    return tuple(Entry(week, one, one.index) for week in program.weeks for one in week.sessions)


def lay_out(standing: Course) -> tuple[Entry, ...]:
    """The entries of a programme as it stands. They are always the same ones: adaptation takes
    whole days out and brings them back, and never adds one.
    """
    current = {week.index: week for week in stand(standing)}
    return tuple(
        entry
        for week in adaptation.unfold(standing.terms)
        for entry in compare(week, current.get(week.index))
    )


def compare(first: Week, current: Week | None) -> Iterator[Entry]:
    """The entries of one week, as it was planned at first and as it stands, if it still does."""
    sessions = () if current is None else current.sessions
    by_day = {session.weekday: session for session in sessions}
    for session in first.sessions:
        if current is not None and session.weekday in by_day:
            yield Entry(current, by_day[session.weekday], session.index)
        else:
            yield Entry(first, session, session.index, cancelled=True)


def stand(standing: Course) -> Iterator[Week]:
    """The weeks of a course without any session that is, or was, not to be done."""
    for week in standing.past:
        yield settle(standing, week)
    if standing.standing.blocked:
        yield from interrupted(standing)
    if (week_now := course.running_week(standing)) is not None:
        yield week_now
    yield from course.project(standing)


def settle(standing: Course, week: Week) -> Week:
    """A week that is over, as it stood in the end: what hurt was out of the rest of it, and a
    warning sign ended it.
    """
    settled = course.running_week(replace(standing, week=week)) or week
    flagged = week.index in standing.log.red_flag_weeks
    return only_done(standing, settled) if flagged else settled


def interrupted(standing: Course) -> Iterator[Week]:
    """The week in which a warning sign blocked a course: what was done of it until then."""
    index = len(standing.past) + 1
    kinds = calendar.week_kinds(standing.terms.spec, standing.terms.deload_every)
    if index <= len(kinds):
        week = adaptation.render(standing.terms, standing.standing, index, kinds[index - 1])
        yield only_done(standing, week)


def only_done(standing: Course, week: Week) -> Week:
    """A week without the sessions in which nothing was logged."""
    done = course.places_done(week, standing.log)
    return replace(week, sessions=tuple(s for s in week.sessions if s.index in done))


def count_turns(spec: Spec, today: datetime.date) -> int:
    """How many weeks of a programme have passed by a day: the one thing that changes a course
    without anything being logged. It never falls as time goes on.
    """
    if spec.start_date is None:
        return 0
    return min(max((today - spec.start_date).days // 7, 0), spec.weeks)
