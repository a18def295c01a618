"""How jobs share commits, fail alone, are refused in time, and outlive the database's troubles."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, LiteralString
from urllib.parse import urlsplit

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql

from app import db
from tests import ledger, postgres
from tests.ledger import add, numbers

ONE_WRITER = {"write_threads": 1, "pool_wait_s": 5.0}
SOON = {"write_threads": 1, "pool_wait_s": 0.05}


class Administrator:
    """PostgreSQL's superuser, connected to another database of the same server."""

    def __init__(self, server: postgres.Server, url: str) -> None:
        self._server = server
        self._name = sql.Identifier(urlsplit(url).path.removeprefix("/"))

    def execute(self, statement: LiteralString) -> None:
        """Run a statement in which `{}` stands for the name of the database."""
        with psycopg.connect(self._server.address, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(self._name))

    def hang_up(self) -> None:
        """End every connection to the database."""
        name = self._name.as_string().strip('"')
        with psycopg.connect(self._server.address, autocommit=True) as connection:
            backends = "FROM pg_stat_activity WHERE datname = %s"
            connection.execute(f"SELECT pg_terminate_backend(pid) {backends}", [name])


@pytest.fixture
def admin(cluster: postgres.Server, postgres_url: str) -> Administrator:
    return Administrator(cluster, postgres_url)


@contextmanager
def page_limit(pages: int) -> Iterator[None]:
    """Every SQLite file that is opened meanwhile has room for this many pages."""

    def limit(driver: sqlite3.Connection, _record: object) -> None:
        driver.execute(f"PRAGMA max_page_count = {pages}")

    sa.event.listen(sa.pool.Pool, "connect", limit)
    try:
        yield
    finally:
        sa.event.remove(sa.pool.Pool, "connect", limit)


class Flaky:
    """A job that ends its own connection in its first runs, as a server does that restarts."""

    def __init__(self, failures: int) -> None:
        self.runs = 0
        self.failures = failures

    def job(self, tx: sa.Connection, number: int) -> int:
        self.runs += 1
        add(tx, number)
        if self.runs <= self.failures:
            tx.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
        return number


class Crossing:
    """Two jobs that lock the same two rows in opposite order, both at the same time."""

    def __init__(self) -> None:
        self.runs = 0
        self._both = threading.Barrier(2)

    def job(self, tx: sa.Connection, first: int, second: int) -> int:
        self.runs += 1
        both_wait = self.runs <= 2
        self._append(tx, first)
        if both_wait:
            self._both.wait(ledger.SECONDS)
        self._append(tx, second)
        return first

    def _append(self, tx: sa.Connection, number: int) -> None:
        entries = ledger.ENTRIES
        longer = sa.func.coalesce(entries.c.note, "") + "+"
        tx.execute(sa.update(entries).where(entries.c.number == number).values(note=longer))


def notes(tx: sa.Connection) -> list[str]:
    return list(tx.execute(sa.select(ledger.ENTRIES.c.note)).scalars())


def make_late_check(tx: sa.Connection) -> None:
    """A table whose constraint is only looked at by COMMIT."""
    tx.exec_driver_sql(
        "CREATE TABLE late (id INTEGER PRIMARY KEY, other INTEGER "
        "REFERENCES late (id) DEFERRABLE INITIALLY DEFERRED)"
    )


def fail_late(tx: sa.Connection) -> str:
    tx.exec_driver_sql("INSERT INTO late VALUES (1, 2)")
    return "not kept"


