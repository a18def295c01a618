"""A table and jobs for the tests of the database layer.

It is not a table of Pushoff, because these tests must hold for any table.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import sqlalchemy as sa
from pydantic import SecretStr

from app.database.database import Database
from app.database.rows import Instant, Json, Uuid
from app.settings import Settings

TIMEOUT_S = 10
"""Far longer than any step of a test takes. A test that waits longer has found a fault."""

ONE_WRITER: dict[str, Any] = {"write_threads": 1, "pool_wait_s": 5.0}
"""Settings that send all writes through one thread on both databases, with a long wait for it."""

_SCHEMA = sa.MetaData()
ENTRIES = sa.Table(
    "entries",
    _SCHEMA,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("note", sa.Text),
    sa.Column("id", Uuid),
    sa.Column("at", Instant),
    sa.Column("extra", Json),
)


@asynccontextmanager
async def open_database(url: str, **settings: Any) -> AsyncIterator[Database]:
    """Yield a database with an empty table of entries; close it at the end."""
    database = Database(Settings(database_url=SecretStr(url), **settings))
    try:
        await database.write(_SCHEMA.create_all)
        yield database
    finally:
        await database.close()


def add(tx: sa.Connection, /, number: int, **values: object) -> int:
    tx.execute(sa.insert(ENTRIES).values(number=number, **values))
    return number


def fail(tx: sa.Connection, number: int) -> None:
    add(tx, number)
    raise LookupError(number)


def list_numbers(tx: sa.Connection) -> list[int]:
    return list(tx.execute(sa.select(ENTRIES.c.number).order_by(ENTRIES.c.number)).scalars())


class BlockingJob:
    """A job that blocks its thread until release() is called."""

    def __init__(self) -> None:
        self._started = threading.Event()
        self._released = threading.Event()

    def run(self, tx: sa.Connection, number: int = 0) -> int:
        add(tx, number)
        self._started.set()
        assert self._released.wait(TIMEOUT_S)
        return number

    async def wait_until_started(self) -> None:
        assert await asyncio.to_thread(self._started.wait, TIMEOUT_S)

    def release(self) -> None:
        self._released.set()


@asynccontextmanager
async def blocked_writer(database: Database, number: int = 0) -> AsyncIterator[asyncio.Task[int]]:
    """Block a writer while the block runs; yield the task of the blocking job."""
    blocking = BlockingJob()
    task = asyncio.create_task(database.write(blocking.run, number))
    await blocking.wait_until_started()
    try:
        yield task
    finally:
        blocking.release()
        await asyncio.wait([task])


async def enqueue(*calls: Any) -> list[asyncio.Task[Any]]:
    """Return tasks of these coroutines after each has queued its job."""
    tasks = [asyncio.create_task(call) for call in calls]
    await asyncio.sleep(0)
    return tasks


async def gather_results(tasks: list[asyncio.Task[Any]]) -> list[Any]:
    """Return what each task returned or raised."""
    return await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), TIMEOUT_S)


@contextmanager
def record_commits() -> Iterator[list[sa.Connection]]:
    """Yield a list that gets one connection for each commit in the block."""
    commits: list[sa.Connection] = []
    record = commits.append
    sa.event.listen(sa.Engine, "commit", record)
    try:
        yield commits
    finally:
        sa.event.remove(sa.Engine, "commit", record)
