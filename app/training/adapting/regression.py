"""How a track goes down: after pain, after work that was too much, after weeks away.

Science 4.4. Like progression, each function takes a state and returns the new one.
"""

from app.training.catalog.exercises import Rung
from app.training.planning import progression
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.progression import TrackState

# On the lowest rung repetitions go down by three, but not below eight.
FEWEST_REGRESSED_REPS = 8
LOWEST_STEP = 3


def lighter(constants: PlanConstants, load: int, tenths: int) -> int:
    """So many tenths of a load, down to a multiple of the increment, at least one increment."""
    return max(
        constants.increment, load * tenths // (10 * constants.increment) * constants.increment
    )


def carry_load(constants: PlanConstants, rung: Rung, load: int, tenths: int) -> int:
    """The load that is carried over to a rung, which may take none."""
    return lighter(constants, load, tenths) if rung.loaded else 0


def regress(constants: PlanConstants, state: TrackState) -> TrackState:
    """One step down: fewer repetitions, else less load, else an easier version."""
    if state.reps > state.rung.reps_low:
        reps = max(state.rung.reps_low, state.reps - progression.compute_rep_step(state.rung))
        return state._replace(reps=reps)
    if state.rung.loaded:
        load = state.load * 9 // (10 * constants.increment) * constants.increment
        if constants.increment <= load < state.load:
            return state._replace(load=load)
    easier = constants.neighbour(state.rung, -1)
    if easier is None:
        return state._replace(reps=max(FEWEST_REGRESSED_REPS, state.reps - LOWEST_STEP))
    load = carry_load(constants, easier, state.load, 8)
    return state._replace(rung=easier, reps=easier.reps_low, load=load)


def drop_rung(constants: PlanConstants, state: TrackState, tenths: int) -> TrackState:
    """The easier version at its fewest repetitions; on the lowest rung as few at most."""
    rung = constants.neighbour(state.rung, -1)
    reps = min(state.reps, state.rung.reps_low) if rung is None else rung.reps_low
    rung = rung or state.rung
    return state._replace(
        rung=rung, reps=reps, load=carry_load(constants, rung, state.load, tenths), hits=0
    )


def ease(constants: PlanConstants, state: TrackState) -> TrackState:
    """After two weeks away: the same version, at its fewest repetitions and a lighter load."""
    reps = min(state.reps, state.rung.reps_low)
    return state._replace(reps=reps, load=carry_load(constants, state.rung, state.load, 9), hits=0)


def step_back(constants: PlanConstants, state: TrackState) -> TrackState:
    """After four weeks away: the easier version."""
    return drop_rung(constants, state, 8)


def restart(constants: PlanConstants, state: TrackState) -> TrackState:
    """After eight weeks away: where the programme began, or lower if the track already is."""
    first = progression.start_track(constants, state.rung.track)
    if state.rung.number < first.rung.number:
        return drop_rung(constants, state, 8)
    same = state.rung is first.rung
    reps = min(state.reps, first.rung.reps_low) if same else first.rung.reps_low
    load = min(state.load, first.load) if first.rung.loaded else 0
    return state._replace(rung=first.rung, reps=reps, load=load, hits=0)
