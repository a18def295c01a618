"""Session load, monotony and strain: how demanding sessions and weeks were.

Session load is the rating of the whole session times its minutes (EV-36); monotony and strain are
computed from the seven days of a week. Nothing in the programme is decided on them, and no
acute:chronic ratio is computed (EV-34, EV-35).
"""

import datetime
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal
from uuid import UUID

from app.training.log import placing, set_records
from app.training.log.completed import CompletedSession
from app.training.measures.rounding import round_figure
from app.training.measures.shared_fields import CAVEATS, Measure
from app.training.planning.spec import Spec
from app.training.planning.standing import SCALE

_SPIKE_WINDOW = datetime.timedelta(days=30)
_MICROSECOND = datetime.timedelta(microseconds=1)
_MICROSECONDS_PER_MINUTE = 60_000_000
_DAYS_PER_WEEK = 7


@dataclass(frozen=True, slots=True)
class SessionLoad:
    """How demanding one session was."""

    session_id: UUID
    """The session's id."""
    date: datetime.date
    """Date of the session in the programme's time zone."""
    week: int | None
    """Number of the session's week; null if it belongs to none."""
    minutes: float | None
    """Minutes from start to end; null if the end is missing or not after the start."""
    load: float | None
    """Rating of the whole session times minutes, in arbitrary units; null if either is missing."""
    spike: float | None
    """The load divided by the greatest of the sessions in the 30 days before; null if the session
    has no load or none of those has one above 0."""


@dataclass(frozen=True, slots=True)
class LoadWeek:
    """How demanding a week's sessions were."""

    week: int
    """Number of the week."""
    sessions: int
    """Number of sessions in the week."""
    rated_sessions: int
    """Number of sessions that have a load."""
    load: float | None
    """Sum of the loads; 0 in a week without sessions, null if no session has a load."""
    monotony: float | None
    """Mean of the seven days' loads divided by their standard deviation; null if all days are
    equal, for the running week, and if a session has no load."""
    strain: float | None
    """Sum of the loads times monotony; null if monotony is."""


@dataclass(frozen=True, slots=True)
class SessionLoads(Measure):
    """How demanding the sessions were, by the rating of the whole session."""

    unit: Literal["AU"]
    """Unit of the loads: arbitrary units, rating times minutes."""
    weeks: tuple[LoadWeek, ...]
    """One entry for each week."""
    sessions: tuple[SessionLoad, ...]
    """One entry for each session, the earliest first."""


@dataclass(frozen=True, slots=True)
class LoggedSession:
    """A session of the log, and what the log says about it."""

    session: CompletedSession
    spec: Spec
    """The spec of its programme."""
    week: int | None
    """Number of its week; None if it belongs to none."""
    is_trained: bool
    """Whether a set of it is logged."""


@dataclass(frozen=True, slots=True)
class _RatedSession:
    session_id: UUID
    started_at: datetime.datetime
    date: datetime.date
    week: int | None
    duration: int | None
    """In microseconds."""
    load: int | None
    """In ten-thousandths of a rating times microseconds."""


def measure_session_load(
    sessions: Iterable[LoggedSession], weeks: Sequence[tuple[int, bool]]
) -> SessionLoads:
    """Compute the loads of sessions and weeks.

    `sessions` holds each session once. One with neither a set nor a load is left out. `weeks` holds
    the number of each week and whether it is over.
    """
    read = [(_read_session(one), one.is_trained) for one in sessions]
    rated = [one for one, is_trained in read if one.load is not None or is_trained]
    rated.sort(key=lambda one: one.started_at)
    return SessionLoads(
        *CAVEATS["session_load"],
        unit="AU",
        weeks=tuple(
            _summarise_week(week, over, [one for one in rated if one.week == week])
            for week, over in weeks
        ),
        sessions=tuple(_list_session_loads(rated)),
    )


def _read_session(logged: LoggedSession) -> _RatedSession:
    """Read a session. It has a load if it has a rating and an end after its start."""
    session = logged.session
    duration = None
    if session.ended_at is not None and session.ended_at > session.started_at:
        duration = (session.ended_at - session.started_at) // _MICROSECOND
    rating = None if session.srpe is None else set_records.scale(session.srpe)
    return _RatedSession(
        session_id=session.session_id,
        started_at=session.started_at,
        date=placing.find_date(logged.spec, session.started_at),
        week=logged.week,
        duration=duration,
        load=None if duration is None or rating is None else duration * rating,
    )


def _list_session_loads(rated: Sequence[_RatedSession]) -> Iterator[SessionLoad]:
    """Yield each session's load, beside the greatest of the 30 days before it."""
    first = 0
    for at, session in enumerate(rated):
        while session.started_at - rated[first].started_at > _SPIKE_WINDOW:
            first += 1
        greatest = max((before.load or 0 for before in rated[first:at]), default=0)
        duration, load = session.duration, session.load
        minutes = None if duration is None else Fraction(duration, _MICROSECONDS_PER_MINUTE)
        yield SessionLoad(
            session_id=session.session_id,
            date=session.date,
            week=session.week,
            minutes=None if minutes is None else round_figure(minutes),
            load=None if load is None else round_figure(_to_arbitrary_units(load)),
            spike=None if load is None or not greatest else round_figure(Fraction(load, greatest)),
        )


def _to_arbitrary_units(load: int) -> Fraction:
    return Fraction(load, SCALE * _MICROSECONDS_PER_MINUTE)


def _summarise_week(week: int, over: bool, rated: Sequence[_RatedSession]) -> LoadWeek:
    loads = [session.load for session in rated if session.load is not None]
    total = _to_arbitrary_units(sum(loads))
    # Monotony needs all days of the week and the load of every session.
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
    """Return the mean of the days' loads by their standard deviation; None if all are equal.

    The seven days are the whole population and not a sample, so the squares are divided by
    seven. Without dates, a week may spread over more than seven days; then all of them count.
    """
    by_day: dict[datetime.date, int] = {}
    for session in rated:
        by_day[session.date] = by_day.get(session.date, 0) + (session.load or 0)
    days = [*by_day.values(), *[0] * (_DAYS_PER_WEEK - len(by_day))]
    # Multiplied by the number of days, so that sums stay whole until the one square root.
    total, squares = sum(days), sum(load * load for load in days)
    spread = len(days) * squares - total * total
    return math.sqrt(Fraction(total * total, spread)) if spread else None
