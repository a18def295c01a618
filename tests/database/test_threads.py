"""How jobs share commits, fail alone, and are refused in time, on both databases."""

import asyncio
import threading
import time
from contextlib import suppress
from typing import Any

import pytest
import sqlalchemy as sa

from app.database.errors import DatabaseFailure, NoThreadFree
from tests import ledger
from tests.ledger import add, numbers

SOON = {"write_threads": 1, "pool_wait_s": 0.2}


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
        async with ledger.opened(database_url, **ledger.ONE_WRITER) as database:
            with ledger.counted_commits() as commits:
                async with ledger.held(database):
                    tasks = await ledger.queued(*(database.write(add, n) for n in range(1, 41)))
                assert await ledger.ends(tasks) == list(range(1, 41))
            assert len(commits) <= 2  # the job that held them up may have had one of its own
            assert await database.read(numbers) == list(range(41))

    async def test_are_no_larger_than_the_limit(self, database_url: str) -> None:
        settings = {**ledger.ONE_WRITER, "group_commit_limit": 4}
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

        async with (
            ledger.opened(database_url, **ledger.ONE_WRITER) as database,
            ledger.held(database),
        ):
            tasks = await ledger.queued(*(database.write(note_down, n) for n in range(100)))
        await ledger.ends(tasks)
        assert order == list(range(100))

    async def test_lose_only_the_jobs_that_fail(self, database_url: str) -> None:
        async with ledger.opened(database_url, **ledger.ONE_WRITER) as database:
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
        async with ledger.opened(database_url, **ledger.ONE_WRITER) as database:
            async with ledger.held(database):
                tasks = await ledger.queued(*(database.write(add, n) for n in (1, 1, 2)))
            ends = await ledger.ends(tasks)
            assert isinstance(ends.pop(1), sa.exc.IntegrityError)
            assert ends == [1, 2]
            assert await database.read(numbers) == [0, 1, 2]

    async def test_are_answered_as_unknown_when_their_commit_fails(self, database_url: str) -> None:
        async with ledger.opened(database_url, **ledger.ONE_WRITER) as database:
            await database.write(make_late_check)
            async with ledger.held(database) as first:
                tasks = await ledger.queued(
                    database.write(add, 1),
                    database.write(fail_late),
                    database.write(ledger.fail, 2),
                )
            ends = await ledger.ends([first, *tasks])
            assert [type(end) for end in ends[-3:]] == [DatabaseFailure] * 3
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

        async with ledger.opened(database_url, **ledger.ONE_WRITER) as database:
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
                assert isinstance(ends[0], NoThreadFree)
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
            assert [type(end) for end in await ledger.ends(behind)] == [NoThreadFree]
            second.open()
            assert await ledger.ends(stuck) == [1, 2]
            assert await database.read(numbers) == [1, 2]

    async def test_refuse_a_write_while_another_process_holds_the_file(
        self, sqlite_url: str
    ) -> None:
        async with ledger.opened(sqlite_url, **SOON) as one, ledger.opened(sqlite_url) as other:
            await one.write(add, 1)
            async with ledger.held(other):
                with pytest.raises(NoThreadFree):
                    await one.write(add, 2)
            assert await other.write(add, 3) == 3
        async with ledger.opened(sqlite_url) as database:
            assert await database.read(numbers) == [0, 1, 3]

    async def test_refuse_reads_while_every_reader_is_stuck(self, database_url: str) -> None:
        gate = threading.Event()
        settings = {"read_pool_size": 5, "pool_wait_s": 1.0}
        async with ledger.opened(database_url, **settings) as database:
            stuck = await ledger.queued(
                *(database.read(lambda _tx: gate.wait(ledger.SECONDS)) for _ in range(5))
            )
            others = await ledger.queued(*(database.read(numbers) for _ in range(200)))
            ends = await ledger.ends(others)
            gate.set()
            assert {type(end) for end in ends} == {NoThreadFree}
            assert await ledger.ends(stuck) == [True] * 5
            assert await database.read(numbers) == []

    async def test_skip_a_write_whose_caller_went_before_it_began(self, database_url: str) -> None:
        async with ledger.opened(database_url, **ledger.ONE_WRITER) as database:
            async with ledger.held(database):
                gone, stays = await ledger.queued(database.write(add, 1), database.write(add, 2))
                gone.cancel()
                await asyncio.wait([gone])
            assert await stays == 2
            assert await database.read(numbers) == [0, 2]

    async def test_finish_a_write_whose_caller_went_after_it_began(self, database_url: str) -> None:
        async with ledger.opened(database_url, **ledger.ONE_WRITER) as database:
            async with ledger.held(database) as gone:
                gone.cancel()
                await asyncio.wait([gone])
            assert gone.cancelled()
            assert await database.write(add, 1) == 1
            assert await database.read(numbers) == [0, 1]
