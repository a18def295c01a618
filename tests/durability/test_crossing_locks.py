"""Two groups of writes that lock each other out do not wait for PostgreSQL's deadlock detection."""

import threading

import psycopg
import sqlalchemy as sa

from tests import example_table

ONE_WRITER = {"write_threads": 1, "pool_wait_s": 5.0}


class CrossingJob:
    """A job that locks a name and then waits until the other group has locked its name, too."""

    def __init__(self) -> None:
        self.runs = 0
        self._both_have_a_lock = threading.Barrier(2)

    def lock_and_wait(self, tx: sa.Connection, name: int, number: int) -> int:
        self.runs += 1
        is_first_run = self.runs <= 2
        lock_and_add(tx, name, number)
        if is_first_run:
            self._both_have_a_lock.wait(example_table.TIMEOUT_S)
        return number


def lock_and_add(tx: sa.Connection, name: int, number: int) -> int:
    tx.execute(sa.select(sa.func.pg_advisory_xact_lock(name)))
    return example_table.add(tx, number)


class TestCrossingLocks:
    async def test_does_not_wait_for_the_deadlock_detection(self, postgres_url: str) -> None:
        with psycopg.connect(postgres_url, autocommit=True) as admin:
            admin.execute(f"ALTER DATABASE {admin.info.dbname} SET deadlock_timeout = '1min'")
        crossing, gates = CrossingJob(), (example_table.BlockingJob(), example_table.BlockingJob())
        async with (
            example_table.open_database(postgres_url, **ONE_WRITER) as one,
            example_table.open_database(postgres_url, **ONE_WRITER) as other,
        ):
            tasks = await example_table.enqueue(
                one.write(gates[0].run, 1), other.write(gates[1].run, 2)
            )
            for gate in gates:
                await gate.wait_until_started()
            tasks += await example_table.enqueue(
                one.write(crossing.lock_and_wait, 1, 3),
                one.write(lock_and_add, 2, 4),
                other.write(crossing.lock_and_wait, 2, 5),
                other.write(lock_and_add, 1, 6),
            )
            for gate in gates:
                gate.release()
            assert await example_table.gather_results(tasks) == [1, 2, 3, 4, 5, 6]
            assert crossing.runs > 2
            assert await one.read(example_table.list_numbers) == [1, 2, 3, 4, 5, 6]
