"""What a companion was promised, held against what is stored: nothing lost, doubled or halved.

Every session and set of these tests carries a name that is drawn once (a session in `notes`, a
set in `rpe_scale`), so that a thing that was stored twice is found under whatever id it has.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Shelf = Mapping[str, list[Json]]
"""Everything that is stored, by its name."""


@dataclass(frozen=True, slots=True)
class Write:
    """A request, and what stands under each name once it is carried out: None for nothing."""

    method: str
    path: str
    body: Json | None
    effects: Mapping[str, Json | None]
    headers: Mapping[str, str] = field(default_factory=dict)
    kept: tuple[Json, ...] = ()
    """Sessions that may be written again once this is acknowledged."""


@dataclass(slots=True)
class Diary:
    """What became of one companion's writes, in its own view."""

    acknowledged: dict[str, Json | None] = field(default_factory=dict)
    """What has to stand under each name."""
    given_up: list[Write] = field(default_factory=list)
    """Writes that were never acknowledged. Nothing touches their names afterwards."""
    surprises: list[str] = field(default_factory=list)
    """Answers that no companion should ever get."""
    torn: list[str] = field(default_factory=list)
    """Answers that broke off in the middle. A kill may do that, a shutdown may not."""
    longest_s: float = 0
    """How long the slowest answer took, or the end of a request without one."""

    def acknowledge(self, write: Write) -> None:
        self.acknowledged |= write.effects

    def give_up(self, write: Write) -> None:
        self.given_up.append(write)


def compare(diaries: Iterable[Diary], sessions: Iterable[Json]) -> list[str]:
    """What is wrong with the stored sessions, a line each; none when every promise was kept."""
    shelf = arrange(sessions)
    found = [f"doubled: {name}" for name, things in shelf.items() if len(things) > 1]
    known: set[str] = set()
    for diary in diaries:
        found += [*diary.surprises, *broken_promises(diary, shelf), *halves(diary, shelf)]
        known.update(diary.acknowledged, *(write.effects for write in diary.given_up))
    return found + [f"stranger: {name}" for name in shelf if name not in known]


def arrange(sessions: Iterable[Json]) -> Shelf:
    """Sessions and sets by their names. A session that a lone set has opened has none."""
    shelf: dict[str, list[Json]] = {}
    for session in sessions:
        if session["notes"] is not None:
            shelf.setdefault(session["notes"], []).append(session)
        for done in session["sets"]:
            placed = done | {"session_id": session["session_id"]}
            shelf.setdefault(done["rpe_scale"], []).append(placed)
    return shelf


def broken_promises(diary: Diary, shelf: Shelf) -> Iterator[str]:
    """Acknowledged content that does not stand, but for what a later write may have changed."""
    touched = {name for write in diary.given_up for name in write.effects}
    for name, content in diary.acknowledged.items():
        if name not in touched and not stands(shelf, name, content):
            yield f"{'changed' if name in shelf else 'lost'}: {name}, which was {content}"


def halves(diary: Diary, shelf: Shelf) -> Iterator[str]:
    """Unacknowledged writes of which some is there, but not all."""
    for write in diary.given_up:
        before = {name: diary.acknowledged.get(name) for name in write.effects}
        if not any(
            all(stands(shelf, name, content) for name, content in whole.items())
            for whole in (before, write.effects)
        ):
            yield f"half: {write.method} {write.path} of {', '.join(write.effects)}"


def stands(shelf: Shelf, name: str, content: Json | None) -> bool:
    """Whether a name has this content, field by field; what is stored may have more fields."""
    things = shelf.get(name, [])
    if content is None:
        return not things
    return bool(things) and all(things[0].get(key) == value for key, value in content.items())
