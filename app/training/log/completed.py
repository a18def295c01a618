"""Completed sessions and sets, as values: what was done, independent of any plan.

The sessions feature and the file formats build them; the log, the measures and exports read them.
They are also what the API answers, so their attribute docstrings are the descriptions in the API's
documentation. An unknown value is None, never zero. Nothing here knows how they are stored.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from app.training.planning.load import Load
from app.training.planning.spec import Surface
from app.training.planning.week import SetSide

SessionStatus = Literal["in_progress", "completed", "partial", "abandoned"]
SetKind = Literal["work", "warmup"]


@dataclass(frozen=True, slots=True)
class Target:
    """What was prescribed for a set, as far as the client knew."""

    reps: int | None = None
    """Prescribed repetitions; null if unknown."""
    load: float | None = None
    """Prescribed load in the programme's unit; null if unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletedSet:
    """One completed set."""

    set_id: UUID
    """Id of the set, made by the client."""
    version: int | None = None
    """Version that the client gave the set; null if it gave none."""
    exercise: str
    """Slug of the exercise. A set with an unknown slug is kept, but does not count."""
    side: SetSide | None = None
    """Leg that worked; null if it was not recorded."""
    set_index: int
    """Number of the set among those of this exercise and side."""
    reps: int | None = None
    """Repetitions done; null if they were not counted."""
    load_kg: float | None = None
    """External load in kilograms; 0 for none, null if it is unknown."""
    load: Load | None = None
    """The load in the unit that it was logged in; null if it is unknown."""
    duration_s: float | None = None
    """Duration in seconds; null if it was not recorded."""
    rir: float | None = None
    """Repetitions left in reserve at the end of the set, 0 to 10; null if not recorded."""
    rpe: float | None = None
    """Rating of perceived exertion, 0 to 10; null if not recorded."""
    rpe_scale: str | None = None
    """Name of the rating's scale, if it is not the usual one; otherwise null."""
    pain: float | None = None
    """Worst pain during the set, 0 to 10; null if not recorded."""
    performed_at: datetime
    """Time of the set, with the UTC offset that it was sent with."""
    kind: SetKind = "work"
    """Work set or warm-up set. A warm-up set does not count as work, but its pain does."""
    prescribed: Target | None = None
    """What was prescribed for the set; null if the client did not send it."""


@dataclass(frozen=True, slots=True)
class Device:
    """The device that recorded a session."""

    manufacturer: str | None = None
    """Maker of the device."""
    model: str | None = None
    """Model of the device."""
    kind: str | None = None
    """Kind of device, such as watch or phone."""


@dataclass(frozen=True, slots=True)
class MorningPain:
    """Pain on the morning after a session."""

    score: float
    """Pain from 0 to 10."""
    site: str | None = None
    """Site of the pain: calf, achilles, foot, ankle, knee, hip or back. Any other site, or none,
    counts for all tracks."""


@dataclass(frozen=True, slots=True)
class LoggedTest:
    """A heel-rise test that was done in a session."""

    left: int
    """Full-height repetitions of the left leg."""
    right: int
    """Full-height repetitions of the right leg."""
    surface: Surface | None = None
    """Flat floor or wedge; null if it was not recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletedSession:
    """One completed session with its sets."""

    session_id: UUID
    """Id of the session, made by the client."""
    athlete_id: str
    """The calling app's own id of the athlete."""
    version: int | None = None
    """Version that the client gave the session; null if it gave none."""
    program_id: str | None = None
    """Id of the programme that the session belongs to; null if it belongs to none."""
    week: int | None = None
    """Number of the programme's week, from 1; null if it was not given."""
    session: int | None = None
    """Number of the session in its week, from 1; null if it was not given."""
    started_at: datetime
    """Start of the session, with the UTC offset that it was sent with."""
    ended_at: datetime | None = None
    """End of the session; null if it is unknown."""
    status: SessionStatus = "completed"
    """Whether the session goes on, was completed, was done in part or was abandoned."""
    source: str | None = None
    """Name of the app that recorded the session; null if it is unknown."""
    device: Device | None = None
    """The device that recorded the session; null if it is unknown."""
    srpe: float | None = None
    """Rating of perceived exertion of the whole session, 0 to 10; null if not recorded."""
    morning_pain: MorningPain | None = None
    """Pain on the morning after; null if not recorded."""
    red_flags: tuple[str, ...] = ()
    """Warning signs that were reported. Any of them blocks the programme."""
    heel_rise_test: LoggedTest | None = None
    """A heel-rise test that was done in the session; null if none was."""
    notes: str | None = None
    """Free text, as it was sent."""
    sets: tuple[CompletedSet, ...] = ()
    """The sets in the order in which they were done."""
