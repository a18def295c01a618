"""Tests of the column types, the engines and ``Database``, on SQLite and PostgreSQL."""

import asyncio
import sqlite3
import threading
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlmodel import Field

from app.database import schema_revision
from app.database.database import Database
from app.database.engines import make_engine
from app.database.errors import DatabaseFailure
from app.database.rows import BaseRow, Uuid
from app.settings import Settings
from tests import example_table

PARIS = timezone(timedelta(hours=1))
NOON = datetime(2026, 11, 22, 12, 0, 0, 1, tzinfo=PARIS)
STORED_TYPES = {
    "sqlite": ("SELECT typeof(id), typeof(at), typeof(extra) FROM entries", "blob integer text"),
    "postgresql": (
        "SELECT pg_typeof(id), pg_typeof(at), pg_typeof(extra) FROM entries",
        "uuid timestamp with time zone json",
    ),
}
ENDLESS_QUERY = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION SELECT i + 1 FROM n) SELECT max(i) FROM n",
    "postgresql": "SELECT pg_sleep(60)",
}


@contextmanager
def lock_file(url: str) -> Iterator[None]:
    """Hold the write lock of a SQLite file, as another process would."""
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def run_endless_query(tx: sa.Connection) -> None:
    tx.exec_driver_sql(ENDLESS_QUERY[tx.dialect.name])


def add_next_number(tx: sa.Connection) -> None:
    """Read, then write. A deferred transaction of SQLite fails here if another one has written."""
    last = max(example_table.list_numbers(tx), default=0)
    example_table.add(tx, last + 1)


class TestColumnTypes:
    async def test_returns_the_values_that_were_stored(self, database_url: str) -> None:
        given = (uuid4(), NOON, {"a": [1, None, "é"]})
        async with example_table.open_database(database_url) as database:
            await database.write(example_table.add, 1, id=given[0], at=given[1], extra=given[2])
            await database.write(example_table.add, 2)
            rows = await database.read(
                lambda tx: tx.execute(sa.select(example_table.ENTRIES)).all()
            )
        assert rows[0][2:] == given
        assert rows[0].at.tzinfo is UTC
        assert rows[1][2:] == (None, None, None)

    async def test_stores_the_smallest_type_that_sorts(self, database_url: str) -> None:
        def forms(tx: sa.Connection) -> tuple[str, str]:
            query, expected = STORED_TYPES[tx.dialect.name]
            return " ".join(tx.exec_driver_sql(query).one()), expected

        async with example_table.open_database(database_url) as database:
            await database.write(example_table.add, 1, id=UUID(int=1), at=NOON, extra={})
            found, expected = await database.read(forms)
        assert found == expected

    async def test_compares_and_orders_times_across_offsets(self, database_url: str) -> None:
        moments = [NOON, NOON.astimezone(UTC) - timedelta(microseconds=1), NOON + timedelta(days=1)]
        at = example_table.ENTRIES.c.at
        query = (
            sa.select(example_table.ENTRIES.c.number).where(at <= NOON.astimezone(UTC)).order_by(at)
        )
        async with example_table.open_database(database_url) as database:
            for number, moment in enumerate(moments):
                await database.write(example_table.add, number, at=moment)
            found = await database.read(lambda tx: list(tx.execute(query).scalars()))
        assert found == [1, 0]

    async def test_rejects_a_time_without_an_offset(self, database_url: str) -> None:
        async with example_table.open_database(database_url) as database:
            with pytest.raises(sa.exc.StatementError, match=r"naive|offset"):
                await database.write(example_table.add, 1, at=NOON.replace(tzinfo=None))

    def test_names_every_constraint(self) -> None:
        class BadgeRow(BaseRow, table=True):
            __tablename__ = "badges"
            badge_id: UUID = Field(primary_key=True, sa_type=Uuid)
            name: str = Field(unique=True)

        table = BaseRow.metadata.tables["badges"]
        BaseRow.metadata.remove(table)
        assert {constraint.name for constraint in table.constraints} == {
            "pk_badges",
            "uq_badges_name",
        }


