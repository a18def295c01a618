"""Ladder position: how far up its ladder each track stands, in repetitions, load and rung.

The position is that of a track's state, so that lighter weeks and a dose that pain reduced do not
move it. Charts use find_position() for the weeks of a plan, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.training.measures.measure_input import WeekWork
from app.training.measures.rounding import round_figure
from app.training.measures.shared_fields import CAVEATS, Measure, TrackFigures
from app.training.planning import progression
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.standing import TrackState

_HEAVY_SHARE = 5


@dataclass(frozen=True, slots=True)
class LadderPosition(Measure):
    """How far up its ladder each track stands."""

    weeks: tuple[TrackFigures, ...]
    """Number of the rung plus the share of the way to the next one, by repetitions and load."""


def measure_ladder(weeks: Sequence[WeekWork]) -> LadderPosition:
    """Return the position of each track in each week."""
    rows = []
    for work in weeks:
        positions = {
            track: round_figure(find_position(work.constants, one.state))
            for track, one in work.tracks.items()
        }
        rows.append(TrackFigures(work.number, positions))
    return LadderPosition(*CAVEATS["ladder"], weeks=tuple(rows))


def find_position(constants: PlanConstants, state: TrackState) -> Fraction:
    """Return the position of a state on its ladder (science 5).

    It is at least the rung's number and at most one more. It never falls when repetitions, load or
    rung rise.
    """
    rung = state.rung
    low, high = rung.reps_low, constants.top_reps(rung)
    reached = min(Fraction(max(0, state.reps - low), high - low + 1), Fraction(1))
    if not rung.loaded:
        return rung.number + reached
    now = _find_load_share(constants, state, state.load)
    above = progression.step_above(constants, rung, state.load)
    heavier = above[1] if above is not None and above[0] is rung else state.load
    return rung.number + now + (_find_load_share(constants, state, heavier) - now) * reached


def _find_load_share(constants: PlanConstants, state: TrackState, load: int) -> Fraction:
    """Return how far a load is from the first load of a rung to that which ends it, 0 to 1."""
    heavy = Fraction(constants.body_mass, _HEAVY_SHARE)
    first, last = Fraction(constants.first_load), heavy
    if constants.neighbour(state.rung, +1) is None:
        easier = constants.neighbour(state.rung, -1)
        last = Fraction(constants.max_load)
        if easier is not None and easier.loaded:
            first = heavy
    # At least a hundredth of the unit apart, so that nothing is divided by zero.
    last = max(last, first + 1)
    return min(max((load - first) / (last - first), Fraction(0)), Fraction(1))
