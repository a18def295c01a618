"""What was done: completed sessions and sets, as values.

These dataclasses are also what the API answers, so their attribute docstrings are its
documentation. Unknown is null, never zero. Nothing here knows how they are stored.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from app.training.planning.plan_constants import LoadUnit
from app.training.planning.spec import Surface
from app.training.planning.week import SetSide

SessionStatus = Literal["in_progress", "completed", "partial", "abandoned"]
SetKind = Literal["work", "warmup"]
KG_PER_LB = 0.45359237

# A field with a default is answered like any other.
_CONFIG = {"json_schema_serialization_defaults_required": True}


@dataclass(frozen=True, slots=True)
class Load:
    """An external load as it was given."""

    value: float
    """How much, up to four decimals."""
    unit: LoadUnit
    """Kilograms or pounds."""

    @property
    def kg(self) -> float:
        """The load in kilograms, to a tenth of a gram."""
        return self.value if self.unit == "kg" else round(self.value * KG_PER_LB, 4)


@dataclass(frozen=True, slots=True)
class Target:
    """What was prescribed for a set, as the companion knew it."""

    reps: int | None = None
    """Repetitions that were asked for."""
    load: float | None = None
    """Load that was asked for, in the programme's unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletedSet:
    """One set that was done."""

    set_id: UUID
    """The set's id, made by the client."""
    version: int | None = None
    """The version that the client gave it; null if it gives none."""
    exercise: str
    """Slug of the exercise. An unknown one is kept and noted."""
    side: SetSide | None = None
    """Which leg; null where it was not recorded."""
    set_index: int
    """Place among the sets of this exercise and side."""
    reps: int | None = None
    """Repetitions done; null where they were not counted."""
    load_kg: float | None = None
    """External load in kilograms; null where it is unknown, 0 for none."""
    load: Load | None = None
    """The load as it was given."""
    duration_s: float | None = None
    """Duration in seconds."""
    rir: float | None = None
    """Repetitions left in reserve, 0 to 10."""
    rpe: float | None = None
    """Rating of perceived exertion, 0 to 10."""
    rpe_scale: str | None = None
    """The scale of the rating, where it is not the common one."""
    pain: float | None = None
    """Worst pain during the set, 0 to 10."""
    performed_at: datetime
    """When it was done, with the offset it was given in."""
    kind: SetKind = "work"
    """Work sets count; warm-up sets are kept for their pain."""
    prescribed: Target | None = None
    """What was asked for."""


@dataclass(frozen=True, slots=True)
class Device:
    """What recorded the session."""

    manufacturer: str | None = None
    """Maker of the device."""
    model: str | None = None
    """Its model."""
    kind: str | None = None
    """Watch, phone, and so on."""


@dataclass(frozen=True, slots=True)
class MorningPain:
    """Pain on the morning after."""

    score: float
    """0 to 10."""
    site: str | None = None
    """Where: calf, achilles, foot, ankle, knee, hip or back."""


@dataclass(frozen=True, slots=True)
class LoggedTest:
    """A heel-rise test done in a session."""

    left: int
    """Full-height repetitions of the left leg."""
    right: int
    """Full-height repetitions of the right leg."""
    surface: Surface | None = None
    """Flat floor or wedge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletedSession:
    """One session that was done, with its sets."""

    session_id: UUID
    """The session's id, made by the client."""
    athlete_id: str
    """The calling app's own id of the person."""
    version: int | None = None
    """The version that the client gave it; null if it gives none."""
    program_id: str | None = None
    """The programme that it belongs to."""
    week: int | None = None
    """Number of the programme's week."""
    session: int | None = None
    """Place of the session in its week, from 1."""
    started_at: datetime
    """When it began, with the offset it was given in."""
    ended_at: datetime | None = None
    """When it ended."""
    status: SessionStatus = "completed"
    """How far it got."""
    source: str | None = None
    """The app that recorded it."""
    device: Device | None = None
    """The device that recorded it."""
    srpe: float | None = None
    """Rating of perceived exertion of the whole session, 0 to 10."""
    morning_pain: MorningPain | None = None
    """Pain on the morning after."""
    red_flags: tuple[str, ...] = ()
    """Warning signs that were reported."""
    heel_rise_test: LoggedTest | None = None
    """A heel-rise test that was part of it."""
    notes: str | None = None
    """Free text, kept as it was sent."""
    sets: tuple[CompletedSet, ...] = ()
    """The sets in the order in which they were done."""
