"""Builds one session of a CSV file from its rows, which need not be next to each other.

The CSV readers open a builder for each session, add sets to it and build the session at the end.
It numbers and bounds the sets, and knows their JSON pointers in the response.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid5

from app.training.log.completed import CompletedSession, CompletedSet

# What one upload of a session takes.
MOST_SETS = 5000
HIGHEST_INDEX = 1000


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

    def has_room(self) -> bool:
        """Whether one more set can be added."""
        return len(self.sets) < MOST_SETS

    def build(self) -> CompletedSession:
        """Return the session with its sets."""
        return replace(self.session, sets=tuple(self.sets))
