"""A new test or level: which tracks may climb to the rung that it points to (science 4.4.9).

The fold calls it for a test that was logged, successor for one that comes with new fields.
"""

from collections.abc import Sequence

from app.training.catalog.track_definitions import DEFINITIONS, Track
from app.training.log.logbook import WeekLog
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.standing import Standing

# A test opens so many rungs at most.
_MAX_RUNGS = 2


def find_logged_test(log: WeekLog) -> tuple[int, int] | None:
    """Return the heel-rise test of a week: that of the last session, of several the best."""
    tests = [(max(u.places, default=0), u.test) for u in log.uploads if u.test is not None]
    if not tests:
        return None
    return max(tests, key=lambda one: (one[0], min(one[1]), sum(one[1]), one[1][0]))[1]


def raise_to_start(
    constants: PlanConstants,
    standing: Standing,
    tracks: Sequence[Track],
    *,
    hurt: bool,
    noted: str | None,
) -> Standing:
    """Return the standing in which tracks below their start rung are due to climb to it.

    If no track that the test `noted` belongs to is below it, and some are above, the week says so.
    """
    states = dict(standing.tracks)
    lower = higher = False
    for track in tracks:
        state = states[track]
        wanted = standing.start_rung(constants, track)
        is_noted = DEFINITIONS[track].test == noted
        lower = lower or (is_noted and wanted.number < state.rung.number)
        if wanted.number <= state.rung.number:
            continue
        higher = higher or is_noted
        if not hurt and not state.suspended and not state.reduce:
            above = constants.ladders[track][constants.ladders[track].index(state.rung) + 1 :]
            number = min(wanted.number, above[:_MAX_RUNGS][-1].number)
            states[track] = state._replace(hits=0, due="test", due_rung=number)
    notes = standing.notes
    if noted and lower and not higher:
        notes = tuple(dict.fromkeys((*notes, "RETEST_LOWER")))
    return standing._replace(tracks=states, notes=notes)
