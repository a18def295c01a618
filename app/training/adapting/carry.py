"""Takes a track to a new spec: what is open stays, what is lost is remembered (science 4.7.3).

carry_track() gets the constants of the new spec and a state whose loads are in its unit; successor
calls it for each track that the new programme keeps.
"""

from app.training.adapting import setbacks
from app.training.catalog.exercises import Rung
from app.training.log.set_records import NG_PER_TEN_THOUSANDTH
from app.training.planning import progression
from app.training.planning.plan_constants import LoadUnit, PlanConstants
from app.training.planning.standing import Held, Standing, TrackState

# Weeks without the equipment after which a held dose comes back eased, and eased again.
_EASED_AFTER = (2, 4)


def convert_hundredths(mass: int, *, to: LoadUnit) -> int:
    """Return a mass in hundredths of the other unit, rounded half to even."""
    old = NG_PER_TEN_THOUSANDTH["lb" if to == "kg" else "kg"]
    whole, rest = divmod(mass * old, NG_PER_TEN_THOUSANDTH[to])
    twice = 2 * rest
    up = twice > NG_PER_TEN_THOUSANDTH[to] or (twice == NG_PER_TEN_THOUSANDTH[to] and whole % 2)
    return whole + bool(up)


def convert_loads(state: TrackState, *, to: LoadUnit) -> TrackState:
    """Return a state whose loads, the held one too, are in the other unit."""
    held = state.held and state.held._replace(load=convert_hundredths(state.held.load, to=to))
    return state._replace(load=convert_hundredths(state.load, to=to), held=held)


def carry_track(new: PlanConstants, standing: Standing, state: TrackState) -> TrackState:
    """Return the state of a track under a new spec."""
    track = state.rung.track
    least, most = new.frequency[track], standing.full_sets(new, track)
    state = state._replace(sets=max(least, min(state.sets, most)))
    rungs = {rung.number: rung for rung in new.ladders[track]}
    held = state.held
    if held is not None and held.rung > state.rung.number and held.rung in rungs:
        back = _take_back(new, standing, state, rungs[held.rung], held)
        carried = _fit(new, back, stayed=False)
    elif state.rung.number in rungs:
        carried = _stay(new, state)
    else:
        carried = _fit(new, _take_easier(new, state), stayed=False)
    return _check_due_test(new, carried)


def _take_back(
    new: PlanConstants, standing: Standing, state: TrackState, rung: Rung, held: Held
) -> TrackState:
    """Return the rung that was held, eased by the weeks without it."""
    back = state.move(rung, held.reps, held.load)
    for weeks in _EASED_AFTER:
        if held.weeks >= weeks:
            back = setbacks.ease_after_break(new, standing, back, weeks)
    return back._replace(held=None, maintain=False).give_reason("EQUIPMENT_BACK")


def _stay(new: PlanConstants, state: TrackState) -> TrackState:
    """Return a track whose rung is still there. If something above is open now, it climbs next."""
    load = _fit_load(new, state)
    if state.top > 0 and progression.step_above(new, state.rung, load) is not None:
        reps = min(state.reps, new.top_reps(state.rung))
        return state._replace(
            reps=reps, load=load, due="step", due_rung=None, hits=0, maintain=False
        )
    return _fit(new, state, stayed=True)


def _take_easier(new: PlanConstants, state: TrackState) -> TrackState:
    """Return the next easier rung that is there, or the lowest; what is lost is held."""
    ladder = new.ladders[state.rung.track]
    below = [rung for rung in ladder if rung.number < state.rung.number]
    rung = below[-1] if below else ladder[0]
    load = new.first_load if rung.loaded else 0
    reps = progression.entry_reps(new, state, rung, load, most=new.top_reps(rung))
    held = state.held or Held(state.rung.number, state.reps, state.load, 0)
    easier = state.move(rung, reps, load)._replace(held=held, maintain=False)
    return easier.give_reason("SPEC_CHANGED")


def _fit(new: PlanConstants, state: TrackState, *, stayed: bool) -> TrackState:
    """Return the state with a load that can be had and repetitions within the range."""
    load, reps = _fit_load(new, state), min(state.reps, new.top_reps(state.rung))
    if (reps, load) == (state.reps, state.load):
        return state
    moved = state.move(state.rung, reps, load)
    return moved.give_reason("SPEC_CHANGED") if stayed else moved


def _fit_load(new: PlanConstants, state: TrackState) -> int:
    return min(new.fit_load(state.load), new.max_load) if state.rung.loaded else 0


def _check_due_test(new: PlanConstants, state: TrackState) -> TrackState:
    """Return the state with a due test that leads to a rung that is there."""
    if state.due != "test" or state.due_rung is None:
        return state
    ladder = new.ladders[state.rung.track]
    below = [rung.number for rung in ladder if rung.number <= state.due_rung]
    if below and below[-1] == state.due_rung:
        return state
    if below and below[-1] > state.rung.number:
        return state._replace(due_rung=below[-1])
    return state._replace(due=None, due_rung=None).give_reason("SPEC_CHANGED")
