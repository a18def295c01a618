"""A week or a session that is asked for alone: complete in itself, with what its exercises need.

complete_week() and complete_session() get a part of a programme and the `exercise_details` of the
whole, where they stand once. /programs answers with what they return.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from app.training.planning.week import ExerciseDetails, Session, Week

Details = Mapping[str, ExerciseDetails]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekAlone(Week):
    """One week of a programme, complete in itself."""

    exercise_details: Details
    """What is true of each exercise of the week, by its slug."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionAlone(Session):
    """One session of a programme, complete in itself."""

    exercise_details: Details
    """What is true of each exercise of the session, by its slug."""


def complete_week(week: Week, details: Details) -> WeekAlone:
    """Return a week with those of the details that its exercises need."""
    known = {field.name: getattr(week, field.name) for field in fields(Week)}
    return WeekAlone(**known, exercise_details=_pick_details(week.sessions, details))


def complete_session(session: Session, details: Details) -> SessionAlone:
    """Return a session with those of the details that its exercises need."""
    known = {field.name: getattr(session, field.name) for field in fields(Session)}
    return SessionAlone(**known, exercise_details=_pick_details([session], details))


def _pick_details(sessions: Iterable[Session], details: Details) -> Details:
    slugs = [exercise.slug for session in sessions for exercise in session.exercises]
    return {slug: details[slug] for slug in dict.fromkeys(slugs)}