class TestRead:
    async def test_cannot_write(self, database_url: str) -> None:
        async with example_table.open_database(database_url) as database:
            with pytest.raises(sa.exc.DBAPIError, match=r"readonly|read-only"):
                await database.read(example_table.add, 1)
            assert await database.read(example_table.list_numbers) == []

    async def test_sees_one_snapshot_despite_concurrent_writes(self, database_url: str) -> None:
        reading, written = threading.Event(), threading.Event()

        def read_twice(tx: sa.Connection) -> tuple[list[int], list[int]]:
            before = example_table.list_numbers(tx)
            reading.set()
            assert written.wait(example_table.TIMEOUT_S)
            return before, example_table.list_numbers(tx)

        async with example_table.open_database(database_url) as database:
            task = asyncio.create_task(database.read(read_twice))
            await asyncio.to_thread(reading.wait, example_table.TIMEOUT_S)
            await database.write(example_table.add, 1)
            written.set()
            assert await task == ([], [])
            assert await database.read(example_table.list_numbers) == [1]

    async def test_runs_while_all_writers_are_busy(self, database_url: str) -> None:
        async with (
            example_table.open_database(database_url, write_threads=1) as database,
            example_table.blocked_writer(database),
        ):
            assert await database.read(example_table.list_numbers) == []

    async def test_is_interrupted_after_the_timeout(self, database_url: str) -> None:
        async with example_table.open_database(database_url, statement_timeout_s=0.1) as database:
            with pytest.raises(DatabaseFailure, match=r"interrupted|timeout"):
                await database.read(run_endless_query)
            assert await database.read(example_table.list_numbers) == []


