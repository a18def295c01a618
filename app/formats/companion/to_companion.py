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
from app.formats.fit.exercise_codes import FitNames
from app.formats.format_gaps import FormatName, GapCode
from app.formats.steps import Step
from app.training.catalog.exercises import Fit
from app.training.catalog.track_definitions import DEFINITIONS
from app.training.planning.week import PlannedSets, Prescription, Session, SetSide

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
    "hold_range": "goal/seconds_max",
    "load": "load",
    "load_unit": "load/unit",
    "load_choice": "load",
}
_NAME_FIELDS: Mapping[FormatName, str] = {
    "fit": "fit",
    "health_connect": "health_connect/segment_type",
    "workout_kit": "workout_kit/display_name",
}


def convert_session(
    program_id: str, week: int, session: Session, fit_names: FitNames
) -> companion.CompanionSession:
    """Return a planned session of the given week number for a companion app."""
    flat = steps.list_steps(session)
    grouped = [[*group] for _, group in groupby(flat, key=lambda step: step.exercise)]
    warnings = [
        warning
        for block, group in enumerate(grouped)
        for warning in _list_warnings(session, block, group, fit_names)
    ]
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
        blocks=tuple(_convert_exercise(session, group, fit_names) for group in grouped),
        warnings=tuple(warnings),
    )


def _convert_exercise(
    session: Session, group: list[Step], fit_names: FitNames
) -> companion.StepBlock:
    exercise, _ = group[0].find(session)
    fit = fit_names[exercise.slug]
    return companion.StepBlock(
        exercise=exercise.slug,
        name=exercise.exercise.name,
        step_height_cm=exercise.step_height_cm,
        load_choice=exercise.load_choice,
        cues=exercise.exercise.cues,
        steps=tuple(
            _build_rest(exercise.rest_s)
            if step.kind == "rest"
            else _convert_set(exercise, step.find(session)[1], step.number, fit)
            for step in group
        ),
    )


def _convert_set(
    exercise: Prescription, planned: PlannedSets, number: int, fit: Fit | None
) -> CompanionStep:
    segment = DEFINITIONS[exercise.track].health_connect
    exact = format_gaps.has_exact_type(exercise.exercise)
    side = "" if planned.side == "both" else f", {planned.side}"
    name, load = exercise.exercise.name, planned.load
    dose = workout_labels.format_dose(planned, "-")
    description = f"{name}{side}: {workout_labels.format_dose(planned, ' to ', 'seconds')}"
    display_name = f"{name}{_SIDE_LETTERS[planned.side]} · {dose}"
    if load is not None:
        description += f" with {load.value:g} {load.unit}"
        display_name += f" · {load.value:g} {load.unit}"
    elif exercise.load_choice is not None:
        reserve = workout_labels.format_reserve(planned)
        description += f" with a weight that leaves {reserve} in reserve"
        display_name += f" · {reserve} in reserve"
    return CompanionStep(
        phase="work",
        exercise=exercise.slug,
        side=planned.side,
        set=number,
        goal=_build_goal(planned),
        load=load,
        rpe_target=planned.rpe,
        tempo=exercise.exercise.tempo,
        description=description,
        fit=_build_fit_name(fit),
        health_connect=companion.HealthConnectStep(segment.type, segment.code, "active", 3, exact),
        workout_kit=companion.WorkoutKitStep(
            "work", "open" if planned.seconds is None else "time", display_name
        ),
    )


def _build_goal(planned: PlannedSets) -> companion.RepsGoal | companion.TimeGoal:
    if planned.seconds is not None and planned.seconds_max is not None:
        return companion.TimeGoal("time", planned.seconds, planned.seconds_max)
    assert planned.reps is not None  # noqa: S101  # a set without seconds has repetitions
    assert planned.reps_max is not None  # noqa: S101
    return companion.RepsGoal("reps", planned.reps, planned.reps_max)


def _build_rest(seconds: int) -> CompanionStep:
    return CompanionStep(
        phase="rest",
        exercise=None,
        side=None,
        set=None,
        goal=companion.TimeGoal("time", seconds, seconds),
        load=None,
        rpe_target=None,
        tempo=None,
        description=f"Rest {seconds} seconds",
        fit=None,
        health_connect=companion.HealthConnectStep("rest", 44, "rest", 2, exact=True),
        workout_kit=companion.WorkoutKitStep("recovery", "time", "Rest"),
    )


def _build_fit_name(fit: Fit | None) -> companion.FitName | None:
    code = exercise_codes.encode(fit)
    if fit is None or code is None:
        return None
    return companion.FitName(fit.category, fit.name, code.category, code.name, fit.exact)


def _list_warnings(
    session: Session, block: int, group: list[Step], fit_names: FitNames
) -> Iterator[FormatWarning]:
    """Yield what cannot be expressed in a block: once for each format, with the first pointer."""
    found: set[tuple[FormatName, GapCode]] = set()
    for number, step in enumerate(group):
        if step.kind == "rest":
            continue
        exercise, planned = step.find(session)
        fit = fit_names[exercise.slug]
        gaps = [*format_gaps.find_in_exercise(exercise, fit), *format_gaps.find_in_set(planned)]
        for one in gaps:
            if (one.format, one.code) not in found:
                found.add((one.format, one.code))
                name = one.code == "no_exact_name"
                field = _NAME_FIELDS[one.format] if name else _FIELDS[one.code]
                pointer = f"/blocks/{block}/steps/{number}/{field}"
                yield FormatWarning(one.format, one.code, one.detail, pointer)
