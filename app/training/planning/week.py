"""The values of a week: sessions, exercises and sets. week_answer builds them.

These dataclasses are also the response on the wire, so their attribute docstrings are the
descriptions in openapi.yaml. Nothing is computed here. A hold is told in seconds; the counts of
five seconds that the engine works with stay inside.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from app.training.catalog.exercises import EXERCISES, Exercise, Fit, Laterality, Tempo
from app.training.catalog.omission import omit_if_empty
from app.training.catalog.reasons import Reason
from app.training.catalog.track_definitions import SessionType, Track
from app.training.planning.load import Load
from app.training.planning.training_calendar import WeekKind

SetSide = Literal["both", "left", "right"]
SetTarget = Literal["reps", "seconds"]
LoadChoice = Literal["to_rir"]
Phase = Literal["foundation", "build", "strength", "taper", "transition", "pause"]


@dataclass(frozen=True, slots=True)
class PlannedSets:
    """Sets of one side, or of both at once, that are alike.

    The sides of a unilateral exercise are done in turn: one set of the first entry's side, then one
    of the other.
    """

    side: SetSide
    """The side that works; `both` for bilateral exercises. Of a side plank it is the side that
    faces the floor, of a bridge the leg that stands."""
    count: int
    """Number of these sets."""
    rpe: int
    """Effort as a rating of perceived exertion: 10 minus the reserve."""
    load: Load | None = None
    """External load. Left out for body weight, and for a load that the runner chooses."""
    reps: int | None = None
    """Repetitions to reach. Left out in a hold."""
    reps_max: int | None = None
    """Repetitions at which to stop even if more are possible. Left out in a hold."""
    seconds: int | None = None
    """Seconds to hold. Only in a hold."""
    seconds_max: int | None = None
    """Seconds at which to stop even if more are possible. Only in a hold."""
    rir: int | None = None
    """Repetitions to leave in reserve at the end of the set: about this many, or more. Left out in
    a hold."""
    reserve_s: int | None = None
    """Seconds to leave in reserve at the end: about as many, or more. Only in a hold."""

    __get_pydantic_core_schema__ = omit_if_empty(
        "load", "reps", "reps_max", "seconds", "seconds_max", "rir", "reserve_s"
    )


@dataclass(frozen=True, slots=True)
class Prescription:
    """One exercise of a session: its sets, and what differs from the rest of the programme."""

    slug: str
    """Slug of the exercise; `exercise_details` and `/exercises` tell the rest."""
    rung: int
    """Number of the rung on the ladder of its track."""
    rest_s: int
    """Rest after each set, or after both sides, in seconds."""
    sets: tuple[PlannedSets, ...]
    """The sets, the weaker side first."""
    step_height_cm: int | None = None
    """Height of the step to use. Only for step-ups."""
    load_choice: LoadChoice | None = None
    """`to_rir`: the runner takes a weight that leaves the reserve. Only for such exercises."""
    reason: Reason | None = None
    """The reason, where it differs from the one that the week gives for the track."""

    __get_pydantic_core_schema__ = omit_if_empty("step_height_cm", "load_choice", "reason")

    @property
    def exercise(self) -> Exercise:
        """The exercise of the catalogue."""
        return EXERCISES[self.slug]

    @property
    def track(self) -> Track:
        """The track of the exercise."""
        return self.exercise.track


@dataclass(frozen=True, slots=True)
class ExerciseDetails:
    """What is true of an exercise in the whole programme."""

    name: str
    """Name of the exercise."""
    track: Track
    """The track of the exercise."""
    unit: SetTarget
    """Whether its sets count repetitions or seconds."""
    laterality: Laterality
    """Whether both sides work at once or one after the other."""
    tempo: Tempo | None
    """Seconds for each phase of a repetition; null for a hold."""
    equipment: tuple[str, ...]
    """What is needed."""
    cues: tuple[str, ...]
    """Hints for the movement."""
    common_faults: tuple[str, ...]
    """Common mistakes."""
    picture: str
    """Path of its picture on this service; `/exercises/{slug}` has the others."""
    fit: Fit | None
    """The name of the exercise in Garmin's FIT profile; null if FIT has no name for it."""


@dataclass(frozen=True, slots=True)
class Session:
    """One training session."""

    # The wire calls it PlannedSession, because there are completed sessions too.
    index: int
    """The session's place in the full week, from 1. A session that drops out leaves a gap."""
    weekday: int
    """0 = Monday to 6 = Sunday."""
    date: datetime.date | None
    """Date of the session; null if the programme has no start date."""
    type: SessionType
    """F: everything, C: the calf raises, S: everything else."""
    est_minutes: int
    """Estimated duration in minutes, warm-up included."""
    exercises: tuple[Prescription, ...]
    """The exercises in the order in which to do them."""
    trimmed: bool = False
    """True if the session was shortened to fit `session_minutes`. Left out if not."""
    timing_advice: tuple[Reason, ...] = ()
    """Advice on the time of the session relative to the runs of the week. Left out if none."""

    __get_pydantic_core_schema__ = omit_if_empty("trimmed", "timing_advice")


@dataclass(frozen=True, slots=True)
class WeekNote:
    """Something to know about a week as a whole."""

    code: str
    """Stable code of the note."""
    sentence: str
    """The note in words."""


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
    """Sets of a full build week at this point of the programme."""
    hard_sets: int
    """Sets of this week. A pair of sides counts once."""
    total_reps: int
    """Repetitions of this week. A pair of sides counts once, a hold not at all."""
    effective_volume: Mapping[Track, float]
    """Repetitions weighted by the difficulty of the exercise, in planning units, for each track. A
    hold counts one repetition for each five seconds."""
    reason: Reason
    """The reason for every track that is not in `other_reasons`."""
    sessions: tuple[Session, ...]
    """The sessions in order of date."""
    other_reasons: Mapping[Track, Reason] = field(default_factory=dict)
    """The reasons for the tracks that have another one. Left out if none."""
    notes: tuple[WeekNote, ...] = ()
    """What to know about the week as a whole. Left out if nothing."""
    total_hold_s: int | None = None
    """Seconds of holds in this week. A pair of sides counts once. Only with core tracks."""

    __get_pydantic_core_schema__ = omit_if_empty("other_reasons", "notes", "total_hold_s")

    def find_reason(self, track: Track) -> Reason:
        """Return the reason for a track."""
        return self.other_reasons.get(track, self.reason)
