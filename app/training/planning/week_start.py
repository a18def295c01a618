"""A week begins: what is due is given to each track, and each gets its reason (science 3.6).

begin_week() gets the standing before a week and the week's kind and places. week_plan renders the
result into sessions; the fold judges the week against it.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from app.training.catalog.track_definitions import Track
from app.training.planning import progression, training_calendar
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.progression import Step
from app.training.planning.standing import PAIN_CODES, Standing, TrackState
from app.training.planning.training_calendar import Place, WeekKind

_EARLY = {"NEXT_RUNG": "ACCELERATE_RUNG", "ADD_LOAD": "ACCELERATE_LOAD"}
_KIND_CODES: Mapping[WeekKind, str] = {
    "deload": "DELOAD",
    "taper": "TAPER",
    "race": "RACE",
    "transition": "TRANSITION",
    "pause": "PAUSE_PLANNED",
}


@dataclass(frozen=True, slots=True)
class WeekStart:
    """A week that has begun: its calendar, and what each track is to do in it."""

    index: int
    """Number of the week, from 1."""
    start_date: datetime.date | None
    """Its first day; None if the programme has no dates."""
    kind: WeekKind
    open_places: tuple[Place, ...]
    standing: Standing
    """The standing once what was due is given."""
    shown: Mapping[Track, str]
    """The code of each track's reason."""
    added_loads: Mapping[Track, int]
    """The load that was added, of tracks whose load rose."""


def begin_week(constants: PlanConstants, standing: Standing, index: int) -> WeekStart:
    """Return the week with what is due given."""
    places = training_calendar.list_open_places(constants.spec, constants.places, index)
    kind = training_calendar.choose_week_kind(
        constants.spec,
        constants.race_weeks,
        index,
        since=standing.since,
        run=standing.run,
        deload_every=standing.deload_every(constants),
    )
    open_tracks = {track for place in places for track in place.tracks}
    steps = {
        track: _start_track(constants, standing, state, kind, track in open_tracks)
        for track, state in standing.tracks.items()
    }
    steps |= _share_sets(constants, standing, steps)
    return WeekStart(
        index,
        training_calendar.compute_week_start(constants.spec, index),
        kind,
        places,
        standing._replace(
            tracks={
                track: _bound_sets(constants, standing, step.state)
                if step.state.maintain
                else step.state
                for track, step in steps.items()
            }
        ),
        shown={track: step.code for track, step in steps.items()},
        added_loads={track: step.added_load for track, step in steps.items() if step.added_load},
    )


# The code of a track that waits for its share of the sets that are added.
_ASKS_FOR_SETS = "HOLD_WITH_OTHERS"


def _start_track(
    constants: PlanConstants, standing: Standing, state: TrackState, kind: WeekKind, is_open: bool
) -> Step:
    """Return what a track is given, and the code of its reason. One that asks for sets has the code
    HOLD_WITH_OTHERS.
    """
    held_back = state.suspended or state.reduce
    if state.why in PAIN_CODES and (kind != "build" or not is_open or held_back):
        return Step(state, state.why)
    if kind != "build":
        return Step(state, _KIND_CODES[kind])
    if not is_open:
        return Step(state, "NOT_SCHEDULED")
    shown = state.why or "NOT_SCHEDULED"
    if held_back:
        return Step(state, shown)
    maintain = state.maintain and progression.is_topped(constants, state)
    if state.why is not None or maintain is not state.maintain:
        state = state._replace(why=None, maintain=maintain)
    return Step(state, shown) if state.due is None else _give_due(constants, standing, state)


def _give_due(constants: PlanConstants, standing: Standing, state: TrackState) -> Step:
    """Return the step that is due."""
    if state.due == "test":
        return Step(_take_test(constants, standing, state), "RETEST_UP")
    if state.due == "up" and state.sets < standing.target_sets(constants, state):
        return Step(state, _ASKS_FOR_SETS)
    if state.due == "jump" and (early := progression.climb(constants, state)) is not None:
        return early._replace(code=_EARLY[early.code])
    return progression.progress(constants, state)


def _take_test(constants: PlanConstants, standing: Standing, state: TrackState) -> TrackState:
    track = state.rung.track
    rung = next(rung for rung in constants.ladders[track] if rung.number == state.due_rung)
    load = constants.first_load if rung.loaded else 0
    entered = progression.enter_rung(constants, state, rung, load)
    sets = min(state.sets, standing.first_sets(constants, track))
    return entered._replace(sets=sets, maintain=False)


def _share_sets(
    constants: PlanConstants, standing: Standing, steps: Mapping[Track, Step]
) -> dict[Track, Step]:
    """Return the steps of the tracks that asked for sets, once the sets are shared out.

    A week gets a quarter more sets at most, and a track a quarter of its own, at least one each
    (EV-44). The track with the fewest sets a session comes first.
    """
    asking = {
        track: step.state
        for track, step in steps.items()
        if step.code == _ASKS_FOR_SETS and step.state.due == "up"
    }
    if not asking:
        return {}
    budget = sum(state.sets for state in standing.tracks.values())
    left = max(1, budget // 4)
    can = {t: _count_possible(constants, standing, state) for t, state in asking.items()}
    got = dict.fromkeys(asking, 0)
    while left > 0 and (open_tracks := [t for t in asking if can[t] > 0]):
        # A fraction is compared as a product, so that nothing is rounded.
        track = open_tracks[0]
        for rival in open_tracks[1:]:
            mine = (asking[track].sets + got[track]) * constants.frequency[rival]
            if (asking[rival].sets + got[rival]) * constants.frequency[track] < mine:
                track = rival
        got[track] += 1
        can[track] -= 1
        left -= 1
    return {t: _add_sets(asking[t], got[t]) for t in asking if got[t]}


def _count_possible(constants: PlanConstants, standing: Standing, state: TrackState) -> int:
    room = standing.target_sets(constants, state) - state.sets
    return min(room, max(1, state.sets // 4))


def _add_sets(state: TrackState, count: int) -> Step:
    grown = state._replace(sets=state.sets + count, hits=0, due=None)
    return Step(grown, "RAMP_SETS")


def _bound_sets(constants: PlanConstants, standing: Standing, state: TrackState) -> TrackState:
    """Return the state of a track that maintains, with its fewer sets."""
    return state._replace(sets=min(state.sets, standing.target_sets(constants, state)))
