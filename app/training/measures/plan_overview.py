"""The weeks of a plan at a glance: where each track stands on its ladder, and its holds.

build_plan_overview() plans the weeks of a spec again, because the answer of a programme has what is
prescribed, and a lighter week prescribes less than what a track has reached. Charts draw it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.training.adapting import fold
from app.training.catalog.track_definitions import Track
from app.training.measures import core_work, ladder
from app.training.planning.plan_constants import PlanConstants, derive
from app.training.planning.spec import Spec
from app.training.planning.standing import TrackState
from app.training.planning.week_plan import RenderedWeek


@dataclass(frozen=True, slots=True)
class LadderPlace:
    """Where a track is on its ladder."""

    rung: int
    exercise: str
    """The exercise's name."""
    load: float
    """External load in the programme's unit, 0 for none or one that the runner chooses."""
    position: float
    """The rung, plus the share of the way to the next one by repetitions and load."""


@dataclass(frozen=True, slots=True)
class PlanOverview:
    """The weeks of a plan."""

    places: Mapping[Track, Sequence[LadderPlace | None]]
    """The place of each track in each week; None in all weeks if no session holds the track."""
    holds: Sequence[Mapping[Track, float]]
    """The seconds of holds of each week by track, a pair of sides once; empty without core
    tracks."""


def build_plan_overview(spec: Spec) -> PlanOverview:
    """Return the weeks of a spec's plan."""
    constants = derive(spec)
    weeks = [*fold.plan_weeks(constants)]
    return PlanOverview(
        {track: _list_places(constants, weeks, track) for track in constants.tracks},
        [_sum_holds(constants, week) for week in weeks] if spec.core else [],
    )


def _list_places(
    constants: PlanConstants, weeks: Sequence[RenderedWeek], track: Track
) -> list[LadderPlace | None]:
    if not any(session.slot_of(track) for week in weeks for session in week.sessions):
        return [None] * len(weeks)
    return [_describe(constants, week.standing.tracks[track]) for week in weeks]


def _describe(constants: PlanConstants, state: TrackState) -> LadderPlace:
    printed = constants.printed[state.rung]
    load = 0.0 if printed.by_feel else state.load / 100
    position = float(ladder.find_position(constants, state))
    return LadderPlace(state.rung.number, printed.exercise.name, load, position)


def _sum_holds(constants: PlanConstants, week: RenderedWeek) -> dict[Track, float]:
    slots = [slot for session in week.sessions for slot in session.slots]
    return {
        track: float(core_work.plan_holds(slot for slot in slots if slot.rung.track == track))
        for track in constants.tracks
    }
