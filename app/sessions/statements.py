"""The frequent SQL statements of sessions and sets, each built once for a dialect.

SQLAlchemy caches what it has compiled, but building a small SELECT took 65 µs and running it 17.
store runs the statements with values for the parameters named below.
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
# The columns that a deletion keeps; all others hold content.
_KEPT = "tenant_id session_id set_id athlete_id version deleted stored_at writes".split()
CONTENT_OF_SESSION = [column.name for column in SESSIONS.c if column.name not in _KEPT]
CONTENT_OF_SET = [column.name for column in SETS.c if column.name not in _KEPT]

_TENANT = sa.bindparam("tenant_id", type_=Uuid)
_IN_ORDER = (SESSIONS.c.started_at, SESSIONS.c.session_id)
# The filters of a list, by the name of their parameter.
_FILTERS: dict[str, Condition] = {
    "athlete_id": SESSIONS.c.athlete_id == sa.bindparam("athlete_id", type_=sa.Text),
    "program_id": SESSIONS.c.program_id == sa.bindparam("program_id", type_=sa.Text),
    "since": SESSIONS.c.started_at >= sa.bindparam("since", type_=Instant),
    "before": SESSIONS.c.started_at < sa.bindparam("before", type_=Instant),
    "after_id": sa.tuple_(*_IN_ORDER)
    < sa.tuple_(sa.bindparam("after_moment", type_=Instant), sa.bindparam("after_id", type_=Uuid)),
}
_OF_ATHLETE = (SESSIONS.c.tenant_id == _TENANT) & _FILTERS["athlete_id"]
_OF_LOG = sa.and_(_OF_ATHLETE, _FILTERS["program_id"], SESSIONS.c.deleted == sa.false())


class _Array(sa.TypeDecorator[list[Any]]):
    """An array of numbers or ids for Postgres, formatted here: the driver takes twice as long.

    It is an array to the planner. A text that is cast to one is not: it was parsed again for each
    row of a tenant without statistics, and a batch took 20 s.
    """

    impl = sa.ARRAY
    cache_ok = True

    def bind_processor(self, _dialect: sa.Dialect) -> Callable[[list[Any] | None], str]:
        return lambda values: f"{{{','.join(map(str, values or ()))}}}"


_ERASED_SINCE = ERASURES.c.erased_at > sa.bindparam("since", type_=Instant)


def _build_lock(function: str) -> sa.TextClause:
    """Lock `people` with a function of Postgres, and `keys` exclusively."""
    query = (
        # The functions are named below; nothing of a request is in the text.
        f"SELECT {function}(p) FROM unnest(CAST(:people AS bigint[])) p"  # noqa: S608  # nosec B608
        " UNION ALL SELECT pg_advisory_xact_lock(k) FROM unnest(CAST(:keys AS bigint[])) k"
    )
    parameters = [sa.bindparam(name, type_=_Array(sa.BigInteger)) for name in ("people", "keys")]
    return sa.text(query).bindparams(*parameters)


LOCK_PEOPLE_SHARED = _build_lock("pg_advisory_xact_lock_shared")
LOCK_PEOPLE_EXCLUSIVELY = _build_lock("pg_advisory_xact_lock")


def _is_among_ids(dialect: str, column: sa.ColumnElement[Any]) -> Condition:
    """Return the condition that a column is one of `ids`.

    On Postgres they are one array, so that the statement stays the same and the index is used even
    if the planner has no statistics of a tenant.
    """
    if dialect == "postgresql":
        return column == sa.any_(sa.bindparam("ids", type_=_Array(column.type)))
    return column.in_(sa.bindparam("ids", expanding=True, type_=column.type))


@cache
def sessions_by_id(dialect: str) -> sa.Select[*tuple[Any, ...]]:
    """Select the sessions with `ids`, deletions included."""
    mine = SESSIONS.c.tenant_id == _TENANT
    return sa.select(*SESSION_COLUMNS).where(mine, _is_among_ids(dialect, SESSIONS.c.session_id))


@cache
def sets_by_id(dialect: str) -> sa.Select[*tuple[Any, ...]]:
    """Select the sets with `ids`, deletions included."""
    mine = SETS.c.tenant_id == _TENANT
    return sa.select(*SET_COLUMNS).where(mine, _is_among_ids(dialect, SETS.c.set_id))


@cache
def sets_of_session(dialect: str) -> sa.CompoundSelect[*tuple[Any, ...]]:
    """Select the sets of a session and those with `ids`, deletions included.

    Two selects, so that each finds its rows by its own index.
    """
    here = SETS.c.session_id == sa.bindparam("session_id", type_=Uuid)
    inside = sa.select(*SET_COLUMNS).where(SETS.c.tenant_id == _TENANT, here)
    return inside.union_all(sets_by_id(dialect).where(~here))


@cache
def sets_of_sessions(dialect: str) -> sa.Select[*tuple[Any, ...]]:
    """Select the sets of the sessions with `ids`."""
    return _select_sets(_is_among_ids(dialect, SETS.c.session_id))


def _select_sets(*conditions: Condition, deleted: bool = False) -> sa.Select[*tuple[Any, ...]]:
    state = sa.true() if deleted else sa.false()
    mine = (SETS.c.tenant_id == _TENANT) & (SETS.c.deleted == state)
    return sa.select(*SET_COLUMNS).where(mine, *conditions)


@cache
def exists_any(dialect: str) -> sa.Select[bool]:
    """Whether anything is kept of a session, of sets among `ids`, or of the erasure of a `person`
    since a moment.
    """
    session = SESSIONS.c.session_id == sa.bindparam("session_id", type_=Uuid)
    sets = _is_among_ids(dialect, SETS.c.set_id)
    person = ERASURES.c.fingerprint == sa.bindparam("person", type_=sa.LargeBinary)
    return sa.select(
        sa.exists().where(SESSIONS.c.tenant_id == _TENANT, session)
        | sa.exists().where(SETS.c.tenant_id == _TENANT, sets)
        | sa.exists().where(ERASURES.c.tenant_id == _TENANT, person, _ERASED_SINCE)
    )


@cache
def newest_sessions(filters: frozenset[str]) -> sa.Select[*tuple[Any, ...]]:
    """Select the `most` newest sessions with some of the filters."""
    mine = SESSIONS.c.tenant_id == _TENANT, SESSIONS.c.deleted == sa.false()
    narrow = [condition for name, condition in _FILTERS.items() if name in filters]
    newest_first = [column.desc() for column in _IN_ORDER]
    most = sa.bindparam("most", type_=sa.Integer)
    return sa.select(*SESSION_COLUMNS).where(*mine, *narrow).order_by(*newest_first).limit(most)


LOG = sa.select(*SESSION_COLUMNS).where(_OF_LOG)
"""The sessions of an athlete in a programme."""
SETS_OF_LOG = _select_sets(SETS.c.session_id.in_(sa.select(SESSIONS.c.session_id).where(_OF_LOG)))

NEWEST_PROGRAMS = (
    sa.select(SESSIONS.c.program_id)
    .where(_OF_ATHLETE, SESSIONS.c.program_id.is_not(None), SESSIONS.c.deleted == sa.false())
    .group_by(SESSIONS.c.program_id)
    .order_by(sa.func.max(SESSIONS.c.started_at).desc(), SESSIONS.c.program_id)
    .limit(sa.bindparam("most", type_=sa.Integer))
)
"""The programmes in which an athlete has sessions, the newest session first."""

SESSIONS_OF_ATHLETE = sa.select(*SESSION_COLUMNS).where(_OF_ATHLETE).order_by(*_IN_ORDER)
"""All sessions of an athlete, the oldest first, deletions included."""
_IN_THEIR_SESSIONS = SETS.c.session_id.in_(sa.select(SESSIONS.c.session_id).where(_OF_ATHLETE))
SETS_OF_ATHLETE = _select_sets(_IN_THEIR_SESSIONS)
DELETED_SETS = _select_sets(_IN_THEIR_SESSIONS, deleted=True)
"""The singly deleted sets of an athlete."""

_COUNT, _LAST = sa.func.sum(SESSIONS.c.writes), sa.func.max(SESSIONS.c.stored_at)
EDITION = sa.select(_COUNT, _LAST).where(_OF_ATHLETE)
"""The number of writes of an athlete's data, and the moment of the last one."""


