"""What a file holds once it is read: sessions as values, and what could not be taken from it.

The readers make Recordings; sessions stores them. Nothing here knows any one format.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.training.log.completed import CompletedSession
from app.training.planning.week import Week


class FileUnreadable(ValueError):
    """Nothing could be taken from a file. The text says what is wrong and what would be right."""


class FileLimitExceeded(ValueError):
    """A file holds more than is read in one go, or takes too long. The text names the limit."""


@dataclass(frozen=True, slots=True)
class ImportContext:
    """What is known of a file beside its bytes."""

    athlete_id: str
    """Whose training it is."""
    now: datetime
    """The moment of the upload, with an offset."""
    time_zone: str | None = None
    """IANA name of the zone of local times, for formats that have no offset."""
    program_id: str | None = None
    """The programme that the sessions belong to, if the caller says so."""
    weeks: Sequence[Week] = ()
    """That programme's weeks as they stand, to match what was done to what was planned."""
    strict: bool = False
    """Whether damage that could be read around refuses the file."""
    seconds: float = 2.0
    """Time in which the file must be read."""


@dataclass(frozen=True, slots=True)
class ImportRemark:
    """Something that a format cannot say, or that was read with a grain of salt."""

    code: str
    """Stable code."""
    detail: str
    """What is the matter, in a whole sentence."""
    pointer: str
    """Where: a JSON pointer into the sessions of the answer, or "" for the whole file."""


@dataclass(frozen=True, slots=True)
class UnmappedExercise:
    """Sets of an exercise that none of ours could be matched to. They are kept as they are, under
    a name that no exercise has, until somebody says what they were.
    """

    exercise: str
    """What they are stored as: `fit:28/4`, `hevy:Plank`, `strong:Plank`."""
    sets: int
    """How many sets."""


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """Everything that was read from one file."""

    kind: str
    """`fit`, `pushoff_csv`, `hevy_csv` or `strong_csv`."""
    sessions: tuple[CompletedSession, ...]
    """What was done, with ids that follow from the file, so that reading it twice is the same."""
    remarks: tuple[ImportRemark, ...] = ()
    """What is not quite as it was recorded."""
    unmapped: tuple[UnmappedExercise, ...] = ()
    """What could not be matched to an exercise."""
