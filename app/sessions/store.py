"""All SQL about sessions and sets. Takes a transaction and a tenant first; values in and out.

Every statement begins with the tenant and finds its rows by an index. Rows become values here
and nowhere else.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from pydantic_core import to_json

from app.database.errors import DatabaseFailure
from app.sessions import statements
from app.sessions.row_mapping import (
    DRIVER_CODECS,
    SESSIONS,
    SETS,
    FetchedRow,
    StoredSession,
    StoredSet,
    from_session,
    from_set,
    is_deleted,
    make_session,
    make_set,
    to_session,
    to_set,
)
from app.sessions.statements import ERASURES
from app.training.log.completed import CompletedSession, CompletedSet


class AthleteData(NamedTuple):
    """Everything that is held on a person."""

    sessions: list[CompletedSession]
    deleted_sessions: list[StoredSession]
    deleted_sets: list[StoredSet]


class LogEdition(NamedTuple):
    """How often, and when last, anything of a person was written."""

    number: int
    """Grows with every write that changes something, deletions included; 0 for nothing."""
    stored_at: datetime | None


class PagePosition(NamedTuple):
    """A place in a list of sessions, newest first."""

    started_at: datetime
    session_id: UUID


@dataclass(frozen=True, slots=True)
class SessionFilter:
    """Which sessions to list: of a person, of a programme, begun within [since, before)."""

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
    """Makes other writers of these sessions wait until this transaction ends.

    A row that is not there yet cannot be locked, so the ids are. People, by fingerprint, are held
    together with other writers, or `alone` to erase them. SQLite has one writer anyway.
    """
    if tx.dialect.name == "sqlite":
        return
    tx.execute(
        statements.LOCK_PEOPLE_EXCLUSIVELY if alone else statements.LOCK_PEOPLE_SHARED,
        {
            "people": sorted(_make_lock_key(tenant_id, person) for person in people),
            "keys": sorted(_make_lock_key(tenant_id, session.bytes) for session in session_ids),
        },
    )


def _make_lock_key(tenant_id: UUID, name: bytes) -> int:
    """A 64-bit number for what is to be held; two that share one only wait for each other."""
    digest = hashlib.blake2b(tenant_id.bytes + name, digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def _fetch_sets(
    tx: sa.Connection, query: sa.Executable, values: Mapping[str, object]
) -> list[StoredSet]:
    """The sets that a query finds."""
    spelling = DRIVER_CODECS[tx.dialect.name]
    return [to_set(row, spelling) for row in tx.execute(query, values).all()]


def find_sessions(
    tx: sa.Connection, tenant_id: UUID, session_ids: Collection[UUID]
) -> dict[UUID, StoredSession]:
    """What is kept under these ids, deletions included."""
    query = statements.sessions_by_id(tx.dialect.name)
    found = tx.execute(query, {"tenant_id": tenant_id, "ids": [*session_ids]}).all()
    stored = [to_session(row, DRIVER_CODECS[tx.dialect.name]) for row in found]
    return {session.session_id: session for session in stored}


def find_sets(
    tx: sa.Connection, tenant_id: UUID, set_ids: Collection[UUID]
) -> dict[UUID, StoredSet]:
    """What is kept under these ids, deletions included."""
    if not set_ids:
        return {}
    query = statements.sets_by_id(tx.dialect.name)
    found = _fetch_sets(tx, query, {"tenant_id": tenant_id, "ids": [*set_ids]})
    return {stored.set_id: stored for stored in found}


def exists_any(
    tx: sa.Connection, tenant_id: UUID, upload: CompletedSession, person: bytes, since: datetime
) -> bool:
    """Whether anything is kept under the ids of a session and its sets, or the person was erased
    since a moment.
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
    """The same, and what else is kept of a session."""
    query = statements.sets_of_session(tx.dialect.name)
    values = {"tenant_id": tenant_id, "session_id": session_id, "ids": [*set_ids]}
    return {stored.set_id: stored for stored in _fetch_sets(tx, query, values)}


def read_session(tx: sa.Connection, tenant_id: UUID, session_id: UUID) -> CompletedSession | None:
    """A session with its sets, or None if there is none or it was deleted."""
    query = statements.sessions_by_id(tx.dialect.name)
    found = tx.execute(query, {"tenant_id": tenant_id, "ids": [session_id]}).one_or_none()
    if found is None or is_deleted(found):
        return None
    return _load_with_sets(tx, tenant_id, [found])[0]


