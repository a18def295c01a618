"""How a track grows: the state of an exercise, and the step it takes after a week well done.

Science 3.3 and 3.7 on integers. A step returns the new state and the reason for it; nothing here
knows weeks, days or what was logged.
"""

from typing import NamedTuple

from app.training.catalog import reasons
from app.training.catalog.exercises import Rung
from app.training.catalog.reasons import Reason
from app.training.catalog.tracks import Track
from app.training.planning.plan_constants import UNIT, PlanConstants, choose_start_rung
from app.training.planning.spec import Side

# The top of the range must be met in this many sessions before an exercise moves up (EV-02).
_HITS_NEEDED = 2
# A harder version starts with few enough repetitions that the work grows by a quarter at most,
# and never with fewer than this.
_MIN_ENTRY_REPS = 5


class TrackState(NamedTuple):
    """Where a track stands between two weeks. Tuples are copied with a change the fastest."""

    rung: Rung
    reps: int
    load: int = 0
    """Hundredths of the unit; 0 on an unloaded rung."""
    hits: int = 0
    """Sessions in a row with every set at the top of the range."""
    suspended: bool = False
    """Left out because of pain."""
    reduced: bool = False
    """On a reduced dose because of pain."""
    weak: Side | None = None
    """The side that logged sets show to be behind."""
    pain_before: int | None = None
    """Worst pain of the last week with data, in ten-thousandths; None if it was not reported."""


class StateChange(NamedTuple):
    """A state and why it is what it is."""

    state: TrackState
    reason: Reason


def start_track(constants: PlanConstants, track: Track) -> TrackState:
    """The first state of a track, taken over from another programme where the spec says so."""
    begin = constants.spec.start and constants.spec.start.of(track)
    if begin:
        rung = next(rung for rung in constants.ladders[track] if rung.number == begin.rung)
        return TrackState(rung, begin.reps, round(begin.load * 100))
    rung = choose_start_rung(constants, track)
    return TrackState(rung, rung.reps_low, compute_first_load(constants) if rung.loaded else 0)


def compute_first_load(constants: PlanConstants) -> int:
    """10 % of body mass, down to a multiple of the increment (EV-01), at least one increment."""
    tenth = constants.body_mass * 10 // (100 * constants.increment) * constants.increment
    return max(constants.increment, tenth)


def compute_load_step(constants: PlanConstants, load: int) -> int:
    """5 % of the system's load, down to a multiple of the increment, at least one increment."""
    twentieth = (
        (constants.body_mass + load) * 5 // (100 * constants.increment) * constants.increment
    )
    return max(constants.increment, twentieth)


def compute_rep_step(rung: Rung) -> int:
    """How many repetitions a met target adds: fewer where the sets are short."""
    if rung.reps_low >= 12:
        return 3
    return 2 if rung.reps_low >= 8 else 1


def compute_entry_reps(constants: PlanConstants, old: TrackState, rung: Rung, load: int) -> int:
    """Repetitions on a harder version that raise the work of a set by a quarter at most."""
    work = 5 * old.reps * old.rung.coef * (constants.body_mass + old.load)
    most = work // (4 * rung.coef * (constants.body_mass + load))
    return max(_MIN_ENTRY_REPS, min(rung.reps_low, most))


def progress(constants: PlanConstants, state: TrackState, sessions: int) -> StateChange:
    """The next state after a build week in which the track was done as prescribed.

    `sessions` is how many sessions of the week held the track (1 or more).
    """
    top = constants.top_reps(state.rung)
    if state.reps < top:
        quarter_more = min(state.reps + compute_rep_step(state.rung), 5 * state.reps // 4)
        reps = min(top, max(state.reps + 1, quarter_more))
        return StateChange(
            state._replace(reps=reps, hits=0), reasons.explain("ADD_REPS", reps=reps)
        )
    hits = state.hits + sessions
    held = state._replace(hits=hits)
    if hits < _HITS_NEEDED:
        return StateChange(held, reasons.explain("HOLD_TWO_FOR_TWO"))
    if state.weak and state.rung.unilateral:
        return StateChange(held, reasons.explain("ASYMMETRY_HOLD", side=state.weak))
    return make_harder(constants, held)


def make_harder(constants: PlanConstants, state: TrackState) -> StateChange:
    """One step harder: the next rung, more load, or a hold at the ladder's top."""
    upper = constants.neighbour(state.rung, +1)
    if not state.rung.loaded or (upper and is_heavy(constants, state.load)):
        if upper is None:
            return StateChange(state, reasons.explain("LADDER_TOP_HOLD"))
        load = (state.load or compute_first_load(constants)) if upper.loaded else 0
        risen = _enter_rung(constants, state, upper, load)
        return StateChange(risen, reasons.explain("NEXT_RUNG", name=upper.name))
    load = min(state.load + compute_load_step(constants, state.load), constants.max_load)
    if load <= state.load:
        return StateChange(state, reasons.explain("LADDER_TOP_HOLD"))
    risen = _enter_rung(constants, state, state.rung, load)
    unit = UNIT[constants.spec.units]
    delta = (load - state.load) / 100
    return StateChange(risen, reasons.explain("ADD_LOAD", delta=delta, unit=unit, reps=risen.reps))


def _enter_rung(constants: PlanConstants, state: TrackState, rung: Rung, load: int) -> TrackState:
    """The state at the foot of a harder version."""
    return state._replace(
        rung=rung, load=load, reps=compute_entry_reps(constants, state, rung, load), hits=0
    )


def is_heavy(constants: PlanConstants, load: int) -> bool:
    """Whether a load is heavy enough, 20 % of body mass, for the ladder's heavy version."""
    return load * 5 >= constants.body_mass


def add_sets(budget: int, full: int) -> int:
    """A quarter more sets, at least one, up to the full number (EV-44)."""
    return min(full, budget + max(1, budget // 4))
