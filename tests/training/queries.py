"""Queries on programmes for tests: their exercises, full weeks, and the dose of each track."""

from app.training.catalog.track_definitions import Track
from app.training.planning.program import Program
from app.training.planning.week import Prescription, Week

Dose = tuple[int, int, float, int]


def list_exercises(*weeks: Week) -> list[Prescription]:
    """Return every exercise of these weeks, in order."""
    return [one for week in weeks for session in week.sessions for one in session.exercises]


def is_full(program: Program, week: Week) -> bool:
    """Whether neither a race nor `session_minutes` removed anything from a week."""
    whole = len(week.sessions) == len(program.days)
    return whole and not any(session.trimmed for session in week.sessions)


def find_doses(week: Week) -> dict[Track, Dose]:
    """Return rung, repetitions, load and reserve of the first set of each track in a week.

    All sets of a track in a week are equal, except that in a lighter week the repetitions depend
    on the number of sets.
    """
    found: dict[Track, Dose] = {}
    for one in list_exercises(week):
        for each in one.sets:
            dose = (one.rung, each.reps_target, each.load or 0, each.rir_target)
            first = found.setdefault(one.track, dose)
            assert (dose[0], dose[2:]) == (first[0], first[2:])
            assert dose[1] == first[1] or week.kind != "build"
    return found


def list_build_weeks(program: Program) -> list[Week]:
    return [week for week in program.weeks if week.kind == "build"]


def pair_last_build(program: Program) -> list[tuple[Week, Week]]:
    """Return each lighter week after a build week, with the last build week before it."""
    pairs, last = [], None
    for week in program.weeks:
        if week.kind == "build":
            last = week
        elif last:
            pairs.append((last, week))
    return pairs
