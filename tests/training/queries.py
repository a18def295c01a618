"""Queries on weeks for tests: their exercises, full weeks, work and pairs of weeks to compare."""

from collections.abc import Iterable, Iterator, Sequence

from app.training.catalog.track_definitions import Track
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.week import Prescription, Week
from app.training.planning.week_plan import RenderedWeek
from tests.training.journal import Journal

# Through these a build week is still "the build week before" (science 3.9).
_PASSED_OVER = {"deload", "taper", "race", "transition"}


def list_exercises(*weeks: Week) -> list[Prescription]:
    """Return every exercise of these weeks, in order."""
    return [one for week in weeks for session in week.sessions for one in session.exercises]


def list_answers(journal: Journal) -> Sequence[Week]:
    """Return the weeks of a programme as clients get them, past, running and to come."""
    return journal.followed.weeks()


def list_weeks(journal: Journal) -> list[RenderedWeek]:
    """Return the weeks of a programme: those that are over, the running one, and those to come as
    if all sets until then are done as prescribed.
    """
    followed = journal.followed
    running = [followed.running.planned] if followed.running else []
    return [*followed.past, *running, *followed.projection]


def is_full(constants: PlanConstants, week: RenderedWeek) -> bool:
    """Whether nothing is missing from a week: no race, pause, pain, break or lack of time."""
    states = week.standing.tracks.values()
    return (
        len(week.start.open_places) == len(constants.places)
        and not any(session.trimmed for session in week.sessions)
        and not any(state.suspended or state.reduce for state in states)
        and week.standing.away == 0
    )


def count_hard_sets(week: RenderedWeek) -> int:
    return sum(slot.sets for session in week.sessions for slot in session.slots)


def compute_volume(constants: PlanConstants, week: RenderedWeek, track: Track) -> int:
    """Compute the unrounded effective volume of a track, without extra sets of a weak side."""
    slots = [slot for session in week.sessions if (slot := session.slot_of(track))]
    return sum(s.sets * s.reps * constants.effort(s.rung, s.load) for s in slots)


def find_place(constants: PlanConstants, week: RenderedWeek, track: Track) -> int:
    """Return the place of a track's rung on the ladder of the available rungs."""
    return constants.ladders[track].index(week.standing.tracks[track].rung)


def pair_full_builds(
    constants: PlanConstants, weeks: Iterable[RenderedWeek]
) -> Iterator[tuple[RenderedWeek, RenderedWeek]]:
    """Yield each full build week with the build week before it, if that was full, too."""
    before: RenderedWeek | None = None
    for week in weeks:
        if week.kind in _PASSED_OVER:
            continue
        full = week.kind == "build" and is_full(constants, week)
        if full and before is not None:
            yield before, week
        before = week if full else None


def pair_last_builds(
    weeks: Iterable[RenderedWeek],
) -> Iterator[tuple[RenderedWeek, RenderedWeek]]:
    """Yield each lighter week with the last build week before it, if no pause was between."""
    before: RenderedWeek | None = None
    for week in weeks:
        if week.kind in {"build", "pause"}:
            before = week if week.kind == "build" else None
        elif week.kind in _PASSED_OVER and before is not None:
            yield before, week
