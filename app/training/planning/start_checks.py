"""Checks that a spec's `start` fits the rest of the spec: rungs, targets, loads and sets.

check_start() is called when a spec is planned or followed, before anything reads its `start`. It
needs the constants of the spec, so building a spec alone cannot check it.
"""

from collections.abc import Sequence
from dataclasses import fields

from app.training.catalog.exercises import LADDERS, Rung
from app.training.catalog.track_definitions import TRACKS, Track
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.spec import SECONDS_PER_COUNT, START_REPS, to_hundredths
from app.training.planning.spec_building import SpecError
from app.training.planning.standing import read_reps, standing_without_tracks
from app.training.planning.start import HeldDose, Start, TrackStart

CLIENT_FIELDS = ("rung", "reps", "seconds", "load", "sets")
"""What a client may give for a track; the other fields belong to a continued programme."""


def check_start(constants: PlanConstants) -> None:
    """Raise SpecError if the spec's `start` does not fit its equipment, days or level."""
    start = constants.spec.start
    if start is None:
        return
    if start.since is None:
        _check_client_start(start)
    standing = standing_without_tracks(constants)
    for track in TRACKS:
        given = start.of(track)
        if given is None:
            continue
        if track not in constants.tracks:
            raise SpecError(["start", track], "needs the track in `core`")
        rung = _find_rung(constants, track, given)
        _check_target(["start", track], rung, given, constants.top_reps(rung))
        # What a continued programme leaves out is 0, and no loaded rung has a load of 0.
        load = given.load if start.since is None else given.load or 0.0
        _check_load(constants, track, rung, load)
        _check_due(constants, track, given)
        _check_held(track, given.held)
        least, most = constants.frequency[track], standing.full_sets(constants, track)
        if given.sets is not None and not least <= given.sets <= most:
            raise SpecError(["start", track, "sets"], f"must lie between {least} and {most}")


def _check_client_start(start: Start) -> None:
    """Reject what would be ignored without `since`."""
    needs_since = "needs `since`: only a programme that continues another has it; leave it out"
    for field in fields(Start):
        given = getattr(start, field.name)
        if field.name not in TRACKS and given != field.default:
            raise SpecError(["start", field.name], needs_since)
        for own in fields(TrackStart) if isinstance(given, TrackStart) else ():
            if own.name not in CLIENT_FIELDS and getattr(given, own.name) != own.default:
                raise SpecError(["start", field.name, own.name], needs_since)


def _find_rung(constants: PlanConstants, track: Track, given: TrackStart) -> Rung:
    rungs = {rung.number: rung for rung in constants.ladders[track]}
    if given.rung not in rungs:
        absent = f"is not available with this equipment; one of {_list_numbers(rungs)}"
        raise SpecError(["start", track, "rung"], absent)
    return rungs[given.rung]


def _check_target(
    path: Sequence[str], rung: Rung, given: TrackStart | HeldDose, top: float
) -> None:
    unit, other = ("seconds", "reps") if rung.hold else ("reps", "seconds")
    if getattr(given, other) is not None:
        raise SpecError([*path, other], f"must be left out: this rung counts {unit}")
    reps = read_reps(given)
    if rung.hold and given.seconds is not None and given.seconds % SECONDS_PER_COUNT:
        raise SpecError([*path, "seconds"], f"must be a multiple of {SECONDS_PER_COUNT}")
    if reps is not None and not 1 <= reps <= top:
        each = SECONDS_PER_COUNT if rung.hold else 1
        raise SpecError([*path, unit], f"must lie between {each} and {top * each}")


def _check_load(constants: PlanConstants, track: Track, rung: Rung, given: float | None) -> None:
    if given is None:
        return
    load = to_hundredths(given)
    if not rung.loaded:
        if load:
            raise SpecError(["start", track, "load"], "must be 0: this rung takes no external load")
    elif not 0 < load <= constants.max_load or constants.fit_load(load) != load:
        most = f"{constants.max_load / 100:g}"
        allowed = (
            f"one of the owned loads up to {most}"
            if constants.weights
            else f"a multiple of {constants.increment / 100:g} up to {most}"
        )
        raise SpecError(["start", track, "load"], f"must be {allowed}")


def _check_due(constants: PlanConstants, track: Track, given: TrackStart) -> None:
    """Check the rung of a due test: it is taken as it stands."""
    path = ["start", track, "due_rung"]
    rungs = [rung.number for rung in constants.ladders[track]]
    if given.due == "test" and given.due_rung not in rungs:
        raise SpecError(path, f"must be an available rung: one of {_list_numbers(rungs)}")
    if given.due != "test" and given.due_rung is not None:
        raise SpecError(path, "is for a due `test` only")


def _check_held(track: Track, held: HeldDose | None) -> None:
    if held is None:
        return
    path = ["start", track, "held"]
    ladder = {rung.number: rung for rung in LADDERS[track]}
    if held.rung not in ladder:
        raise SpecError([*path, "rung"], f"must be one of {_list_numbers(ladder)}")
    _check_target(path, ladder[held.rung], held, START_REPS.high)


def _list_numbers(rungs: Sequence[int] | dict[int, Rung]) -> str:
    return ", ".join(map(str, rungs))