class TestGroups:
    async def test_share_one_commit(self, database_url: str) -> None:
        async with ledger.opened(database_url, **ONE_WRITER) as database:
            with ledger.counted_commits() as commits:
                async with ledger.held(database):
                    tasks = await ledger.queued(*(database.write(add, n) for n in range(1, 41)))
                assert await ledger.ends(tasks) == list(range(1, 41))
            assert len(commits) <= 2  # the job that held them up may have had one of its own
            assert await database.read(numbers) == list(range(41))

    async def test_are_no_larger_than_the_limit(self, database_url: str) -> None:
        settings = {**ONE_WRITER, "group_commit_limit": 4}
        async with ledger.opened(database_url, **settings) as database:
            with ledger.counted_commits() as commits:
                async with ledger.held(database):
                    tasks = await ledger.queued(*(database.write(add, n) for n in range(1, 41)))
                await ledger.ends(tasks)
            assert len(commits) >= 10

    async def test_keep_the_order_of_arrival(self, database_url: str) -> None:
        order: list[int] = []

        def note_down(_tx: sa.Connection, number: int) -> None:
            order.append(number)

        async with ledger.opened(database_url, **ONE_WRITER) as database, ledger.held(database):
            tasks = await ledger.queued(*(database.write(note_down, n) for n in range(100)))
        await ledger.ends(tasks)
        assert order == list(range(100))

    async def test_lose_only_the_jobs_that_fail(self, database_url: str) -> None:
        async with ledger.opened(database_url, **ONE_WRITER) as database:
            async with ledger.held(database):
                calls: list[Any] = [ledger.fail, add, ledger.fail, add, add, ledger.fail]
                tasks = await ledger.queued(
                    *(database.write(call, n) for n, call in enumerate(calls, start=1))
                )
            ends = await ledger.ends(tasks)
            assert [end for end in ends if isinstance(end, int)] == [2, 4, 5]
            assert [end.args for end in ends if isinstance(end, LookupError)] == [(1,), (3,), (6,)]
            assert await database.read(numbers) == [0, 2, 4, 5]

    async def test_lose_only_the_job_that_the_database_refuses(self, database_url: str) -> None:
        async with ledger.opened(database_url, **ONE_WRITER) as database:
            async with ledger.held(database):
                tasks = await ledger.queued(*(database.write(add, n) for n in (1, 1, 2)))
            ends = await ledger.ends(tasks)
            assert isinstance(ends.pop(1), sa.exc.IntegrityError)
            assert ends == [1, 2]
            assert await database.read(numbers) == [0, 1, 2]

    async def test_are_answered_as_unknown_when_their_commit_fails(self, database_url: str) -> None:
        async with ledger.opened(database_url, **ONE_WRITER) as database:
            await database.write(make_late_check)
            async with ledger.held(database) as first:
                tasks = await ledger.queued(
                    database.write(add, 1),
                    database.write(fail_late),
                    database.write(ledger.fail, 2),
                )
            ends = await ledger.ends([first, *tasks])
            assert [type(end) for end in ends[-3:]] == [db.DatabaseUnavailable] * 3
            assert await database.write(add, 9) == 9
            assert set(await database.read(numbers)) <= {0, 9}


class TestJobs:
    async def test_hand_back_a_mistake_unchanged(self, database_url: str) -> None:
        async with ledger.opened(database_url) as database:
            with pytest.raises(sa.exc.DBAPIError, match="nowhere"):
                await database.write(lambda tx: tx.exec_driver_sql("SELECT * FROM nowhere"))
            with pytest.raises(sa.exc.DBAPIError, match="nowhere"):
                await database.read(lambda tx: tx.exec_driver_sql("SELECT * FROM nowhere"))

    async def test_may_not_commit_themselves(self, database_url: str) -> None:
        async with ledger.opened(database_url) as database:
            with pytest.raises(RuntimeError, match="ended its transaction"):
                await database.write(lambda tx: tx.commit())
            assert await database.write(add, 1) == 1

    async def test_may_not_hide_an_error_that_undoes_their_work(self, postgres_url: str) -> None:
        def hide(tx: sa.Connection) -> str:
            add(tx, 1)
            with suppress(sa.exc.DBAPIError):
                tx.exec_driver_sql("SELECT * FROM nowhere")
            return "stored"

        async with ledger.opened(postgres_url) as database:
            with pytest.raises(RuntimeError, match="hidden an error"):
                await database.write(hide)
            assert await database.read(numbers) == []

    async def test_do_not_hang_their_caller_whatever_they_raise(self, database_url: str) -> None:
        def raise_it(_tx: sa.Connection, error: type[BaseException]) -> None:
            raise error

        async with ledger.opened(database_url, **ONE_WRITER) as database:
            with pytest.raises(RuntimeError, match="StopIteration"):
                await database.write(raise_it, StopIteration)
            with pytest.raises(RuntimeError, match="GeneratorExit"):
                await database.write(raise_it, GeneratorExit)
            assert await database.write(add, 1) == 1


