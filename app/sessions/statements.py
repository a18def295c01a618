"""The statements about sessions and sets that are run most often, each built once for a dialect.

SQLAlchemy keeps what it has compiled, but to build a small SELECT anew took 65 µs and to run it 17.
Hands statements to store, which gives them their values by the names below; no value and no
connection is known here.
"""

import importlib
from collections.abc import Callable
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from app.database.rows import BaseRow, Instant, Uuid
from app.sessions.row_mapping import SESSION_COLUMNS, SESSIONS, SET_COLUMNS, SETS
from app.sessions.tables import ErasureRow

Condition = sa.ColumnElement[bool]

ERASURES: sa.Table = BaseRow.metadata.tables[ErasureRow.__tablename__]
# What a deletion takes: all that says what was done, and not that something was.
KEPT = {
    "tenant_id",
    "session_id",
    "set_id",
    "athlete_id",
    "version",
    "deleted",
    "stored_at",
    "writes",
}
CONTENT_OF_SESSION = [column.name for column in SESSIONS.c if column.name not in KEPT]
CONTENT_OF_SET = [column.name for column in SETS.c if column.name not in KEPT]

TENANT = sa.bindparam("tenant_id", type_=Uuid)
OF_ATHLETE = (SESSIONS.c.tenant_id == TENANT) & (
    SESSIONS.c.athlete_id == sa.bindparam("athlete_id", type_=sa.Text)
)
OF_LOG = sa.and_(
    OF_ATHLETE,
    SESSIONS.c.program_id == sa.bindparam("program_id", type_=sa.Text),
    SESSIONS.c.deleted == sa.false(),
)
IN_ORDER = (SESSIONS.c.started_at, SESSIONS.c.session_id)
# What may narrow a list, by the name of the value that does.
FILTERS: dict[str, Condition] = {
    "athlete_id": SESSIONS.c.athlete_id == sa.bindparam("athlete_id", type_=sa.Text),
    "program_id": SESSIONS.c.program_id == sa.bindparam("program_id", type_=sa.Text),
    "since": SESSIONS.c.started_at >= sa.bindparam("since", type_=Instant),
    "before": SESSIONS.c.started_at < sa.bindparam("before", type_=Instant),
    "after_id": sa.tuple_(*IN_ORDER)
    < sa.tuple_(sa.bindparam("after_moment", type_=Instant), sa.bindparam("after_id", type_=Uuid)),
}


class Array(sa.TypeDecorator[list[Any]]):
    """A list of numbers or ids for Postgres, already spelled: the driver takes twice as long.

    It stays an array to the planner. A text that is cast to one is not: it was read again for each
    row of a tenant that had not been counted yet, and a batch took 20 s.
    """

    impl = sa.ARRAY
    cache_ok = True

    def bind_processor(self, _dialect: sa.Dialect) -> Callable[[list[Any] | None], str]:
        return lambda values: f"{{{','.join(map(str, values or ()))}}}"


ERASED_SINCE = ERASURES.c.erased_at > sa.bindparam("since", type_=Instant)

HELD = [
    sa.bindparam("people", type_=Array(sa.BigInteger)),
    sa.bindparam("keys", type_=Array(sa.BigInteger)),
]
HOLD_TOGETHER = sa.text(
    "SELECT pg_advisory_xact_lock_shared(p) FROM unnest(CAST(:people AS bigint[])) p"
    " UNION ALL SELECT pg_advisory_xact_lock(k) FROM unnest(CAST(:keys AS bigint[])) k"
).bindparams(*HELD)
HOLD_ALONE = sa.text(
    "SELECT pg_advisory_xact_lock(p) FROM unnest(CAST(:people AS bigint[])) p"
    " UNION ALL SELECT pg_advisory_xact_lock(k) FROM unnest(CAST(:keys AS bigint[])) k"
).bindparams(*HELD)


