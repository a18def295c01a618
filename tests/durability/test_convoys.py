"""Groups of writes that want what each other holds: nobody waits for PostgreSQL to notice."""

import threading

import psycopg
import sqlalchemy as sa

from tests import example_table

ONE_WRITER = {"write_threads": 1, "pool_wait_s": 5.0}


class Meeting:
    """A job that goes on only when another group holds what it has locked, too."""

    def __init__(self) -> None:
        self.runs = 0
        self._both_hold_one = threading.Barrier(2)

    def take(self, tx: sa.Connection, name: int, number: int) -> int:
        self.runs += 1
        both_wait = self.runs <= 2
        take(tx, name, number)
        if both_wait:
            self._both_hold_one.wait(example_table.TIMEOUT_S)
        return number


def take(tx: sa.Connection, name: int, number: int) -> int:
    tx.execute(sa.select(sa.func.pg_advisory_xact_lock(name)))
    return example_table.add(tx, number)


class TestGroups:
    async def test_that_cross_do_not_wait_for_the_search_for_deadlocks(
        self, postgres_url: str
    ) -> None:
        with psycopg.connect(postgres_url, autocommit=True) as admin:
            admin.execute(f"ALTER DATABASE {admin.info.dbname} SET deadlock_timeout = '1min'")
        meeting, gates = Meeting(), (example_table.BlockingJob(), example_table.BlockingJob())
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
                one.write(meeting.take, 1, 3),
                one.write(take, 2, 4),
                other.write(meeting.take, 2, 5),
                other.write(take, 1, 6),
            )
            for gate in gates:
                gate.release()
            assert await example_table.gather_results(tasks) == [1, 2, 3, 4, 5, 6]
            assert meeting.runs > 2
            assert await one.read(example_table.list_numbers) == [1, 2, 3, 4, 5, 6]