class TestDeadlines:
    async def test_refuse_a_write_that_no_thread_began_and_never_run_it(
        self, database_url: str
    ) -> None:
        async with ledger.opened(database_url, **SOON) as database:
            async with ledger.held(database):
                began = time.monotonic()
                ends = await ledger.ends([asyncio.create_task(database.write(add, 1))])
                assert isinstance(ends[0], db.Overloaded)
                assert time.monotonic() - began < 1
            assert await database.write(add, 2) == 2
            assert await database.read(numbers) == [0, 2]

    async def test_refuse_a_write_behind_a_stuck_one_of_its_own_group(
        self, database_url: str
    ) -> None:
        first, second = ledger.Gate(), ledger.Gate()
        async with ledger.opened(database_url, **SOON) as database:
            stuck = await ledger.queued(database.write(first.job, 1))
            await first.entered()
            stuck += await ledger.queued(database.write(second.job, 2))
            behind = await ledger.queued(database.write(add, 3))
            first.open()
            await second.entered()
            assert [type(end) for end in await ledger.ends(behind)] == [db.Overloaded]
            second.open()
            assert await ledger.ends(stuck) == [1, 2]
            assert await database.read(numbers) == [1, 2]

    async def test_refuse_a_write_while_another_process_holds_the_file(
        self, sqlite_url: str
    ) -> None:
        async with ledger.opened(sqlite_url, **SOON) as one, ledger.opened(sqlite_url) as other:
            await one.write(add, 1)
            async with ledger.held(other):
                with pytest.raises(db.Overloaded):
                    await one.write(add, 2)
            assert await other.write(add, 3) == 3
        async with ledger.opened(sqlite_url) as database:
            assert await database.read(numbers) == [0, 1, 3]

    async def test_refuse_reads_while_every_reader_is_stuck(self, database_url: str) -> None:
        gate = threading.Event()
        settings = {"read_pool_size": 5, "pool_wait_s": 0.05}
        async with ledger.opened(database_url, **settings) as database:
            stuck = await ledger.queued(
                *(database.read(lambda _tx: gate.wait(ledger.SECONDS)) for _ in range(5))
            )
            others = await ledger.queued(*(database.read(numbers) for _ in range(200)))
            ends = await ledger.ends(others)
            gate.set()
            assert {type(end) for end in ends} == {db.Overloaded}
            assert await ledger.ends(stuck) == [True] * 5
            assert await database.read(numbers) == []

    async def test_skip_a_write_whose_caller_went_before_it_began(self, database_url: str) -> None:
        async with ledger.opened(database_url, **ONE_WRITER) as database:
            async with ledger.held(database):
                gone, stays = await ledger.queued(database.write(add, 1), database.write(add, 2))
                gone.cancel()
                await asyncio.wait([gone])
            assert await stays == 2
            assert await database.read(numbers) == [0, 2]

    async def test_finish_a_write_whose_caller_went_after_it_began(self, database_url: str) -> None:
        async with ledger.opened(database_url, **ONE_WRITER) as database:
            async with ledger.held(database) as gone:
                gone.cancel()
                await asyncio.wait([gone])
            assert gone.cancelled()
            assert await database.write(add, 1) == 1
            assert await database.read(numbers) == [0, 1]


