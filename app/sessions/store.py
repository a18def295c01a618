"""Reads and writes sessions, sets and erasures. Takes and returns values; rows stay inside.

Every function takes a transaction and a tenant first. Every statement begins with the tenant and
finds its rows by an index. The statements are in statements, the columns in row_mapping.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from pydantic_core import to_json

from app.database.errors import DatabaseFailure
from app.sessions import row_mapping, statements
from app.sessions.row_mapping import DRIVER_CODECS, SESSIONS, SETS, StoredSession, StoredSet
from app.sessions.statements import ERASURES
from app.training.log.completed import CompletedSession, CompletedSet


class AthleteData(NamedTuple):
    """All stored data of an athlete."""

    sessions: list[CompletedSession]
    deleted_sessions: list[StoredSession]
    deleted_sets: list[StoredSet]


class LogEdition(NamedTuple):
    """The number of writes of an athlete's data, and the moment of the last one."""

    number: int
    """Grows with every write that changes something, deletions included; 0 if nothing is stored."""
    stored_at: datetime | None


class PagePosition(NamedTuple):
    """A position in a list of sessions, newest first: the last session of a page."""

    started_at: datetime
    session_id: UUID


class SessionFilter(NamedTuple):
    """Filters of a list: athlete, programme, and start within [since, before)."""

    athlete_id: str | None = None
    program_id: str | None = None
    since: datetime | None = None
    before: datetime | None = None


def lock(
    tx: sa.Connection,
    tenant_id: UUID,
    session_ids: Collection[UUID],
    people: Collection[bytes] = (),
    *,
    alone: bool = False,
) -> None:
    """Make other writers of these sessions wait until this transaction ends.

    Advisory locks on ids are used, because a row that does not exist yet cannot be locked. The
    locks on people, by fingerprint, are shared with other writers, or exclusive (`alone`) to erase
    them. SQLite has one writer anyway.
    """
    if tx.dialect.name == "sqlite":
        return
    query = statements.LOCK_PEOPLE_EXCLUSIVELY if alone else statements.LOCK_PEOPLE_SHARED
    locks = sorted(_make_lock_key(tenant_id, person) for person in people)
    keys = sorted(_make_lock_key(tenant_id, session.bytes) for session in session_ids)
    tx.execute(query, {"people": locks, "keys": keys})


