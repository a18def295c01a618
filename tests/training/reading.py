"""What tests read off a programme: its exercises, its full weeks, the dose of each track."""

from app.training.catalog.tracks import Track
from app.training.planning.program import Program
from app.training.planning.week import Prescription, Week

Dose = tuple[int, int, float, int]


def prescriptions(*weeks: Week) -> list[Prescription]:
    """Every exercise of these weeks, in order."""
    return [one for week in weeks for session in week.sessions for one in session.exercises]


def is_full(program: Program, week: Week) -> bool:
    """Whether neither the race nor the time at hand took anything from a week."""
    whole = len(week.sessions) == len(program.days)
    return whole and not any(session.trimmed for session in week.sessions)


def doses(week: Week) -> dict[Track, Dose]:
    """Rung, repetitions, load and reserve of each track of a week, as its first set has them.

    All sets of a track in a week are alike, but that a lighter week's depend on their number.
    """
    found: dict[Track, Dose] = {}
    for one in prescriptions(week):
        for each in one.sets:
            dose = (one.rung, each.reps_target, each.load or 0, each.rir_target)
            first = found.setdefault(one.track, dose)
            assert (dose[0], dose[2:]) == (first[0], first[2:])
            assert dose[1] == first[1] or week.kind != "build"
    return found


def builds(program: Program) -> list[Week]:
    return [week for week in program.weeks if week.kind == "build"]


def with_last_build(program: Program) -> list[tuple[Week, Week]]:
    """Each lighter week that comes after a build week, with the last one before it."""
    pairs, last = [], None
    for week in program.weeks:
        if week.kind == "build":
            last = week
        elif last:
            pairs.append((last, week))
    return pairs