ERASED = sa.select(ERASURES.c.fingerprint).where(
    ERASURES.c.tenant_id == _TENANT,
    ERASURES.c.fingerprint.in_(sa.bindparam("people", expanding=True, type_=sa.LargeBinary)),
    _ERASED_SINCE,
)
"""Those of `people` who were erased."""


@cache
def touch(dialect: str) -> sa.Update:
    """Count a write for the sessions with `ids`."""
    # In an UPDATE, a parameter with the name of a column is a new value of that column.
    whose = sa.bindparam("whose", type_=Uuid)
    mine = (SESSIONS.c.tenant_id == whose) & _is_among_ids(dialect, SESSIONS.c.session_id)
    counted = {"stored_at": sa.bindparam("now", type_=Instant), "writes": SESSIONS.c.writes + 1}
    return sa.update(SESSIONS).where(mine).values(counted)


@cache
def upsert(dialect: str, table: sa.Table) -> sa.Insert:
    """Insert rows or replace those with the same key."""
    return _replace_on_conflict(_insert(dialect, table), table)


@cache
def upsert_on_postgres(*tables: sa.Table) -> sa.Select[*tuple[int, ...]]:
    """Upsert into several tables in one statement on Postgres. It returns the written counts.

    The rows of each table are one JSON array under its name. Nine sets cost 150 µs of CPU this way
    and 240 as statements in a pipeline; 5,000 take half as long as with one array for each column.
    One statement waits for the server once.
    """
    counts = []
    for table in tables:
        sent = sa.func.json_to_recordset(sa.cast(sa.bindparam(table.name, type_=sa.Text), sa.JSON))
        columns = [sa.column(column.name, column.type) for column in table.columns]
        rows = sent.table_valued(*columns, name="sent").render_derived(with_types=True)
        made = _insert("postgresql", table).from_select(columns, sa.select(rows))
        made = _replace_on_conflict(made, table)
        written = made.returning(sa.literal_column("1")).cte(f"written_{table.name}")
        counts.append(sa.select(sa.func.count()).select_from(written).scalar_subquery())
    return sa.select(*counts)


@cache
def upsert_on_sqlite(table: sa.Table) -> tuple[str, tuple[str, ...]]:
    """Return the upsert of a table on SQLite as text, and the order of its parameters.

    Encoding 5,000 rows in SQLAlchemy took a third of the time to store them, and finding each value
    by its name in the driver a sixth.
    """
    by_place = sqlite.dialect(paramstyle="qmark")
    columns = [column.name for column in table.columns]
    made = upsert("sqlite", table).compile(dialect=by_place, column_keys=columns)
    return str(made), tuple(made.positiontup or ())


def _insert(dialect: str, table: sa.Table) -> Any:
    """Return the dialect's own INSERT, which can replace.

    A process loads only the dialect that it uses: Postgres would add 50 ms to the start of a worker
    on SQLite.
    """
    return importlib.import_module(f"sqlalchemy.dialects.{dialect}").insert(table)


def _replace_on_conflict(made: Any, table: sa.Table) -> sa.Insert:
    """Make an INSERT replace existing rows; a set is replaced only within its session."""
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
