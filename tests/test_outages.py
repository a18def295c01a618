"""Tests of jobs on a database that disappears, returns, deadlocks, is full or is damaged."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString
from urllib.parse import urlsplit

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql

from app.database.errors import DatabaseFailure, DiskFull
from tests import example_table, postgres
from tests.example_table import add, list_numbers

ONE_THREAD_EACH = {"read_pool_size": 1, "write_threads": 1}


class Administrator:
    """The superuser of PostgreSQL, connected to another database of the same server."""

    def __init__(self, server: postgres.Server, url: str) -> None:
        self._server = server
        self._name = sql.Identifier(urlsplit(url).path.removeprefix("/"))

    def execute(self, statement: LiteralString) -> None:
        """Run a statement; `{}` is replaced by the name of the database."""
        with psycopg.connect(self._server.address, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(self._name))

    def end_connections(self) -> None:
        """End every connection to the database."""
        name = self._name.as_string().strip('"')
        with psycopg.connect(self._server.address, autocommit=True) as connection:
            backends = "FROM pg_stat_activity WHERE datname = %s"
            connection.execute(f"SELECT pg_terminate_backend(pid) {backends}", [name])


@pytest.fixture
def admin(cluster: postgres.Server, postgres_url: str) -> Administrator:
    return Administrator(cluster, postgres_url)


@contextmanager
def limit_pages(pages: int) -> Iterator[None]:
    """Limit every SQLite file that is opened in the block to this many pages."""

    def limit(driver: sqlite3.Connection, _record: object) -> None:
        driver.execute(f"PRAGMA max_page_count = {pages}")

    sa.event.listen(sa.pool.Pool, "connect", limit)
    try:
        yield
    finally:
        sa.event.remove(sa.pool.Pool, "connect", limit)


class FlakyJob:
    """A job that ends its connection in its first runs, as a restart of the server would."""

    def __init__(self, failures: int) -> None:
        self.runs = 0
        self.failures = failures

    def job(self, tx: sa.Connection, number: int) -> int:
        self.runs += 1
        add(tx, number)
        if self.runs <= self.failures:
            tx.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
        return number


class CrossingJobs:
    """Two concurrent jobs that lock the same two rows in opposite order."""

    def __init__(self) -> None:
        self.runs = 0
        self._both = threading.Barrier(2)

    def job(self, tx: sa.Connection, first: int, second: int) -> int:
        self.runs += 1
        both_wait = self.runs <= 2
        self._append(tx, first)
        if both_wait:
            self._both.wait(example_table.TIMEOUT_S)
        self._append(tx, second)
        return first

    def _append(self, tx: sa.Connection, number: int) -> None:
        entries = example_table.ENTRIES
        longer = sa.func.coalesce(entries.c.note, "") + "+"
        tx.execute(sa.update(entries).where(entries.c.number == number).values(note=longer))


def list_notes(tx: sa.Connection) -> list[str]:
    return list(tx.execute(sa.select(example_table.ENTRIES.c.note)).scalars())


def damage(file: Path) -> None:
    """Overwrite the second half of the file, which holds rows."""
    pages = file.read_bytes()
    file.write_bytes(pages[: len(pages) // 2] + b"\xff" * (len(pages) // 2))


class TestPostgres:
    async def test_reruns_the_loser_of_a_deadlock(
        self, postgres_url: str, admin: Administrator
    ) -> None:
        admin.execute("ALTER DATABASE {} SET deadlock_timeout = '20ms'")
        crossing = CrossingJobs()
        async with example_table.open_database(postgres_url, write_threads=2) as database:
            await database.write(add, 1)
            await database.write(add, 2)
            tasks = await example_table.enqueue(
                database.write(crossing.job, 1, 2), database.write(crossing.job, 2, 1)
            )
            assert await example_table.gather_results(tasks) == [1, 2]
            # On a busy machine, both may lose before one of them succeeds.
            assert crossing.runs >= 3
            assert await database.read(list_notes) == ["++", "++"]

    async def test_reconnects_after_all_connections_were_lost(
        self, postgres_url: str, admin: Administrator
    ) -> None:
        async with example_table.open_database(postgres_url) as database:
            for number in range(5):
                assert await database.write(add, number) == number
                assert len(await database.read(list_numbers)) == number + 1
                admin.end_connections()

    async def test_reruns_a_group_that_lost_its_connection(self, postgres_url: str) -> None:
        flaky = FlakyJob(failures=1)
        async with example_table.open_database(
            postgres_url, **example_table.ONE_WRITER
        ) as database:
            async with example_table.blocked_writer(database):
                calls: list[Any] = [add, example_table.fail, flaky.job, add]
                tasks = await example_table.enqueue(
                    *(database.write(c, n) for n, c in enumerate(calls, 1))
                )
            results = await example_table.gather_results(tasks)
            assert isinstance(results.pop(1), LookupError)
            assert results == [1, 3, 4]
            assert flaky.runs == 2
            assert await database.read(list_numbers) == [0, 1, 3, 4]

    async def test_fails_after_a_few_runs(self, postgres_url: str) -> None:
        flaky = FlakyJob(failures=100)
        async with example_table.open_database(postgres_url) as database:
            with pytest.raises(DatabaseFailure):
                await database.write(flaky.job, 1)
            assert 2 <= flaky.runs <= 5
            assert await database.read(list_numbers) == []

    async def test_recovers_without_a_restart_when_the_server_is_back(
        self, postgres_url: str, admin: Administrator
    ) -> None:
        async with example_table.open_database(postgres_url, **ONE_THREAD_EACH) as database:
            assert await database.read(list_numbers) == []
            admin.execute("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false")
            admin.end_connections()
            with pytest.raises(DatabaseFailure):
                await database.write(add, 1)
            with pytest.raises(DatabaseFailure):
                await database.read(list_numbers)
            admin.execute("ALTER DATABASE {} WITH ALLOW_CONNECTIONS true")
            assert await database.write(add, 2) == 2
            assert await database.read(list_numbers) == [2]

    async def test_reports_a_full_disk(self, postgres_url: str) -> None:
        full = "DO $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = 'disk_full'; END $$"
        async with example_table.open_database(postgres_url) as database:
            with pytest.raises(DiskFull):
                await database.write(lambda tx: tx.exec_driver_sql(full))
            assert await database.write(add, 1) == 1


class TestSqlite:
    async def test_reports_a_full_disk_and_stores_what_fits(self, sqlite_url: str) -> None:
        def add_large_row(tx: sa.Connection, number: int) -> int:
            return add(tx, number, note="x" * 1_000_000)

        calls: list[Any] = [add, add_large_row, add]
        with limit_pages(100):
            async with example_table.open_database(
                sqlite_url, **example_table.ONE_WRITER
            ) as database:
                with pytest.raises(DiskFull):
                    await database.write(add_large_row, 1)
                async with example_table.blocked_writer(database):
                    tasks = await example_table.enqueue(
                        *(database.write(call, n) for n, call in enumerate(calls, 1))
                    )
                results = await example_table.gather_results(tasks)
                assert isinstance(results.pop(1), DiskFull)
                assert results == [1, 3]
                assert await database.read(list_numbers) == [0, 1, 3]
                await database.write(lambda tx: tx.exec_driver_sql("PRAGMA max_page_count = 999"))
                assert await database.write(add_large_row, 2) == 2

    async def test_reports_a_file_that_is_not_a_database(self, tmp_path: Path) -> None:
        (tmp_path / "no.db").write_bytes(b"no database at all " * 100)
        with pytest.raises(DatabaseFailure, match="not a database"):
            async with example_table.open_database(f"sqlite:///{tmp_path}/no.db"):
                pass
        assert (tmp_path / "no.db").read_bytes().startswith(b"no database")

    async def test_reports_a_damaged_file(self, sqlite_url: str) -> None:
        async with example_table.open_database(sqlite_url) as database:
            for number in range(50):
                await database.write(add, number, note="x" * 4000)
        damage(Path(sqlite_url.removeprefix("sqlite:///")))
        async with example_table.open_database(sqlite_url) as database:
            with pytest.raises(DatabaseFailure, match="malformed"):
                await database.read(list_numbers)
