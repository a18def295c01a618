"""Tests of jobs that share commits, fail alone, and are rejected in time, on both databases."""

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

SHORT_WAIT = {"write_threads": 1, "pool_wait_s": 0.2}


def create_deferred_constraint(tx: sa.Connection) -> None:
    """Create a table whose constraint is only checked by COMMIT."""
    tx.exec_driver_sql(
        "CREATE TABLE late (id INTEGER PRIMARY KEY, other INTEGER "
        "REFERENCES late (id) DEFERRABLE INITIALLY DEFERRED)"
    )


def fail_at_commit(tx: sa.Connection) -> str:
    tx.exec_driver_sql("INSERT INTO late VALUES (1, 2)")
    return "not kept"


class TestGroups:
    async def test_commits_all_jobs_of_a_group_at_once(self, database_url: str) -> None:
        async with example_table.open_database(
            database_url, **example_table.ONE_WRITER
        ) as database:
            with example_table.record_commits() as commits:
                async with example_table.blocked_writer(database):
                    tasks = await example_table.enqueue(
                        *(database.write(add, n) for n in range(1, 41))
                    )
                assert await example_table.gather_results(tasks) == list(range(1, 41))
            assert len(commits) <= 2  # The blocking job may have had its own commit.
            assert await database.read(list_numbers) == list(range(41))

    async def test_has_no_more_jobs_than_the_limit(self, database_url: str) -> None:
        settings = {**example_table.ONE_WRITER, "group_commit_limit": 4}
        async with example_table.open_database(database_url, **settings) as database:
            with example_table.record_commits() as commits:
                async with example_table.blocked_writer(database):
                    tasks = await example_table.enqueue(
                        *(database.write(add, n) for n in range(1, 41))
                    )
                await example_table.gather_results(tasks)
            assert len(commits) >= 10

    async def test_keeps_the_order_of_arrival(self, database_url: str) -> None:
        order: list[int] = []

        def record(_tx: sa.Connection, number: int) -> None:
            order.append(number)

        async with (
            example_table.open_database(database_url, **example_table.ONE_WRITER) as database,
            example_table.blocked_writer(database),
        ):
            tasks = await example_table.enqueue(*(database.write(record, n) for n in range(100)))
        await example_table.gather_results(tasks)
        assert order == list(range(100))

    async def test_rolls_back_only_the_jobs_that_fail(self, database_url: str) -> None:
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
            results = await example_table.gather_results(tasks)
            assert [result for result in results if isinstance(result, int)] == [2, 4, 5]
            assert [result.args for result in results if isinstance(result, LookupError)] == [
                (1,),
                (3,),
                (6,),
            ]
            assert await database.read(list_numbers) == [0, 2, 4, 5]

    async def test_rolls_back_only_the_job_that_violates_a_constraint(
        self, database_url: str
    ) -> None:
        async with example_table.open_database(
            database_url, **example_table.ONE_WRITER
        ) as database:
            async with example_table.blocked_writer(database):
                tasks = await example_table.enqueue(*(database.write(add, n) for n in (1, 1, 2)))
            results = await example_table.gather_results(tasks)
            assert isinstance(results.pop(1), sa.exc.IntegrityError)
            assert results == [1, 2]
            assert await database.read(list_numbers) == [0, 1, 2]

    async def test_fails_as_a_whole_when_the_commit_fails(self, database_url: str) -> None:
        async with example_table.open_database(
            database_url, **example_table.ONE_WRITER
        ) as database:
            await database.write(create_deferred_constraint)
            async with example_table.blocked_writer(database) as first:
                tasks = await example_table.enqueue(
                    database.write(add, 1),
                    database.write(fail_at_commit),
                    database.write(example_table.fail, 2),
                )
            results = await example_table.gather_results([first, *tasks])
            assert [type(result) for result in results[-3:]] == [DatabaseFailure] * 3
            assert await database.write(add, 9) == 9
            assert set(await database.read(list_numbers)) <= {0, 9}


