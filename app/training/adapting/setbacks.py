"""The setbacks of a track: after pain, after work that was too hard, and after weeks away.

Science 4.4, as engine 1 has it. Like those of progression, each function gets a state and returns
the new one. fold decides which one applies.
"""

from app.training.catalog.exercises import Rung
from app.training.planning import progression
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.progression import TrackState

# On the lowest rung, repetitions go down by three, but not below eight.
_MIN_REGRESSED_REPS = 8
_LOWEST_RUNG_REP_STEP = 3


def _reduce_load(constants: PlanConstants, rung: Rung, load: int, percent: int) -> int:
    """Return some percent of a load, at least one increment; 0 if the rung is unloaded."""
    return max(constants.increment, constants.percent_of(load, percent)) if rung.loaded else 0


def regress(constants: PlanConstants, state: TrackState) -> TrackState:
    """Return the next lower state: fewer repetitions, else less load, else an easier rung."""
    if state.reps > state.rung.reps_low:
        reps = max(state.rung.reps_low, state.reps - progression.compute_rep_step(state.rung))
        return state._replace(reps=reps)
    if state.rung.loaded:
        load = constants.percent_of(state.load, 90)
        if constants.increment <= load < state.load:
            return state._replace(load=load)
    easier = constants.neighbour(state.rung, -1)
    if easier is None:
        return state._replace(reps=max(_MIN_REGRESSED_REPS, state.reps - _LOWEST_RUNG_REP_STEP))
    load = _reduce_load(constants, easier, state.load, 80)
    return state._replace(rung=easier, reps=easier.reps_low, load=load)


def drop_rung(constants: PlanConstants, state: TrackState, percent: int) -> TrackState:
    """Return the easier rung at its fewest repetitions and some percent of the load.

    On the lowest rung, the rung stays and the repetitions are the fewest of its range or less.
    """
    rung = constants.neighbour(state.rung, -1)
    reps = min(state.reps, state.rung.reps_low) if rung is None else rung.reps_low
    rung = rung or state.rung
    load = _reduce_load(constants, rung, state.load, percent)
    return state._replace(rung=rung, reps=reps, load=load, hits=0)


def ease(constants: PlanConstants, state: TrackState) -> TrackState:
    """After two weeks away: the same rung, at its fewest repetitions and 90 % of the load."""
    reps = min(state.reps, state.rung.reps_low)
    load = _reduce_load(constants, state.rung, state.load, 90)
    return state._replace(reps=reps, load=load, hits=0)


def step_back(constants: PlanConstants, state: TrackState) -> TrackState:
    """After four weeks away: the easier rung."""
    return drop_rung(constants, state, 80)


def restart(constants: PlanConstants, state: TrackState) -> TrackState:
    """After eight weeks away: the start of the programme, or lower if the track is below it."""
    first = progression.start_track(constants, state.rung.track)
    if state.rung.number < first.rung.number:
        return drop_rung(constants, state, 80)
    same = state.rung is first.rung
    reps = min(state.reps, first.rung.reps_low) if same else first.rung.reps_low
    load = min(state.load, first.load) if first.rung.loaded else 0
    return state._replace(rung=first.rung, reps=reps, load=load, hits=0)
