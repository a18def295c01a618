"""The setbacks of a track: after pain, after work that was too hard, and after weeks away.

Science 4.4. Each function gets a state and returns the new one. fold and successor decide which one
applies.
"""

from app.training.planning import progression
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.standing import Standing, TrackState


def drop(constants: PlanConstants, state: TrackState, tenths: int) -> TrackState:
    """Return the easier rung with no more work in a set, and with some tenths of the load.

    On the lowest rung, the rung stays and the repetitions are the fewest of its range or less.
    """
    rung = constants.neighbour(state.rung, -1)
    less = constants.fit_load(state.load * tenths // 10)
    if rung is None:
        reps = min(state.reps, state.rung.reps_low)
        return state.move(state.rung, reps, less if state.rung.loaded else 0)
    return progression.enter_rung(constants, state, rung, less if rung.loaded else 0, quarters=4)


def regress(constants: PlanConstants, state: TrackState) -> TrackState:
    """Return the next lower state: fewer repetitions, else less load, else an easier rung."""
    low, step = state.rung.reps_low, progression.rep_step(state.rung)
    if state.reps > low:
        return state.move(state.rung, max(low, state.reps - step), state.load)._replace(
            lowered=None
        )
    if state.rung.loaded:
        load = constants.fit_load(state.load * 9 // 10)
        if load < state.load:
            return state.move(state.rung, state.reps, load)._replace(lowered="load")
    if constants.neighbour(state.rung, -1) is not None:
        return drop(constants, state, 8)._replace(lowered="rung")
    reps = min(state.reps, max((low + 1) // 2, state.reps - step))
    lower = state.move(state.rung, reps, state.load)
    return lower._replace(lowered=None if reps < state.reps else "floor")


def ease_after_break(
    constants: PlanConstants, standing: Standing, state: TrackState, weeks: int
) -> TrackState:
    """Return the state after so many weeks away: after 2, 4 and 8 it takes a setback (EV-32)."""
    if weeks == 2:
        eased = _ease(constants, state)
    elif weeks == 4:
        eased = drop(constants, state, 8)
    elif weeks == 8:
        eased = _restart(constants, standing, state)
    else:
        return state
    sets = min(state.sets, standing.first_sets(constants, state.rung.track))
    return eased._replace(sets=sets)


def _ease(constants: PlanConstants, state: TrackState) -> TrackState:
    reps = min(state.reps, state.rung.reps_low)
    load = constants.fit_load(state.load * 9 // 10) if state.rung.loaded else 0
    return state.move(state.rung, reps, load)


def _restart(constants: PlanConstants, standing: Standing, state: TrackState) -> TrackState:
    """Return the start of the programme, or lower if the track is below it."""
    first = standing.start_rung(constants, state.rung.track)
    if state.rung.number < first.number:
        return drop(constants, state, 8)
    same = state.rung is first
    reps = min(state.reps, first.reps_low) if same else first.reps_low
    load = min(state.load, constants.first_load) if same else constants.first_load
    return state.move(first, reps, load if first.loaded else 0)
