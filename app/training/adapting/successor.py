"""The spec of the programme that continues another one from the end of its log.

build_successor() gets a FollowedProgram and the fields that change and returns a complete spec. Its
`start` holds the rungs, repetitions and loads that the log has led to. training.engine calls it
and gives the spec an id.
"""

import dataclasses
from typing import cast

from app.training.adapting.followed_program import FollowedProgram
from app.training.catalog.exercises import Rung
from app.training.catalog.track_definitions import TRACKS
from app.training.log.logbook import NG_PER_TEN_THOUSANDTH
from app.training.planning import spec as specs
from app.training.planning import training_calendar
from app.training.planning.plan_constants import UNIT, PlanConstants, derive
from app.training.planning.progression import TrackState
from app.training.planning.spec import Spec, SpecFields, Start, TrackStart, Units

# Fields that only describe the spec that has them. A successor keeps all others.
_NEVER_INHERITED = frozenset({"start", "red_flags", "weeks"})


def build_successor(followed: FollowedProgram, changes: SpecFields) -> Spec:
    """Return the complete spec of the successor. Raises SpecError if the changes are invalid.

    Every field that does not change is kept. Each track starts where the log has led it, as far
    as the new equipment allows. A `start` among the changes has priority.
    """
    fields = _inherit_fields(followed, changes)
    # The constants without a start: they hold the new ladders and load increments.
    constants = derive(specs.build_spec(fields))
    given = changes.get("start") or Start()
    position, old = followed.standing.position, followed.constants
    states = position.states
    starts = {t: given.of(t) or _build_track_start(old, constants, states[t]) for t in TRACKS}
    full = given.full_volume or position.budget >= old.full_budget
    return specs.build_spec({**fields, "start": Start(**starts, full_volume=full)})


def _inherit_fields(followed: FollowedProgram, changes: SpecFields) -> SpecFields:
    """Return the predecessor's fields with the changes, and dates that begin where it ended."""
    old = followed.spec
    kept = {
        field.name: value
        for field in dataclasses.fields(Spec)
        if field.name not in _NEVER_INHERITED and (value := getattr(old, field.name)) is not None
    }
    units = changes.get("units", old.units)
    if units != old.units:
        del kept["load_increment"]
        if old.body_mass is not None:
            kept["body_mass"] = _convert_mass(old.body_mass, units)
    if "days_per_week" in changes and "weekdays" not in changes:
        kept.pop("weekdays", None)
    # The day after the last past week; None if the programme has no dates.
    first_open_day = training_calendar.compute_week_start(old, len(followed.past) + 1)
    if first_open_day is not None:
        kept["start_date"] = first_open_day
    race = changes.get("race_date", old.race_date)
    start = changes.get("start_date", first_open_day)
    if race is not None and "race_date" not in changes and start is not None and race < start:
        # The race is over.
        kept.pop("race_date", None)
    return cast(SpecFields, {**kept, **_remaining_weeks(followed, changes), **changes})


def _convert_mass(mass: float, units: Units) -> float:
    """Return a body mass in other units, with two decimals and within their bounds."""
    old = NG_PER_TEN_THOUSANDTH["lb" if units == "metric" else "kg"]
    new = NG_PER_TEN_THOUSANDTH[UNIT[units]]
    bounds = specs.BODY_MASS[units]
    # Half up, in whole numbers.
    converted = (2 * specs.to_hundredths(mass) * old + new) // (2 * new) / 100
    return min(max(converted, float(bounds.low)), float(bounds.high))


def _remaining_weeks(followed: FollowedProgram, changes: SpecFields) -> SpecFields:
    """Return the weeks that are left of the programme, or twelve if none is.

    A new race or start date decides the length by itself, as in any spec.
    """
    if "race_date" in changes or "start_date" in changes:
        return {}
    left = followed.spec.weeks - len(followed.past)
    return {"weeks": left if left > 0 else specs.DEFAULT_WEEKS}


def _build_track_start(old: PlanConstants, new: PlanConstants, state: TrackState) -> TrackStart:
    """Return the start of a track: its rung, or the next easier one that is available."""
    ladder = new.ladders[state.rung.track]
    rung = next((r for r in reversed(ladder) if r.number <= state.rung.number), ladder[0])
    if rung is state.rung:
        reps = min(state.reps, new.top_reps(rung))
    else:
        # An easier rung starts at the top of its range, because the runner did a harder one.
        reps = new.top_reps(rung) if rung.number < state.rung.number else rung.reps_low
    return TrackStart(rung.number, reps, _convert_load(old, new, rung, state.load) / 100)


def _convert_load(old: PlanConstants, new: PlanConstants, rung: Rung, load: int) -> int:
    """Return a load in hundredths of the new unit, rounded down to the new increment."""
    if not rung.loaded:
        return 0
    old_unit, new_unit = UNIT[old.spec.units], UNIT[new.spec.units]
    if old_unit != new_unit:
        load = load * NG_PER_TEN_THOUSANDTH[old_unit] // NG_PER_TEN_THOUSANDTH[new_unit]
    fitted = load // new.increment * new.increment
    return max(new.increment, min(fitted, max(new.max_load, new.increment)))
