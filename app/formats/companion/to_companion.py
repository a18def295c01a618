"""Convert a planned session to a CompanionSession, which companion apps map to their platform.

Called by the planned.json routes of programs and athletes. What a format cannot express is found in
format_gaps. No codec library is imported here, so that the server process can use this module.
"""

import uuid
from collections.abc import Iterator, Mapping
from itertools import groupby
from uuid import UUID

from app.formats import format_gaps, steps
from app.formats.companion import companion_session as companion
from app.formats.companion.companion_session import CompanionStep, FormatWarning
from app.formats.fit import exercise_codes, workout_labels
from app.formats.format_gaps import FormatName, GapCode
from app.formats.steps import Step
from app.training.catalog.track_definitions import DEFINITIONS
from app.training.log.completed import Load
from app.training.planning.week import PlannedSet, Prescription, Session, SetSide

# Ids of planned sessions are derived in this namespace. They must never change.
_SESSION_NAMESPACE = UUID("0b8a3f0e-51f7-5d0c-8c1a-9e6d2f4b7a35")
_HEALTH_KIT = ("traditionalStrengthTraining", 50)
_ACTIVITY = companion.ActivityType(10, 20, "strength_training", 70, *_HEALTH_KIT)
_SIDE_LETTERS: Mapping[SetSide, str] = {"both": "", "left": " L", "right": " R"}
# The field of a step that holds what a format cannot express.
_FIELDS: Mapping[GapCode, str] = {
    "tempo": "tempo",
    "effort": "rpe_target",
    "side": "side",
    "reps": "goal/reps",
    "rep_range": "goal/reps_max",
    "load": "load",
    "load_unit": "load/unit",
}
_NAME_FIELDS: Mapping[FormatName, str] = {
    "fit": "fit",
    "health_connect": "health_connect/segment_type",
    "workout_kit": "workout_kit/display_name",
}


def convert_session(program_id: str, week: int, session: Session) -> companion.CompanionSession:
    """Return a planned session of the given week number for a companion app."""
    flat = steps.list_steps(session)
    grouped = [[*group] for _, group in groupby(flat, key=lambda step: step.exercise)]
    warnings = [w for index, g in enumerate(grouped) for w in _list_warnings(session, index, g)]
    results = format_gaps.find_in_results()
    warnings += [FormatWarning(one.format, one.code, one.detail, "") for one in results]
    return companion.CompanionSession(
        id=uuid.uuid5(_SESSION_NAMESPACE, f"{program_id}/{week}/{session.index}"),
        program_id=program_id,
        week=week,
        session=session.index,
        title=workout_labels.format_title(week, session.index),
        date=session.date,
        est_minutes=session.est_minutes,
        activity=_ACTIVITY,
        blocks=tuple(_convert_exercise(session, group) for group in grouped),
        warnings=tuple(warnings),
    )


def _convert_exercise(session: Session, group: list[Step]) -> companion.StepBlock:
    exercise, _ = group[0].find(session)
    return companion.StepBlock(
        exercise=exercise.slug,
        name=exercise.name,
        step_height_cm=exercise.step_height_cm,
        cues=exercise.cues,
        steps=tuple(
            _convert_set(*step.find(session)) if step.seconds is None else _build_rest(step.seconds)
            for step in group
        ),
    )


def _convert_set(exercise: Prescription, planned: PlannedSet) -> CompanionStep:
    pounds = planned.load_unit == "lb"
    load = None if planned.load is None else Load(planned.load, "lb" if pounds else "kg")
    segment = DEFINITIONS[exercise.track].health_connect
    side = "" if planned.side == "both" else f", {planned.side}"
    description = f"{exercise.name}{side}: {_format_reps(planned, ' to ')}"
    display_name = f"{exercise.name}{_SIDE_LETTERS[planned.side]} · {_format_reps(planned, '-')}"
    if load is not None:
        description += f" with {load.value:g} {load.unit}"
        display_name += f" · {load.value:g} {load.unit}"
    return CompanionStep(
        phase="work",
        exercise=exercise.slug,
        side=planned.side,
        set=planned.n,
        goal=companion.RepsGoal("reps", planned.reps_target, planned.reps_max),
        load=load,
        rpe_target=planned.rpe_target,
        tempo=exercise.tempo,
        description=description,
        fit=_build_fit_name(exercise),
        health_connect=companion.HealthConnectStep(
            segment.type, segment.code, "active", 3, exact=False
        ),
        workout_kit=companion.WorkoutKitStep("work", "open", display_name),
    )


def _build_rest(seconds: int) -> CompanionStep:
    return CompanionStep(
        phase="rest",
        exercise=None,
        side=None,
        set=None,
        goal=companion.TimeGoal("time", seconds),
        load=None,
        rpe_target=None,
        tempo=None,
        description=f"Rest {seconds} seconds",
        fit=None,
        health_connect=companion.HealthConnectStep("rest", 44, "rest", 2, exact=True),
        workout_kit=companion.WorkoutKitStep("recovery", "time", "Rest"),
    )


def _format_reps(planned: PlannedSet, between: str) -> str:
    if planned.reps_max > planned.reps_target:
        return f"{planned.reps_target}{between}{planned.reps_max} reps"
    return f"{planned.reps_target} reps"


def _build_fit_name(exercise: Prescription) -> companion.FitName | None:
    fit, code = exercise.fit, exercise_codes.encode(exercise.fit)
    if fit is None or code is None:
        return None
    return companion.FitName(fit.category, fit.name, code.category, code.name, fit.exact)


def _list_warnings(session: Session, block: int, group: list[Step]) -> Iterator[FormatWarning]:
    """Yield what cannot be expressed in a block: once for each format, with the first pointer."""
    found: set[tuple[FormatName, GapCode]] = set()
    for number, step in enumerate(group):
        if step.kind == "rest":
            continue
        exercise, planned = step.find(session)
        for one in (*format_gaps.find_in_exercise(exercise), *format_gaps.find_in_set(planned)):
            if (one.format, one.code) not in found:
                found.add((one.format, one.code))
                name = one.code == "no_exact_name"
                field = _NAME_FIELDS[one.format] if name else _FIELDS[one.code]
                pointer = f"/blocks/{block}/steps/{number}/{field}"
                yield FormatWarning(one.format, one.code, one.detail, pointer)
