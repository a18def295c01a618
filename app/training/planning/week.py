"""What a week is made of: sessions, exercises and sets, as values.

These dataclasses are also the answer on the wire, so their attribute docstrings are the API's
documentation. They are filled in by rendering; nothing is worked out here.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from app.training.catalog.exercises import Fit, Laterality, Tempo
from app.training.catalog.reasons import Reason
from app.training.catalog.tracks import SessionType, Track
from app.training.planning.training_days import WeekKind

SetSide = Literal["both", "left", "right"]
SetUnit = Literal["bodyweight", "kg", "lb"]
Phase = Literal["foundation", "build", "strength", "taper", "transition"]


@dataclass(frozen=True, slots=True)
class PlannedSet:
    """One set to do; a pair of sides is two of them with one number."""

    n: int
    """Number of the set, from 1; left and right of a pair share it."""
    side: SetSide
    """Which leg; `both` for two-legged exercises."""
    reps_target: int
    """Repetitions to reach."""
    reps_max: int
    """Repetitions at which to stop even if more would go."""
    load: float | None
    """External load in `load_unit`; null for body weight."""
    load_unit: SetUnit
    """Unit of the load."""
    rir_target: int
    """Finish with about this many repetitions, or more, left in reserve."""
    rpe_target: int
    """The same as rating of perceived exertion: 10 minus the reserve."""


@dataclass(frozen=True, slots=True)
class Prescription:
    """One exercise of a session with its sets and the reason for them."""

    track: Track
    """The track that it belongs to."""
    rung: int
    """Its number on the track's ladder."""
    slug: str
    """Its name under `/exercises`."""
    name: str
    """Its name in words."""
    laterality: Laterality
    """Both legs at once or one after the other."""
    step_height_cm: int | None
    """Height of the step to use, for step-ups; null elsewhere."""
    tempo: Tempo
    """Seconds of each phase of a repetition."""
    rest_s: int
    """Rest after each set, or after both sides, in seconds."""
    sets: tuple[PlannedSet, ...]
    """The sets in the order in which to do them."""
    cues: tuple[str, ...]
    """What to think of."""
    common_faults: tuple[str, ...]
    """What to watch for."""
    fit: Fit | None
    """The exercise's name in Garmin's FIT profile, if it has one."""
    reason: Reason
    """Why it is prescribed like this."""


@dataclass(frozen=True, slots=True)
class Session:
    """One training session."""

    # Beside a completed session, a client wants to know which is which.
    index: int
    """Its place in the week, from 1."""
    weekday: int
    """0 = Monday to 6 = Sunday."""
    date: datetime.date | None
    """Its date, where the programme has a start date."""
    type: SessionType
    """F: everything, C: both calf raises, S: step-ups."""
    est_minutes: int
    """Estimated duration in minutes, warm-up included."""
    trimmed: bool
    """Whether it was shortened to fit `session_minutes`."""
    timing_advice: tuple[Reason, ...]
    """How to place it beside the runs of the week."""
    exercises: tuple[Prescription, ...]
    """The exercises in order."""


@dataclass(frozen=True, slots=True)
class Week:
    """One week of a programme."""

    index: int
    """Its number, from 1."""
    kind: WeekKind
    """What the calendar makes of it."""
    phase: Phase
    """What the training is about."""
    start_date: datetime.date | None
    """Its first day, where the programme has a start date."""
    retest: bool
    """Whether this is a good week to repeat the heel-rise test."""
    set_budget: int
    """Sets of a full week at this point of the programme."""
    hard_sets: int
    """Sets that this week holds; a pair of sides counts once."""
    total_reps: int
    """Repetitions that this week holds; a pair of sides counts once."""
    effective_volume: Mapping[Track, float]
    """Repetitions weighted by how hard the exercise is, in planning units, for each track."""
    reasons: Mapping[Track, str]
    """The code of the reason for each track."""
    sessions: tuple[Session, ...]
    """The sessions in order of date."""
