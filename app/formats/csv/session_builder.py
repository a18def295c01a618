"""A session of a CSV file while its rows come in, wherever in the file they stand.

Counts and bounds the sets, and knows where in the answer they will be. Hands finished sessions
to the readers of CSV.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid5

from app.training.log import limits
from app.training.log.completed import CompletedSession, CompletedSet


@dataclass(slots=True)
class Draft:
    """A session that is being put together."""

    at: str
    """JSON pointer to it in the answer."""
    session: CompletedSession
    """Its own fields."""
    sets: list[CompletedSet] = field(default_factory=list)
    counts: Counter[tuple[str, ...]] = field(default_factory=Counter)
    ids: set[UUID] = field(default_factory=set)
    """Ids of its sets."""

    @property
    def next_at(self) -> str:
        """JSON pointer to the set that comes next."""
        return f"{self.at}/sets/{len(self.sets)}"

    def count(self, *kind: str | None) -> int:
        """How many of a kind there are with this one, counted from 1."""
        key = tuple(part or "" for part in kind)
        self.counts[key] += 1
        return self.counts[key]

    def name_set(self, exercise: str, side: str | None, number: int) -> UUID:
        """The id of a set that has none, as it is in any other upload; the next one that is free,
        where a row before it has that id.
        """
        while (made := uuid5(self.session.session_id, f"{exercise}/{side}/{number}")) in self.ids:
            number += 1
        return made

    def take(self, done: CompletedSet) -> None:
        """Adds a set."""
        self.sets.append(done)
        self.ids.add(done.set_id)

    def has_room(self) -> bool:
        """Whether it takes one more set."""
        return len(self.sets) < limits.MAX_SETS

    def finish(self) -> CompletedSession:
        """The session with its sets."""
        return replace(self.session, sets=tuple(self.sets))
