"""How demanding sessions and weeks were, from the rating of the whole session.

Session load is rating times minutes (EV-36); monotony and strain follow from the days of a week.
Nothing in the programme is decided on any of it, and no acute:chronic ratio is worked out
(EV-34, EV-35).
"""

import datetime
import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal
from uuid import UUID

from app.training.log import logbook
from app.training.log.completed import CompletedSession
from app.training.log.logbook import SCALE
from app.training.measures.caveats import CAVEATS, Measure
from app.training.measures.rounding import round_figure
from app.training.planning.spec import Spec

_SPIKE_WINDOW = datetime.timedelta(days=30)
_MICROSECOND = datetime.timedelta(microseconds=1)
_MICROSECONDS_PER_MINUTE = 60_000_000
_DAYS_PER_WEEK = 7


@dataclass(frozen=True, slots=True)
class SessionLoad:
    """How demanding one session was."""

    session_id: UUID
    """The session."""
    date: datetime.date
    """Its day in the programme's time zone."""
    week: int | None
    """Number of its week; null where it belongs to none."""
    minutes: float | None
    """From start to end; null where the end is not known."""
    load: float | None
    """Rating of the whole session times minutes, in arbitrary units; null if either is missing."""
    spike: float | None
    """Its load by the greatest of the 30 days before; null without one above 0."""


@dataclass(frozen=True, slots=True)
class LoadWeek:
    """How demanding a week's sessions were."""

    week: int
    """Number of the week."""
    sessions: int
    """Sessions in it."""
    rated_sessions: int
    """Those of them that have a load."""
    load: float | None
    """Sum of the loads; 0 in a week without sessions, null if no session has one."""
    monotony: float | None
    """Mean by standard deviation of the seven days' loads. Null if all days are alike, while the
    week runs, and where a session has no load."""
    strain: float | None
    """Sum of the loads times monotony."""


@dataclass(frozen=True, slots=True)
class SessionLoads(Measure):
    """How demanding the sessions were, going by the rating of the whole session."""

    unit: Literal["AU"]
    """Unit of the loads: arbitrary units, rating times minutes."""
    weeks: tuple[LoadWeek, ...]
    """Week by week."""
    sessions: tuple[SessionLoad, ...]
    """Session by session, the earliest first."""


@dataclass(frozen=True, slots=True)
class _RatedSession:
    """A session with its load."""

    session_id: UUID
    started_at: datetime.datetime
    date: datetime.date
    week: int | None
    lasted: int | None
    """In microseconds."""
    load: int | None
    """In ten-thousandths of a rating times microseconds."""


def measure_session_load(
    spec: Spec,
    sessions: Sequence[CompletedSession],
    trained: Collection[UUID],
    weeks: Sequence[tuple[int, bool]],
) -> SessionLoads:
    """The loads of sessions, and of weeks given by their number and whether they are over.

    `sessions` are the newest of each, in order of time; `trained` are those with a logged set. A
    session with neither set nor load is left out.
    """
    every = [_rate_session(spec, session) for session in sessions]
    rated = [one for one in every if one.load is not None or one.session_id in trained]
    return SessionLoads(
        *CAVEATS["session_load"],
        unit="AU",
        weeks=tuple(
            _summarise_week(week, over, [one for one in rated if one.week == week])
            for week, over in weeks
        ),
        sessions=tuple(_list_session_loads(rated)),
    )


def _rate_session(spec: Spec, session: CompletedSession) -> _RatedSession:
    """A session's load, if it has an end after its start and a rating."""
    date = spec.date_at(session.started_at)
    week = logbook.find_week(spec, date, session.week)
    lasted = None
    if session.ended_at is not None and session.ended_at > session.started_at:
        lasted = (session.ended_at - session.started_at) // _MICROSECOND
    rating = None if session.srpe is None else logbook.scale(session.srpe)
    return _RatedSession(
        session_id=session.session_id,
        started_at=session.started_at,
        date=date,
        week=week if isinstance(week, int) else None,
        lasted=lasted,
        load=None if lasted is None or rating is None else lasted * rating,
    )


def _list_session_loads(rated: Sequence[_RatedSession]) -> Iterator[SessionLoad]:
    """Each session with its load beside the greatest of the 30 days before it."""
    first = 0
    for place, one in enumerate(rated):
        while one.started_at - rated[first].started_at > _SPIKE_WINDOW:
            first += 1
        most = max((before.load or 0 for before in rated[first:place]), default=0)
        lasted, load = one.lasted, one.load
        yield SessionLoad(
            session_id=one.session_id,
            date=one.date,
            week=one.week,
            minutes=None
            if lasted is None
            else round_figure(Fraction(lasted, _MICROSECONDS_PER_MINUTE)),
            load=None if load is None else round_figure(_to_arbitrary_units(load)),
            spike=round_figure(Fraction(load, most)) if load is not None and most else None,
        )


def _to_arbitrary_units(load: int) -> Fraction:
    """A load in arbitrary units."""
    return Fraction(load, SCALE * _MICROSECONDS_PER_MINUTE)


def _summarise_week(week: int, over: bool, rated: Sequence[_RatedSession]) -> LoadWeek:
    """A week of sessions. Monotony needs all of its days, and every session's load."""
    loads = [one.load for one in rated if one.load is not None]
    total = _to_arbitrary_units(sum(loads))
    monotony = _compute_monotony(rated) if over and len(loads) == len(rated) else None
    return LoadWeek(
        week=week,
        sessions=len(rated),
        rated_sessions=len(loads),
        load=round_figure(total) if loads or not rated else None,
        monotony=None if monotony is None else round_figure(Fraction(monotony)),
        strain=None if monotony is None else round_figure(total * Fraction(monotony)),
    )


def _compute_monotony(rated: Sequence[_RatedSession]) -> float | None:
    """Mean of the days' loads by their standard deviation; None if all days are alike.

    The seven days are all there are, not a sample of some more, so their squares are divided by
    seven. Without dates a week may have been spread over more days; then it has as many.
    """
    by_day: dict[datetime.date, int] = {}
    for one in rated:
        by_day[one.date] = by_day.get(one.date, 0) + (one.load or 0)
    days = [*by_day.values(), *[0] * (_DAYS_PER_WEEK - len(by_day))]
    # Times the number of days, so that sums stay whole until the one square root.
    total, squares = sum(days), sum(load * load for load in days)
    spread = len(days) * squares - total * total
    return math.sqrt(Fraction(total * total, spread)) if spread else None