def _make_lock_key(tenant_id: UUID, name: bytes) -> int:
    """Return the 64-bit key of a lock; two ids with the same key only wait for each other."""
    digest = hashlib.blake2b(tenant_id.bytes + name, digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def _fetch_sets(
    tx: sa.Connection, query: sa.Executable, values: Mapping[str, object]
) -> list[StoredSet]:
    codec = DRIVER_CODECS[tx.dialect.name]
    return [row_mapping.to_set(row, codec) for row in tx.execute(query, values).all()]


def find_sessions(
    tx: sa.Connection, tenant_id: UUID, session_ids: Collection[UUID]
) -> dict[UUID, StoredSession]:
    """Return what is stored under these ids, deletions included."""
    query = statements.sessions_by_id(tx.dialect.name)
    found = tx.execute(query, {"tenant_id": tenant_id, "ids": [*session_ids]}).all()
    stored = [row_mapping.to_session(row, DRIVER_CODECS[tx.dialect.name]) for row in found]
    return {session.session_id: session for session in stored}


def find_sets(
    tx: sa.Connection, tenant_id: UUID, set_ids: Collection[UUID]
) -> dict[UUID, StoredSet]:
    """Return what is stored under these ids, deletions included."""
    if not set_ids:
        return {}
    query = statements.sets_by_id(tx.dialect.name)
    found = _fetch_sets(tx, query, {"tenant_id": tenant_id, "ids": [*set_ids]})
    return {stored.set_id: stored for stored in found}


def exists_any(
    tx: sa.Connection, tenant_id: UUID, upload: CompletedSession, person: bytes, since: datetime
) -> bool:
    """Return whether anything is stored under the ids of a session and its sets, or the athlete was
    erased since a moment.
    """
    values = {
        "tenant_id": tenant_id,
        "session_id": upload.session_id,
        "ids": [done.set_id for done in upload.sets],
        "person": person,
        "since": since,
    }
    found: bool = tx.execute(statements.exists_any(tx.dialect.name), values).scalar_one()
    return found


def find_sets_of_session(
    tx: sa.Connection, tenant_id: UUID, session_id: UUID, set_ids: Collection[UUID]
) -> dict[UUID, StoredSet]:
    """Return all sets of a session and those with these ids, deletions included."""
    query = statements.sets_of_session(tx.dialect.name)
    values = {"tenant_id": tenant_id, "session_id": session_id, "ids": [*set_ids]}
    return {stored.set_id: stored for stored in _fetch_sets(tx, query, values)}


def read_session(tx: sa.Connection, tenant_id: UUID, session_id: UUID) -> CompletedSession | None:
    """Return a session with its sets, or None if there is none or it was deleted."""
    query = statements.sessions_by_id(tx.dialect.name)
    found = tx.execute(query, {"tenant_id": tenant_id, "ids": [session_id]}).one_or_none()
    if found is None or row_mapping.is_deleted(found):
        return None
    return _load_with_sets(tx, tenant_id, [found])[0]


def read_log(
    tx: sa.Connection, tenant_id: UUID, athlete_id: str, program_id: str
) -> list[CompletedSession]:
    """Return all sessions of an athlete in a programme, with their sets."""
    owner = {"tenant_id": tenant_id, "athlete_id": athlete_id, "program_id": program_id}
    found = tx.execute(statements.LOG, owner).all()
    return _load_with_sets(tx, tenant_id, found, statements.SETS_OF_LOG, owner)


def read_logs(
    tx: sa.Connection, tenant_id: UUID, athlete_id: str, limit: int
) -> dict[str, list[CompletedSession]]:
    """Return the sessions of an athlete by programme: those of the newest programmes, by their
    last session, the newest first. Sessions without a programme are left out.
    """
    values = {"tenant_id": tenant_id, "athlete_id": athlete_id, "most": limit}
    found = tx.execute(statements.NEWEST_PROGRAMS, values).scalars().all()
    return {one: read_log(tx, tenant_id, athlete_id, one) for one in found}


def read_edition(tx: sa.Connection, tenant_id: UUID, athlete_id: str) -> LogEdition:
    """Return the edition of an athlete's data.

    It counts writes and not time, so that two writes in one moment differ and no clock can turn it
    back. Deletions have no programme any more, so it covers all programmes.
    """
    owner = {"tenant_id": tenant_id, "athlete_id": athlete_id}
    number, stored_at = tx.execute(statements.EDITION, owner).one()
    return LogEdition(number or 0, stored_at)


def read_athlete(tx: sa.Connection, tenant_id: UUID, athlete_id: str) -> AthleteData | None:
    """Return all data of an athlete, the oldest session first; None if there is none."""
    owner = {"tenant_id": tenant_id, "athlete_id": athlete_id}
    found = tx.execute(statements.SESSIONS_OF_ATHLETE, owner).all()
    if not found:
        return None
    stored = [row for row in found if not row_mapping.is_deleted(row)]
    codec = DRIVER_CODECS[tx.dialect.name]
    return AthleteData(
        _load_with_sets(tx, tenant_id, stored, statements.SETS_OF_ATHLETE, owner),
        [row_mapping.to_session(row, codec) for row in found if row_mapping.is_deleted(row)],
        _fetch_sets(tx, statements.DELETED_SETS, owner),
    )


def list_sessions(
    tx: sa.Connection,
    tenant_id: UUID,
    filters: SessionFilter,
    after: PagePosition | None,
    limit: int,
) -> list[CompletedSession]:
    """Return sessions with their sets, newest first, after a position."""
    moment, session_id = after or (None, None)
    narrow = {**filters._asdict(), "after_moment": moment, "after_id": session_id}
    given = {name: value for name, value in narrow.items() if value is not None}
    query = statements.newest_sessions(frozenset(given))
    found = tx.execute(query, {"tenant_id": tenant_id, "most": limit, **given}).all()
    return _load_with_sets(tx, tenant_id, found)


def _load_with_sets(
    tx: sa.Connection,
    tenant_id: UUID,
    sessions: Sequence[row_mapping.FetchedRow],
    query: sa.Select[*tuple[Any, ...]] | None = None,
    owner: Mapping[str, object] | None = None,
) -> list[CompletedSession]:
    """Return the sessions of rows, none of them deleted, with their sets in order of time.

    The caller's query selects the sets without listing the sessions, because SQLite limits the
    parameters of a statement and a log may have more sessions.
    """
    if not sessions:
        return []
    codec = DRIVER_CODECS[tx.dialect.name]
    if query is None or tx.dialect.name == "postgresql":
        query = statements.sets_of_sessions(tx.dialect.name)
        owner = {"tenant_id": tenant_id, "ids": [codec.decode_id(row[0]) for row in sessions]}
    # The key is the id as the driver returns it, which saves decoding it for each set.
    sets: dict[Any, list[CompletedSet]] = {row[0]: [] for row in sessions}
    for row in tx.execute(query, owner).all():
        sets[row[0]].append(row_mapping.make_set(row, codec))
    return [row_mapping.make_session(row, codec, sort_sets(sets[row[0]])) for row in sessions]


def sort_sets(sets: Iterable[CompletedSet]) -> tuple[CompletedSet, ...]:
    """Return sets in the order in which they were done."""
    return tuple(sorted(sets, key=_get_sort_key))


def _get_sort_key(done: CompletedSet) -> tuple[datetime, str, int, str, int]:
    return done.performed_at, done.exercise, done.set_index, done.side or "", done.set_id.int


def save(
    tx: sa.Connection,
    tenant_id: UUID,
    sessions: Collection[StoredSession],
    sets: Collection[StoredSet],
    now: datetime,
) -> None:
    """Write sessions and sets, none of them deleted, over what is stored under their ids."""
    codec = DRIVER_CODECS[tx.dialect.name]
    tenant = codec.encode_id(tenant_id)
    session_rows = {s.session_id: row_mapping.from_session(tenant, s, now, codec) for s in sessions}
    set_rows = {s.set_id: row_mapping.from_set(tenant, s, codec) for s in sets}
    upsert(tx, {SESSIONS: [*session_rows.values()], SETS: [*set_rows.values()]})
    touch(tx, tenant_id, {stored.session_id for stored in sets} - session_rows.keys(), now)


def touch(tx: sa.Connection, tenant_id: UUID, session_ids: Collection[UUID], now: datetime) -> None:
    """Count a write of sets for their sessions."""
    if not session_ids:
        return
    values = {"whose": tenant_id, "ids": [*session_ids], "now": now}
    tx.execute(statements.touch(tx.dialect.name), values)


def upsert(tx: sa.Connection, rows: Mapping[sa.Table, list[dict[str, Any]]]) -> None:
    """Insert encoded rows, or replace those with the same key.

    Raises DatabaseFailure if a set was stored under another session at the same moment. The set
    stays there, and a retry finds the conflict.
    """
    given = {table: some for table, some in rows.items() if some}
    if not given:
        return
    if tx.dialect.name == "postgresql":
        sent = {table.name: to_json(some).decode() for table, some in given.items()}
        written = [*tx.execute(statements.upsert_on_postgres(*given), sent).one()]
    else:
        written = [_upsert_on_sqlite(tx, table, some) for table, some in given.items()]
    if written != [len(some) for some in given.values()]:
        raise DatabaseFailure("a set was stored under another session at the same moment")


def _upsert_on_sqlite(tx: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> int:
    """Do the same for one table on SQLite. Return the number of written rows."""
    text, columns = statements.upsert_on_sqlite(table)
    return tx.exec_driver_sql(text, [*map(itemgetter(*columns), rows)]).rowcount


def find_erased(
    tx: sa.Connection, tenant_id: UUID, people: Collection[bytes], since: datetime
) -> set[bytes]:
    """Return the fingerprints of those who were erased since a moment."""
    if not people:
        return set()
    values = {"tenant_id": tenant_id, "people": [*people], "since": since}
    return {fingerprint for (fingerprint,) in tx.execute(statements.ERASED, values).all()}


def save_erasure(tx: sa.Connection, tenant_id: UUID, person: bytes, now: datetime) -> None:
    row = {"tenant_id": tenant_id, "fingerprint": person, "erased_at": now}
    tx.execute(statements.upsert(tx.dialect.name, ERASURES), row)


def delete_erasures(tx: sa.Connection, tenant_id: UUID, before: datetime) -> None:
    """Delete the erasures before a moment."""
    old = (ERASURES.c.tenant_id == tenant_id) & (ERASURES.c.erased_at <= before)
    tx.execute(sa.delete(ERASURES).where(old))


def erase_athlete(tx: sa.Connection, tenant_id: UUID, athlete_id: str) -> bool:
    """Delete all rows of an athlete, deletions included. Return whether there were any."""
    theirs = (SESSIONS.c.tenant_id == tenant_id) & (SESSIONS.c.athlete_id == athlete_id)
    ids = sa.select(SESSIONS.c.session_id).where(theirs)
    # Writers lock a session before its sets. In the other order, an erasure and a deletion at the
    # same moment would wait for each other.
    tx.execute(ids.with_for_update())
    tx.execute(sa.delete(SETS).where(SETS.c.tenant_id == tenant_id, SETS.c.session_id.in_(ids)))
    return tx.execute(sa.delete(SESSIONS).where(theirs)).rowcount > 0


def delete_session(
    tx: sa.Connection, tenant_id: UUID, deleted: StoredSession, now: datetime
) -> None:
    """Delete a session, except for its id, its athlete and the version of the deletion.

    This is an update and no upsert, so that nothing of an athlete who was erased at the same moment
    is written again.
    """
    mine = (SESSIONS.c.tenant_id == tenant_id) & (SESSIONS.c.session_id == deleted.session_id)
    left = {"deleted": True, "version": deleted.version, "stored_at": now}
    row = dict.fromkeys(statements.CONTENT_OF_SESSION) | left
    tx.execute(sa.update(SESSIONS).where(mine).values(row | {"writes": SESSIONS.c.writes + 1}))
    # Sets that were deleted singly stay deleted, even if their session is created again.
    theirs = (SETS.c.tenant_id == tenant_id) & (SETS.c.session_id == deleted.session_id)
    tx.execute(sa.delete(SETS).where(theirs, SETS.c.deleted == sa.false()))


def delete_set(tx: sa.Connection, tenant_id: UUID, deleted: StoredSet) -> None:
    """Delete a set, except for its id and the version of the deletion."""
    mine = (SETS.c.tenant_id == tenant_id) & (SETS.c.set_id == deleted.set_id)
    row = dict.fromkeys(statements.CONTENT_OF_SET) | {"deleted": True, "version": deleted.version}
    tx.execute(sa.update(SETS).where(mine).values(row))