class TestWrite:
    async def test_is_durable_and_visible_to_others_when_it_returns(
        self, database_url: str
    ) -> None:
        async with (
            example_table.open_database(database_url) as database,
            example_table.open_database(database_url) as other,
        ):
            for number in range(20):
                assert await database.write(example_table.add, number) == number
                assert number in await other.read(example_table.list_numbers)

    async def test_syncs_the_disk_on_sqlite(self, sqlite_url: str) -> None:
        def modes(tx: sa.Connection) -> list[object]:
            names = ("synchronous", "journal_mode", "foreign_keys")
            return [tx.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

        async with example_table.open_database(sqlite_url) as database:
            assert await database.write(modes) == [2, "wal", 1]

    async def test_may_read_before_it_writes_beside_other_processes(self, sqlite_url: str) -> None:
        async with (
            example_table.open_database(sqlite_url) as one,
            example_table.open_database(sqlite_url) as two,
        ):
            await asyncio.gather(*(each.write(add_next_number) for each in [one, two] * 50))
            assert await one.read(example_table.list_numbers) == list(range(1, 101))

    def test_fails_at_once_with_a_deferred_begin(self, sqlite_url: str) -> None:
        file = sqlite_url.removeprefix("sqlite:///")
        connections = [sqlite3.connect(file, isolation_level=None, timeout=5) for _ in range(2)]
        connections[0].execute("PRAGMA journal_mode=WAL")
        connections[0].execute("CREATE TABLE numbers (n INTEGER)")
        for connection in connections:
            connection.execute("BEGIN")
            connection.execute("SELECT max(n) FROM numbers").fetchall()
        connections[0].execute("INSERT INTO numbers VALUES (1)")
        connections[0].execute("COMMIT")
        started = time.monotonic()
        with pytest.raises(sqlite3.OperationalError, match="database is locked"):
            connections[1].execute("INSERT INTO numbers VALUES (1)")
        assert time.monotonic() - started < 1
        for connection in connections:
            connection.close()

    async def test_is_interrupted_after_the_timeout(self, database_url: str) -> None:
        async with example_table.open_database(database_url, statement_timeout_s=0.1) as database:
            with pytest.raises(DatabaseFailure, match=r"interrupted|timeout"):
                await database.write(run_endless_query)
            assert await database.write(example_table.add, 1) == 1


class TestStart:
    def test_succeeds_for_many_processes_at_once_on_a_new_file(self, tmp_path: Path) -> None:
        barrier = threading.Barrier(8)

        def start(file: Path) -> str | None:
            engine = make_engine(sa.make_url(f"sqlite:///{file}"), 5, read_only=False)
            barrier.wait(example_table.TIMEOUT_S)
            with engine.connect() as tx:
                mode: str | None = tx.exec_driver_sql("PRAGMA journal_mode").scalar()
            return mode

        with ThreadPoolExecutor(8) as threads:
            for number in range(25):
                files = [tmp_path / f"{number}.db"] * 8
                assert list(threads.map(start, files)) == ["wal"] * 8

    async def test_needs_no_reachable_database(self, tmp_path: Path) -> None:
        folder = tmp_path / "later"
        database = Database(Settings(database_url=SecretStr(f"sqlite:///{folder}/new.db")))
        with pytest.raises(DatabaseFailure, match="unable to open database file"):
            await database.check_writable()
        folder.mkdir()
        await database.check_writable()
        assert await database.find_revision() is None
        await database.close()

    async def test_shows_no_password_in_an_error(self) -> None:
        url = "postgresql://user:canary-7@127.0.0.1:1/name?connect_timeout=2"
        settings = Settings(database_url=SecretStr(url))
        database = Database(settings)
        with pytest.raises(DatabaseFailure) as caught:
            await database.read(example_table.list_numbers)
        await database.close()
        text = "".join(traceback.format_exception(caught.value)) + repr(settings) + repr(database)
        assert "127.0.0.1" in text
        assert "canary-7" not in text


class TestCheckWritable:
    async def test_returns_when_a_write_is_possible(self, database_url: str) -> None:
        async with example_table.open_database(database_url) as database:
            await database.check_writable()
            assert await database.read(example_table.list_numbers) == []

    async def test_fails_within_a_second_behind_a_lock(self, sqlite_url: str) -> None:
        async with example_table.open_database(sqlite_url, pool_wait_s=5) as database:
            started = time.monotonic()
            with lock_file(sqlite_url), pytest.raises(DatabaseFailure):
                await database.check_writable()
            assert 0.9 < time.monotonic() - started < 2
            await database.check_writable()

    async def test_fails_when_the_server_is_read_only(self, postgres_url: str) -> None:
        with psycopg.connect(postgres_url, autocommit=True) as admin:
            name = admin.info.dbname
            async with example_table.open_database(postgres_url):
                pass
            admin.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
            settings = Settings(database_url=SecretStr(postgres_url), group_commit_limit=1)
            database = Database(settings)
            with pytest.raises(DatabaseFailure, match="read-only"):
                await database.check_writable()
            with pytest.raises(DatabaseFailure, match="ReadOnlySqlTransaction"):
                await database.write(example_table.add, 1)
            assert await database.read(example_table.list_numbers) == []
            await database.close()


class TestFindRevision:
    async def test_returns_the_revision_of_the_migrations(self, database_url: str) -> None:
        async with example_table.open_database(database_url) as database:
            assert await database.find_revision() == schema_revision.HEAD


class TestClose:
    async def test_finishes_queued_jobs_and_rejects_new_ones(self, database_url: str) -> None:
        before = set(threading.enumerate())
        async with example_table.open_database(database_url) as database:
            tasks = await example_table.enqueue(
                *(database.write(example_table.add, n) for n in range(50))
            )
            await database.close()
            assert await example_table.gather_results(tasks) == list(range(50))
            with pytest.raises(DatabaseFailure):
                await database.read(example_table.list_numbers)
        left = set(threading.enumerate()) - before
        assert "database" not in [thread.name for thread in left]

    async def test_ends_the_writer_last(self, sqlite_url: str) -> None:
        ended: list[str] = []
        barrier, alone = threading.Barrier(3), threading.Event()

        def record_close(driver: sqlite3.Connection, _record: object) -> None:
            reads = driver.execute("PRAGMA query_only").fetchone()[0]
            ended.append("reader" if reads else "writer")
            if len(ended) == 2:
                alone.set()

        def wait(_tx: sa.Connection, last: bool) -> None:
            barrier.wait(example_table.TIMEOUT_S)
            assert not last or alone.wait(example_table.TIMEOUT_S)

        async with example_table.open_database(sqlite_url, read_pool_size=3) as database:
            reads = await example_table.enqueue(*(database.read(wait, n == 0) for n in range(3)))
            sa.event.listen(sa.NullPool, "close", record_close)
            await database.close()
            sa.event.remove(sa.NullPool, "close", record_close)
            await example_table.gather_results(reads)
        assert ended == ["reader", "reader", "reader", "writer"]

    async def test_ends_the_writer_when_a_reader_is_stuck(self, sqlite_url: str) -> None:
        started, free = threading.Event(), threading.Event()

        def block(_tx: sa.Connection) -> None:
            started.set()
            assert free.wait(example_table.TIMEOUT_S)

        before = set(threading.enumerate())
        async with example_table.open_database(
            sqlite_url, read_pool_size=1, graceful_shutdown_s=0.5, statement_timeout_s=0.2
        ) as database:
            (stuck,) = await example_table.enqueue(database.read(block))
            assert await asyncio.to_thread(started.wait, example_table.TIMEOUT_S)
            await database.close()
            left = [one for one in set(threading.enumerate()) - before if one.name == "database"]
            assert len(left) == 1
            free.set()
            await example_table.gather_results([stuck])
