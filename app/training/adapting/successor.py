"""What comes after a programme: the spec of its successor, started where the log ends.

Pure, like everything here: a followed and the fields that change go in, a settled spec comes out.
"""

import datetime
from dataclasses import fields as attributes
from typing import cast

from app.training.adapting.followed_program import FollowedProgram
from app.training.catalog.exercises import Rung
from app.training.catalog.tracks import TRACKS, Track
from app.training.log.logbook import PER_KG, PER_LB
from app.training.planning import spec as specs
from app.training.planning.plan_constants import (
    LoadUnit,
    PlanConstants,
    derive,
    find_available_rungs,
)
from app.training.planning.progression import TrackState
from app.training.planning.spec import (
    BODY_MASS,
    DEFAULT_WEEKS,
    Spec,
    SpecFields,
    Start,
    TrackStart,
    Units,
)

# What a spec says about itself alone; a successor takes the rest over.
NEVER_INHERITED = frozenset({"start", "red_flags", "weeks"})


def succeed(followed: FollowedProgram, changes: SpecFields) -> Spec:
    """The successor's settled spec. Raises SpecError where the changes make no sense.

    Every field stays as it was unless it changes; the rungs, repetitions and loads are those that
    the log has led to, as far as the new equipment goes. A `start` among the changes goes before.
    """
    wished = inherit(followed, changes)
    plain = specs.build_spec(wished)
    # The constants before the start is known: they hold its ladders and increments.
    constants = derive(plain)
    given = changes.get("start") or Start()
    begins = {
        track: given.of(track)
        or take_over(followed, constants, track, followed.standing.position.states[track])
        for track in TRACKS
    }
    full = given.full_volume or followed.standing.position.budget >= followed.constants.full_budget
    return specs.build_spec(
        cast(SpecFields, {**wished, "start": Start(**begins, full_volume=full)})
    )


def inherit(followed: FollowedProgram, changes: SpecFields) -> SpecFields:
    """The fields of the predecessor with the changes, and dates that begin where it ended."""
    old = followed.constants.spec
    kept = {
        field.name: value
        for field in attributes(Spec)
        if field.name not in NEVER_INHERITED and (value := getattr(old, field.name)) is not None
    }
    units = changes.get("units", old.units)
    if units != old.units:
        del kept["load_increment"]
        if old.body_mass is not None:
            kept["body_mass"] = convert_mass(old.body_mass, units)
    if "days_per_week" in changes and "weekdays" not in changes:
        kept.pop("weekdays", None)
    begin = first_day(followed)
    if begin is not None:
        kept["start_date"] = begin
    race = changes.get("race_date", old.race_date)
    starts = changes.get("start_date", begin)
    if race is not None and "race_date" not in changes and starts is not None and race < starts:
        kept.pop("race_date", None)
    return cast(SpecFields, {**kept, **remaining_weeks(followed, changes), **changes})


def convert_mass(mass: float, units: Units) -> float:
    """A body mass in the other units, to two decimals and within what they allow."""
    old, new = (PER_LB, PER_KG) if units == "metric" else (PER_KG, PER_LB)
    bounds = BODY_MASS[units]
    converted = (2 * specs.to_hundredths(mass) * old + new) // (2 * new) / 100
    return min(max(converted, float(bounds.low)), float(bounds.high))


def first_day(followed: FollowedProgram) -> datetime.date | None:
    """The first day that the log leaves open, where the programme has dates."""
    start = followed.constants.spec.start_date
    return start and start + datetime.timedelta(days=7 * len(followed.past))


def remaining_weeks(followed: FollowedProgram, changes: SpecFields) -> SpecFields:
    """What is left of the programme, or twelve more weeks at its end.

    A new race or a new start decides the length by itself, as in any spec.
    """
    if "race_date" in changes or "start_date" in changes:
        return {}
    left = followed.constants.spec.weeks - len(followed.past)
    return {"weeks": left if left > 0 else DEFAULT_WEEKS}


def take_over(
    followed: FollowedProgram, constants: PlanConstants, track: Track, state: TrackState
) -> TrackStart:
    """Where a track starts: on the same rung, or on the next easier one that is available."""
    ladder = find_available_rungs(constants.spec, track)
    rung = max(
        (rung for rung in ladder if rung.number <= state.rung.number),
        key=lambda rung: rung.number,
        default=ladder[0],
    )
    if rung is state.rung:
        reps = min(state.reps, constants.top_reps(rung))
    else:
        # An easier version is entered at its full range, for the work of a harder one was met.
        reps = constants.top_reps(rung) if rung.number < state.rung.number else rung.reps_low
    return TrackStart(rung.number, reps, carry_load(followed, constants, rung, state) / 100)


def carry_load(
    followed: FollowedProgram, constants: PlanConstants, rung: Rung, state: TrackState
) -> int:
    """The load in the successor's unit, down to a multiple of its increment, in hundredths."""
    if not rung.loaded:
        return 0
    per: dict[LoadUnit, int] = {"kg": PER_KG, "lb": PER_LB}
    old, new = unit_of(followed.constants.spec), unit_of(constants.spec)
    load = state.load if old == new else state.load * per[old] // per[new]
    fitted = load // constants.increment * constants.increment
    return max(constants.increment, min(fitted, max(constants.max_load, constants.increment)))


def unit_of(spec: Spec) -> LoadUnit:
    """The unit of a spec's loads."""
    return "kg" if spec.units == "metric" else "lb"