class TestJobs:
    async def test_raises_the_error_of_a_job_unchanged(self, database_url: str) -> None:
        async with example_table.open_database(database_url) as database:
            with pytest.raises(sa.exc.DBAPIError, match="nowhere"):
                await database.write(lambda tx: tx.exec_driver_sql("SELECT * FROM nowhere"))
            with pytest.raises(sa.exc.DBAPIError, match="nowhere"):
                await database.read(lambda tx: tx.exec_driver_sql("SELECT * FROM nowhere"))

    async def test_rejects_a_job_that_commits(self, database_url: str) -> None:
        async with example_table.open_database(database_url) as database:
            with pytest.raises(RuntimeError, match="ended its transaction"):
                await database.write(lambda tx: tx.commit())
            assert await database.write(add, 1) == 1

    async def test_rejects_a_job_that_suppresses_an_error_of_its_transaction(
        self, postgres_url: str
    ) -> None:
        def suppress_error(tx: sa.Connection) -> str:
            add(tx, 1)
            with suppress(sa.exc.DBAPIError):
                tx.exec_driver_sql("SELECT * FROM nowhere")
            return "stored"

        async with example_table.open_database(postgres_url) as database:
            with pytest.raises(RuntimeError, match="hidden an error"):
                await database.write(suppress_error)
            assert await database.read(list_numbers) == []

    async def test_returns_to_the_caller_after_any_exception(self, database_url: str) -> None:
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
    async def test_rejects_a_write_that_no_thread_began_and_never_runs_it(
        self, database_url: str
    ) -> None:
        async with example_table.open_database(database_url, **SHORT_WAIT) as database:
            async with example_table.blocked_writer(database):
                started = time.monotonic()
                results = await example_table.gather_results(
                    [asyncio.create_task(database.write(add, 1))]
                )
                assert isinstance(results[0], NoThreadFree)
                assert time.monotonic() - started < 1
            assert await database.write(add, 2) == 2
            assert await database.read(list_numbers) == [0, 2]

    async def test_rejects_a_write_behind_a_stuck_one_of_its_group(self, database_url: str) -> None:
        first, second = example_table.BlockingJob(), example_table.BlockingJob()
        async with example_table.open_database(database_url, **SHORT_WAIT) as database:
            stuck = await example_table.enqueue(database.write(first.run, 1))
            await first.wait_until_started()
            stuck += await example_table.enqueue(database.write(second.run, 2))
            behind = await example_table.enqueue(database.write(add, 3))
            first.release()
            await second.wait_until_started()
            assert [type(result) for result in await example_table.gather_results(behind)] == [
                NoThreadFree
            ]
            second.release()
            assert await example_table.gather_results(stuck) == [1, 2]
            assert await database.read(list_numbers) == [1, 2]

    async def test_rejects_a_write_while_another_process_locks_the_file(
        self, sqlite_url: str
    ) -> None:
        async with (
            example_table.open_database(sqlite_url, **SHORT_WAIT) as one,
            example_table.open_database(sqlite_url) as other,
        ):
            await one.write(add, 1)
            async with example_table.blocked_writer(other):
                with pytest.raises(NoThreadFree):
                    await one.write(add, 2)
            assert await other.write(add, 3) == 3
        async with example_table.open_database(sqlite_url) as database:
            assert await database.read(list_numbers) == [0, 1, 3]

    async def test_rejects_reads_while_every_reader_is_stuck(self, database_url: str) -> None:
        gate = threading.Event()
        settings = {"read_pool_size": 5, "pool_wait_s": 1.0}
        async with example_table.open_database(database_url, **settings) as database:
            stuck = await example_table.enqueue(
                *(database.read(lambda _tx: gate.wait(example_table.TIMEOUT_S)) for _ in range(5))
            )
            others = await example_table.enqueue(*(database.read(list_numbers) for _ in range(200)))
            results = await example_table.gather_results(others)
            gate.set()
            assert {type(result) for result in results} == {NoThreadFree}
            assert await example_table.gather_results(stuck) == [True] * 5
            assert await database.read(list_numbers) == []

    async def test_skips_a_write_that_was_cancelled_before_it_began(
        self, database_url: str
    ) -> None:
        async with example_table.open_database(
            database_url, **example_table.ONE_WRITER
        ) as database:
            async with example_table.blocked_writer(database):
                cancelled, other = await example_table.enqueue(
                    database.write(add, 1), database.write(add, 2)
                )
                cancelled.cancel()
                await asyncio.wait([cancelled])
            assert await other == 2
            assert await database.read(list_numbers) == [0, 2]

    async def test_finishes_a_write_that_was_cancelled_after_it_began(
        self, database_url: str
    ) -> None:
        async with example_table.open_database(
            database_url, **example_table.ONE_WRITER
        ) as database:
            async with example_table.blocked_writer(database) as cancelled:
                cancelled.cancel()
                await asyncio.wait([cancelled])
            assert cancelled.cancelled()
            assert await database.write(add, 1) == 1
            assert await database.read(list_numbers) == [0, 1]
