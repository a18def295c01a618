"""Makes the answer of a rendered week: sets in groups, reasons and texts.

build_week() gets a week that week_plan rendered and returns the value that goes to clients. The
numbers are all there already; nothing is decided here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from app.training.catalog import reasons
from app.training.catalog.exercises import Rung
from app.training.catalog.reasons import Reason
from app.training.catalog.track_definitions import Track
from app.training.planning import explaining, week_plan
from app.training.planning.dose import ExerciseSlot
from app.training.planning.load import Load
from app.training.planning.plan_constants import UNIT, LoadUnit, PlanConstants
from app.training.planning.spec import SECONDS_PER_COUNT, RunDay
from app.training.planning.standing import PAIN_CODES
from app.training.planning.start import Side
from app.training.planning.week import (
    ExerciseDetails,
    Phase,
    PlannedSets,
    Prescription,
    Session,
    SetSide,
    Week,
    WeekNote,
)
from app.training.planning.week_plan import RenderedSession, RenderedWeek

_DEMANDING_RUNS: frozenset[RunDay] = frozenset({"hard", "long"})
_PHASE_ORDER: tuple[Phase, ...] = ("strength", "build", "foundation")


def build_week(constants: PlanConstants, week: RenderedWeek, *, planned: bool) -> Week:
    """Return the answer of a week. `planned` chooses sentences for what is still to come."""
    why = explain_week(constants, week, planned=planned)
    return build_week_with_reasons(constants, week, why)


def explain_week(
    constants: PlanConstants, week: RenderedWeek, *, planned: bool
) -> dict[Track, Reason]:
    """Return the reason of each track in a week."""
    return {
        track: explaining.explain_track(constants, week, track, planned=planned)
        for track in constants.tracks
    }


def build_week_with_reasons(
    constants: PlanConstants, week: RenderedWeek, why: Mapping[Track, Reason]
) -> Week:
    """Return the answer of a week with these reasons."""
    hard_sets = counts = held = 0
    work = dict.fromkeys(constants.tracks, 0)
    for session in week.sessions:
        for slot in session.slots:
            done = slot.sets * slot.reps
            hard_sets += slot.sets
            counts += done
            if slot.rung.hold:
                held += done
            work[slot.rung.track] += done * constants.effort(slot.rung, slot.load)
    shared = _find_shared_reason(why)
    return Week(
        index=week.index,
        kind=week.kind,
        phase=find_week_phase(constants, week),
        start_date=week.start_date,
        retest=is_retest(constants, week),
        set_budget=sum([state.sets for state in week.standing.tracks.values()]),
        hard_sets=hard_sets,
        total_reps=counts - held,
        effective_volume={t: _round_volume(constants, one) for t, one in work.items()},
        reason=shared,
        other_reasons={track: one for track, one in why.items() if one != shared},
        notes=tuple([build_note(code) for code in week.standing.notes]),
        sessions=_build_sessions(constants, week),
        total_hold_s=held * SECONDS_PER_COUNT if constants.spec.core else None,
    )


def _find_shared_reason(why: Mapping[Track, Reason]) -> Reason:
    """Return the reason of the most tracks; of those with as many, the one of the first track."""
    found = [*why.values()]
    return max(found, key=found.count)


def build_note(code: str) -> WeekNote:
    """Return a note on a week as a whole."""
    return WeekNote(code, reasons.WEEK_NOTES[code].wording.earned)


def is_retest(constants: PlanConstants, week: RenderedWeek) -> bool:
    """Return whether to repeat the heel-rise test in a week."""
    last = week.index == constants.spec.weeks
    return week.kind == "deload" or (last and week.kind == "build")


def find_week_phase(constants: PlanConstants, week: RenderedWeek) -> Phase:
    """Return the phase of a week: the furthest of the tracks that its sessions hold."""
    if week.kind in ("taper", "race"):
        return "taper"
    if week.kind in ("transition", "pause"):
        return week.kind
    held = {slot.rung.track for session in week.sessions for slot in session.slots}
    standing = week.standing
    phases = {
        week_plan.find_phase(constants, standing, standing.tracks[track])
        for track in held or constants.tracks
    }
    return next(phase for phase in _PHASE_ORDER if phase in phases)


def _build_sessions(constants: PlanConstants, week: RenderedWeek) -> tuple[Session, ...]:
    # Most sessions of a week are alike and share their exercises.
    known: dict[tuple[int, str], tuple[Prescription, ...]] = {}
    sessions = []
    for one in week.sessions:
        key = (id(one.slots), one.kind)
        if key not in known:
            known[key] = build_prescriptions(constants, week, one)
        sessions.append(_build_session(constants, one, known[key]))
    return tuple(sessions)


def _build_session(
    constants: PlanConstants, session: RenderedSession, exercises: tuple[Prescription, ...]
) -> Session:
    return Session(
        index=session.place.number,
        weekday=session.place.weekday,
        date=session.date,
        type=session.place.type,
        est_minutes=session.minutes,
        trimmed=session.trimmed,
        timing_advice=_advise_timing(constants, session.place.weekday),
        exercises=exercises,
    )


def build_prescriptions(
    constants: PlanConstants, week: RenderedWeek, session: RenderedSession
) -> tuple[Prescription, ...]:
    """Return the exercises of a session."""
    easy_day = session.kind == "transition" and week.kind != "transition"
    found = []
    for slot in session.slots:
        printed, track = slot.printed, slot.rung.track
        own_reason = easy_day and week.start.shown[track] not in PAIN_CODES
        open_ended = week.kind == "build" and not slot.is_reduced
        sides: tuple[SetSide, ...] = ("both",)
        if printed.unilateral:
            weak = week.standing.weak_side(track, week.standing.tracks[track].weak)
            sides = ("right", "left") if weak == "right" else ("left", "right")
        dose = _Dose(
            slot.rung,
            printed.exercise.slug,
            printed.step_height_cm,
            printed.by_feel,
            sides,
            slot.sets,
            slot.extra,
            slot.reps,
            constants.tops[slot.rung] if open_ended else slot.reps,
            slot.load,
            UNIT[constants.spec.units],
            slot.rir,
        )
        exercise = _make_prescription(dose)
        if own_reason:
            exercise = replace(exercise, reason=reasons.explain("TRANSITION"))
        found.append(exercise)
    return tuple(found)


class _Dose(NamedTuple):
    """All that an exercise of a session asks for, in the engine's numbers."""

    rung: Rung
    slug: str
    step_height_cm: int | None
    by_feel: bool
    sides: tuple[SetSide, ...]
    sets: int
    extra: Side | None
    reps: int
    most: int
    load: int
    unit: LoadUnit
    rir: int


