"""The next session of a followed programme: what is left of the one under way, or the next to do.

find_next() gets a FollowedProgram (science 4.6). The answer of every write and `today` are made of
it. It is complete in itself: it holds what is true of its exercises.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from app.training.adapting import running_week
from app.training.adapting.followed_program import FollowedProgram
from app.training.adapting.running_week import OpenSession
from app.training.catalog.reasons import Reason
from app.training.catalog.track_definitions import Track
from app.training.planning import dose, week_answer
from app.training.planning.training_calendar import WeekKind
from app.training.planning.week import ExerciseDetails, Phase, Prescription, SetSide
from app.training.planning.week_plan import RenderedWeek


@dataclass(frozen=True, slots=True)
class NextSession:
    """The next session to do."""

    week: int
    """Number of the session's week, from 1."""
    session: int
    """The session's place in the full week, from 1."""
    weekday: int
    """Day that the session is planned for, from 0 for Monday to 6 for Sunday."""
    date: datetime.date | None
    """Day to do the session: the planned day, or later if the same muscles still need rest; null if
    the programme has no start date."""
    planned_date: datetime.date | None
    """Day that the session is planned for; null if the programme has no start date."""
    not_before: datetime.date | None
    """First day that leaves the muscles 48 hours of rest; null if they were never trained."""
    kind: WeekKind
    """Kind of the session's week."""
    phase: Phase
    """Training phase of the session's week."""
    est_minutes: int
    """Estimated duration of what is left, in minutes, warm-up included."""
    exercises: tuple[Prescription, ...]
    """The exercises that have sets left, in the order in which to do them."""
    exercise_details: Mapping[str, ExerciseDetails]
    """What is true of these exercises, by slug."""
    left: Mapping[Track, Mapping[SetSide, int]] | None
    """Sets that remain, by track and side, once a set of the session is logged; else null."""
    reasons: Mapping[Track, Reason]
    """The reason for each track, also for one that pain took out of the session."""


def find_next(followed: FollowedProgram) -> NextSession | None:
    """Return the next session, or None if the programme is blocked, finished or has none left."""
    running = followed.running
    if running is None:
        return None
    if running.open_sessions:
        return _build(followed, running.week, running.open_sessions[0], followed.week_reasons())
    for week in followed.projection:
        for session in week.sessions:
            candidate = running_week.read_session(session, followed.log, week.index)
            if running_week.is_dropped(followed.constants, candidate, week.index, None):
                continue
            why = week_answer.explain_week(followed.constants, week, planned=False)
            return _build(followed, week, candidate, why)
    return None


def _build(
    followed: FollowedProgram,
    week: RenderedWeek,
    candidate: OpenSession,
    why: Mapping[Track, Reason],
) -> NextSession:
    session = candidate.session
    if candidate.is_begun:
        slots = tuple(slot for slot in session.slots if slot.rung.track in candidate.left)
        rest = [
            slot._replace(sets=max(candidate.left[slot.rung.track].values()), extra=None)
            for slot in slots
        ]
        # An extra set may be all that is left.
        session = session._replace(slots=slots, minutes=dose.estimate_minutes(rest) if rest else 0)
    return NextSession(
        week=week.index,
        session=session.place.number,
        weekday=session.place.weekday,
        date=candidate.date,
        planned_date=session.date,
        not_before=candidate.not_before,
        kind=week.kind,
        phase=week_answer.find_week_phase(followed.constants, week),
        est_minutes=session.minutes,
        exercises=week_answer.build_prescriptions(followed.constants, week, session),
        exercise_details=week_answer.collect_slot_details(session.slots),
        left=candidate.left if candidate.is_begun else None,
        reasons=why,
    )
