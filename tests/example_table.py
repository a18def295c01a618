"""A table to write into and jobs to run on it, for the tests of the database layer.

It is no table of Pushoff: what is tested here must hold for any.
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
"""Far more than anything here takes: a test that waits for longer has found a fault."""

ONE_WRITER: dict[str, Any] = {"write_threads": 1, "pool_wait_s": 5.0}
"""Settings with which all writes go through one thread on both databases, and wait for it."""

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
    """A database with an empty table of entries, closed at the end."""
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
    """A job that keeps its thread until it is let go on."""

    def __init__(self) -> None:
        self._entered = threading.Event()
        self._opened = threading.Event()

    def run(self, tx: sa.Connection, number: int = 0) -> int:
        add(tx, number)
        self._entered.set()
        assert self._opened.wait(TIMEOUT_S)
        return number

    async def wait_until_started(self) -> None:
        assert await asyncio.to_thread(self._entered.wait, TIMEOUT_S)

    def release(self) -> None:
        self._opened.set()


@asynccontextmanager
async def blocked_writer(database: Database, number: int = 0) -> AsyncIterator[asyncio.Task[int]]:
    """A writer is kept busy for as long as the block runs; yields what it will return."""
    gate = BlockingJob()
    task = asyncio.create_task(database.write(gate.run, number))
    await gate.wait_until_started()
    try:
        yield task
    finally:
        gate.release()
        await asyncio.wait([task])


async def enqueue(*calls: Any) -> list[asyncio.Task[Any]]:
    """Tasks of these coroutines, once each of them waits for its thread."""
    tasks = [asyncio.create_task(call) for call in calls]
    await asyncio.sleep(0)
    return tasks


async def gather_results(tasks: list[asyncio.Task[Any]]) -> list[Any]:
    """What each task returned or raised."""
    return await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), TIMEOUT_S)


@contextmanager
def record_commits() -> Iterator[list[sa.Connection]]:
    """The connections on which SQLAlchemy commits meanwhile, once for each commit."""
    seen: list[sa.Connection] = []
    note_down = seen.append
    sa.event.listen(sa.Engine, "commit", note_down)
    try:
        yield seen
    finally:
        sa.event.remove(sa.Engine, "commit", note_down)
