"""Several followed programmes, put one after the other in one line of time.

A programme that continues another one begins where its log ended, `since` weeks after the first
(science 4.7). line_up() numbers the weeks on; progress measures them, and charts draw them.
"""

import dataclasses
import datetime
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from app.training.adapting.followed_program import FollowedProgram
from app.training.log.completed import CompletedSession
from app.training.log.logbook import select_newest_sessions
from app.training.measures.heel_rise import SpecLog
from app.training.measures.measure_input import WeekWork, read_weeks
from app.training.measures.session_load import LoggedSession

Programmes = Sequence[tuple[FollowedProgram, Sequence[CompletedSession]]]
"""Followed programmes in the order in which they were trained, each with its sessions."""


class ProgramLine(NamedTuple):
    """The weeks of programmes that follow one another."""

    weeks: tuple[WeekWork, ...]
    """The weeks with numbers that rise. All but those of the last programme are over."""
    sessions: tuple[LoggedSession, ...]
    """The sessions of all programmes."""
    logs: tuple[SpecLog, ...]
    """The spec and the sessions of each programme."""
    last: FollowedProgram
    """The last programme."""
    offset: int
    """What is added to the numbers of the last programme's weeks."""


def read_line(followed: FollowedProgram, sessions: Sequence[CompletedSession]) -> ProgramLine:
    """Return the weeks of one programme, with its own numbers."""
    weeks = read_weeks(followed)
    log = _sort_sessions(sessions)
    listed = tuple(_find_weeks(followed, log, weeks))
    return ProgramLine(weeks, listed, ((followed.spec, log),), followed, 0)


def line_up(programmes: Programmes) -> ProgramLine:
    """Return the weeks of programmes that follow one another, numbered on.

    Of each but the last, the weeks after its end are left out: those without a set that its
    successor begins with. Raises ValueError without a programme.
    """
    if not programmes:
        raise ValueError("a line needs at least one programme")
    weeks: list[WeekWork] = []
    sessions: list[LoggedSession] = []
    logs: list[SpecLog] = []
    # The number of the week before the first one of the line that `since` counts from.
    base = since = 0
    for place, (followed, logged) in enumerate(programmes):
        since = _since(followed)
        last = weeks[-1].number if weeks else 0
        base = last if since == 0 else max(base, last - since)
        found = read_weeks(followed)
        if place + 1 < len(programmes):
            found = _end_before(found, since, programmes[place + 1][0])
        own = [
            dataclasses.replace(work, number=base + since + work.number, program=place + 1)
            for work in found
        ]
        weeks += own
        log = _sort_sessions(logged)
        sessions += _find_weeks(followed, log, own)
        logs.append((followed.spec, log))
    offset = base + since
    return ProgramLine(tuple(weeks), tuple(sessions), tuple(logs), programmes[-1][0], offset)


def _since(followed: FollowedProgram) -> int:
    """Return the weeks of training before week 1 of a programme."""
    start = followed.spec.start
    return 0 if start is None else start.since or 0


def _end_before(
    weeks: Sequence[WeekWork], since: int, successor: FollowedProgram
) -> tuple[WeekWork, ...]:
    """Return the weeks of a programme up to the start of its successor. A week with a set stays."""
    most = _since(successor) - since if _since(successor) > since else len(weeks)
    first_day = successor.spec.start_date
    kept = list(weeks)
    while kept and not kept[-1].log.records and _is_after(kept[-1], most, first_day):
        kept.pop()
    return tuple(dataclasses.replace(work, over=True) for work in kept)


def _is_after(work: WeekWork, most: int, first_day: datetime.date | None) -> bool:
    """Return whether a week without a set comes after the end of its programme."""
    day = work.week.start_date
    begins_later = day is not None and first_day is not None and day >= first_day
    return not work.over or work.week.index > most or begins_later


def _sort_sessions(sessions: Iterable[CompletedSession]) -> list[CompletedSession]:
    """Return each session once, by time."""
    return sorted(select_newest_sessions(sessions), key=lambda session: session.started_at)


def _find_weeks(
    followed: FollowedProgram, sessions: Iterable[CompletedSession], weeks: Iterable[WeekWork]
) -> Iterator[LoggedSession]:
    """Yield the sessions of a programme with the number of their week."""
    numbers = {work.week.index: work.number for work in weeks}
    week_of, trained = {}, set()
    for index, log in followed.log.weeks.items():
        for upload in log.uploads:
            # The pain of a late session is in the week of its date, its work in that of its place.
            if upload.places or upload.session_id not in week_of:
                week_of[upload.session_id] = numbers.get(index)
            if any(record.is_done or record.pain is not None for record in upload.records):
                trained.add(upload.session_id)
    for session in sessions:
        week, is_trained = week_of.get(session.session_id), session.session_id in trained
        yield LoggedSession(session, followed.spec, week, is_trained)
