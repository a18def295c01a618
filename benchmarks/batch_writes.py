"""How fast a batch of 5,000 sets is stored, compared with the bare driver writing the same rows.

The driver inserts prepared rows into the same tables with the same indexes, and commits durably. It
checks nothing and handles no JSON.
"""

import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

import psycopg
import sqlalchemy as sa

from app.sessions.row_mapping import SESSIONS, SETS
from benchmarks import service_load, session_writes
from benchmarks.measurements import Measurement, divide, interleave
from benchmarks.service_load import Service

MIN_RATIO = 0.5
BATCH_SESSIONS, BATCH_SETS = 500, 10
ROWS = BATCH_SESSIONS * (1 + BATCH_SETS)

Row = tuple[Any, ...]
Rows = dict[sa.Table, list[Row]]


def measure() -> Iterator[Measurement]:
    """Yield the rows per second of a batch as a share of the driver's, for each database."""
    with service_load.run_services() as services:
        for name, service in services.items():
            yield _measure_database(name, service)


def _measure_database(name: str, service: Service) -> Measurement:
    """Return the ratio on one database, after a first batch that is not counted."""
    write = {"SQLite": _write_sqlite, "PostgreSQL": _write_postgres}[name]
    _send_batch(service)
    ours, theirs = interleave(lambda: _send_batch(service), lambda: write(service.url))
    detail = f"{median(ours):,.0f} rows/s against {median(theirs):,.0f}"
    ratios = divide(ours, theirs)
    title = f"batch of 5,000 sets, {name}"
    return Measurement(title, ratios, MIN_RATIO, "of the driver", at_least=True, detail=detail)


def _send_batch(service: Service) -> float:
    """Return the rows per second of one batch over HTTP."""
    sessions = [session_writes.make_session(BATCH_SETS) for _ in range(BATCH_SESSIONS)]
    request = service.request("POST", "/sessions/batch", session_writes.encode_batch(sessions))
    return _rows_per_second(lambda: service.fetch(request))


def _rows_per_second(work: Callable[[], object]) -> float:
    """Return the rows per second of a function that writes a batch."""
    began = time.perf_counter()
    work()
    return ROWS / (time.perf_counter() - began)


def _join_columns(table: sa.Table) -> str:
    """Return the columns of a table, separated by commas."""
    return ", ".join(column.name for column in table.columns)


def _select_newest_batch(stored_at: str) -> dict[sa.Table, str]:
    """Return the statements that read the rows of a batch, given the SQL of its `stored_at`."""
    newest = f"FROM sessions WHERE stored_at = {stored_at}"
    of_newest = f"session_id IN (SELECT session_id {newest})"
    return {
        SESSIONS: f"SELECT {_join_columns(SESSIONS)} {newest} LIMIT {BATCH_SESSIONS}",
        SETS: f"SELECT {_join_columns(SETS)} FROM sets WHERE {of_newest}",
    }


def _replace_ids(rows: Rows, make: Callable[[uuid.UUID], Any]) -> Rows:
    """Return the rows with new ids. The first columns are the tenant, the id and the session."""
    ids = {row[1]: make(uuid.uuid4()) for row in rows[SESSIONS]}
    return {
        SESSIONS: [(row[0], ids[row[1]], *row[2:]) for row in rows[SESSIONS]],
        SETS: [(row[0], make(uuid.uuid4()), ids[row[2]], *row[3:]) for row in rows[SETS]],
    }


def _write_sqlite(url: str) -> float:
    """Return the rows per second of executemany()."""
    connection = sqlite3.connect(sa.make_url(url).database or "", isolation_level=None)
    connection.execute("PRAGMA synchronous=FULL")
    newest = "(SELECT max(stored_at) FROM sessions)"
    found = {
        table: connection.execute(q).fetchall() for table, q in _select_newest_batch(newest).items()
    }
    rows = _replace_ids(found, lambda made: made.bytes)

    def write() -> None:
        connection.execute("BEGIN IMMEDIATE")
        for table, values in rows.items():
            marks = ", ".join("?" * len(table.columns))
            connection.executemany(
                f"INSERT INTO {table.name} ({_join_columns(table)}) VALUES ({marks})", values
            )
        connection.execute("COMMIT")

    taken = _rows_per_second(write)
    connection.close()
    return taken


def _write_postgres(url: str) -> float:
    """Return the rows per second of an INSERT from one array for each column.

    This is the fastest statement that can handle existing rows. COPY is faster, but cannot.
    """
    with psycopg.connect(sa.make_url(url).set(drivername="postgresql").render_as_string()) as tx:
        newest = "(SELECT max(stored_at) FROM sessions)"
        found = {
            table: tx.execute(q.encode()).fetchall()
            for table, q in _select_newest_batch(newest).items()
        }
        rows = _replace_ids(found, lambda made: made)
        types = {table: tx.execute(_COLUMN_TYPES, [table.name]).fetchall() for table in rows}

        def write() -> None:
            for table, values in rows.items():
                arrays = ", ".join(f"%s::{kind}[]" for _, kind in types[table])
                insert = f"INSERT INTO {table.name} ({', '.join(n for n, _ in types[table])})"
                places = {column.name: n for n, column in enumerate(table.columns)}
                tx.execute(
                    f"{insert} SELECT * FROM unnest({arrays})".encode(),
                    [[row[places[name]] for row in values] for name, _ in types[table]],
                )
            tx.commit()

        return _rows_per_second(write)


_COLUMN_TYPES = """
    SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
