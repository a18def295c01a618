"""What goes into a reader of files beside the bytes, and what comes out of it.

Every reader (fit.activity, csv.pushoff_csv, csv.hevy, csv.strong) takes bytes and an ImportContext
and returns an ImportedFile. detection picks the reader. app/sessions/imports.py calls it through
the file worker and stores the sessions. Nothing here may depend on one format.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.training.catalog.exercises import Fit
from app.training.log.completed import CompletedSession
from app.training.planning.week import Week


class FileUnreadable(ValueError):
    """Nothing can be read from the file. The text says what is wrong and what is accepted."""


class FileLimitExceeded(ValueError):
    """The file is too large or takes too long to read. The text names the limit."""


@dataclass(frozen=True, slots=True)
class ImportContext:
    """What the caller says about a file."""

    athlete_id: str
    """The athlete who did the sessions."""
    now: datetime
    """Time of the upload, with an offset."""
    time_zone: str | None = None
    """IANA name of the zone of local times, for formats without offsets; None if not given."""
    program_id: str | None = None
    """The programme that the sessions belong to; None if not given."""
    weeks: Sequence[Week] = ()
    """The current weeks of that programme, to match what was done with what was planned."""
    fit_names: Mapping[str, Fit | None] = field(default_factory=dict)
    """The FIT names of all exercises in these weeks, by slug."""
    strict: bool = False
    """Whether a damaged file is rejected. Otherwise the readable part of it is imported."""
    timeout_s: float = 2.0
    """Seconds within which the file must be read."""


@dataclass(frozen=True, slots=True)
class ImportRemark:
    """Something that the format cannot express, or that was changed or left out on import."""

    code: str
    """Stable code."""
    detail: str
    """What was found, as a sentence."""
    pointer: str
    """JSON pointer into the sessions of the response, or "" for the whole file."""


@dataclass(frozen=True, slots=True)
class UnmappedExercise:
    """Sets of an exercise that matches none in the catalogue. They are stored under a name that no
    exercise has, until the client sends them again under a slug of the catalogue.
    """

    exercise: str
    """The name that the sets are stored under, such as `fit:28/4` or `hevy:Burpee`."""
    sets: int
    """Number of sets."""


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """Everything that was read from one file."""

    kind: str
    """`fit`, `pushoff_csv`, `hevy_csv` or `strong_csv`."""
    sessions: tuple[CompletedSession, ...]
    """The sessions. Their ids are derived from the file, so reading it again gives the same ids."""
    remarks: tuple[ImportRemark, ...] = ()
    """What differs from the file."""
    unmapped: tuple[UnmappedExercise, ...] = ()
    """Exercises that match none in the catalogue."""
