"""The values of a week: sessions, exercises and sets. week_plan builds them.

These dataclasses are also the response on the wire, so their attribute docstrings are the
descriptions in openapi.yaml. Nothing is computed here.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from app.training.catalog.exercises import Fit, Laterality, Tempo
from app.training.catalog.reasons import Reason
from app.training.catalog.track_definitions import SessionType, Track
from app.training.planning.training_calendar import WeekKind

SetSide = Literal["both", "left", "right"]
SetUnit = Literal["bodyweight", "kg", "lb"]
Phase = Literal["foundation", "build", "strength", "taper", "transition"]


@dataclass(frozen=True, slots=True)
class PlannedSet:
    """One set to do. A pair of sides is two sets with one number."""

    n: int
    """Number of the set, from 1. Left and right of a pair share it."""
    side: SetSide
    """The leg; `both` for two-legged exercises."""
    reps_target: int
    """Repetitions to reach."""
    reps_max: int
    """Repetitions at which to stop even if more are possible."""
    load: float | None
    """External load in `load_unit`; null for body weight."""
    load_unit: SetUnit
    """Unit of the load."""
    rir_target: int
    """Repetitions to leave in reserve at the end of the set: about this many, or more."""
    rpe_target: int
    """The same as a rating of perceived exertion: 10 minus the reserve."""


@dataclass(frozen=True, slots=True)
class Prescription:
    """One exercise of a session, with its sets and the reason for them."""

    track: Track
    """The track of the exercise."""
    rung: int
    """Number of the rung on the ladder of the track."""
    slug: str
    """Slug of the exercise under `/exercises`."""
    name: str
    """Name of the exercise."""
    laterality: Laterality
    """Whether both legs work at once or one after the other."""
    step_height_cm: int | None
    """Height of the step to use, for step-ups; null for other exercises."""
    tempo: Tempo
    """Seconds for each phase of a repetition."""
    rest_s: int
    """Rest after each set, or after both sides, in seconds."""
    sets: tuple[PlannedSet, ...]
    """The sets in order."""
    cues: tuple[str, ...]
    """Hints for the movement."""
    common_faults: tuple[str, ...]
    """Common mistakes."""
    fit: Fit | None
    """The name of the exercise in Garmin's FIT profile; null if FIT has no name for it."""
    reason: Reason
    """The reason for the prescription."""


@dataclass(frozen=True, slots=True)
class Session:
    """One training session."""

    # The wire calls it PlannedSession, because there are completed sessions too.
    index: int
    """Number of the session in the week, from 1."""
    weekday: int
    """0 = Monday to 6 = Sunday."""
    date: datetime.date | None
    """Date of the session; null if the programme has no start date."""
    type: SessionType
    """F: everything, C: both calf raises, S: step-ups."""
    est_minutes: int
    """Estimated duration in minutes, warm-up included."""
    trimmed: bool
    """Whether the session was shortened to fit `session_minutes`."""
    timing_advice: tuple[Reason, ...]
    """Advice on the time of the session relative to the runs of the week."""
    exercises: tuple[Prescription, ...]
    """The exercises in order."""


@dataclass(frozen=True, slots=True)
class Week:
    """One week of a programme."""

    index: int
    """Number of the week, from 1."""
    kind: WeekKind
    """Kind of the week by the calendar."""
    phase: Phase
    """Aim of the training."""
    start_date: datetime.date | None
    """First day of the week; null if the programme has no start date."""
    retest: bool
    """Whether to repeat the heel-rise test in this week."""
    set_budget: int
    """Sets of a build week at this point of the programme."""
    hard_sets: int
    """Sets of this week. A pair of sides counts once."""
    total_reps: int
    """Repetitions of this week. A pair of sides counts once."""
    effective_volume: Mapping[Track, float]
    """Repetitions weighted by the difficulty of the exercise, in planning units, for each track."""
    reasons: Mapping[Track, str]
    """The code of the reason for each track."""
    sessions: tuple[Session, ...]
    """The sessions in order of date."""
