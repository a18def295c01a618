"""How jobs share commits, fail alone, and are refused in time, on both databases."""

import asyncio
import threading
import time
from contextlib import suppress
from typing import Any

import pytest
import sqlalchemy as sa

from app.database.errors import DatabaseFailure, NoThreadFree
from tests import example_table
from tests.example_table import add, list_numbers

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
        async with example_table.open_database(
            database_url, **example_table.ONE_WRITER
        ) as database:
            with example_table.record_commits() as commits:
                async with example_table.blocked_writer(database):
                    tasks = await example_table.enqueue(
                        *(database.write(add, n) for n in range(1, 41))
                    )
                assert await example_table.gather_results(tasks) == list(range(1, 41))
            assert len(commits) <= 2  # the job that held them up may have had one of its own
            assert await database.read(list_numbers) == list(range(41))

    async def test_are_no_larger_than_the_limit(self, database_url: str) -> None:
        settings = {**example_table.ONE_WRITER, "group_commit_limit": 4}
        async with example_table.open_database(database_url, **settings) as database:
            with example_table.record_commits() as commits:
                async with example_table.blocked_writer(database):
                    tasks = await example_table.enqueue(
                        *(database.write(add, n) for n in range(1, 41))
                    )
                await example_table.gather_results(tasks)
            assert len(commits) >= 10

    async def test_keep_the_order_of_arrival(self, database_url: str) -> None:
        order: list[int] = []

        def note_down(_tx: sa.Connection, number: int) -> None:
            order.append(number)

        async with (
            example_table.open_database(database_url, **example_table.ONE_WRITER) as database,
            example_table.blocked_writer(database),
        ):
            tasks = await example_table.enqueue(*(database.write(note_down, n) for n in range(100)))
        await example_table.gather_results(tasks)
        assert order == list(range(100))

    async def test_lose_only_the_jobs_that_fail(self, database_url: str) -> None:
        async with example_table.open_database(
            database_url, **example_table.ONE_WRITER
        ) as database:
            async with example_table.blocked_writer(database):
                calls: list[Any] = [
                    example_table.fail,
                    add,
                    example_table.fail,
                    add,
                    add,
                    example_table.fail,
                ]
                tasks = await example_table.enqueue(
                    *(database.write(call, n) for n, call in enumerate(calls, start=1))
                )
            ends = await example_table.gather_results(tasks)
            assert [end for end in ends if isinstance(end, int)] == [2, 4, 5]
            assert [end.args for end in ends if isinstance(end, LookupError)] == [(1,), (3,), (6,)]
            assert await database.read(list_numbers) == [0, 2, 4, 5]

    async def test_lose_only_the_job_that_the_database_refuses(self, database_url: str) -> None:
        async with example_table.open_database(
            database_url, **example_table.ONE_WRITER
        ) as database:
            async with example_table.blocked_writer(database):
                tasks = await example_table.enqueue(*(database.write(add, n) for n in (1, 1, 2)))
            ends = await example_table.gather_results(tasks)
            assert isinstance(ends.pop(1), sa.exc.IntegrityError)
            assert ends == [1, 2]
            assert await database.read(list_numbers) == [0, 1, 2]

    async def test_are_answered_as_unknown_when_their_commit_fails(self, database_url: str) -> None:
        async with example_table.open_database(
            database_url, **example_table.ONE_WRITER
        ) as database:
            await database.write(make_late_check)
            async with example_table.blocked_writer(database) as first:
                tasks = await example_table.enqueue(
                    database.write(add, 1),
                    database.write(fail_late),
                    database.write(example_table.fail, 2),
                )
            ends = await example_table.gather_results([first, *tasks])
            assert [type(end) for end in ends[-3:]] == [DatabaseFailure] * 3
            assert await database.write(add, 9) == 9
            assert set(await database.read(list_numbers)) <= {0, 9}


