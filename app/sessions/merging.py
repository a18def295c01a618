"""Which version wins: what an upload comes to beside what is stored. Writes nothing.

judge() holds the rules of versions (those of Health Connect and HealthKit), merge() applies them
to a session and its sets. An upload counts whole or not at all, and one that is in order holds
back no other. Reading and writing rows is ingest's.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TypeVar
from uuid import UUID

from app.sessions import store
from app.sessions.from_wire import SessionUpload
from app.sessions.row_mapping import StoredSession, StoredSet
from app.sessions.schemas import Outcome
from app.training.log.completed import CompletedSession, CompletedSet

T = TypeVar("T", CompletedSession, CompletedSet)


@dataclass(frozen=True, slots=True)
class MergeResult:
    """What an upload comes to."""

    outcome: Outcome
    session: CompletedSession | None = None
    """Own fields to write, if they change; its sets are not looked at."""
    sets: tuple[CompletedSet, ...] = ()
    """Sets to write."""
    why: str = ""
    """What stands in the way, for a conflict."""
    stored: CompletedSession | None = None
    """Own fields that are stored, for a conflict."""

    def seen_by(self, athlete_id: str | None) -> "MergeResult":
        """The same as a device bound to one person may see it; None may see all."""
        theirs = self.stored is None or athlete_id in (None, self.stored.athlete_id)
        return self if theirs else replace(self, stored=None)


@dataclass(slots=True)
class StoredState:
    """What is stored under the ids of some uploads, kept up as they are taken in."""

    sessions: dict[UUID, StoredSession] = field(default_factory=dict)
    sets: dict[UUID, StoredSet] = field(default_factory=dict)
    erased: frozenset[bytes] = frozenset()
    """People who asked to be forgotten, by fingerprint."""

    def join(self, session_id: UUID) -> CompletedSession | None:
        """A session with all of its sets that are known, or None if there is none."""
        stored = self.sessions.get(session_id)
        if stored is None or stored.content is None:
            return None
        sets = (one.content for one in self.sets.values() if one.session_id == session_id)
        return replace(stored.content, sets=store.sort_sets(done for done in sets if done))


def _compare_versions(
    stored: StoredSession | StoredSet | None, version: int | None, same_content: bool
) -> Outcome:
    """The outcome of writing one thing over another.

    A deleted thing comes back only with a higher version than its deletion, so that a late
    upload cannot undo it. Without a version the last write wins.
    """
    if stored is None:
        return "created"
    if stored.deleted:
        higher = version is not None and version > (stored.version or 0)
        return "created" if higher else "stale"
    if version is None or stored.version is None:
        same = same_content and version in (None, stored.version)
        return "unchanged" if same else "updated"
    if version < stored.version:
        return "stale"
    if version > stored.version:
        return "updated"
    return "unchanged" if same_content else "conflict"


def merge(known: StoredState, upload: SessionUpload) -> MergeResult:
    """What an upload comes to beside what is stored. Writes nothing."""
    if upload.recorded:
        upload = _complete_recording(known, upload)
    new = upload.session
    if upload.fingerprint in known.erased:
        return MergeResult("invalid")
    stored = known.sessions.get(new.session_id)
    own = _resolve_session(stored, upload)
    if own == "stale" and stored is not None and stored.deleted:
        return MergeResult("stale")
    verdicts = {done.set_id: _resolve_set(known, upload, done) for done in new.sets}
    if why := _find_conflict(known, upload, own, verdicts):
        return MergeResult("conflict", why=why, stored=None if stored is None else stored.content)
    to_write = tuple(s for s in new.sets if verdicts[s.set_id] in ("created", "updated"))
    return MergeResult(
        outcome=_combine_outcomes(own, verdicts.values()),
        session=_copy_version(stored, new) if own in ("created", "updated") else None,
        sets=tuple(_copy_set_version(known.sets.get(s.set_id), s) for s in to_write),
    )


def _complete_recording(known: StoredState, upload: SessionUpload) -> SessionUpload:
    """A recording with everything that is stored of its session and its sets, and of its own only
    what nobody has said yet, so that sending a file again takes back no pain and no correction.
    """
    new = upload.session
    stored = known.sessions.get(new.session_id)
    if stored is not None and stored.content is not None:
        new = _complete(stored.content, new)
    return replace(
        upload,
        session=replace(new, sets=tuple(_complete_set(known, s) for s in upload.session.sets)),
    )


def _complete_set(known: StoredState, new: CompletedSet) -> CompletedSet:
    """The same for a set."""
    stored = known.sets.get(new.set_id)
    return new if stored is None or stored.content is None else _complete(stored.content, new)


def _complete(stored: T, new: T) -> T:
    """What is stored, with what only the new one knows. It keeps its version: nothing was said
    that its sender would have to know of.
    """
    unknown = (None, ())
    news = {
        each.name: getattr(new, each.name)
        for each in fields(stored)
        if each.name != "sets" and getattr(stored, each.name) in unknown
    }
    return replace(stored, **news)


def _resolve_set(known: StoredState, upload: SessionUpload, done: CompletedSet) -> Outcome:
    """The outcome for one set; a set cannot move from one session to another."""
    stored = known.sets.get(done.set_id)
    if stored is None:
        return "created"
    if stored.session_id != upload.session.session_id:
        return "conflict"
    return _compare_versions(stored, done.version, _is_same_set(stored, done))


def _find_conflict(
    known: StoredState, upload: SessionUpload, own: Outcome, verdicts: Mapping[UUID, Outcome]
) -> str:
    """What keeps an upload from being stored at all, in words; empty if nothing does."""
    new = upload.session
    stored = known.sessions.get(new.session_id)
    if stored is not None and stored.athlete_id != new.athlete_id:
        return "The session belongs to another athlete."
    if own == "conflict":
        return "This version of the session is stored with other content."
    for set_id, verdict in verdicts.items():
        if verdict == "conflict" and known.sets[set_id].session_id != new.session_id:
            return "A set of another session has the same set_id."
        if verdict == "conflict":
            return "This version of a set is stored with other content."
    return ""


def _resolve_session(stored: StoredSession | None, upload: SessionUpload) -> Outcome:
    """The outcome for a session's own fields; a lone set never changes those that are stored."""
    if upload.opening and stored is not None:
        return "stale" if stored.deleted else "unchanged"
    content = None if stored is None else stored.content
    same = content is not None and own_fields(content) == own_fields(upload.session)
    return _compare_versions(stored, upload.session.version, same)


