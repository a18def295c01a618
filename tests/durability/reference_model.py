"""A reference model of what is stored: the rules of versions, on two plain dictionaries.

It is written from the contract and not from the code that it is compared with. Sessions and sets
have small numbers as ids. A content of None means deleted.
"""

from dataclasses import dataclass, field
from typing import Any

Version = int | None
_Versioned = tuple[Version, int | None]
"""A version, and the content, or None once it is deleted."""
SentSet = tuple[int, Version, int]
"""A set as a client sends it: its number, version and content."""
OPENED_BY_LIVE_SET = -1
"""The content of a session that a live set created. Any other content replaces it."""


@dataclass
class ReferenceModel:
    """Everything that is stored for one athlete."""

    sessions: dict[int, _Versioned] = field(default_factory=dict)
    sets: dict[int, tuple[int, _Versioned]] = field(default_factory=dict)
    """The session of each set, and the set."""

    def put(self, session: int, version: Version, content: int, sets: tuple[SentSet, ...]) -> None:
        """Store a session with its sets; store nothing if any part of it is in conflict.

        A set without a version has the version of its session.
        """
        sets = tuple((name, version if own is None else own, what) for name, own, what in sets)
        result = _compare_versions(self.sessions.get(session), version, content)
        conflicts = result == "conflict" or self._has_conflict(session, sets)
        if conflicts or self._is_deleted(session, result):
            return
        if result == "newer":
            self.sessions[session] = _merged(self.sessions.get(session), version, content)
        self._put_sets(session, sets)

    def put_live_set(self, session: int, sent: SentSet) -> None:
        """Store one set, and create its session if there is none."""
        if self._has_conflict(session, (sent,)) or self._is_deleted(session, "older"):
            return
        self.sessions.setdefault(session, (None, OPENED_BY_LIVE_SET))
        self._put_sets(session, (sent,))

    def delete(self, session: int, version: Version) -> None:
        """Delete a session with its sets. Sets that were deleted before keep their version."""
        stored = self.sessions.get(session)
        if stored is None or (version is not None and version < (stored[0] or 0)):
            return
        self.sessions[session] = (max(version or 0, stored[0] or 0), None)
        self.sets = {
            name: (parent, item)
            for name, (parent, item) in self.sets.items()
            if parent != session or item[1] is None
        }

    def delete_set(self, session: int, name: int, version: Version) -> None:
        parent, stored = self.sets.get(name, (None, (None, None)))
        if parent == session and not (version is not None and version < (stored[0] or 0)):
            self.sets[name] = (session, (max(version or 0, stored[0] or 0), None))

    def export(self) -> dict[str, Any]:
        """Return what the service's export must contain."""
        present = {name: item for name, item in self.sessions.items() if item[1] is not None}
        return {
            "sessions": {
                name: (item, {n: s for n, (i, s) in self.sets.items() if i == name and s[1]})
                for name, item in present.items()
            },
            "deleted": {name: item[0] for name, item in self.sessions.items() if not item[1]},
            "deleted sets": {name: s[0] for name, (_, s) in self.sets.items() if not s[1]},
        }

    def _is_deleted(self, session: int, result: str) -> bool:
        stored = self.sessions.get(session)
        return stored is not None and stored[1] is None and result != "newer"

    def _has_conflict(self, session: int, sets: tuple[SentSet, ...]) -> bool:
        known = [(self.sets[sent[0]], sent) for sent in sets if sent[0] in self.sets]
        return any(
            parent != session or _compare_versions(item, version, content) == "conflict"
            for (parent, item), (_, version, content) in known
        )

    def _put_sets(self, session: int, sets: tuple[SentSet, ...]) -> None:
        for name, version, content in sets:
            _, stored = self.sets.get(name, (session, None))
            if _compare_versions(stored, version, content) == "newer":
                self.sets[name] = (session, _merged(stored, version, content))


def _compare_versions(stored: _Versioned | None, version: Version, content: int) -> str:
    """Return whether a write is newer, older, the same, or in conflict with what is stored."""
    if stored is None:
        return "newer"
    stored_version, stored_content = stored
    if stored_content is None:
        return "newer" if version is not None and version > (stored_version or 0) else "older"
    if version is None or stored_version is None or version > stored_version:
        return "newer"
    if version < stored_version:
        return "older"
    return "same" if content == stored_content else "conflict"


def _merged(stored: _Versioned | None, version: Version, content: int) -> _Versioned:
    """Return the item after a write. A write without a version keeps the stored version."""
    return (stored[0] if stored and version is None else version), content
