"""Writes and deletions of sessions and sets, each function inside one database transaction.

Loads and locks what is stored under the ids of uploads, has merging decide, and saves the result
through store. Called by routes and imports with values from from_wire.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from app.sessions import merging, store
from app.sessions.erasure import ERASURE_RETENTION
from app.sessions.from_wire import SessionUpload
from app.sessions.merging import MergeResult, StoredState
from app.sessions.next_session import ProgramLog
from app.sessions.schemas import SESSION
from app.training.log.completed import CompletedSession
from app.web.http import answers
from app.web.http.problems import AthleteErased, NotFound, PreconditionFailed

# A batch responds with the next sessions of so many programmes.
MAX_NEXT = 10
NO_SESSION = "There is no session with this id."


def store_uploads(
    tx: sa.Connection, tenant_id: UUID, uploads: Sequence[SessionUpload], now: datetime
) -> list[MergeResult]:
    """Store uploads one after the other in one transaction. Return the result of each."""
    state = _load_state(tx, tenant_id, uploads, now)
    merges = [*merging.merge_all(state, uploads)]
    _save_merges(tx, tenant_id, state, merges, now)
    return merges


def _save_merges(
    tx: sa.Connection, tenant_id: UUID, state: StoredState, merges: list[MergeResult], now: datetime
) -> None:
    sessions = [state.sessions[m.session.session_id] for m in merges if m.session]
    sets = [state.sets[done.set_id] for m in merges for done in m.sets]
    store.save(tx, tenant_id, sessions, sets, now)


def preview_uploads(
    tx: sa.Connection, tenant_id: UUID, uploads: Sequence[SessionUpload], now: datetime
) -> list[MergeResult]:
    """Return what store_uploads() would return, and store nothing."""
    return [*merging.merge_all(_load_state(tx, tenant_id, uploads, now), uploads)]


def _load_state(
    tx: sa.Connection, tenant_id: UUID, uploads: Sequence[SessionUpload], now: datetime
) -> StoredState:
    """Load what is stored under the ids of uploads, locked until the transaction ends."""
    session_ids = {upload.session.session_id for upload in uploads}
    set_ids = {done.set_id for upload in uploads for done in upload.session.sets}
    people = {upload.fingerprint for upload in uploads if upload.fingerprint}
    store.lock(tx, tenant_id, session_ids, people)
    return StoredState(
        sessions=store.find_sessions(tx, tenant_id, session_ids),
        sets=store.find_sets(tx, tenant_id, set_ids),
        erased=frozenset(store.find_erased(tx, tenant_id, people, now - ERASURE_RETENTION)),
    )


def _load_state_of_one(
    tx: sa.Connection, tenant_id: UUID, upload: SessionUpload, now: datetime
) -> StoredState:
    """Load the same for one upload, with all other sets of its session."""
    new, person, since = upload.session, upload.fingerprint, now - ERASURE_RETENTION
    people = [person] if person else []
    store.lock(tx, tenant_id, [new.session_id], people)
    # Most uploaded sessions are new. One query instead of three saves a seventh of the
    # time that storing a session takes.
    if not store.exists_any(tx, tenant_id, new, person, since):
        return StoredState()
    set_ids = [done.set_id for done in new.sets]
    return StoredState(
        sessions=store.find_sessions(tx, tenant_id, [new.session_id]),
        sets=store.find_sets_of_session(tx, tenant_id, new.session_id, set_ids),
        erased=frozenset(store.find_erased(tx, tenant_id, people, since)),
    )


@dataclass(frozen=True, slots=True)
class Precondition:
    """What a client requires of the stored session before it writes or deletes."""

    if_match: str | None = None
    """Entity tags; one of them must match the stored session."""
    create_only: bool = False
    """Whether the session must not exist yet."""

    def check(self, current: CompletedSession | None) -> None:
        """Raise PreconditionFailed if the stored session does not meet the precondition."""
        if self.create_only and current is not None:
            raise PreconditionFailed("The session exists already.")
        if self.if_match is None:
            return
        tag = "" if current is None else make_session_etag(current)
        if not tag or not answers.etag_matches(self.if_match, tag, strong=True):
            raise PreconditionFailed("The session does not match If-Match: it has changed.")


def make_session_etag(session: CompletedSession) -> str:
    """Return the entity tag of a session with its sets."""
    return answers.make_etag(SESSION.dump_json(session))


@dataclass(frozen=True, slots=True)
class UploadResult:
    """The result of storing one upload."""

    merge: MergeResult
    stored: CompletedSession | None
    """The session as it is stored now, with all sets."""
    log: ProgramLog | None
    """The log of the session's programme, if it has one."""