def among(dialect: str, column: sa.ColumnElement[Any]) -> Condition:
    """That a column is one of `ids`. On Postgres they are one array, so that the statement stays
    the same, and they are looked up by their index whatever the planner believes of a tenant that
    it has not counted yet.
    """
    if dialect == "postgresql":
        return column == sa.any_(sa.bindparam("ids", type_=Array(column.type)))
    return column.in_(sa.bindparam("ids", expanding=True, type_=column.type))


@cache
def sessions_by_id(dialect: str) -> sa.Select[*tuple[Any, ...]]:
    """Sessions among `ids`, deletions included."""
    mine = SESSIONS.c.tenant_id == TENANT
    return sa.select(*SESSION_COLUMNS).where(mine, among(dialect, SESSIONS.c.session_id))


@cache
def sets_by_id(dialect: str) -> sa.Select[*tuple[Any, ...]]:
    """Sets among `ids`, deletions included."""
    mine = SETS.c.tenant_id == TENANT
    return sa.select(*SET_COLUMNS).where(mine, among(dialect, SETS.c.set_id))


@cache
def sets_around(dialect: str) -> sa.CompoundSelect[*tuple[Any, ...]]:
    """Sets of a session, and those of others among `ids`; deletions included. Two selects, so that
    each finds its rows by its own index.
    """
    here = SETS.c.session_id == sa.bindparam("session_id", type_=Uuid)
    inside = sa.select(*SET_COLUMNS).where(SETS.c.tenant_id == TENANT, here)
    return inside.union_all(sets_by_id(dialect).where(~here))


@cache
def sets_of_sessions(dialect: str) -> sa.Select[*tuple[Any, ...]]:
    """Sets of the sessions among `ids`."""
    mine = (SETS.c.tenant_id == TENANT) & (SETS.c.deleted == sa.false())
    return sa.select(*SET_COLUMNS).where(mine, among(dialect, SETS.c.session_id))


def sets_of_those(whose: Condition) -> sa.Select[*tuple[Any, ...]]:
    """Sets of the sessions that meet a condition, however many they are."""
    mine = (SETS.c.tenant_id == TENANT) & (SETS.c.deleted == sa.false())
    ids = sa.select(SESSIONS.c.session_id).where(whose)
    return sa.select(*SET_COLUMNS).where(mine, SETS.c.session_id.in_(ids))


@cache
def anything(dialect: str) -> sa.Select[bool]:
    """Whether anything is kept of a session, of sets among `ids`, or of the erasure of a `person`
    since a moment.
    """
    session = SESSIONS.c.session_id == sa.bindparam("session_id", type_=Uuid)
    sets = among(dialect, SETS.c.set_id)
    person = ERASURES.c.fingerprint == sa.bindparam("person", type_=sa.LargeBinary)
    return sa.select(
        sa.exists().where(SESSIONS.c.tenant_id == TENANT, session)
        | sa.exists().where(SETS.c.tenant_id == TENANT, sets)
        | sa.exists().where(ERASURES.c.tenant_id == TENANT, person, ERASED_SINCE)
    )


@cache
def newest(filters: frozenset[str]) -> sa.Select[*tuple[Any, ...]]:
    """The `most` newest sessions, narrowed by some of FILTERS."""
    mine = SESSIONS.c.tenant_id == TENANT, SESSIONS.c.deleted == sa.false()
    narrow = [condition for name, condition in FILTERS.items() if name in filters]
    newest_first = [column.desc() for column in IN_ORDER]
    most = sa.bindparam("most", type_=sa.Integer)
    return sa.select(*SESSION_COLUMNS).where(*mine, *narrow).order_by(*newest_first).limit(most)


LOG = sa.select(*SESSION_COLUMNS).where(OF_LOG)
"""The sessions of a person's programme."""
SETS_OF_LOG = sets_of_those(OF_LOG)

EVERYTHING = sa.select(*SESSION_COLUMNS).where(OF_ATHLETE).order_by(*IN_ORDER)
"""All sessions of a person, the oldest first, deletions included."""
SETS_OF_ATHLETE = sets_of_those(OF_ATHLETE)

