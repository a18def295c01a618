"""Builds a week from a position in the programme (science 3.5 and 3.6).

Distributes the sets over the sessions, adds the weak side's extra set, fits each session to the
available time, reduces lighter weeks, and prescribes exercises and sets. The fold calls it and
decides the position.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from app.training.catalog import reasons
from app.training.catalog.exercises import Fit, Rung
from app.training.catalog.reasons import Reason
from app.training.catalog.track_definitions import DEFINITIONS, TRACKS, Track
from app.training.planning import dose, training_calendar
from app.training.planning.dose import ExerciseSlot
from app.training.planning.plan_constants import UNIT, PlanConstants, choose_step_height
from app.training.planning.progression import TrackState
from app.training.planning.spec import RunDay, Side
from app.training.planning.training_calendar import WeekKind
from app.training.planning.week import Phase, PlannedSet, Prescription, Session, SetSide, Week

# Repetitions in reserve at the end of a set (EV-25 to EV-27; the figures are ours).
_RIR_TARGET: dict[str, int] = {"foundation": 4, "build": 3, "strength": 2}
_RIR_EASY = 5
# Weeks with less effort as well as less work. Taper and race keep load and effort (EV-29).
_EASY_KINDS: frozenset[WeekKind] = frozenset({"deload", "transition"})
# Reasons that stay in a lighter week, because what pain removed stays removed.
_LASTING_REASONS = frozenset({"PAIN_ABOVE_5", "SIBLING_PAIN"})
_DEMANDING_RUNS: frozenset[RunDay] = frozenset({"hard", "long"})
# Programmes share a few thousand different sets: a cache hit takes 0.3 us, a new set 1.0 us.
_make_set = lru_cache(maxsize=4096)(PlannedSet)


class Position(NamedTuple):
    """The position of a programme: state and reason of each track, and the sets of a week."""

    states: Mapping[Track, TrackState]
    budget: int
    reasons: Mapping[Track, Reason]


class _SessionContent(NamedTuple):
    """The content of a session, independent of its day."""

    slots: tuple[ExerciseSlot, ...]
    minutes: int
    trimmed: bool
    """Whether it was shortened to fit the available time."""
    exercises: tuple[Prescription, ...]


def build_week(constants: PlanConstants, index: int, kind: WeekKind, position: Position) -> Week:
    """Return the week of a kind at a position."""
    if kind != "build":
        why = reasons.explain(kind.upper())
        known = position.reasons
        shown = {t: known[t] if known[t].code in _LASTING_REASONS else why for t in known}
        position = position._replace(reasons=shown)
    sessions: list[Session] = []
    slots_done: list[ExerciseSlot] = []
    # Most sessions of a week have the same slots and share their content.
    contents: dict[tuple[ExerciseSlot, ...], _SessionContent] = {}
    for day, slots in _distribute_sets(constants, index, kind, position).items():
        if slots not in contents:
            contents[slots] = _build_content(constants, kind, position, slots)
        content = contents[slots]
        slots_done += content.slots
        sessions.append(
            Session(
                index=len(sessions) + 1,
                weekday=day,
                date=training_calendar.compute_date(constants.spec, index, day),
                type=constants.types[day],
                est_minutes=content.minutes,
                trimmed=content.trimmed,
                timing_advice=_advise_timing(constants, day),
                exercises=content.exercises,
            )
        )
    return Week(
        index=index,
        kind=kind,
        phase=_find_phase(constants, kind, position),
        start_date=training_calendar.compute_week_start(constants.spec, index),
        retest=kind == "deload" or index == constants.spec.weeks,
        set_budget=position.budget,
        hard_sets=sum(slot.sets for slot in slots_done),
        total_reps=sum(slot.sets * slot.reps for slot in slots_done),
        effective_volume={track: _compute_volume(constants, track, slots_done) for track in TRACKS},
        reasons={track: position.reasons[track].code for track in TRACKS},
        sessions=tuple(sessions),
    )


def _build_content(
    constants: PlanConstants, kind: WeekKind, position: Position, full: tuple[ExerciseSlot, ...]
) -> _SessionContent:
    fitted, trimmed = dose.fit_to_time(full, constants.spec.session_minutes)
    slots = tuple([_reduce_slot(constants, kind, position, slot) for slot in fitted])
    exercises = tuple([_prescribe(constants, kind, position, slot) for slot in slots])
    return _SessionContent(slots, dose.estimate_minutes(slots), trimmed, exercises)


def _distribute_sets(
    constants: PlanConstants, index: int, kind: WeekKind, position: Position
) -> dict[int, tuple[ExerciseSlot, ...]]:
    """Return the full dose of each training day, before it is fitted to the time and reduced."""
    each, over = divmod(position.budget, constants.slots)
    week: dict[int, tuple[ExerciseSlot, ...]] = {}
    states = position.states
    # A weak side does one extra set, once a week.
    extras = {track: _choose_extra_side(constants, kind, states[track]) for track in states}
    place = 0
    for day in training_calendar.sort_weekdays(constants.days, constants.spec):
        date = training_calendar.compute_date(constants.spec, index, day)
        clear = training_calendar.is_clear_of_race(constants.spec, date)
        slots: list[ExerciseSlot] = []
        for track in training_calendar.TRACKS_OF[constants.types[day]]:
            sets = each + (place < over)
            place += 1
            state = states[track]
            if clear and not state.suspended:
                extra = extras.pop(track, None)
                slots.append(ExerciseSlot(state.rung, sets, state.reps, state.load, extra))
        if slots:
            week[day] = tuple(slots)
    return week


def _choose_extra_side(constants: PlanConstants, kind: WeekKind, state: TrackState) -> Side | None:
    if kind != "build" or state.reduced or not state.rung.unilateral:
        return None
    return _find_weak_side(constants, state)


def _find_weak_side(constants: PlanConstants, state: TrackState) -> Side | None:
    """Return the weak side by logged sets, else by the test if the track uses it, else None."""
    if state.weak is None and DEFINITIONS[state.rung.track].heel_rise_test:
        return constants.weak_test
    return state.weak


def _reduce_slot(
    constants: PlanConstants, kind: WeekKind, position: Position, slot: ExerciseSlot
) -> ExerciseSlot:
    """Return the slot with its dose: full in build weeks, reduced in all others and after pain."""
    reduced = position.states[slot.rung.track].reduced
    if kind == "build" and not reduced:
        return slot
    sets, reps = dose.reduce_dose(slot.sets, slot.reps)
    if kind not in _EASY_KINDS and not reduced:
        return slot._replace(sets=sets, reps=reps)
    load = slot.load
    if slot.rung.loaded:
        load = max(constants.percent_of(load, 90), constants.increment)
    return slot._replace(sets=sets, reps=reps, load=load, easy=True)


def _prescribe(
    constants: PlanConstants, kind: WeekKind, position: Position, slot: ExerciseSlot
) -> Prescription:
    rung, exercise = slot.rung, slot.rung.exercise
    return Prescription(
        track=rung.track,
        rung=rung.number,
        slug=rung.slug,
        name=rung.name,
        laterality=exercise.laterality,
        step_height_cm=choose_step_height(constants.spec, rung),
        tempo=exercise.tempo,
        rest_s=rung.rest_s,
        sets=_build_sets(constants, kind, position, slot),
        cues=exercise.cues,
        common_faults=exercise.common_faults,
        fit=_choose_fit_name(constants, rung),
        reason=position.reasons[rung.track],
    )


def _build_sets(
    constants: PlanConstants, kind: WeekKind, position: Position, slot: ExerciseSlot
) -> tuple[PlannedSet, ...]:
    """Return one entry for each set of both legs, two for a pair of sides, the weak side first."""
    state = position.states[slot.rung.track]
    rir = _RIR_EASY if slot.easy else _compute_rir(constants, position, slot.rung)
    open_ended = kind == "build" and not state.reduced
    reps_max = constants.top_reps(slot.rung) if open_ended else slot.reps
    load = slot.load / 100 if slot.rung.loaded else None
    unit = UNIT[constants.spec.units] if slot.rung.loaded else "bodyweight"

    def write(n: int, side: SetSide) -> PlannedSet:
        return _make_set(n, side, slot.reps, reps_max, load, unit, rir, 10 - rir)

    if not slot.rung.unilateral:
        return tuple(write(n, "both") for n in range(1, slot.sets + 1))
    right_first = _find_weak_side(constants, state) == "right"
    sides: tuple[Side, Side] = ("right", "left") if right_first else ("left", "right")
    pairs = [write(n, side) for n in range(1, slot.sets + 1) for side in sides]
    return (*pairs, write(slot.sets + 1, slot.extra)) if slot.extra else tuple(pairs)


def _compute_rir(constants: PlanConstants, position: Position, rung: Rung) -> int:
    """Return the repetitions to keep in reserve, one more in a cautious programme."""
    phase = "strength" if rung.loaded else "build"
    if position.budget < constants.full_budget:
        phase = "foundation"
    return _RIR_TARGET[phase] + constants.cautious


def _find_phase(constants: PlanConstants, kind: WeekKind, position: Position) -> Phase:
    if kind in ("taper", "race"):
        return "taper"
    if kind == "transition":
        return "transition"
    if position.budget < constants.full_budget:
        return "foundation"
    loaded = any(state.rung.loaded for state in position.states.values())
    return "strength" if loaded else "build"


def _choose_fit_name(constants: PlanConstants, rung: Rung) -> Fit | None:
    """Return the FIT name. FIT has names of their own for some exercises with a dumbbell."""
    if rung.fit_dumbbell is not None and "dumbbell" in constants.spec.equipment:
        return rung.fit_dumbbell
    return rung.exercise.fit


def _advise_timing(constants: PlanConstants, day: int) -> tuple[Reason, ...]:
    runs = constants.spec.run_schedule
    if runs is None:
        return ()
    advice = {"AFTER_RUN_6H": runs[day], "EASY_BEFORE_HARD": runs[(day + 1) % 7]}
    codes = [code for code, run in advice.items() if run in _DEMANDING_RUNS]
    return tuple(reasons.explain_timing(code) for code in codes)


def _compute_volume(constants: PlanConstants, track: Track, slots: list[ExerciseSlot]) -> float:
    """Return the volume of a track: repetitions x coefficient x (1 + load / body mass).

    Rounded half to even at two decimals, for output only.
    """
    work = sum(
        slot.sets * slot.reps * slot.rung.coef * (constants.body_mass + slot.load)
        for slot in slots
        if slot.rung.track == track
    )
    whole, rest = divmod(work, constants.body_mass)
    half_or_more = 2 * rest > constants.body_mass or (2 * rest == constants.body_mass and whole % 2)
    return (whole + bool(half_or_more)) / 100