def store_upload(
    tx: sa.Connection,
    tenant_id: UUID,
    upload: SessionUpload,
    precondition: Precondition,
    now: datetime,
) -> UploadResult:
    """Store one upload and load the log of its programme in the same transaction.

    Raises PreconditionFailed and AthleteErased.
    """
    session_id = upload.session.session_id
    state = _load_state_of_one(tx, tenant_id, upload, now)
    if precondition != Precondition():
        precondition.check(state.get_session(session_id))
    (merged,) = merging.merge_all(state, [upload])
    _save_merges(tx, tenant_id, state, [merged], now)
    if merged.outcome == "invalid":
        raise AthleteErased
    # The state holds the result of the merge, so nothing has to be loaded again.
    stored, log = state.get_session(session_id), None
    if stored is not None and stored.program_id is not None:
        log = _load_log(tx, tenant_id, stored.athlete_id, stored.program_id)
    return UploadResult(merged, stored, log)


def store_batch(
    tx: sa.Connection, tenant_id: UUID, uploads: Sequence[SessionUpload], now: datetime
) -> tuple[list[MergeResult], list[ProgramLog]]:
    """Store many uploads and load the logs of the first programmes among them."""
    merges = store_uploads(tx, tenant_id, uploads, now)
    return merges, load_logs(tx, tenant_id, uploads, merges)


def load_logs(
    tx: sa.Connection,
    tenant_id: UUID,
    uploads: Sequence[SessionUpload],
    merges: Sequence[MergeResult],
) -> list[ProgramLog]:
    """Return the logs of the first programmes among the uploads that were not rejected."""
    touched = dict.fromkeys(
        (upload.session.athlete_id, upload.session.program_id)
        for upload, merged in zip(uploads, merges, strict=True)
        if merged.outcome not in ("conflict", "invalid") and upload.session.program_id is not None
    )
    return [_load_log(tx, tenant_id, one, ref or "") for one, ref in list(touched)[:MAX_NEXT]]


def _load_log(tx: sa.Connection, tenant_id: UUID, athlete_id: str, program_id: str) -> ProgramLog:
    sessions = store.read_log(tx, tenant_id, athlete_id, program_id)
    return ProgramLog(athlete_id, program_id, sessions)


def delete_session(
    tx: sa.Connection,
    tenant_id: UUID,
    session_id: UUID,
    version: int | None,
    precondition: Precondition,
    now: datetime,
) -> bool:
    """Delete a session and its sets. Return False if a newer version is stored.

    Raises NotFound and PreconditionFailed.
    """
    store.lock(tx, tenant_id, [session_id])
    stored = store.find_sessions(tx, tenant_id, [session_id]).get(session_id)
    if stored is None:
        raise NotFound(NO_SESSION)
    precondition.check(store.read_session(tx, tenant_id, session_id))
    if version is not None and version < (stored.version or 0):
        return stored.deleted
    deleted = replace(stored, version=max(version or 0, stored.version or 0))
    store.delete_session(tx, tenant_id, deleted, now)
    return True


def delete_set(
    tx: sa.Connection,
    tenant_id: UUID,
    session_id: UUID,
    set_id: UUID,
    version: int | None,
    now: datetime,
) -> bool:
    """Delete one set. Return False if a newer version is stored. Raises NotFound."""
    store.lock(tx, tenant_id, [session_id])
    stored = store.find_sets(tx, tenant_id, [set_id]).get(set_id)
    if stored is None or stored.session_id != session_id:
        raise NotFound("There is no set with this id in this session.")
    if version is not None and version < (stored.version or 0):
        return stored.deleted
    deleted = replace(stored, version=max(version or 0, stored.version or 0))
    store.touch(tx, tenant_id, [session_id], now)
    store.delete_set(tx, tenant_id, deleted)
    return True
