"""The reasons of a week in words: the sentence of each code with its names and numbers filled in.

explain_track() gets a rendered week and gives the Reason of one of its tracks, for a plan (what is
to come) or after a log (what was earned). It decides nothing; the codes come from week_start and
the fold.
"""

from app.training.catalog import reasons
from app.training.catalog.exercises import LADDERS, LOADERS, Rung
from app.training.catalog.reasons import Param, Reason
from app.training.catalog.track_definitions import DEFINITIONS, Track
from app.training.planning.plan_constants import (
    ADULT_AGE,
    MIN_STEP_EDGE_CM,
    UNIT,
    PlanConstants,
    choose_step_height,
)
from app.training.planning.spec import SECONDS_PER_COUNT, to_hundredths
from app.training.planning.standing import SCALE, TrackState
from app.training.planning.week_plan import RenderedWeek

_CLIMBS = frozenset({"NEXT_RUNG", "ADD_LOAD", "ACCELERATE_RUNG", "ACCELERATE_LOAD"})
_AT_THE_TOP = frozenset({"LADDER_TOP_HOLD", "MAINTAIN"})
_LOAD_CODES = frozenset({"ADD_LOAD", "ACCELERATE_LOAD"})
_BREAKS = frozenset({"LONG_BREAK_14", "LONG_BREAK_28", "RESTART_AFTER_BREAK"})
_SMALLEST_SHARE = 20
# Codes whose sentences name nothing.
_PLAIN = frozenset(
    code
    for code, rule in reasons.REASONS.items()
    if not rule.variants and not rule.wording.params and code not in _CLIMBS
)


def explain_track(
    constants: PlanConstants,
    week: RenderedWeek,
    track: Track,
    *,
    planned: bool,
    pain: int | None = None,
) -> Reason:
    """Return the reason of a track in a week.

    `pain`, in ten-thousandths, stands in place of the pain of the last week.
    """
    code = week.start.shown[track]
    evidence = DEFINITIONS[track].start_evidence if code == "START" else ()
    if code in _PLAIN:
        return reasons.explain(code, planned=planned, evidence=evidence or None)
    # The state keeps what its code speaks of until the week is over.
    state = week.standing.tracks[track]
    variant, params = _choose_wording(constants, week, state, pain)
    return reasons.explain(
        code,
        planned=planned,
        variant=variant,
        more_evidence=DEFINITIONS[track].order_evidence if code in _CLIMBS else (),
        **params,
    )


def _choose_wording(
    constants: PlanConstants, week: RenderedWeek, state: TrackState, pain: int | None
) -> tuple[str | None, dict[str, Param]]:
    """Return the variant of a track's sentence, and what it says."""
    track = state.rung.track
    code = week.start.shown[track]
    if code == "RAMP_SETS":
        sets = sum([slot.sets for slot in week.slots_of(track)])
        # Sets that time, pain or a race took would contradict the sentence.
        return (None if sets == state.sets else "without_sets"), {"sets": sets}
    if code in _BREAKS:
        away = week.standing.away
        # A reason may wait for some weeks. One week away since then is another absence.
        return (None if away >= 2 else "uncounted"), {"n": away}
    if code in _AT_THE_TOP:
        opens = find_opening(constants, state.rung, state.load)
        return (None if opens else "without_opens"), {"opens": opens or ""}
    if code == "PAIN_ACCEPTABLE_HOLD":
        known = state.pain_prev if pain is None else pain
        said = f"{(known or 0) / SCALE:g}"
        return (None if known is not None else "without_pain"), {"p": said}
    if code == "ASYMMETRY_HOLD":
        return None, {"side": state.weak or ""}
    return _choose_variant(constants, code, state), _format_target(constants, week, state)


def _format_target(
    constants: PlanConstants, week: RenderedWeek, state: TrackState
) -> dict[str, Param]:
    """Return what may be said of a track's exercise. Few words, because they are hashed."""
    track = state.rung.track
    code = week.start.shown[track]
    said: dict[str, Param] = {
        "dose": format_dose(state.rung, state.reps),
        "name": constants.printed[state.rung].exercise.name,
    }
    unit = UNIT[constants.spec.units]
    if code in _LOAD_CODES:
        delta = week.start.added_loads.get(track, 0)
        return {**said, "delta": f"{delta / 100:g}", "unit": unit}
    if code == "BELOW_TARGET_REGRESS":
        return {**said, "load": f"{state.load / 100:g} {unit}"}
    return said


def format_dose(rung: Rung, reps: int) -> str:
    """Return the target of a set in words."""
    if rung.hold:
        return f"{reps * SECONDS_PER_COUNT} seconds"
    return "1 repetition" if reps == 1 else f"{reps} repetitions"


def _choose_variant(constants: PlanConstants, code: str, state: TrackState) -> str | None:
    by_feel = constants.printed[state.rung].by_feel
    if code in _LOAD_CODES:
        return "by_feel" if by_feel else None
    if code == "BELOW_TARGET_REGRESS":
        return "by_feel" if state.lowered == "load" and by_feel else state.lowered
    return None


def find_opening(constants: PlanConstants, rung: Rung, load: int) -> str | None:
    """Return the one thing that would open a harder version, or None."""
    if not rung.loaded or constants.is_heavy(load):
        ladder = LADDERS[rung.track]
        for harder in ladder[ladder.index(rung) + 1 :]:
            if harder in constants.printed or _is_forbidden(constants, harder):
                continue
            missing = _list_missing(constants, harder)
            if len(missing) == 1:
                return missing[0]
    owned = constants.weights
    if rung.loaded and owned and owned[-1] <= load and load * 10 < constants.body_mass * 6:
        return "A heavier weight"
    return None


def _is_forbidden(constants: PlanConstants, rung: Rung) -> bool:
    spec = constants.spec
    minor = spec.age is not None and spec.age < ADULT_AGE
    return (minor and rung.loaded) or (spec.avoid_below_level and rung.step_edge)


def _list_missing(constants: PlanConstants, rung: Rung) -> list[str]:
    """Return what a rung lacks, each in words."""
    spec = constants.spec
    missing = []
    if rung.step_edge and max(spec.step_heights_cm, default=0) < MIN_STEP_EDGE_CM:
        missing.append("A step edge")
    if rung.height_band is not None and choose_step_height(spec, rung) is None:
        low, high = rung.height_band
        missing.append(f"A step of {low} to {high} cm")
    if rung.chair and "chair" not in spec.equipment:
        missing.append("A chair")
    if rung.loaded and (weight := _find_missing_weight(constants)) is not None:
        missing.append(weight)
    if rung.only_without_load and any(one.loaded for one in constants.ladders[rung.track]):
        # A weight that is there cannot be missing: nothing opens this rung.
        missing += ["", ""]
    return missing


def _find_missing_weight(constants: PlanConstants) -> str | None:
    spec = constants.spec
    if set(LOADERS).isdisjoint(spec.equipment):
        return "A weight"
    if not spec.loads or constants.weights:
        return None
    counts = any(to_hundredths(w) * _SMALLEST_SHARE >= constants.body_mass for w in spec.loads)
    return "A lighter weight" if counts else "A heavier weight"