class TestJobs:
    async def test_hand_back_a_mistake_unchanged(self, database_url: str) -> None:
        async with example_table.open_database(database_url) as database:
            with pytest.raises(sa.exc.DBAPIError, match="nowhere"):
                await database.write(lambda tx: tx.exec_driver_sql("SELECT * FROM nowhere"))
            with pytest.raises(sa.exc.DBAPIError, match="nowhere"):
                await database.read(lambda tx: tx.exec_driver_sql("SELECT * FROM nowhere"))

    async def test_may_not_commit_themselves(self, database_url: str) -> None:
        async with example_table.open_database(database_url) as database:
            with pytest.raises(RuntimeError, match="ended its transaction"):
                await database.write(lambda tx: tx.commit())
            assert await database.write(add, 1) == 1

    async def test_may_not_hide_an_error_that_undoes_their_work(self, postgres_url: str) -> None:
        def hide(tx: sa.Connection) -> str:
            add(tx, 1)
            with suppress(sa.exc.DBAPIError):
                tx.exec_driver_sql("SELECT * FROM nowhere")
            return "stored"

        async with example_table.open_database(postgres_url) as database:
            with pytest.raises(RuntimeError, match="hidden an error"):
                await database.write(hide)
            assert await database.read(list_numbers) == []

    async def test_do_not_hang_their_caller_whatever_they_raise(self, database_url: str) -> None:
        def raise_it(_tx: sa.Connection, error: type[BaseException]) -> None:
            raise error

        async with example_table.open_database(
            database_url, **example_table.ONE_WRITER
        ) as database:
            with pytest.raises(RuntimeError, match="StopIteration"):
                await database.write(raise_it, StopIteration)
            with pytest.raises(RuntimeError, match="GeneratorExit"):
                await database.write(raise_it, GeneratorExit)
            assert await database.write(add, 1) == 1


class TestDeadlines:
    async def test_refuse_a_write_that_no_thread_began_and_never_run_it(
        self, database_url: str
    ) -> None:
        async with example_table.open_database(database_url, **SOON) as database:
            async with example_table.blocked_writer(database):
                began = time.monotonic()
                ends = await example_table.gather_results(
                    [asyncio.create_task(database.write(add, 1))]
                )
                assert isinstance(ends[0], NoThreadFree)
                assert time.monotonic() - began < 1
            assert await database.write(add, 2) == 2
            assert await database.read(list_numbers) == [0, 2]

    async def test_refuse_a_write_behind_a_stuck_one_of_its_own_group(
        self, database_url: str
    ) -> None:
        first, second = example_table.BlockingJob(), example_table.BlockingJob()
        async with example_table.open_database(database_url, **SOON) as database:
            stuck = await example_table.enqueue(database.write(first.run, 1))
            await first.wait_until_started()
            stuck += await example_table.enqueue(database.write(second.run, 2))
            behind = await example_table.enqueue(database.write(add, 3))
            first.release()
            await second.wait_until_started()
            assert [type(end) for end in await example_table.gather_results(behind)] == [
                NoThreadFree
            ]
            second.release()
            assert await example_table.gather_results(stuck) == [1, 2]
            assert await database.read(list_numbers) == [1, 2]

    async def test_refuse_a_write_while_another_process_holds_the_file(
        self, sqlite_url: str
    ) -> None:
        async with (
            example_table.open_database(sqlite_url, **SOON) as one,
            example_table.open_database(sqlite_url) as other,
        ):
            await one.write(add, 1)
            async with example_table.blocked_writer(other):
                with pytest.raises(NoThreadFree):
                    await one.write(add, 2)
            assert await other.write(add, 3) == 3
        async with example_table.open_database(sqlite_url) as database:
            assert await database.read(list_numbers) == [0, 1, 3]

    async def test_refuse_reads_while_every_reader_is_stuck(self, database_url: str) -> None:
        gate = threading.Event()
        settings = {"read_pool_size": 5, "pool_wait_s": 1.0}
        async with example_table.open_database(database_url, **settings) as database:
            stuck = await example_table.enqueue(
                *(database.read(lambda _tx: gate.wait(example_table.TIMEOUT_S)) for _ in range(5))
            )
            others = await example_table.enqueue(*(database.read(list_numbers) for _ in range(200)))
            ends = await example_table.gather_results(others)
            gate.set()
            assert {type(end) for end in ends} == {NoThreadFree}
            assert await example_table.gather_results(stuck) == [True] * 5
            assert await database.read(list_numbers) == []

    async def test_skip_a_write_whose_caller_went_before_it_began(self, database_url: str) -> None:
        async with example_table.open_database(
            database_url, **example_table.ONE_WRITER
        ) as database:
            async with example_table.blocked_writer(database):
                gone, stays = await example_table.enqueue(
                    database.write(add, 1), database.write(add, 2)
                )
                gone.cancel()
                await asyncio.wait([gone])
            assert await stays == 2
            assert await database.read(list_numbers) == [0, 2]

    async def test_finish_a_write_whose_caller_went_after_it_began(self, database_url: str) -> None:
        async with example_table.open_database(
            database_url, **example_table.ONE_WRITER
        ) as database:
            async with example_table.blocked_writer(database) as gone:
                gone.cancel()
                await asyncio.wait([gone])
            assert gone.cancelled()
            assert await database.write(add, 1) == 1
            assert await database.read(list_numbers) == [0, 1]
