"""How a track gets harder: more repetitions, a harder rung, more load (science 3.3 and 3.6).

Each function gets a state and returns the next one with the code of the reason. week_start calls
them for what is due; setbacks and successor use entry_reps() for other ways to a new rung.
"""

from typing import NamedTuple

from app.training.catalog.exercises import Rung
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.standing import TrackState

# A harder version starts with so few repetitions that the work grows by a quarter at most, but
# never with fewer than this.
_MIN_ENTRY_REPS = 5


class Step(NamedTuple):
    """The next state of a track, the code of the reason, and the load that was added."""

    state: TrackState
    code: str
    added_load: int = 0


def rep_step(rung: Rung) -> int:
    """Return the repetitions to add after a good week: fewer if the sets are short."""
    if rung.reps_low >= 12:
        return 3
    return 2 if rung.reps_low >= 8 else 1


def entry_reps(
    constants: PlanConstants,
    state: TrackState,
    rung: Rung,
    load: int,
    *,
    most: int,
    quarters: int = 5,
) -> int:
    """Return the repetitions on another rung or load: `most`, or fewer, so that a set is at most
    `quarters` quarters of the work of a set now.
    """
    work = quarters * state.reps * constants.effort(state.rung, state.load)
    fitting = work // (4 * constants.effort(rung, load))
    return max(min(_MIN_ENTRY_REPS, rung.reps_low), min(most, fitting))


def enter_rung(
    constants: PlanConstants, state: TrackState, rung: Rung, load: int, *, quarters: int = 5
) -> TrackState:
    """Return the state on another rung or load, with at most its fewest repetitions."""
    reps = entry_reps(constants, state, rung, load, most=rung.reps_low, quarters=quarters)
    return state.move(rung, reps, load)


def step_above(constants: PlanConstants, rung: Rung, load: int) -> tuple[Rung, int] | None:
    """Return the next harder version, as rung and load, or None at the top."""
    upper = constants.neighbour(rung, +1)
    if not rung.loaded:
        return None if upper is None else (upper, constants.first_load if upper.loaded else 0)
    if upper is not None and constants.is_heavy(load):
        return upper, load
    heavier = constants.next_load(load)
    if heavier is None:
        return None
    # A twentieth of the mass that is lifted (EV-01).
    share = constants.fit_load((20 * load + constants.body_mass + load) // 20)
    heavier = min(max(heavier, share), constants.max_load)
    return (rung, heavier) if heavier > load else None


def is_topped(constants: PlanConstants, state: TrackState) -> bool:
    """Return whether a track has reached all that is open to it."""
    at_top = state.reps >= constants.top_reps(state.rung)
    return at_top and step_above(constants, state.rung, state.load) is None


def progress(constants: PlanConstants, state: TrackState) -> Step:
    """Return the step that is due: more repetitions, else a harder version, else maintenance."""
    top = constants.top_reps(state.rung)
    if state.reps < top:
        grown = min(state.reps + rep_step(state.rung), 5 * state.reps // 4)
        reps = min(top, max(state.reps + 1, grown))
        return Step(state.move(state.rung, reps, state.load), "ADD_REPS")
    if state.weak is not None and constants.printed[state.rung].unilateral:
        return Step(state._replace(due=None, due_rung=None), "ASYMMETRY_HOLD")
    if (climbed := climb(constants, state)) is not None:
        return climbed
    held = state._replace(hits=0, due=None, due_rung=None)
    if state.top >= 1:
        return Step(held._replace(top=2, maintain=True), "MAINTAIN")
    return Step(held._replace(top=1), "LADDER_TOP_HOLD")


def climb(constants: PlanConstants, state: TrackState) -> Step | None:
    """Return the step to the next harder version, or None if there is none."""
    above = step_above(constants, state.rung, state.load)
    if above is None:
        return None
    rung, load = above
    harder = enter_rung(constants, state, rung, load)._replace(maintain=False)
    if rung is state.rung:
        return Step(harder, "ADD_LOAD", load - state.load)
    return Step(harder, "NEXT_RUNG")
