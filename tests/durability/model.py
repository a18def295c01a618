"""What sessions and sets come to, as two plain dictionaries: the promises of versions in little.

Written from the contract and not from the code that it is compared with. Things have small numbers
for names; a content of None is a deletion. Stores nothing.
"""

from dataclasses import dataclass, field
from typing import Any

Version = int | None
Thing = tuple[Version, int | None]
"""A version, and the content, or None once it is deleted."""
Sent = tuple[int, Version, int]
"""A set as it is sent: its name, version and content."""
OPENED = -1
"""The content of a session that a lone set has opened: yields to any other."""


@dataclass
class Model:
    """All that one athlete has stored."""

    sessions: dict[int, Thing] = field(default_factory=dict)
    sets: dict[int, tuple[int, Thing]] = field(default_factory=dict)
    """Each set with the session that it is in."""

    def put(self, session: int, version: Version, content: int, sets: tuple[Sent, ...]) -> None:
        """A session with its sets: all of it, or nothing where any part is in conflict.

        A set without a version has that of its session.
        """
        sets = tuple((name, version if own is None else own, what) for name, own, what in sets)
        verdict = judge(self.sessions.get(session), version, content)
        if verdict == "conflict" or self._clashes(session, sets) or self._is_gone(session, verdict):
            return
        if verdict == "newer":
            self.sessions[session] = written(self.sessions.get(session), version, content)
        self._put_sets(session, sets)

    def put_live(self, session: int, one: Sent) -> None:
        """A lone set, which opens its session where there is none."""
        if self._clashes(session, (one,)) or self._is_gone(session, "older"):
            return
        self.sessions.setdefault(session, (None, OPENED))
        self._put_sets(session, (one,))

    def delete(self, session: int, version: Version) -> None:
        """Takes the sets with it that were not deleted by themselves."""
        kept = self.sessions.get(session)
        if kept is None or (version is not None and version < (kept[0] or 0)):
            return
        self.sessions[session] = (max(version or 0, kept[0] or 0), None)
        self.sets = {
            name: (inside, thing)
            for name, (inside, thing) in self.sets.items()
            if inside != session or thing[1] is None
        }

    def delete_set(self, session: int, name: int, version: Version) -> None:
        inside, kept = self.sets.get(name, (None, (None, None)))
        if inside == session and not (version is not None and version < (kept[0] or 0)):
            self.sets[name] = (session, (max(version or 0, kept[0] or 0), None))

    def export(self) -> dict[str, Any]:
        """What has to be told of it all."""
        alive = {name: thing for name, thing in self.sessions.items() if thing[1] is not None}
        return {
            "sessions": {
                name: (thing, {n: s for n, (i, s) in self.sets.items() if i == name and s[1]})
                for name, thing in alive.items()
            },
            "deleted": {name: thing[0] for name, thing in self.sessions.items() if not thing[1]},
            "deleted sets": {name: s[0] for name, (_, s) in self.sets.items() if not s[1]},
        }

    def _is_gone(self, session: int, verdict: str) -> bool:
        kept = self.sessions.get(session)
        return kept is not None and kept[1] is None and verdict != "newer"

    def _clashes(self, session: int, sets: tuple[Sent, ...]) -> bool:
        known = [(self.sets[sent[0]], sent) for sent in sets if sent[0] in self.sets]
        return any(
            inside != session or judge(thing, version, content) == "conflict"
            for (inside, thing), (_, version, content) in known
        )

    def _put_sets(self, session: int, sets: tuple[Sent, ...]) -> None:
        for name, version, content in sets:
            _, kept = self.sets.get(name, (session, None))
            if judge(kept, version, content) == "newer":
                self.sets[name] = (session, written(kept, version, content))


def judge(kept: Thing | None, version: Version, content: int) -> str:
    """Whether a write is newer than what is kept, older, the same, or in conflict with it."""
    if kept is None:
        return "newer"
    stored, was = kept
    if was is None:
        return "newer" if version is not None and version > (stored or 0) else "older"
    if version is None or stored is None or version > stored:
        return "newer"
    if version < stored:
        return "older"
    return "same" if content == was else "conflict"


def written(kept: Thing | None, version: Version, content: int) -> Thing:
    """A write without a version leaves the version that is stored."""
    return (kept[0] if kept and version is None else version), content