DELETED_SETS = sa.select(*SET_COLUMNS).where(
    SETS.c.tenant_id == TENANT,
    SETS.c.session_id.in_(sa.select(SESSIONS.c.session_id).where(OF_ATHLETE)),
    SETS.c.deleted == sa.true(),
)
"""Deletions of single sets of a person."""

EDITION = sa.select(sa.func.sum(SESSIONS.c.writes), sa.func.max(SESSIONS.c.stored_at)).where(
    OF_ATHLETE
)
"""How often, and when last, anything of a person was written."""


ERASED = sa.select(ERASURES.c.fingerprint).where(
    ERASURES.c.tenant_id == TENANT,
    ERASURES.c.fingerprint.in_(sa.bindparam("people", expanding=True, type_=sa.LargeBinary)),
    ERASED_SINCE,
)
"""Those among `people` who were erased."""


@cache
def touch(dialect: str) -> sa.Update:
    """Counts a write for the sessions among `ids`."""
    # In an UPDATE a parameter that is called like a column is a new value of that column.
    whose = sa.bindparam("whose", type_=Uuid)
    mine = (SESSIONS.c.tenant_id == whose) & among(dialect, SESSIONS.c.session_id)
    noted = {"stored_at": sa.bindparam("now", type_=Instant), "writes": SESSIONS.c.writes + 1}
    return sa.update(SESSIONS).where(mine).values(noted)


@cache
def upsert(dialect: str, table: sa.Table) -> sa.Insert:
    """Inserts rows or replaces those with the same key."""
    return replacing(insert(dialect, table), table)


@cache
def upsert_sent(*tables: sa.Table) -> sa.Select[*tuple[int, ...]]:
    """The same on Postgres for rows of some tables, each sent as one JSON array under its name;
    tells how many were written. Nine sets cost 150 µs of our CPU so, 240 as statements in a
    pipeline; 5,000 take half as long as one array for each column. All in one statement, so that
    the server is waited for once.
    """
    counts = []
    for table in tables:
        sent = sa.func.json_to_recordset(sa.cast(sa.bindparam(table.name, type_=sa.Text), sa.JSON))
        columns = [sa.column(column.name, column.type) for column in table.columns]
        rows = sent.table_valued(*columns, name="sent").render_derived(with_types=True)
        made = replacing(insert("postgresql", table).from_select(columns, sa.select(rows)), table)
        written = made.returning(sa.literal_column("1")).cte(f"written_{table.name}")
        counts.append(sa.select(sa.func.count()).select_from(written).scalar_subquery())
    return sa.select(*counts)


@cache
def upsert_spelled(table: sa.Table) -> tuple[str, tuple[str, ...]]:
    """The same on SQLite for rows that are spelled for its driver, and the order in which it takes
    their values: to have SQLAlchemy spell 5,000 took a third of the time that they take to be
    stored, and to have the driver look up each value by its name a sixth.
    """
    by_place = sqlite.dialect(paramstyle="qmark")
    columns = [column.name for column in table.columns]
    made = upsert("sqlite", table).compile(dialect=by_place, column_keys=columns)
    return str(made), tuple(made.positiontup or ())


def insert(dialect: str, table: sa.Table) -> Any:
    """The dialect's own INSERT, which can replace. A process loads only the dialect that it uses:
    Postgres would take a worker on SQLite 50 ms of its start.
    """
    return importlib.import_module(f"sqlalchemy.dialects.{dialect}").insert(table)


def replacing(made: Any, table: sa.Table) -> sa.Insert:
    """An INSERT where a row may be there already; a set is replaced only within its session."""
    key = [column.name for column in table.primary_key]
    new: dict[str, sa.ColumnElement[Any]] = {
        c.name: made.excluded[c.name] for c in table.columns if c.name not in key
    }
    within = None
    if table is SESSIONS:
        new["writes"] = SESSIONS.c.writes + sa.literal_column("1")
    if table is SETS:
        within = SETS.c.session_id == made.excluded.session_id
    full: sa.Insert = made.on_conflict_do_update(index_elements=key, set_=new, where=within)
    return full
