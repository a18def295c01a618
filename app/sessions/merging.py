"""Merges uploads with what is stored. Reads and writes nothing: transactions loads and saves.

_compare_versions() holds the rules of versions, which are those of Health Connect and HealthKit.
merge() applies them to a session and its sets. An upload is stored as a whole or not at all, and
does not affect the other uploads of a batch.
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
    """The result of merging one upload."""

    outcome: Outcome
    session: CompletedSession | None = None
    """The session to write without its sets; None if its own fields stay."""
    sets: tuple[CompletedSet, ...] = ()
    """Sets to write."""
    detail: str = ""
    """The reason of a conflict."""
    stored: CompletedSession | None = None
    """The stored session without its sets, for a conflict."""

    def redact_for(self, athlete_id: str | None) -> "MergeResult":
        """Return the result without a stored session of another athlete; None may see all."""
        theirs = self.stored is None or athlete_id in (None, self.stored.athlete_id)
        return self if theirs else replace(self, stored=None)


@dataclass(slots=True)
class StoredState:
    """What is stored under the ids of some uploads, updated with each upload that is merged."""

    sessions: dict[UUID, StoredSession] = field(default_factory=dict)
    sets: dict[UUID, StoredSet] = field(default_factory=dict)
    erased: frozenset[bytes] = frozenset()
    """Fingerprints of erased athletes."""

    def get_session(self, session_id: UUID) -> CompletedSession | None:
        """Return a session with its sets in this state, or None if there is none."""
        stored = self.sessions.get(session_id)
        if stored is None or stored.content is None:
            return None
        sets = (one.content for one in self.sets.values() if one.session_id == session_id)
        return replace(stored.content, sets=store.sort_sets(done for done in sets if done))


def _compare_versions(
    stored: StoredSession | StoredSet | None, version: int | None, same_content: bool
) -> Outcome:
    """Return the outcome of writing a session or a set over a stored one.

    A deleted one is created again only by a higher version than its deletion, so that a late
    upload cannot undo the deletion. Without a version the last write wins.
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


def merge(state: StoredState, upload: SessionUpload) -> MergeResult:
    """Return the result of merging an upload with the stored state, which stays as it is."""
    if upload.recorded:
        upload = _complete_recording(state, upload)
    elif upload.status_assumed:
        upload = _keep_status(state, upload)
    new = upload.session
    if upload.fingerprint in state.erased:
        return MergeResult("invalid")
    stored = state.sessions.get(new.session_id)
    own = _resolve_session(stored, upload)
    if own == "stale" and stored is not None and stored.deleted:
        return MergeResult("stale")
    outcomes = {done.set_id: _resolve_set(state, upload, done) for done in new.sets}
    if detail := _find_conflict(state, upload, own, outcomes):
        content = None if stored is None else stored.content
        return MergeResult("conflict", detail=detail, stored=content)
    to_write = tuple(s for s in new.sets if outcomes[s.set_id] in ("created", "updated"))
    return MergeResult(
        outcome=_combine_outcomes(own, outcomes.values()),
        session=_copy_version(stored, new) if own in ("created", "updated") else None,
        sets=tuple(_copy_version(state.sets.get(s.set_id), s) for s in to_write),
    )


def _keep_status(state: StoredState, upload: SessionUpload) -> SessionUpload:
    """Return the upload with the stored status, if there is one."""
    stored = state.sessions.get(upload.session.session_id)
    if stored is None or stored.content is None:
        return upload
    return replace(upload, session=replace(upload.session, status=stored.content.status))


def _complete_recording(state: StoredState, upload: SessionUpload) -> SessionUpload:
    """Return the stored session and sets, with unknown fields filled in from a recording.

    So importing a file again removes no pain score and no correction.
    """
    new = _complete(state.sessions.get(upload.session.session_id), upload.session)
    sets = tuple(_complete(state.sets.get(done.set_id), done) for done in upload.session.sets)
    return replace(upload, session=replace(new, sets=sets))


