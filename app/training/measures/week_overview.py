"""The weeks of followed programmes at a glance: planned and done, ladder positions and pain.

build_overview() has the weeks over, the running one, and the projection after it; the figures are
those of the measures, not rounded. Charts draw them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.training.adapting.followed_program import FollowedProgram
from app.training.catalog.track_definitions import Track
from app.training.measures import core_work, ladder, pain, program_line, volume
from app.training.measures.measure_input import WeekWork, read_weeks
from app.training.measures.program_line import Programmes
from app.training.planning.dose import ExerciseSlot
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.training_calendar import WeekKind
from app.training.planning.week_plan import RenderedWeek

_Slots = Mapping[Track, Iterable[ExerciseSlot]]


@dataclass(frozen=True, slots=True)
class WeekOverview:
    """One week of a followed programme. Volumes are in planning units."""

    index: int
    """Number of the week."""
    kind: WeekKind
    """Kind of the week by the calendar."""
    planned: Mapping[Track, float]
    """Volume planned, by track of the week's programme."""
    done: Mapping[Track, float] | None
    """Volume done; None for a future week."""
    position: Mapping[Track, float]
    """Ladder position, that of the projection for future weeks."""
    worst_pain: float | None
    """The worst pain reported, 0 to 10."""
    planned_holds: Mapping[Track, float] | None = None
    """Seconds of holds, a pair of sides once; None without core tracks."""
    done_holds: Mapping[Track, float] | None = None
    """The same of the holds done; None without core tracks and for a future week."""


def build_overview(followed: FollowedProgram) -> list[WeekOverview]:
    """Return the weeks of one programme."""
    return _build(read_weeks(followed), followed, 0)


def build_overview_across(programmes: Programmes) -> list[WeekOverview]:
    """Return the weeks of programmes that follow one another, numbered on, and the projection of
    the last one. Raises ValueError without a programme.
    """
    line = program_line.line_up(programmes)
    return _build(line.weeks, line.last, line.offset)


def _build(weeks: Sequence[WeekWork], last: FollowedProgram, offset: int) -> list[WeekOverview]:
    known = [_build_known(work) for work in weeks]
    return [*known, *(_build_future(last.constants, one, offset) for one in last.projection)]


def _build_known(work: WeekWork) -> WeekOverview:
    slots = {track: one.slots.values() for track, one in work.tracks.items()}
    holds = {track: core_work.sum_holds(one) for track, one in work.tracks.items()}
    return WeekOverview(
        index=work.number,
        kind=work.week.kind,
        planned=_to_floats(volume.sum_planned_volumes(work)),
        done=_to_floats(volume.sum_done_volumes(work)),
        position=_find_positions(work.constants, work.week),
        worst_pain=pain.find_worst_pain(work),
        planned_holds=_plan_holds(work.constants, slots),
        done_holds=_to_floats(holds) if work.constants.spec.core else None,
    )


def _build_future(constants: PlanConstants, week: RenderedWeek, offset: int) -> WeekOverview:
    slots = {
        track: [slot for session in week.sessions if (slot := session.slot_of(track))]
        for track in constants.tracks
    }
    return WeekOverview(
        index=week.index + offset,
        kind=week.kind,
        planned=_to_floats({t: volume.sum_slots(constants, own) for t, own in slots.items()}),
        done=None,
        position=_find_positions(constants, week),
        worst_pain=None,
        planned_holds=_plan_holds(constants, slots),
    )


def _find_positions(constants: PlanConstants, week: RenderedWeek) -> dict[Track, float]:
    states = week.standing.tracks.items()
    return {track: float(ladder.find_position(constants, state)) for track, state in states}


def _plan_holds(constants: PlanConstants, slots: _Slots) -> dict[Track, float] | None:
    """Return the seconds of holds that some exercises prescribe; None without core tracks."""
    if not constants.spec.core:
        return None
    return {track: float(core_work.plan_holds(own)) for track, own in slots.items()}


def _to_floats(exact: Mapping[Track, Fraction]) -> dict[Track, float]:
    return {track: float(value) for track, value in exact.items()}