def read_log(
    tx: sa.Connection, tenant_id: UUID, athlete_id: str, program_id: str
) -> list[CompletedSession]:
    """Everything that a person did in a programme, with the sets."""
    whose = {"tenant_id": tenant_id, "athlete_id": athlete_id, "program_id": program_id}
    found = tx.execute(statements.LOG, whose).all()
    return _load_with_sets(tx, tenant_id, found, statements.SETS_OF_LOG, whose)


def read_edition(tx: sa.Connection, tenant_id: UUID, athlete_id: str) -> LogEdition:
    """Which state of everything that is held on a person this is.

    It counts writes and not time, so that two in one moment differ and no clock can turn it back.
    Deletions are of no programme any more, so it is about all of a person's at once.
    """
    whose = {"tenant_id": tenant_id, "athlete_id": athlete_id}
    number, stored_at = tx.execute(statements.EDITION, whose).one()
    return LogEdition(number or 0, stored_at)


def read_athlete(tx: sa.Connection, tenant_id: UUID, athlete_id: str) -> AthleteData | None:
    """Everything that is held on a person, the oldest session first; None if nothing is."""
    whose = {"tenant_id": tenant_id, "athlete_id": athlete_id}
    found = tx.execute(statements.SESSIONS_OF_ATHLETE, whose).all()
    if not found:
        return None
    there = [row for row in found if not is_deleted(row)]
    spelling = DRIVER_CODECS[tx.dialect.name]
    return AthleteData(
        _load_with_sets(tx, tenant_id, there, statements.SETS_OF_ATHLETE, whose),
        [to_session(row, spelling) for row in found if is_deleted(row)],
        _fetch_sets(tx, statements.DELETED_SETS, whose),
    )


def list_sessions(
    tx: sa.Connection,
    tenant_id: UUID,
    wanted: SessionFilter,
    after: PagePosition | None,
    limit: int,
) -> list[CompletedSession]:
    """Sessions with their sets, newest first, from after a place on."""
    moment, session_id = after or (None, None)
    narrow = {
        "athlete_id": wanted.athlete_id,
        "program_id": wanted.program_id,
        "since": wanted.since,
        "before": wanted.before,
        "after_moment": moment,
        "after_id": session_id,
    }
    given = {name: value for name, value in narrow.items() if value is not None}
    query = statements.newest_sessions(frozenset(given))
    found = tx.execute(query, {"tenant_id": tenant_id, "most": limit, **given}).all()
    return _load_with_sets(tx, tenant_id, found)


def _load_with_sets(
    tx: sa.Connection,
    tenant_id: UUID,
    sessions: Sequence[FetchedRow],
    query: sa.Select[*tuple[Any, ...]] | None = None,
    whose: Mapping[str, object] | None = None,
) -> list[CompletedSession]:
    """Sessions of rows that are not deleted, with their sets in the order in which they were done.

    A query for somebody's sets says which they are without naming each session: a statement on
    SQLite takes so many parameters only, and a log may have more sessions.
    """
    if not sessions:
        return []
    spelling = DRIVER_CODECS[tx.dialect.name]
    if query is None or tx.dialect.name == "postgresql":
        query = statements.sets_of_sessions(tx.dialect.name)
        whose = {"tenant_id": tenant_id, "ids": [spelling.to_id(row[0]) for row in sessions]}
    # Rows find their session by its id as the driver gives it, which spares making it for each.
    sets: dict[Any, list[CompletedSet]] = {row[0]: [] for row in sessions}
    for row in tx.execute(query, whose).all():
        sets[row[0]].append(make_set(row, spelling))
    return [make_session(row, spelling, sort_sets(sets[row[0]])) for row in sessions]


def sort_sets(sets: Iterable[CompletedSet]) -> tuple[CompletedSet, ...]:
    """Sets in the order in which they were done."""
    return tuple(sorted(sets, key=_get_sort_key))


def _get_sort_key(done: CompletedSet) -> tuple[datetime, str, int, str, int]:
    """Sets by time, and by what they are where they share one."""
    return done.performed_at, done.exercise, done.set_index, done.side or "", done.set_id.int


