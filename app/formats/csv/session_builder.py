"""Builds the sessions of a CSV file from its rows, which need not be next to each other.

The CSV readers open a builder for each session, add sets to it and build the file at the end.
A builder numbers and bounds the sets, and knows their JSON pointers in the response.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar
from uuid import UUID, uuid5

from app.formats.csv import local_times
from app.formats.csv.cells import BadCell
from app.formats.import_remarks import ImportRemarks
from app.formats.imported_file import FileUnreadable, ImportContext, ImportedFile, UnmappedExercise
from app.training.log import limits
from app.training.log.completed import CompletedSession, CompletedSet

_Key = TypeVar("_Key")


@dataclass(slots=True)
class SessionBuilder:
    """A session whose sets are added one by one."""

    pointer: str
    """JSON pointer to the session in the response."""
    session: CompletedSession
    """The session without its sets."""
    sets: list[CompletedSet] = field(default_factory=list)
    _set_ids: set[UUID] = field(default_factory=set)
    _counts: Counter[tuple[str, ...]] = field(default_factory=Counter)

    @property
    def next_pointer(self) -> str:
        """JSON pointer to the set that is added next."""
        return f"{self.pointer}/sets/{len(self.sets)}"

    def next_number(self, *key: str | None) -> int:
        """Count one more set under a key and return how many there are now."""
        parts = tuple(part or "" for part in key)
        self._counts[parts] += 1
        return self._counts[parts]

    def derive_set_id(self, exercise: str, side: str | None, number: int) -> UUID:
        """Return the id of a set that has none, derived as in every other upload. If an earlier set
        has that id, the next free number is used.
        """
        session_id = self.session.session_id
        while (set_id := uuid5(session_id, f"{exercise}/{side}/{number}")) in self._set_ids:
            number += 1
        return set_id

    def add(self, new: CompletedSet) -> None:
        self.sets.append(new)
        self._set_ids.add(new.set_id)

    def check_room(self) -> None:
        """Raise BadCell if no more sets can be added."""
        if len(self.sets) >= limits.MAX_SETS:
            raise BadCell("is one set more than a session can hold")


class FileBuilder(Generic[_Key]):
    """What was read from one file so far. The readers derive from it."""

    def __init__(self, context: ImportContext) -> None:
        self.context = context
        self.remarks = ImportRemarks(context)
        self.times = local_times.build(context)
        self.builders: dict[_Key, SessionBuilder] = {}
        self.unmapped: Counter[str] = Counter()
        """The number of sets of each exercise that is not in the catalogue."""

    def build(self, kind: str, noun: str) -> ImportedFile:
        """Return what was read. Raises FileUnreadable if every row was lost."""
        if not self.builders and self.remarks.first_lost_row:
            raise FileUnreadable(f"{noun} could be read. {self.remarks.first_lost_row}")
        if not self.builders:
            self.remarks.add_for_file("no_sessions", "The file holds no sessions.")
        sessions = tuple(replace(b.session, sets=tuple(b.sets)) for b in self.builders.values())
        self.remarks.add_for_holds(sessions)
        unmapped = tuple(UnmappedExercise(name, sets) for name, sets in self.unmapped.items())
        return ImportedFile(kind, sessions, self.remarks.list_remarks(), unmapped)
