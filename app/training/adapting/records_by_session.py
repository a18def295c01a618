"""The records of a week by the session that they belong to.

The fold, followed programmes and the measures all use this, so that a set counts for the same
session everywhere.
"""

from collections.abc import Sequence

from app.training.log.logbook import SetRecord
from app.training.planning.week import Session, Week


def group_by_session(week: Week, records: Sequence[SetRecord]) -> dict[int, list[SetRecord]]:
    """Return the records by the number of their session: the logged one if the week has it, else
    the one that is nearest by date; 0 in a week without sessions.
    """
    indexes = {session.index for session in week.sessions}
    by_session: dict[int, list[SetRecord]] = {}
    for record in records:
        logged = record.session if record.session in indexes else None
        by_session.setdefault(logged or _find_nearest_session(week, record), []).append(record)
    return by_session


def _find_nearest_session(week: Week, record: SetRecord) -> int:
    def distance(session: Session) -> tuple[int, int]:
        if session.date is None:
            return abs(record.date.weekday() - session.weekday), session.index
        return abs((record.date - session.date).days), session.index

    return min(week.sessions, key=distance).index if week.sessions else 0
