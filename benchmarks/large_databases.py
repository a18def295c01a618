"""Makes databases with a given number of stored sets, written by SQL scripts.

The rows are distributed over tenants and athletes. Their ids are scattered like random ids of
clients. Only benchmarks may write to a database in this way.
"""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from app.database.migration import migrate
from tests import postgres

_SETS_PER_SESSION = 9
_SESSIONS_PER_ATHLETE = 40
_ATHLETES_PER_TENANT = 100
# Multiplication by an odd number, modulo 2 to the 32, maps each number to a different one.
_SCATTER_FACTOR = 2_654_435_761

_SESSION_COLUMNS = (
    "tenant_id, session_id, athlete_id, deleted, stored_at, started_at, started_offset,"
    " program_id, week, place, status"
)
_SET_COLUMNS = (
    "tenant_id, set_id, session_id, deleted, exercise, side, set_index, kind, reps,"
    " performed_at, performed_offset"
)
_ATHLETE = f"n / {_SESSIONS_PER_ATHLETE}"
_TENANT = f"n / {_SESSIONS_PER_ATHLETE * _ATHLETES_PER_TENANT}"

_SQLITE_SCRIPT = f"""
    WITH RECURSIVE numbers(n) AS
        (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :sessions)
    INSERT INTO sessions ({_SESSION_COLUMNS})
    SELECT spread({_TENANT}), spread(n), 'crowd-' || ({_ATHLETE}), 0, n,
        1760000000000000 + n * 1000, 60, 'crowd', 1 + n % 12, 1, 'completed' FROM numbers;
    WITH RECURSIVE numbers(s) AS
        (SELECT 0 UNION ALL SELECT s + 1 FROM numbers WHERE s + 1 < :sets)
    INSERT INTO sets ({_SET_COLUMNS})
    SELECT spread({_TENANT}), spread(s), spread(n), 0, 'straight-leg-calf-raise', 'both',
        1 + s % {_SETS_PER_SESSION}, 'work', 15, 1760000000000000 + s * 1000, 60
    FROM (SELECT s, s / {_SETS_PER_SESSION} AS n FROM numbers)
"""
_POSTGRES_SCRIPT = f"""
    CREATE FUNCTION pg_temp.spread(n bigint) RETURNS uuid IMMUTABLE LANGUAGE sql AS $$
        SELECT (lpad(to_hex(n * {_SCATTER_FACTOR} & 4294967295), 8, '0')
            || lpad(to_hex(n), 24, '0'))::uuid
    $$;
    INSERT INTO sessions ({_SESSION_COLUMNS})
    SELECT pg_temp.spread({_TENANT}), pg_temp.spread(n), 'crowd-' || ({_ATHLETE}), false, now(),
        timestamptz '2025-10-09' + n * interval '1 ms', 60, 'crowd', 1 + n % 12, 1, 'completed'
    FROM generate_series(0::bigint, :sessions - 1) n;
    INSERT INTO sets ({_SET_COLUMNS})
    SELECT pg_temp.spread({_TENANT}), pg_temp.spread(s), pg_temp.spread(n), false,
        'straight-leg-calf-raise', 'both', 1 + s % {_SETS_PER_SESSION}, 'work', 15,
        timestamptz '2025-10-09' + s * interval '1 ms', 60
    FROM (SELECT s, s / {_SETS_PER_SESSION} AS n FROM generate_series(0::bigint, :sets - 1) s);
    VACUUM ANALYZE sessions;
    VACUUM ANALYZE sets
"""


def _scatter_id(number: int) -> bytes:
    """Return an id of 16 bytes that sorts far from the ids of neighbouring numbers."""
    return (number * _SCATTER_FACTOR & 0xFFFF_FFFF).to_bytes(4, "big") + number.to_bytes(12, "big")


def _split_statements(script: str, sets: int) -> Iterator[str]:
    """Return the statements of a script for a number of sets."""
    sizes = {":sessions": str(sets // _SETS_PER_SESSION), ":sets": str(sets)}
    for name, size in sizes.items():
        script = script.replace(name, size)
    return iter(script.split(";\n"))


def _fill_sqlite(url: str, sets: int) -> None:

    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    connection.create_function("spread", 1, _scatter_id, deterministic=True)
    # This database need not survive a power cut, and a large cache saves disk accesses.
    for pragma in ("synchronous=OFF", "journal_mode=MEMORY", "cache_size=-2000000"):
        connection.execute(f"PRAGMA {pragma}")
    for statement in _split_statements(_SQLITE_SCRIPT, sets):
        connection.execute(statement)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()


def _fill_postgres(url: str, sets: int) -> None:

    with psycopg.connect(url, autocommit=True) as connection:
        # The SQL function contains semicolons and must be sent in one piece.
        first, *rest = _POSTGRES_SCRIPT.split("$$;\n", 1)
        connection.execute(f"{first}$$".encode())
        for statement in _split_statements(rest[0], sets):
            connection.execute(statement.encode())


@contextmanager
def make_databases(sizes: tuple[int, ...]) -> Iterator[dict[str, list[str]]]:
    """Yield the URLs of a database of each size, on SQLite and on PostgreSQL."""
    with (
        TemporaryDirectory() as folder,
        postgres.start_cluster(Path(folder) / "pg", fsync=True) as server,
    ):
        urls = {
            "SQLite": [f"sqlite:///{folder}/{size}.db" for size in sizes],
            "PostgreSQL": [server.create(f"size_{size}") for size in sizes],
        }
        for url in chain.from_iterable(urls.values()):
            migrate(url)
        # In parallel, because PostgreSQL works in its own process.
        with ThreadPoolExecutor() as pool:
            of_sqlite = pool.map(_fill_sqlite, urls["SQLite"], sizes)
            of_postgres = pool.map(_fill_postgres, urls["PostgreSQL"], sizes)
        # Exceptions of the threads are raised here.
        list(chain(of_sqlite, of_postgres))
        yield urls
