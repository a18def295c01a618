"""The spec of the programme that continues another one from the end of its log (science 4.7).

build_successor() gets a FollowedProgram and the fields that change, and returns a complete spec.
Its `start` holds the whole standing, so that a programme that is continued without a change goes on
as if it were one. `carry` takes each track to the new spec. training.engine calls this.
"""

import dataclasses
import datetime
from typing import Any, NamedTuple, cast

from app.training.adapting import carry, fold, retest, setbacks
from app.training.adapting.followed_program import FollowedProgram
from app.training.catalog.track_definitions import DEFINITIONS, Track
from app.training.planning import spec as specs
from app.training.planning.plan_constants import UNIT, PlanConstants, derive
from app.training.planning.spec import Spec, SpecFields, Units
from app.training.planning.spec_building import SpecError, build_spec
from app.training.planning.standing import (
    CAUTIOUS_PAIN,
    Standing,
    TrackState,
    fresh_track,
    write_start,
)

_LEVELS: tuple[specs.Level, ...] = ("beginner", "intermediate", "advanced")
# Fields that only describe the spec that has them. A successor keeps all others.
_NEVER_INHERITED = frozenset({"start", "red_flags", "weeks"})


class NotCleared(ValueError):
    """The programme is blocked, and nobody said that a professional has cleared the runner."""


class _LogEnd(NamedTuple):
    """Where the log ends."""

    weeks: int
    """Weeks of the programme that are over or have begun."""
    standing: Standing
    """The standing before the week after."""


def build_successor(
    followed: FollowedProgram, changes: SpecFields, *, cleared: bool = False
) -> Spec:
    """Return the complete spec of the successor.

    Every field that does not change is kept. Raises NotCleared, and SpecError if the changes are
    invalid.
    """
    if "start" in changes:
        # It would replace what is known of pain.
        raise SpecError(["start"], "is written by continue itself; leave it out")
    end = _find_end(followed, cleared=cleared)
    _check_start_date(followed.spec, end.weeks, changes)
    fields = _inherit_fields(followed.spec, end.weeks, changes)
    bare = derive(build_spec(fields))
    standing = _apply_changes(followed.constants, bare, end, changes)
    tracks = {
        track: _carry_track(followed.constants, bare, standing, track) for track in bare.tracks
    }
    standing = standing._replace(tracks=tracks)
    standing = _take_gap(followed.spec, bare, standing, end.weeks)
    standing = _take_tests(followed.spec, bare, standing, changes)
    return build_spec({**fields, "start": write_start(standing, standing.tracks)})


def _check_start_date(old: Spec, weeks_over: int, changes: SpecFields) -> None:
    start = changes.get("start_date")
    if old.start_date is None or start is None:
        return
    end = old.start_date + datetime.timedelta(days=7 * weeks_over)
    if start < end:
        raise SpecError(["start_date"], f"must not come before {end}, where the log ends")


def _find_end(followed: FollowedProgram, *, cleared: bool) -> _LogEnd:
    """Return the end of the log. A running week counts if it holds a set, a blocked one always."""
    over = len(followed.past)
    if followed.block is not None and followed.blocked_week is not None:
        if not cleared:
            raise NotCleared
        return _LogEnd(over + 1, _clear(followed, followed.blocked_week.standing))
    running = followed.running
    if running is not None and followed.log.of_week(running.planned.index).records:
        log = followed.log.of_week(running.planned.index)
        return _LogEnd(over + 1, fold.end_week(followed.constants, running.planned, log).standing)
    return _LogEnd(over, followed.standing)


def _clear(followed: FollowedProgram, standing: Standing) -> Standing:
    """Return the standing once a professional has cleared a blocked runner."""
    block = followed.block
    tissues = block.tissues if block else frozenset()
    tracks = {}
    for track, state in standing.tracks.items():
        if not tissues or DEFINITIONS[track].tissue in tissues:
            tracks[track] = setbacks.drop(followed.constants, state, 8)._replace(
                suspended=False,
                stopped=False,
                reduce=True,
                pain_prev=None,
                painful=0,
                why="RETURN_AFTER_PAIN",
            )
        else:
            tracks[track] = state.give_reason("CLEARED")
    return standing._replace(tracks=tracks, caution=True, calm=0, run=0, notes=())