def own_fields(session: CompletedSession) -> tuple[object, ...]:
    """A session without its sets and version, for comparison. The offsets stand beside it because
    one moment in two offsets is equal to Python, and is other content to us.
    """
    moments = session.started_at, session.ended_at
    return replace(session, sets=(), version=None), [m and m.utcoffset() for m in moments]


def set_fields(done: CompletedSet) -> tuple[object, ...]:
    """The same for a set."""
    return replace(done, version=None), done.performed_at.utcoffset()


def _is_same_set(stored: StoredSet, new: CompletedSet) -> bool:
    """Whether a set says what is stored, whatever its version."""
    return stored.content is not None and set_fields(stored.content) == set_fields(new)


def _copy_version(stored: StoredSession | None, new: CompletedSession) -> CompletedSession:
    """A write without a version leaves the stored one, so that older ones stay refused."""
    return replace(new, version=stored.version) if stored and new.version is None else new


def _copy_set_version(stored: StoredSet | None, new: CompletedSet) -> CompletedSet:
    """The same for a set."""
    return replace(new, version=stored.version) if stored and new.version is None else new


def _combine_outcomes(own: Outcome, sets: Iterable[Outcome]) -> Outcome:
    """One outcome for a session and its sets: what changed most is what is told."""
    if own in ("created", "updated"):
        return own
    verdicts = set(sets)
    if verdicts & {"created", "updated"}:
        return "updated"
    return "stale" if own == "stale" or "stale" in verdicts else "unchanged"


def merge_all(known: StoredState, uploads: Iterable[SessionUpload]) -> Iterator[MergeResult]:
    """What each upload comes to beside what is stored and the uploads before it."""
    for upload in uploads:
        merged = merge(known, upload)
        _update_state(known, upload, merged)
        yield merged


def _update_state(known: StoredState, upload: SessionUpload, merged: MergeResult) -> None:
    """Keeps up what is known, for the uploads that follow in the same transaction."""
    new = merged.session
    if new is not None:
        known.sessions[new.session_id] = StoredSession(
            new.session_id, new.athlete_id, new.version, deleted=False, content=new
        )
    for done in merged.sets:
        known.sets[done.set_id] = StoredSet(
            done.set_id, upload.session.session_id, done.version, deleted=False, content=done
        )
