"""Strategies of hypothesis for the `start` of a spec.

client_starts() draws what a client may write, continued_starts() all that `continue` may: any
state that a programme can be in, and some that it cannot.
"""

from typing import Any, get_args

from hypothesis import strategies as st

from app.training.catalog.exercises import LADDERS, SECONDS_PER_COUNT, Rung
from app.training.catalog.track_definitions import Track
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.standing import Standing, fresh_standing, write_reps
from app.training.planning.start import (
    DueStep,
    HeldDose,
    Lowered,
    NoteCode,
    Side,
    Start,
    StartCode,
    TrackStart,
)

NONE = Start()
_PAINS = [3.0, 3.5, 4.25, 5.0, 5.01, 7.0, 10.0]


@st.composite
def client_starts(draw: st.DrawFn, constants: PlanConstants, begin_from: int) -> Start:
    """A start that a client may write for some tracks."""
    chosen = draw(st.lists(st.sampled_from(constants.tracks), unique=True, max_size=3))
    tracks: Any = {track: draw(_client_tracks(constants, track, begin_from)) for track in chosen}
    return Start(**tracks)


@st.composite
def _client_tracks(
    draw: st.DrawFn, constants: PlanConstants, track: Track, begin_from: int
) -> TrackStart:
    rung = draw(st.sampled_from(constants.ladders[track]))
    standing = fresh_standing(constants)
    optional: dict[str, st.SearchStrategy[Any]] = {
        "load": loads(constants, rung),
        "sets": st.integers(constants.frequency[track], standing.full_sets(constants, track)),
    }
    unit = "seconds" if rung.hold else "reps"
    # A hold that begins with the fewest of its range may have fewer counts than `begin_from`.
    least = min(begin_from, rung.reps_low)
    counts = st.integers(least, constants.top_reps(rung))
    optional[unit] = counts.map(lambda n: n * SECONDS_PER_COUNT) if rung.hold else counts
    return TrackStart(rung.number, **draw(st.fixed_dictionaries({}, optional=optional)))


def loads(constants: PlanConstants, rung: Rung) -> st.SearchStrategy[float]:
    """Loads that a rung takes under these constants."""
    if not rung.loaded:
        return st.just(0.0)
    if constants.weights:
        usable = [load for load in constants.weights if load <= constants.max_load]
        return st.sampled_from([load / 100 for load in usable])
    steps = max(constants.max_load // constants.increment, 1)
    return st.integers(1, steps).map(lambda step: step * constants.increment / 100)


@st.composite
def continued_starts(draw: st.DrawFn, constants: PlanConstants, begin_from: int = 1) -> Start:
    """A start with everything that a continued programme knows."""
    tests = st.none() | st.tuples(st.integers(0, 200), st.integers(0, 200))
    base: dict[str, Any] = {
        "since": draw(st.integers(0, 100)),
        "caution": draw(st.booleans()),
        "test": draw(tests),
        "side_test": draw(tests),
        "run": draw(st.integers(0, 8)),
        "away": draw(st.integers(0, 12)),
        "calm": draw(st.integers(0, 4)),
        "cut": draw(st.integers(0, 1)),
        "skipped": draw(st.integers(0, 1)),
        "ever": draw(st.booleans()),
        "notes": tuple(draw(st.lists(st.sampled_from(get_args(NoteCode)), unique=True))),
    }
    standing = fresh_standing(constants)._replace(caution=base["caution"])
    tracks: Any = {
        track: draw(_continued_tracks(constants, standing, track, begin_from))
        for track in constants.tracks
        if draw(st.booleans())
    }
    return Start(**tracks, **base)


@st.composite
def _continued_tracks(
    draw: st.DrawFn, constants: PlanConstants, standing: Standing, track: Track, begin_from: int
) -> TrackStart:
    rung = draw(st.sampled_from(constants.ladders[track]))
    counts = draw(st.integers(min(begin_from, rung.reps_low), constants.top_reps(rung)))
    reps, seconds = write_reps(rung, counts)
    above = [one.number for one in constants.ladders[track] if one.number > rung.number]
    steps: list[DueStep | None] = [None, "up", "step", "jump", "test"]
    due = draw(st.sampled_from(steps if above else steps[:-1]))
    why = draw(st.none() | st.sampled_from(get_args(StartCode)))
    lowered = st.none() | st.sampled_from(get_args(Lowered))
    most = standing.full_sets(constants, track)
    return TrackStart(
        rung.number,
        reps=reps,
        seconds=seconds,
        load=draw(loads(constants, rung)),
        sets=draw(st.integers(constants.frequency[track], most)),
        hits=draw(st.integers(0, 2)),
        due=due,
        due_rung=draw(st.sampled_from(above)) if due == "test" else None,
        why=why,
        lowered=draw(lowered) if why == "BELOW_TARGET_REGRESS" else None,
        top=draw(st.integers(0, 2)),
        maintain=draw(st.booleans()),
        suspended=draw(st.booleans()),
        reduce=draw(st.booleans()),
        stopped=draw(st.booleans()),
        pain_prev=draw(st.none() | st.sampled_from(_PAINS)),
        painful=draw(st.integers(0, 4)),
        weak=draw(st.none() | st.sampled_from(get_args(Side))),
        held=draw(st.none() | _held(track)),
    )


@st.composite
def _held(draw: st.DrawFn, track: Track) -> HeldDose:
    rung = draw(st.sampled_from(LADDERS[track]))
    reps, seconds = write_reps(rung, draw(st.integers(1, rung.reps_high)))
    load = draw(st.integers(1, 4000)) / 100 if rung.loaded else 0.0
    return HeldDose(rung.number, reps, seconds, load, draw(st.integers(0, 7)))
