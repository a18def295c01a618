"""What stands between two weeks, and weeks that begin from it, for tests of single rules.

A rung is written as in the science: `SK2` is rung 2 of the straight-knee ladder. Loads are in the
unit of the spec.
"""

from dataclasses import replace
from typing import Any

from app.training.catalog.exercises import LADDERS, Rung
from app.training.planning import week_answer, week_plan, week_start
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.spec import to_hundredths
from app.training.planning.standing import Standing, TrackState, fresh_standing
from app.training.planning.week import Week
from app.training.planning.week_plan import RenderedWeek
from tests.training.notation import TRACK


def find_rung(name: str) -> Rung:
    """Return the rung of a name such as `SK2`."""
    ladder = LADDERS[TRACK[name[:2]]]
    return next(rung for rung in ladder if rung.number == int(name[2:]))


def at(name: str, reps: int, load: float = 0, *, sets: int = 6, **more: Any) -> TrackState:
    """Return the state of a track on a rung, with its repetitions or counts of five seconds."""
    return TrackState(find_rung(name), reps, to_hundredths(load), sets, **more)


def stand(constants: PlanConstants, *states: TrackState, **fields: Any) -> Standing:
    """Return the standing before week 1, but with these states and fields."""
    fresh = fresh_standing(constants)
    tracks = {**fresh.tracks, **{state.rung.track: state for state in states}}
    return fresh._replace(tracks=tracks, **fields)


def stand_everywhere(constants: PlanConstants, **changes: Any) -> Standing:
    """Return the standing before week 1, with changes in the state of every track."""
    fresh = fresh_standing(constants)
    return fresh._replace(tracks={t: s._replace(**changes) for t, s in fresh.tracks.items()})


def render_as(
    constants: PlanConstants, standing: Standing, index: int = 1, **changes: Any
) -> RenderedWeek:
    """Return a week that begins from a standing, with changes such as another `kind`."""
    begun = week_start.begin_week(constants, standing, index)
    return week_plan.render(constants, replace(begun, **changes))


def answer(
    constants: PlanConstants, *states: TrackState, planned: bool = True, **changes: Any
) -> Week:
    """Return the answer of week 1 with these states, and with changes in how it begins."""
    return answer_standing(constants, stand(constants, *states), planned=planned, **changes)


def answer_standing(
    constants: PlanConstants, standing: Standing, *, planned: bool = True, **changes: Any
) -> Week:
    """Return the answer of week 1 from a standing."""
    week = render_as(constants, standing, **changes)
    return week_answer.build_week(constants, week, planned=planned)
