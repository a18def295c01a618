"""A planned session as companion apps get it, in the terms of FIT, Health Connect and WorkoutKit.

These dataclasses are the response body, so their attribute docstrings are the descriptions in the
OpenAPI document. to_companion fills them in; nothing is computed here.
"""

import datetime
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from app.formats.format_gaps import FormatName, GapCode
from app.training.catalog.exercises import Tempo
from app.training.planning.load import Load
from app.training.planning.week import LoadChoice, SetSide


@dataclass(frozen=True, slots=True)
class RepsGoal:
    """The step ends after a number of repetitions."""

    kind: Literal["reps"]
    """What ends the step."""
    reps: int
    """Repetitions to reach."""
    reps_max: int
    """Repetitions at which to stop, even if more are possible; equal to `reps` if there is no
    range."""


@dataclass(frozen=True, slots=True)
class TimeGoal:
    """The step ends after a time: a hold or a rest."""

    kind: Literal["time"]
    """What ends the step."""
    seconds: int
    """Seconds to hold or to rest."""
    seconds_max: int
    """Seconds at which to end a hold, even if more are possible; equal to `seconds` if there is no
    range."""


@dataclass(frozen=True, slots=True)
class FitName:
    """The exercise by FIT's name and numbers."""

    category: str
    """Exercise category, such as `calf_raise`."""
    name: str | None
    """Exercise name within the category; null if only the category fits."""
    category_code: int
    """Number of the category."""
    name_code: int | None
    """Number of the name within its category; null if only the category fits."""
    exact: bool
    """False if the name is only the nearest that FIT has."""


@dataclass(frozen=True, slots=True)
class HealthConnectStep:
    """The step as a `PlannedExerciseStep` of Health Connect, by the names and codes of
    `androidx.health.connect.client`.
    """

    segment_type: str
    """`exerciseType`: EXERCISE_SEGMENT_TYPE_ followed by this value in capitals."""
    segment_code: int
    """`exerciseType` as a number."""
    phase: Literal["active", "rest"]
    """`exercisePhase`: EXERCISE_PHASE_ followed by this value in capitals."""
    phase_code: int
    """`exercisePhase` as a number."""
    exact: bool
    """False if the type is only the nearest that Health Connect has."""


@dataclass(frozen=True, slots=True)
class WorkoutKitStep:
    """The step as an `IntervalStep` of WorkoutKit."""

    purpose: Literal["work", "recovery"]
    """Purpose of the interval step."""
    goal: Literal["open", "time"]
    """Goal of the interval step: `open` until the runner ends it, `time` for the seconds of the
    step's `goal`."""
    display_name: str
    """Short text for the watch: exercise, side, repetitions or seconds, and load."""


@dataclass(frozen=True, slots=True)
class CompanionStep:
    """One set of one side or of both at once, or the rest after a set."""

    phase: Literal["work", "rest"]
    """`work` or `rest`; in a rest, all fields about an exercise are null."""
    exercise: str | None
    """Slug of the exercise. Send it as `exercise` of the completed set."""
    side: SetSide | None
    """The side that works; left and right are separate steps."""
    set: int | None
    """Number of the set, from 1. Send it as `set_index` of the completed set. Left and right of a
    pair have the same number."""
    goal: RepsGoal | TimeGoal
    """What ends the step."""
    load: Load | None
    """External load; null for body weight, and for a load that the runner chooses."""
    rpe_target: int | None
    """Target rating of perceived exertion (RPE): 10 minus the reserve."""
    tempo: Tempo | None
    """Seconds of each phase of a repetition; null for a hold."""
    description: str
    """The step in words: `Bent-knee calf raise, left: 15 to 20 reps`."""
    fit: FitName | None
    """The exercise in FIT; null if FIT has no name for it."""
    health_connect: HealthConnectStep
    """The step in Health Connect."""
    workout_kit: WorkoutKitStep
    """The step in WorkoutKit."""


@dataclass(frozen=True, slots=True)
class StepBlock:
    """An exercise with its steps. Each block is done once."""

    exercise: str
    """Slug of the exercise."""
    name: str
    """Name of the exercise."""
    step_height_cm: int | None
    """Height of the step in centimetres, for step-ups; null for other exercises."""
    load_choice: LoadChoice | None
    """`to_rir`: the runner takes a weight that leaves the reserve; null for other exercises."""
    cues: tuple[str, ...]
    """What to think of while moving."""
    steps: tuple[CompanionStep, ...]
    """The steps in order. The last one is the rest before the next block, if there is one."""


@dataclass(frozen=True, slots=True)
class ActivityType:
    """The kind of training, by the names and numbers of each platform."""

    fit_sport: int
    """FIT's number of the sport: training."""
    fit_sub_sport: int
    """FIT's number of the sub-sport: strength training."""
    health_connect: str
    """Health Connect's type: EXERCISE_TYPE_ followed by this value in capitals."""
    health_connect_code: int
    """Health Connect's type as a number."""
    health_kit: str
    """Case of `HKWorkoutActivityType`, for HealthKit and WorkoutKit."""
    health_kit_code: int
    """`HKWorkoutActivityType` as a number."""


@dataclass(frozen=True, slots=True)
class FormatWarning:
    """Something that a format cannot express."""

    format: FormatName
    """The format."""
    code: GapCode
    """What the format cannot express."""
    detail: str
    """Explanation as a sentence."""
    pointer: str
    """JSON pointer into this document, to the first field of a block that the format cannot
    express. The format loses this field in all steps of the block. Empty for the whole document."""


@dataclass(frozen=True, slots=True)
class CompanionSession:
    """A planned session step by step, for a companion app to pass on to its platform."""

    id: UUID
    """Id of the planned session, for `clientRecordId` and similar fields. It stays the same if the
    session changes."""
    program_id: str
    """The programme. Send it back as `program_id` of the completed session."""
    week: int
    """Number of the week in the programme. Send it back as `week`."""
    session: int
    """The session's place in the full week, from 1. Send it back as `session`."""
    title: str
    """Name of the session on a watch."""
    date: datetime.date | None
    """Date of the session; null if the programme has no start date."""
    est_minutes: int
    """Estimated duration in minutes, warm-up included."""
    activity: ActivityType
    """The kind of training."""
    blocks: tuple[StepBlock, ...]
    """The exercises in order."""
    warnings: tuple[FormatWarning, ...]
    """What FIT, Health Connect and WorkoutKit cannot express of this session."""