def _inherit_fields(old: Spec, weeks_over: int, changes: SpecFields) -> SpecFields:
    """Return the predecessor's fields with the changes, and dates that begin where it ended."""
    kept = {
        field.name: value
        for field in dataclasses.fields(Spec)
        if field.name not in _NEVER_INHERITED and (value := getattr(old, field.name)) is not None
    }
    units = changes.get("units", old.units)
    if units != old.units:
        kept |= _convert_masses(old, units)
    if "days_per_week" in changes and "weekdays" not in changes:
        kept.pop("weekdays", None)
    for name in ("pause_weeks", "lighter_weeks"):
        kept[name] = tuple(n - weeks_over for n in kept[name] if n > weeks_over)
    if old.start_date is not None:
        kept["start_date"] = old.start_date + datetime.timedelta(days=7 * weeks_over)
    if (start := changes.get("start_date") or kept.get("start_date")) is not None:
        oldest = start - specs.OLDEST_RACE
        kept["races"] = tuple(race for race in old.races if race.date >= oldest)
        # Numbers of paused weeks are for plans without dates.
        kept["pause_weeks"] = ()
    if "race_date" in changes:
        kept.pop("races", None)
    left = old.weeks - weeks_over
    kept["weeks"] = left if left > 0 else specs.DEFAULT_WEEKS
    return cast(SpecFields, {**kept, **changes})


def _convert_masses(old: Spec, units: Units) -> dict[str, Any]:
    """Return body mass, owned loads and increment in other units."""
    to = UNIT[units]
    owned = [carry.convert_hundredths(specs.to_hundredths(load), to=to) for load in old.loads]
    low, high = float(specs.LOAD.low), float(specs.LOAD.high)
    converted: dict[str, Any] = {
        "loads": tuple(min(max(load / 100, low), high) for load in owned),
        "load_increment": specs.DEFAULT_INCREMENT[units],
    }
    if old.body_mass is not None:
        converted["body_mass"] = _convert_mass(old.body_mass, units)
    return converted


def _convert_mass(old: float, units: Units) -> float:
    """Return a body mass in other units, with two decimals and within their bounds."""
    bounds = specs.BODY_MASS[units]
    converted = carry.convert_hundredths(specs.to_hundredths(old), to=UNIT[units]) / 100
    return min(max(converted, float(bounds.low)), float(bounds.high))


def _apply_changes(
    old: PlanConstants, new: PlanConstants, end: _LogEnd, changes: SpecFields
) -> Standing:
    """Return the standing with what the changes tell about pain, injury and tests."""
    standing = end.standing._replace(since=end.standing.since + end.weeks)
    before, after = old.spec, new.spec
    told = (after.pain_now, after.injury_last_3_months)
    if told != (before.pain_now, before.injury_last_3_months):
        caution = after.pain_now >= CAUTIOUS_PAIN or after.injury_last_3_months
        standing = standing._replace(caution=caution, calm=0)
    if (rise := changes.get("heel_rise_test")) is not None:
        standing = standing._replace(test=(rise.left, rise.right))
    if (hold := changes.get("side_plank_test")) is not None:
        standing = standing._replace(side_test=(hold.left, hold.right))
    return standing


def _carry_track(
    old: PlanConstants, new: PlanConstants, standing: Standing, track: Track
) -> TrackState:
    state = standing.tracks.get(track)
    if state is None:
        return fresh_track(new, standing, track)
    if UNIT[old.spec.units] != UNIT[new.spec.units]:
        state = carry.convert_loads(state, to=UNIT[new.spec.units])
    return carry.carry_track(new, standing, state)


def _take_gap(old: Spec, new: PlanConstants, standing: Standing, weeks_over: int) -> Standing:
    """Return the standing after the whole weeks between the end of the log and a later start."""
    if old.start_date is None or new.spec.start_date is None:
        return standing
    end = old.start_date + datetime.timedelta(days=7 * weeks_over)
    gap = (new.spec.start_date - end).days // 7
    if gap <= 0:
        return standing
    tracks = dict(standing.tracks)
    away = standing.away + gap
    for weeks in range(standing.away + 1, away + 1):
        tracks = {
            track: setbacks.ease_after_break(new, standing, state, weeks)
            for track, state in tracks.items()
        }
    if away >= 2:
        tracks = {t: state.give_reason(fold.break_code(away)) for t, state in tracks.items()}
    return standing._replace(tracks=tracks, away=away, run=0)


def _take_tests(old: Spec, new: PlanConstants, standing: Standing, changes: SpecFields) -> Standing:
    """Let a new test or a higher level open rungs, as in a programme that goes on."""
    higher = _LEVELS.index(new.spec.level) > _LEVELS.index(old.level)
    raised = {"heel_rise": "heel_rise_test" in changes, "side_plank": "side_plank_test" in changes}
    tracks = [t for t in new.tracks if higher or raised.get(DEFINITIONS[t].test or "", False)]
    hurt = any(state.pain_prev is not None for state in standing.tracks.values())
    noted = "heel_rise" if raised["heel_rise"] else None
    return retest.raise_to_start(new, standing, tracks, hurt=hurt, noted=noted)