# Programmes share a few thousand different exercises: a cache hit takes 0.5 us, a new one 4 us.
@lru_cache(maxsize=4096)
def _make_prescription(dose: _Dose) -> Prescription:
    """Return an exercise with one entry for the sets of both sides, or one for each side."""
    loaded = dose.rung.loaded and not dose.by_feel
    load = Load(dose.load / 100, dose.unit) if loaded else None
    make = _make_hold if dose.rung.hold else _make_sets
    return Prescription(
        slug=dose.slug,
        rung=dose.rung.number,
        rest_s=dose.rung.rest_s,
        sets=tuple(make(dose, load, side) for side in dose.sides),
        step_height_cm=dose.step_height_cm,
        load_choice="to_rir" if dose.by_feel else None,
    )


def _make_sets(dose: _Dose, load: Load | None, side: SetSide) -> PlannedSets:
    return PlannedSets(
        side,
        dose.sets + (side == dose.extra),
        10 - dose.rir,
        load,
        reps=dose.reps,
        reps_max=dose.most,
        rir=dose.rir,
    )


def _make_hold(dose: _Dose, load: Load | None, side: SetSide) -> PlannedSets:
    return PlannedSets(
        side,
        dose.sets + (side == dose.extra),
        10 - dose.rir,
        load,
        seconds=dose.reps * SECONDS_PER_COUNT,
        seconds_max=dose.most * SECONDS_PER_COUNT,
        reserve_s=dose.rir * SECONDS_PER_COUNT,
    )


def collect_details(weeks: Iterable[RenderedWeek]) -> dict[str, ExerciseDetails]:
    """Return what is true of each exercise of some weeks, in the order of first appearance."""
    slots = (slot for week in weeks for session in week.sessions for slot in session.slots)
    return collect_slot_details(slots)


def collect_slot_details(slots: Iterable[ExerciseSlot]) -> dict[str, ExerciseDetails]:
    """Return what is true of each exercise of some slots."""
    found: dict[str, ExerciseDetails] = {}
    for slot in slots:
        exercise = slot.printed.exercise
        if exercise.slug not in found:
            found[exercise.slug] = ExerciseDetails(
                name=exercise.name,
                track=exercise.track,
                unit=exercise.unit,
                laterality=exercise.laterality,
                tempo=exercise.tempo,
                equipment=exercise.equipment,
                cues=exercise.cues,
                common_faults=exercise.common_faults,
                picture=exercise.picture_path,
                fit=slot.printed.fit,
            )
    return found


def _advise_timing(constants: PlanConstants, day: int) -> tuple[Reason, ...]:
    runs = constants.spec.run_schedule
    if runs is None:
        return ()
    advice = {"AFTER_RUN_6H": runs[day], "EASY_BEFORE_HARD": runs[(day + 1) % 7]}
    codes = [code for code, run in advice.items() if run in _DEMANDING_RUNS]
    return tuple(reasons.explain_timing(code) for code in codes)


def _round_volume(constants: PlanConstants, work: int) -> float:
    """Return the volume of work: repetitions x coefficient x (1 + load / body mass).

    Rounded half to even at two decimals, for output only.
    """
    mass = constants.body_mass
    whole, rest = divmod(work, mass)
    half_or_more = 2 * rest > mass or (2 * rest == mass and whole % 2)
    return (whole + bool(half_or_more)) / 100
