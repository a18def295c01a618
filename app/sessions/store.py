"""All SQL about sessions and sets. Takes a transaction and a tenant first; values in and out.

Every statement begins with the tenant and finds its rows by an index. Rows become values here
and nowhere else.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.db import DatabaseUnavailable, Row
from app.sessions.columns import (
    SESSIONS,
    SETS,
    StoredSession,
    StoredSet,
    from_session,
    from_set,
    to_session,
    to_set,
)
from app.sessions.tables import ErasureRow
from app.training.log import (
    CompletedSession,
    CompletedSet,
)

Condition = sa.ColumnElement[bool]

ERASURES: sa.Table = Row.metadata.tables[ErasureRow.__tablename__]


HOLD_TOGETHER = sa.text(
    "SELECT pg_advisory_xact_lock_shared(p) FROM unnest(CAST(:people AS bigint[])) p"
    " UNION ALL SELECT pg_advisory_xact_lock(k) FROM unnest(CAST(:keys AS bigint[])) k"
)
HOLD_ALONE = sa.text(
    "SELECT pg_advisory_xact_lock(p) FROM unnest(CAST(:people AS bigint[])) p"
    " UNION ALL SELECT pg_advisory_xact_lock(k) FROM unnest(CAST(:keys AS bigint[])) k"
)


class Held(NamedTuple):
    """Everything that is held on a person."""

    sessions: list[CompletedSession]
    deleted_sessions: list[StoredSession]
    deleted_sets: list[StoredSet]


class Edition(NamedTuple):
    """How often, and when last, anything of a person was written."""

    number: int
    """Grows with every write that changes something, deletions included; 0 for nothing."""
    stored_at: datetime | None


class Place(NamedTuple):
    """A place in a list of sessions, newest first."""

    started_at: datetime
    session_id: UUID


@dataclass(frozen=True, slots=True)
class Filter:
    """Which sessions to list: of a person, of a programme, begun within [since, before)."""

    athlete_id: str | None = None
    program_id: str | None = None
    since: datetime | None = None
    before: datetime | None = None


def hold(
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
        HOLD_ALONE if alone else HOLD_TOGETHER,
        {
            "people": sorted(lock_key(tenant_id, person) for person in people),
            "keys": sorted(lock_key(tenant_id, session.bytes) for session in session_ids),
        },
    )


def lock_key(tenant_id: UUID, name: bytes) -> int:
    """A 64-bit number for what is to be held; two that share one only wait for each other."""
    digest = hashlib.blake2b(tenant_id.bytes + name, digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def among(tx: sa.Connection, column: sa.Column[UUID], ids: Collection[UUID]) -> Condition:
    """That a column is one of these ids. On Postgres they are one array, so that the statement
    stays the same, and they are looked up by their index whatever the planner believes of a tenant
    that it has not counted yet.
    """
    if tx.dialect.name == "postgresql":
        return column == sa.any_(sa.literal([*ids], postgresql.ARRAY(column.type)))
    return column.in_(ids)


def find_sessions(
    tx: sa.Connection, tenant_id: UUID, session_ids: Collection[UUID]
) -> dict[UUID, StoredSession]:
    """What is kept under these ids, deletions included."""
    mine = among(tx, SESSIONS.c.session_id, session_ids)
    rows = tx.execute(sa.select(SESSIONS).where(SESSIONS.c.tenant_id == tenant_id, mine))
    return {row.session_id: to_session(row) for row in rows}


def find_sets(
    tx: sa.Connection, tenant_id: UUID, set_ids: Collection[UUID]
) -> dict[UUID, StoredSet]:
    """What is kept under these ids, deletions included."""
    if not set_ids:
        return {}
    mine = among(tx, SETS.c.set_id, set_ids)
    rows = tx.execute(sa.select(SETS).where(SETS.c.tenant_id == tenant_id, mine))
    return {row.set_id: to_set(row) for row in rows}


def read_session(tx: sa.Connection, tenant_id: UUID, session_id: UUID) -> CompletedSession | None:
    """A session with its sets, or None if there is none or it was deleted."""
    stored = find_sessions(tx, tenant_id, [session_id]).get(session_id)
    if stored is None or stored.content is None:
        return None
    return join_sets(tx, tenant_id, [stored.content])[0]


def read_log(
    tx: sa.Connection, tenant_id: UUID, athlete_id: str, program_id: str
) -> list[CompletedSession]:
    """Everything that a person did in a programme, with the sets."""
    theirs = sa.and_(
        SESSIONS.c.tenant_id == tenant_id,
        SESSIONS.c.athlete_id == athlete_id,
        SESSIONS.c.program_id == program_id,
        SESSIONS.c.deleted == sa.false(),
    )
    contents = [to_session(row).content for row in tx.execute(sa.select(SESSIONS).where(theirs))]
    ids = sa.select(SESSIONS.c.session_id).where(theirs)
    return join_sets(tx, tenant_id, [content for content in contents if content], ids)


def read_edition(tx: sa.Connection, tenant_id: UUID, athlete_id: str) -> Edition:
    """Which state of everything that is held on a person this is.

    It counts writes and not time, so that two in one moment differ and no clock can turn it back.
    Deletions are of no programme any more, so it is about all of a person's at once.
    """
    theirs = (SESSIONS.c.tenant_id == tenant_id) & (SESSIONS.c.athlete_id == athlete_id)
    totals = sa.select(sa.func.sum(SESSIONS.c.writes), sa.func.max(SESSIONS.c.stored_at))
    number, stored_at = tx.execute(totals.where(theirs)).one()
    return Edition(number or 0, stored_at)


def read_athlete(tx: sa.Connection, tenant_id: UUID, athlete_id: str) -> Held | None:
    """Everything that is held on a person, the oldest session first; None if nothing is."""
    theirs = (SESSIONS.c.tenant_id == tenant_id) & (SESSIONS.c.athlete_id == athlete_id)
    ids = sa.select(SESSIONS.c.session_id).where(theirs)
    query = sa.select(SESSIONS).where(theirs).order_by(SESSIONS.c.started_at, SESSIONS.c.session_id)
    stored = [to_session(row) for row in tx.execute(query)]
    if not stored:
        return None
    gone = tx.execute(
        sa.select(SETS).where(
            SETS.c.tenant_id == tenant_id,
            SETS.c.session_id.in_(ids),
            SETS.c.deleted == sa.true(),
        )
    )
    return Held(
        join_sets(tx, tenant_id, [s.content for s in stored if s.content], ids),
        [s for s in stored if s.deleted],
        [to_set(row) for row in gone],
    )


def list_sessions(
    tx: sa.Connection, tenant_id: UUID, wanted: Filter, after: Place | None, limit: int
) -> list[CompletedSession]:
    """Sessions with their sets, newest first, from after a place on."""
    table = SESSIONS.c
    conditions = [table.tenant_id == tenant_id, table.deleted == sa.false()]
    if wanted.athlete_id is not None:
        conditions.append(table.athlete_id == wanted.athlete_id)
    if wanted.program_id is not None:
        conditions.append(table.program_id == wanted.program_id)
    if wanted.since is not None:
        conditions.append(table.started_at >= wanted.since)
    if wanted.before is not None:
        conditions.append(table.started_at < wanted.before)
    if after is not None:
        here = sa.tuple_(table.started_at, table.session_id)
        conditions.append(here < sa.tuple_(*after, types=[c.type for c in here.clauses]))
    newest_first = (table.started_at.desc(), table.session_id.desc())
    query = sa.select(SESSIONS).where(*conditions).order_by(*newest_first).limit(limit)
    contents = [to_session(row).content for row in tx.execute(query)]
    return join_sets(tx, tenant_id, [content for content in contents if content])


def join_sets(
    tx: sa.Connection,
    tenant_id: UUID,
    sessions: Sequence[CompletedSession],
    ids: sa.Select[tuple[UUID]] | None = None,
) -> list[CompletedSession]:
    """Sessions with their sets in the order in which they were done.

    `ids` says which they are without naming each: a statement on SQLite takes so many parameters
    only, and a log may have more sessions.
    """
    if not sessions:
        return []
    if ids is None or tx.dialect.name == "postgresql":
        theirs = among(tx, SETS.c.session_id, [session.session_id for session in sessions])
    else:
        theirs = SETS.c.session_id.in_(ids)
    mine = (SETS.c.tenant_id == tenant_id) & (SETS.c.deleted == sa.false())
    rows = tx.execute(sa.select(SETS).where(mine, theirs))
    sets: dict[UUID, list[CompletedSet]] = {session.session_id: [] for session in sessions}
    for row in rows:
        if (content := to_set(row).content) is not None:
            sets[row.session_id].append(content)
    return [
        replace(session, sets=tuple(sorted(sets[session.session_id], key=in_order)))
        for session in sessions
    ]


def in_order(done: CompletedSet) -> tuple[datetime, str, int, str, bytes]:
    """Sets by time, and by what they are where they share one."""
    return done.performed_at, done.exercise, done.set_index, done.side or "", done.set_id.bytes


def save(
    tx: sa.Connection,
    tenant_id: UUID,
    sessions: Iterable[StoredSession],
    sets: Iterable[StoredSet],
    now: datetime,
) -> None:
    """Writes sessions and sets over whatever is kept under their ids."""
    session_rows = {s.session_id: from_session(tenant_id, s, now) for s in sessions}
    set_rows = {s.set_id: from_set(tenant_id, s) for s in sets}
    upsert(tx, SESSIONS, list(session_rows.values()))
    upsert(tx, SETS, list(set_rows.values()))
    touch(tx, tenant_id, {row["session_id"] for row in set_rows.values()} - set(session_rows), now)


def touch(tx: sa.Connection, tenant_id: UUID, session_ids: Collection[UUID], now: datetime) -> None:
    """Notes at their sessions that sets were written or deleted."""
    if not session_ids:
        return
    mine = (SESSIONS.c.tenant_id == tenant_id) & among(tx, SESSIONS.c.session_id, session_ids)
    noted = {"stored_at": now, "writes": SESSIONS.c.writes + 1}
    tx.execute(sa.update(SESSIONS).where(mine).values(noted))


def upsert(tx: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """Inserts rows or replaces those with the same key.

    A set whose id appeared under another session in this very moment is left alone; the caller
    tries again and is told of the conflict.
    """
    if not rows:
        return
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table)
    key = [column.name for column in table.primary_key]
    new: dict[str, sa.ColumnElement[Any]] = {
        c.name: statement.excluded[c.name] for c in table.columns if c.name not in key
    }
    same_session = None
    if table is SESSIONS:
        new["writes"] = SESSIONS.c.writes + 1
    if table is SETS:
        same_session = SETS.c.session_id == statement.excluded.session_id
    written = tx.execute(
        statement.on_conflict_do_update(index_elements=key, set_=new, where=same_session), rows
    )
    if written.rowcount not in (len(rows), -1):
        raise DatabaseUnavailable("a set was stored under another session at the same moment")


def find_erased(
    tx: sa.Connection, tenant_id: UUID, people: Collection[bytes], since: datetime
) -> set[bytes]:
    """Those of these people, by fingerprint, who were erased since a moment."""
    if not people:
        return set()
    rows = tx.execute(
        sa.select(ERASURES.c.fingerprint).where(
            ERASURES.c.tenant_id == tenant_id,
            ERASURES.c.fingerprint.in_(people),
            ERASURES.c.erased_at > since,
        )
    )
    return {row.fingerprint for row in rows}


def remember_erasure(tx: sa.Connection, tenant_id: UUID, person: bytes, now: datetime) -> None:
    """Notes that somebody was erased."""
    row = {"tenant_id": tenant_id, "fingerprint": person, "erased_at": now}
    upsert(tx, ERASURES, [row])


def forget_erasures(tx: sa.Connection, tenant_id: UUID, before: datetime) -> None:
    """Forgets erasures that are long past."""
    tx.execute(
        sa.delete(ERASURES).where(ERASURES.c.tenant_id == tenant_id, ERASURES.c.erased_at <= before)
    )


def erase_athlete(tx: sa.Connection, tenant_id: UUID, athlete_id: str) -> bool:
    """Deletes every row about a person, deletions included. Whether there were any."""
    theirs = (SESSIONS.c.tenant_id == tenant_id) & (SESSIONS.c.athlete_id == athlete_id)
    ids = sa.select(SESSIONS.c.session_id).where(theirs)
    tx.execute(sa.delete(SETS).where(SETS.c.tenant_id == tenant_id, SETS.c.session_id.in_(ids)))
    return tx.execute(sa.delete(SESSIONS).where(theirs)).rowcount > 0


def delete_session(tx: sa.Connection, tenant_id: UUID, gone: StoredSession, now: datetime) -> None:
    """Leaves nothing of a session but its id, its athlete and the version of its deletion.

    An update and no upsert: of somebody who was erased in this very moment nothing comes back.
    """
    mine = (SESSIONS.c.tenant_id == tenant_id) & (SESSIONS.c.session_id == gone.session_id)
    row = from_session(tenant_id, replace(gone, deleted=True, content=None), now)
    row["writes"] = SESSIONS.c.writes + 1
    tx.execute(sa.update(SESSIONS).where(mine).values(row))
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
    row = from_set(tenant_id, replace(gone, deleted=True, content=None))
    tx.execute(sa.update(SETS).where(mine).values(row))