def _complete(stored: StoredSession | StoredSet | None, new: T) -> T:
    """Return the stored value with its unknown fields from the new one.

    It keeps its version, because its client does not need to know of the additions.
    """
    content = None if stored is None else stored.content
    if not isinstance(content, type(new)):
        return new
    unknown = [each.name for each in fields(new) if getattr(content, each.name) in (None, ())]
    return replace(content, **{name: getattr(new, name) for name in unknown if name != "sets"})


def _resolve_set(state: StoredState, upload: SessionUpload, done: CompletedSet) -> Outcome:
    """Return the outcome of one set; a set cannot move to another session."""
    stored = state.sets.get(done.set_id)
    if stored is None:
        return "created"
    if stored.session_id != upload.session.session_id:
        return "conflict"
    same = stored.content is not None and comparable_set(stored.content) == comparable_set(done)
    return _compare_versions(stored, done.version, same)


def _find_conflict(
    state: StoredState, upload: SessionUpload, own: Outcome, outcomes: Mapping[UUID, Outcome]
) -> str:
    """Return why an upload conflicts as a whole; empty if it does not."""
    new = upload.session
    stored = state.sessions.get(new.session_id)
    if stored is not None and stored.athlete_id != new.athlete_id:
        return "The session belongs to another athlete."
    if own == "conflict":
        return "This version of the session is stored with different content."
    for set_id, outcome in outcomes.items():
        if outcome == "conflict" and state.sets[set_id].session_id != new.session_id:
            return "A set of another session has the same set_id."
        if outcome == "conflict":
            return "This version of a set is stored with different content."
    return ""


def _resolve_session(stored: StoredSession | None, upload: SessionUpload) -> Outcome:
    """Return the outcome of a session's own fields; a single set never changes stored ones."""
    if upload.opening and stored is not None:
        return "stale" if stored.deleted else "unchanged"
    content = None if stored is None else stored.content
    same = content is not None and comparable_session(content) == comparable_session(upload.session)
    return _compare_versions(stored, upload.session.version, same)


def comparable_session(session: CompletedSession) -> tuple[object, ...]:
    """Return a session without its sets and version, for comparison.

    The UTC offsets are compared too, because Python treats one moment in two offsets as equal.
    """
    moments = session.started_at, session.ended_at
    return replace(session, sets=(), version=None), [m and m.utcoffset() for m in moments]


def comparable_set(done: CompletedSet) -> tuple[object, ...]:
    """Return a set without its version, for comparison."""
    return replace(done, version=None), done.performed_at.utcoffset()


def _copy_version(stored: StoredSession | StoredSet | None, new: T) -> T:
    """Without a version, keep the stored one, so that older versions stay stale."""
    return replace(new, version=stored.version) if stored and new.version is None else new


def _combine_outcomes(own: Outcome, sets: Iterable[Outcome]) -> Outcome:
    """Return one outcome for a session and its sets: changes first, then stale."""
    if own in ("created", "updated"):
        return own
    outcomes = set(sets)
    if outcomes & {"created", "updated"}:
        return "updated"
    return "stale" if own == "stale" or "stale" in outcomes else "unchanged"


def merge_all(state: StoredState, uploads: Iterable[SessionUpload]) -> Iterator[MergeResult]:
    """Yield the result of each upload, merged with the stored state and the uploads before it."""
    for upload in uploads:
        merged = merge(state, upload)
        _update_state(state, upload, merged)
        yield merged


def _update_state(state: StoredState, upload: SessionUpload, merged: MergeResult) -> None:
    new = merged.session
    if new is not None:
        state.sessions[new.session_id] = StoredSession(
            new.session_id, new.athlete_id, new.version, deleted=False, content=new
        )
    for done in merged.sets:
        state.sets[done.set_id] = StoredSet(
            done.set_id, upload.session.session_id, done.version, deleted=False, content=done
        )