class TestTroubleWithPostgres:
    async def test_reruns_the_loser_of_a_deadlock(
        self, postgres_url: str, admin: Administrator
    ) -> None:
        admin.execute("ALTER DATABASE {} SET deadlock_timeout = '20ms'")
        crossing = Crossing()
        async with ledger.opened(postgres_url, write_threads=2) as database:
            await database.write(add, 1)
            await database.write(add, 2)
            tasks = await ledger.queued(
                database.write(crossing.job, 1, 2), database.write(crossing.job, 2, 1)
            )
            assert await ledger.ends(tasks) == [1, 2]
            assert crossing.runs == 3
            assert await database.read(notes) == ["++", "++"]

    async def test_goes_on_after_all_connections_were_lost(
        self, postgres_url: str, admin: Administrator
    ) -> None:
        async with ledger.opened(postgres_url) as database:
            for number in range(5):
                assert await database.write(add, number) == number
                assert len(await database.read(numbers)) == number + 1
                admin.hang_up()

    async def test_reruns_a_group_that_lost_its_connection(self, postgres_url: str) -> None:
        flaky = Flaky(failures=1)
        async with ledger.opened(postgres_url, **ONE_WRITER) as database:
            async with ledger.held(database):
                calls: list[Any] = [add, ledger.fail, flaky.job, add]
                tasks = await ledger.queued(*(database.write(c, n) for n, c in enumerate(calls, 1)))
            ends = await ledger.ends(tasks)
            assert isinstance(ends.pop(1), LookupError)
            assert ends == [1, 3, 4]
            assert flaky.runs == 2
            assert await database.read(numbers) == [0, 1, 3, 4]

    async def test_gives_up_after_a_few_runs(self, postgres_url: str) -> None:
        flaky = Flaky(failures=100)
        async with ledger.opened(postgres_url) as database:
            with pytest.raises(db.DatabaseUnavailable):
                await database.write(flaky.job, 1)
            assert 2 <= flaky.runs <= 5
            assert await database.read(numbers) == []

    async def test_recovers_without_a_restart_when_the_server_is_back(
        self, postgres_url: str, admin: Administrator
    ) -> None:
        async with ledger.opened(postgres_url) as database:
            admin.execute("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false")
            admin.hang_up()
            with pytest.raises(db.DatabaseUnavailable):
                await database.write(add, 1)
            with pytest.raises(db.DatabaseUnavailable):
                await database.read(numbers)
            admin.execute("ALTER DATABASE {} WITH ALLOW_CONNECTIONS true")
            assert await database.write(add, 2) == 2
            assert await database.read(numbers) == [2]

    async def test_knows_a_full_disk(self, postgres_url: str) -> None:
        full = "DO $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = 'disk_full'; END $$"
        async with ledger.opened(postgres_url) as database:
            with pytest.raises(db.StorageFull):
                await database.write(lambda tx: tx.exec_driver_sql(full))
            assert await database.write(add, 1) == 1


class TestTroubleWithSqlite:
    async def test_knows_a_full_disk_and_goes_on_with_what_fits(self, sqlite_url: str) -> None:
        def add_much(tx: sa.Connection, number: int) -> int:
            return add(tx, number, note="x" * 1_000_000)

        calls: list[Any] = [add, add_much, add]
        with page_limit(100):
            async with ledger.opened(sqlite_url, **ONE_WRITER) as database:
                with pytest.raises(db.StorageFull):
                    await database.write(add_much, 1)
                async with ledger.held(database):
                    tasks = await ledger.queued(
                        *(database.write(call, n) for n, call in enumerate(calls, 1))
                    )
                ends = await ledger.ends(tasks)
                assert isinstance(ends.pop(1), db.StorageFull)
                assert ends == [1, 3]
                assert await database.read(numbers) == [0, 1, 3]
                await database.write(lambda tx: tx.exec_driver_sql("PRAGMA max_page_count = 999"))
                assert await database.write(add_much, 2) == 2

    async def test_knows_a_file_that_is_no_database(self, tmp_path: Path) -> None:
        (tmp_path / "no.db").write_bytes(b"no database at all " * 100)
        with pytest.raises(db.DatabaseUnavailable):
            async with ledger.opened(f"sqlite:///{tmp_path}/no.db"):
                pass
        assert (tmp_path / "no.db").read_bytes().startswith(b"no database")
