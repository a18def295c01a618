"""A training session as a companion maps it to its platform without thinking.

Hands the values of companion to the routes. What gets lost on the way is found in losses. It loads
no codec, so that the server process may use it.
"""

import uuid
from collections.abc import Iterator, Mapping
from itertools import groupby
from uuid import UUID

from app.formats import steps, unsupported
from app.formats.companion.companion_session import (
    ActivityType,
    CompanionSession,
    CompanionStep,
    FitName,
    FormatWarning,
    HealthConnectStep,
    RepsGoal,
    StepBlock,
    TimeGoal,
    WorkoutKitStep,
)
from app.formats.fit import exercise_codes, workout_labels
from app.formats.steps import Step
from app.formats.unsupported import FormatName, LossCode, Unsupported
from app.training.catalog.tracks import DEFINITIONS
from app.training.log.completed import Load
from app.training.planning.week import PlannedSet, Prescription, Session, SetSide

# Planned sessions are named inside of this, for ever.
PLANNED_SESSIONS = UUID("0b8a3f0e-51f7-5d0c-8c1a-9e6d2f4b7a35")
STRENGTH = ActivityType(10, 20, "strength_training", 70, "traditionalStrengthTraining", 50)
LETTERS: Mapping[SetSide, str] = {"both": "", "left": " L", "right": " R"}
# Where in a step each thing stands that some format cannot say.
PLACES: Mapping[LossCode, str] = {
    "tempo": "tempo",
    "effort": "rpe_target",
    "side": "side",
    "reps": "goal/reps",
    "rep_range": "goal/reps_max",
    "load": "load",
    "load_unit": "load/unit",
}
NAMES: Mapping[FormatName, str] = {
    "fit": "fit",
    "health_connect": "health_connect/segment_type",
    "workout_kit": "workout_kit/display_name",
}


def plan(program_id: str, week: int, session: Session) -> CompanionSession:
    """A session of a programme as a companion maps it, `week` being the number of its week."""
    laid = steps.lay_out(session)
    grouped = [[*alike] for _, alike in groupby(laid, key=lambda step: step.exercise)]
    return CompanionSession(
        id=uuid.uuid5(PLANNED_SESSIONS, f"{program_id}/{week}/{session.index}"),
        program_id=program_id,
        week=week,
        session=session.index,
        title=workout_labels.title(week, session.index),
        date=session.date,
        est_minutes=session.est_minutes,
        activity=STRENGTH,
        blocks=tuple(plan_block(session, alike) for alike in grouped),
        warnings=(
            *(
                warning
                for place, alike in enumerate(grouped)
                for warning in warn_of_block(session, place, alike)
            ),
            *(
                FormatWarning(one.format, one.code, one.detail, "")
                for one in unsupported.find_in_results()
            ),
        ),
    )


def plan_block(session: Session, alike: list[Step]) -> StepBlock:
    """The block of the steps that belong to one exercise."""
    exercise, _ = alike[0].find(session)
    return StepBlock(
        exercise=exercise.slug,
        name=exercise.name,
        step_height_cm=exercise.step_height_cm,
        cues=exercise.cues,
        steps=tuple(
            plan_set(*step.find(session)) if step.seconds is None else plan_rest(step.seconds)
            for step in alike
        ),
    )


def plan_set(exercise: Prescription, planned: PlannedSet) -> CompanionStep:
    """A set to do."""
    pounds = planned.load_unit == "lb"
    load = None if planned.load is None else Load(planned.load, "lb" if pounds else "kg")
    segment = DEFINITIONS[exercise.track].health_connect
    leg = "" if planned.side == "both" else f", {planned.side}"
    weight = "" if load is None else f"{load.value:g} {load.unit}"
    return CompanionStep(
        phase="work",
        exercise=exercise.slug,
        side=planned.side,
        set=planned.n,
        goal=RepsGoal("reps", planned.reps_target, planned.reps_max),
        load=load,
        rpe_target=planned.rpe_target,
        tempo=exercise.tempo,
        description=f"{exercise.name}{leg}: {tell_reps(planned, ' to ')}"
        + (f" with {weight}" if weight else ""),
        fit=name_for_fit(exercise),
        health_connect=HealthConnectStep(segment.type, segment.code, "active", 3, exact=False),
        workout_kit=WorkoutKitStep(
            "work",
            "open",
            f"{exercise.name}{LETTERS[planned.side]} · {tell_reps(planned, '-')}"
            + (f" · {weight}" if weight else ""),
        ),
    )


def plan_rest(seconds: int) -> CompanionStep:
    """A rest."""
    return CompanionStep(
        phase="rest",
        exercise=None,
        side=None,
        set=None,
        goal=TimeGoal("time", seconds),
        load=None,
        rpe_target=None,
        tempo=None,
        description=f"Rest {seconds} seconds",
        fit=None,
        health_connect=HealthConnectStep("rest", 44, "rest", 2, exact=True),
        workout_kit=WorkoutKitStep("recovery", "time", "Rest"),
    )


def tell_reps(planned: PlannedSet, between: str) -> str:
    """Repetitions in words, a range only where there is one."""
    if planned.reps_max > planned.reps_target:
        return f"{planned.reps_target}{between}{planned.reps_max} reps"
    return f"{planned.reps_target} reps"


def name_for_fit(exercise: Prescription) -> FitName | None:
    """An exercise by FIT's names and numbers."""
    fit, code = exercise.fit, exercise_codes.encode(exercise.fit)
    if fit is None or code is None:
        return None
    return FitName(fit.category, fit.name, code.category, code.name, fit.exact)


def warn_of_block(session: Session, place: int, alike: list[Step]) -> Iterator[FormatWarning]:
    """What gets lost of a block, each thing once and where it is said first."""
    told: set[tuple[FormatName, LossCode]] = set()
    for number, step in enumerate(alike):
        if step.kind == "rest":
            continue
        exercise, planned = step.find(session)
        for loss in (*unsupported.find_in_exercise(exercise), *unsupported.find_in_set(planned)):
            if (loss.format, loss.code) not in told:
                told.add((loss.format, loss.code))
                pointer = f"/blocks/{place}/steps/{number}/{locate(loss)}"
                yield FormatWarning(loss.format, loss.code, loss.detail, pointer)


def locate(loss: Unsupported) -> str:
    """Where in a step stands what gets lost."""
    return NAMES[loss.format] if loss.code == "no_exact_name" else PLACES[loss.code]