def save(
    tx: sa.Connection,
    tenant_id: UUID,
    sessions: Collection[StoredSession],
    sets: Collection[StoredSet],
    now: datetime,
) -> None:
    """Writes sessions and sets, none of them deleted, over whatever is kept under their ids."""
    spelling = DRIVER_CODECS[tx.dialect.name]
    tenant = spelling.id_of(tenant_id)
    session_rows = {s.session_id: from_session(tenant, s, now, spelling) for s in sessions}
    set_rows = {s.set_id: from_set(tenant, s, spelling) for s in sets}
    _upsert(tx, {SESSIONS: [*session_rows.values()], SETS: [*set_rows.values()]})
    touch(tx, tenant_id, {stored.session_id for stored in sets} - session_rows.keys(), now)


def touch(tx: sa.Connection, tenant_id: UUID, session_ids: Collection[UUID], now: datetime) -> None:
    """Notes at their sessions that sets were written or deleted."""
    if not session_ids:
        return
    values = {"whose": tenant_id, "ids": [*session_ids], "now": now}
    tx.execute(statements.touch(tx.dialect.name), values)


def _upsert(tx: sa.Connection, rows: Mapping[sa.Table, list[dict[str, Any]]]) -> None:
    """Inserts rows, spelled for the driver, or replaces those with the same key.

    A set whose id appeared under another session in this very moment is left alone; the caller
    tries again and is told of the conflict.
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
    """The same for one table on SQLite; how many were written."""
    text, columns = statements.upsert_on_sqlite(table)
    return tx.exec_driver_sql(text, [*map(itemgetter(*columns), rows)]).rowcount


def find_erased(
    tx: sa.Connection, tenant_id: UUID, people: Collection[bytes], since: datetime
) -> set[bytes]:
    """Those of these people, by fingerprint, who were erased since a moment."""
    if not people:
        return set()
    values = {"tenant_id": tenant_id, "people": [*people], "since": since}
    return {fingerprint for (fingerprint,) in tx.execute(statements.ERASED, values).all()}


def save_erasure(tx: sa.Connection, tenant_id: UUID, person: bytes, now: datetime) -> None:
    """Notes that somebody was erased."""
    row = {"tenant_id": tenant_id, "fingerprint": person, "erased_at": now}
    tx.execute(statements.upsert(tx.dialect.name, ERASURES), row)


def delete_erasures(tx: sa.Connection, tenant_id: UUID, before: datetime) -> None:
    """Forgets erasures that are long past."""
    tx.execute(
        sa.delete(ERASURES).where(ERASURES.c.tenant_id == tenant_id, ERASURES.c.erased_at <= before)
    )


def erase_athlete(tx: sa.Connection, tenant_id: UUID, athlete_id: str) -> bool:
    """Deletes every row about a person, deletions included. Whether there were any."""
    theirs = (SESSIONS.c.tenant_id == tenant_id) & (SESSIONS.c.athlete_id == athlete_id)
    ids = sa.select(SESSIONS.c.session_id).where(theirs)
    # Whoever writes holds a session before its sets: in the other order, an erasure and a deletion
    # that meet would wait for each other.
    tx.execute(ids.with_for_update())
    tx.execute(sa.delete(SETS).where(SETS.c.tenant_id == tenant_id, SETS.c.session_id.in_(ids)))
    return tx.execute(sa.delete(SESSIONS).where(theirs)).rowcount > 0


def delete_session(tx: sa.Connection, tenant_id: UUID, gone: StoredSession, now: datetime) -> None:
    """Leaves nothing of a session but its id, its athlete and the version of its deletion.

    An update and no upsert: of somebody who was erased in this very moment nothing comes back.
    """
    mine = (SESSIONS.c.tenant_id == tenant_id) & (SESSIONS.c.session_id == gone.session_id)
    left = {"deleted": True, "version": gone.version, "stored_at": now}
    row = dict.fromkeys(statements.CONTENT_OF_SESSION) | left
    tx.execute(sa.update(SESSIONS).where(mine).values(row | {"writes": SESSIONS.c.writes + 1}))
    # Sets that were deleted by themselves stay so, even if their session comes back.
    tx.execute(
        sa.delete(SETS).where(
            SETS.c.tenant_id == tenant_id,
            SETS.c.session_id == gone.session_id,
            SETS.c.deleted == sa.false(),
        )
    )


def delete_set(tx: sa.Connection, tenant_id: UUID, gone: StoredSet) -> None:
    """Leaves nothing of a set but its id and the version of its deletion."""
    mine = (SETS.c.tenant_id == tenant_id) & (SETS.c.set_id == gone.set_id)
    row = dict.fromkeys(statements.CONTENT_OF_SET) | {"deleted": True, "version": gone.version}
    tx.execute(sa.update(SETS).where(mine).values(row))
