"""What a companion is told of a planned session, as values.

These dataclasses are also the answer on the wire, so their attribute docstrings are the API's
documentation. They are filled in by planned; nothing is worked out here.
"""

import datetime
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from app.formats.unsupported import FormatName, UnsupportedCode
from app.training.catalog.exercises import Tempo
from app.training.log.completed import Load
from app.training.planning.week import SetSide


@dataclass(frozen=True, slots=True)
class RepsGoal:
    """A number of repetitions ends the step."""

    kind: Literal["reps"]
    """What ends the step."""
    reps: int
    """Repetitions to reach."""
    reps_max: int
    """Repetitions at which to stop even if more would go; the same as `reps` where there is no
    range."""


@dataclass(frozen=True, slots=True)
class TimeGoal:
    """Time ends the step."""

    kind: Literal["time"]
    """What ends the step."""
    seconds: int
    """How long it takes."""


@dataclass(frozen=True, slots=True)
class FitName:
    """The exercise as FIT names and numbers it."""

    category: str
    """Exercise category, such as `calf_raise`."""
    name: str | None
    """Exercise name within the category; null if only the category fits."""
    category_code: int
    """Number of the category."""
    name_code: int | None
    """Number of the name within its category."""
    exact: bool
    """False if it is the nearest that FIT has."""


@dataclass(frozen=True, slots=True)
class HealthConnectStep:
    """The step as a `PlannedExerciseStep` of Health Connect, by the names and codes of
    `androidx.health.connect.client`.
    """

    segment_type: str
    """Its `exerciseType`: EXERCISE_SEGMENT_TYPE_ and this in capitals."""
    segment_code: int
    """The same as a number."""
    phase: Literal["active", "rest"]
    """Its `exercisePhase`: EXERCISE_PHASE_ and this in capitals."""
    phase_code: int
    """The same as a number."""
    exact: bool
    """False if the type is only the nearest that Health Connect has."""


@dataclass(frozen=True, slots=True)
class WorkoutKitStep:
    """The step as an `IntervalStep` of WorkoutKit."""

    purpose: Literal["work", "recovery"]
    """Its purpose."""
    goal: Literal["open", "time"]
    """Its goal: `open` until the runner ends it, `time` for the seconds of the step's own goal."""
    display_name: str
    """What the watch shows, short: exercise, leg, repetitions and load."""


@dataclass(frozen=True, slots=True)
class CompanionStep:
    """One set of one leg or of both, or the rest after it."""

    phase: Literal["work", "rest"]
    """`work` or `rest`; of a rest all that belongs to an exercise is null."""
    exercise: str | None
    """Slug of the exercise, for `exercise` of the completed set."""
    side: SetSide | None
    """Which leg; left and right are steps of their own."""
    set: int | None
    """Number of the set, from 1, for `set_index`; left and right of a pair share it."""
    goal: RepsGoal | TimeGoal
    """What ends the step."""
    load: Load | None
    """External load; null for body weight."""
    rpe_target: int | None
    """Exertion to end at: 10 minus the repetitions in reserve."""
    tempo: Tempo | None
    """Seconds of each phase of a repetition."""
    description: str
    """The step in words: `Bent-knee calf raise, left: 15 to 20 reps`."""
    fit: FitName | None
    """For FIT; null where FIT has no name for it."""
    health_connect: HealthConnectStep
    """For Health Connect."""
    workout_kit: WorkoutKitStep
    """For WorkoutKit."""


@dataclass(frozen=True, slots=True)
class StepBlock:
    """An exercise with its steps. Each block is done once."""

    exercise: str
    """Slug of the exercise."""
    name: str
    """Its name in words."""
    step_height_cm: int | None
    """Height of the step to use, for step-ups; null elsewhere."""
    cues: tuple[str, ...]
    """What to think of."""
    steps: tuple[CompanionStep, ...]
    """The steps in order, with the rest that leads to the next block at the end."""


@dataclass(frozen=True, slots=True)
class ActivityType:
    """What kind of training a session is, by the names and numbers of others."""

    fit_sport: int
    """FIT: training."""
    fit_sub_sport: int
    """FIT: strength training."""
    health_connect: str
    """Health Connect: EXERCISE_TYPE_ and this in capitals."""
    health_connect_code: int
    """The same as a number."""
    health_kit: str
    """HealthKit and WorkoutKit: case of `HKWorkoutActivityType`."""
    health_kit_code: int
    """The same as a number."""


@dataclass(frozen=True, slots=True)
class FormatWarning:
    """Something that a format cannot say of an exercise."""

    format: FormatName
    """The format."""
    code: UnsupportedCode
    """What it cannot say."""
    detail: str
    """What is the matter, in a whole sentence."""
    pointer: str
    """Where this document says it: a JSON pointer to the first place in the block, or the empty
    pointer for all of it. What is said there is lost in the whole block."""


@dataclass(frozen=True, slots=True)
class CompanionSession:
    """A planned session, step by step, for a companion to hand on to its platform."""

    id: UUID
    """Stays the same whatever becomes of the session, for `clientRecordId` and the like."""
    program_id: str
    """The programme, to be sent back with what was done."""
    week: int
    """Number of its week, to be sent back."""
    session: int
    """Its place in the week, to be sent back."""
    title: str
    """Its name on a watch."""
    date: datetime.date | None
    """Its date, where the programme has a start date."""
    est_minutes: int
    """Estimated duration in minutes, warm-up included."""
    activity: ActivityType
    """What kind of training it is."""
    blocks: tuple[StepBlock, ...]
    """The exercises in order."""
    warnings: tuple[FormatWarning, ...]
    """What FIT, Health Connect and WorkoutKit cannot say of all this."""
