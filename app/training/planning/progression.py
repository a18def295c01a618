"""The progression of a track: its state, and the next state after a week done as prescribed.

Science 3.3 and 3.7 on integers. Each function returns the new state and the reason for it. Weeks,
days and logs are no concern of this module; the fold calls it.
"""

from typing import NamedTuple

from app.training.catalog import reasons
from app.training.catalog.exercises import Rung
from app.training.catalog.reasons import Reason
from app.training.catalog.track_definitions import Track
from app.training.planning.plan_constants import UNIT, PlanConstants, choose_start_rung
from app.training.planning.spec import Side, to_hundredths

# Sessions at the top of the range before the exercise becomes harder (EV-02).
HITS_NEEDED = 2
# A harder version starts with so few repetitions that the work grows by a quarter at most, but
# never with fewer than this.
_MIN_ENTRY_REPS = 5


class TrackState(NamedTuple):
    """The state of a track between two weeks. A tuple, because these are copied fastest."""

    rung: Rung
    reps: int
    load: int = 0
    """Hundredths of the unit; 0 on an unloaded rung."""
    hits: int = 0
    """Sessions in a row with every set at the top of the range."""
    suspended: bool = False
    """Whether the track is left out because of pain."""
    reduced: bool = False
    """Whether the dose is reduced because of pain."""
    weak: Side | None = None
    """The weak side by logged sets."""
    pain_before: int | None = None
    """Worst pain of the last week with data, in ten-thousandths; None if none was reported."""


class StateChange(NamedTuple):
    """The next state of a track, and the reason for it."""

    state: TrackState
    reason: Reason


def start_track(constants: PlanConstants, track: Track) -> TrackState:
    """Return the first state of a track: the start in the spec, else by level or test."""
    given = constants.spec.start and constants.spec.start.of(track)
    if given:
        rung = next(rung for rung in constants.ladders[track] if rung.number == given.rung)
        return TrackState(rung, given.reps, to_hundredths(given.load))
    rung = choose_start_rung(constants, track)
    return TrackState(rung, rung.reps_low, compute_first_load(constants) if rung.loaded else 0)


def compute_first_load(constants: PlanConstants) -> int:
    """Return 10 % of body mass in whole increments, rounded down, at least one (EV-01)."""
    return max(constants.increment, constants.percent_of(constants.body_mass, 10))


def compute_load_step(constants: PlanConstants, load: int) -> int:
    """Return 5 % of body mass and load in whole increments, rounded down, at least one."""
    return max(constants.increment, constants.percent_of(constants.body_mass + load, 5))


def compute_rep_step(rung: Rung) -> int:
    """Return the repetitions to add after a met target: fewer if the sets are short."""
    if rung.reps_low >= 12:
        return 3
    return 2 if rung.reps_low >= 8 else 1


def compute_entry_reps(constants: PlanConstants, old: TrackState, rung: Rung, load: int) -> int:
    """Return the repetitions of a harder version that add a quarter of the work at most."""
    work = 5 * old.reps * old.rung.coef * (constants.body_mass + old.load)
    most = work // (4 * rung.coef * (constants.body_mass + load))
    return max(_MIN_ENTRY_REPS, min(rung.reps_low, most))


def progress(constants: PlanConstants, state: TrackState, sessions: int) -> StateChange:
    """Return the next state after a build week in which the track was done as prescribed.

    `sessions` is the number of sessions of the week with the track (1 or more).
    """
    top = constants.top_reps(state.rung)
    if state.reps < top:
        quarter_more = min(state.reps + compute_rep_step(state.rung), 5 * state.reps // 4)
        reps = min(top, max(state.reps + 1, quarter_more))
        grown = state._replace(reps=reps, hits=0)
        return StateChange(grown, reasons.explain("ADD_REPS", reps=reps))
    held = state._replace(hits=state.hits + sessions)
    if held.hits < HITS_NEEDED:
        return StateChange(held, reasons.explain("HOLD_TWO_FOR_TWO"))
    if state.weak and state.rung.unilateral:
        return StateChange(held, reasons.explain("ASYMMETRY_HOLD", side=state.weak))
    return make_harder(constants, held)


def make_harder(constants: PlanConstants, state: TrackState) -> StateChange:
    """Return the state one step harder: the next rung, more load, or a hold at the ladder's top."""
    upper = constants.neighbour(state.rung, +1)
    if not state.rung.loaded or (upper and is_heavy(constants, state.load)):
        if upper is None:
            return StateChange(state, reasons.explain("LADDER_TOP_HOLD"))
        load = (state.load or compute_first_load(constants)) if upper.loaded else 0
        harder = _enter_rung(constants, state, upper, load)
        return StateChange(harder, reasons.explain("NEXT_RUNG", name=upper.name))
    load = min(state.load + compute_load_step(constants, state.load), constants.max_load)
    if load <= state.load:
        return StateChange(state, reasons.explain("LADDER_TOP_HOLD"))
    harder = _enter_rung(constants, state, state.rung, load)
    unit, delta = UNIT[constants.spec.units], (load - state.load) / 100
    why = reasons.explain("ADD_LOAD", delta=delta, unit=unit, reps=harder.reps)
    return StateChange(harder, why)


def _enter_rung(constants: PlanConstants, state: TrackState, rung: Rung, load: int) -> TrackState:
    reps = compute_entry_reps(constants, state, rung, load)
    return state._replace(rung=rung, load=load, reps=reps, hits=0)


def is_heavy(constants: PlanConstants, load: int) -> bool:
    """Return whether a load is enough for the heavy version: 20 % of body mass."""
    return load * 5 >= constants.body_mass


def add_sets(budget: int, full: int) -> int:
    """Return a quarter more sets, at least one more, up to the full number (EV-44)."""
    return min(full, budget + max(1, budget // 4))
