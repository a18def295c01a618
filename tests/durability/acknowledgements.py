"""Compares what clients were acknowledged with what is stored: nothing lost, duplicated or partial.

Every session and set of these tests carries a name that is used once (a session in `notes`, a set
in `rpe_scale`). The name finds a session or set that was stored twice under different ids.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
_StoredByName = Mapping[str, list[Json]]


@dataclass(frozen=True, slots=True)
class Write:
    """A request, and what must be stored under each name after it: None for nothing."""

    method: str
    path: str
    body: Json | None
    expected: Mapping[str, Json | None]
    headers: Mapping[str, str] = field(default_factory=dict)
    changeable: tuple[Json, ...] = ()
    """Sessions that later writes may change once this one is acknowledged."""


@dataclass(slots=True)
class WriteRecord:
    """The results of one client's writes, as the client saw them."""

    acknowledged: dict[str, Json | None] = field(default_factory=dict)
    """What must be stored under each name; None for nothing."""
    given_up: list[Write] = field(default_factory=list)
    """Writes that were never acknowledged. No later write uses their names."""
    unexpected: list[str] = field(default_factory=list)
    """Responses that no client should ever get."""
    truncated: list[str] = field(default_factory=list)
    """Responses that ended in the middle. A kill may cause that, a shutdown must not."""
    longest_s: float = 0
    """Seconds until the slowest request was answered or failed."""

    def acknowledge(self, write: Write) -> None:
        self.acknowledged |= write.expected

    def give_up(self, write: Write) -> None:
        self.given_up.append(write)


def find_broken_promises(records: Iterable[WriteRecord], sessions: Iterable[Json]) -> list[str]:
    """Return one line for each fault of the stored sessions; an empty list if there is none."""
    stored = _index_by_name(sessions)
    found = [f"duplicated: {name}" for name, items in stored.items() if len(items) > 1]
    known: set[str] = set()
    for record in records:
        found += record.unexpected
        found += [*_lost_or_changed(record, stored), *_partial_writes(record, stored)]
        known.update(record.acknowledged, *(write.expected for write in record.given_up))
    return found + [f"unknown: {name}" for name in stored if name not in known]


def _index_by_name(sessions: Iterable[Json]) -> _StoredByName:
    """Index sessions and sets by name. A session that a live set created has no name."""
    stored: dict[str, list[Json]] = {}
    for session in sessions:
        if session["notes"] is not None:
            stored.setdefault(session["notes"], []).append(session)
        for one in session["sets"]:
            with_session = one | {"session_id": session["session_id"]}
            stored.setdefault(one["rpe_scale"], []).append(with_session)
    return stored


def _lost_or_changed(record: WriteRecord, stored: _StoredByName) -> Iterator[str]:
    """Yield acknowledged content that is not stored. Names in unacknowledged writes may differ."""
    uncertain = {name for write in record.given_up for name in write.expected}
    for name, content in record.acknowledged.items():
        if name not in uncertain and not _is_stored(stored, name, content):
            yield f"{'changed' if name in stored else 'lost'}: {name}, which was {content}"


def _partial_writes(record: WriteRecord, stored: _StoredByName) -> Iterator[str]:
    """Yield unacknowledged writes that are stored neither in full nor not at all."""
    for write in record.given_up:
        before = {name: record.acknowledged.get(name) for name in write.expected}
        if not any(
            all(_is_stored(stored, name, content) for name, content in whole.items())
            for whole in (before, write.expected)
        ):
            yield f"partial: {write.method} {write.path} of {', '.join(write.expected)}"


def _is_stored(stored: _StoredByName, name: str, content: Json | None) -> bool:
    """Return whether a name has this content. What is stored may have more fields."""
    items = stored.get(name, [])
    if content is None:
        return not items
    return bool(items) and all(items[0].get(key) == value for key, value in content.items())
