"""The database: the base of all rows, their column types, and ``Database``.

Hands out ``await db.read(fn, …)`` and ``await db.write(fn, …)``, which run plain functions of a
transaction and values. How they are grouped and committed is in ``transactions``; what the tables
hold is in each feature's ``tables``; no status code is known here.
"""

import asyncio
import queue
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Concatenate, ParamSpec, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.engines import make_engine, make_engines
from app.settings import Settings
from app.transactions import (
    DatabaseUnavailable,
    Job,
    Jobs,
    NotReplicated,
    Overloaded,
    Runner,
    StorageFull,
)

__all__ = [
    "HEAD",
    "Database",
    "DatabaseUnavailable",
    "Instant",
    "Json",
    "NotReplicated",
    "Overloaded",
    "Row",
    "StorageFull",
    "Uuid",
    "find_revision",
    "make_engine",
]

HEAD = "202611231000"
"""The revision of the schema that this code was written for; a test holds it to Alembic's."""

P = ParamSpec("P")
T = TypeVar("T")
Convert = Callable[[Any], Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_PING_SECONDS = 1


class Uuid(sa.TypeDecorator[UUID]):
    """A UUID: native on Postgres, 16 bytes on SQLite, where its text would take 36."""

    impl = sa.Uuid
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        return dialect.type_descriptor(sa.LargeBinary(16) if _is_sqlite(dialect) else sa.Uuid())

    def bind_processor(self, dialect: sa.Dialect) -> Convert | None:
        return _uuid_to_bytes if _is_sqlite(dialect) else None

    def result_processor(self, dialect: sa.Dialect, _coltype: object) -> Convert | None:
        return _uuid_from_bytes if _is_sqlite(dialect) else None


class Instant(sa.TypeDecorator[datetime]):
    """A moment: aware in, UTC out. On SQLite microseconds since 1970, so that it sorts."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        stored = sa.BigInteger() if _is_sqlite(dialect) else sa.DateTime(timezone=True)
        return dialect.type_descriptor(stored)

    def bind_processor(self, dialect: sa.Dialect) -> Convert | None:
        return _instant_to_integer if _is_sqlite(dialect) else _instant_to_utc

    def result_processor(self, dialect: sa.Dialect, _coltype: object) -> Convert | None:
        return _instant_from_integer if _is_sqlite(dialect) else _instant_to_utc


Json = sa.JSON(none_as_null=True)
"""A JSON value, stored as text; nothing searches inside it."""


class Row(SQLModel):
    """The base of every table. Its constraints have names, so that migrations can alter them."""

    metadata: ClassVar[sa.MetaData] = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Database:
    """Reader and writer threads over one database, for one event loop.

    Nothing is opened before the first job, so a process starts without its database. What goes
    wrong with the database arrives as ``DatabaseUnavailable`` or ``Overloaded``; what a job raises
    itself, and a database error that only a mistake in a job can cause, arrives unchanged.
    """

    def __init__(self, settings: Settings) -> None:
        url = sa.make_url(settings.database_url.get_secret_value())
        timeout_s = settings.statement_timeout_s
        reading, writing = make_engines(url, timeout_s, settings.database_silence_s)
        limit = settings.group_commit_limit
        writers = 1 if _is_sqlite(writing.dialect) else settings.write_threads
        self._pool_wait_s = settings.pool_wait_s
        self._patience_s = settings.graceful_shutdown_s
        self._closing = False
        self._reads: Jobs = queue.SimpleQueue()
        self._writes: Jobs = queue.SimpleQueue()
        self._arrived: list[tuple[Jobs, Job]] = []
        self._readers = [
            Runner(reading, self._reads, timeout_s) for _ in range(settings.read_pool_size)
        ]
        self._writers = [Runner(writing, self._writes, timeout_s, limit) for _ in range(writers)]

    async def read(
        self, fn: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``fn(tx, …)`` on one snapshot of the rows, in a transaction that cannot write."""
        return await self._run(self._reads, lambda tx: fn(tx, *args, **kwargs))

    async def write(
        self, fn: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``fn(tx, …)``, and return what it returned once that is committed.

        It is all or nothing, also when the caller is cancelled. ``fn`` may run more than once
        before its one commit, so it may depend on nothing but its arguments and the rows.
        """
        return await self._run(self._writes, lambda tx: fn(tx, *args, **kwargs))

    async def ping_write(self) -> None:
        """Return when a write is possible now, else raise, within a second in any case."""
        try:
            async with asyncio.timeout(_PING_SECONDS):
                await self.write(_check_writable)
        except TimeoutError:
            raise DatabaseUnavailable("the database did not answer in time") from None

    async def revision(self) -> str | None:
        """The schema's revision, or None where no migration has run."""
        return await self.read(find_revision)

    async def close(self) -> None:
        """Refuse new jobs, finish those that wait, and end the threads."""
        self._closing = True
        self._hand_over()
        # Readers first: SQLite's last connection folds the log into the file and removes it, which
        # two that close at the same moment would leave to each other, so that neither does.
        for runners in (self._readers, self._writers):
            end = time.monotonic() + self._patience_s / 2
            running = [runner for runner in runners if runner.is_alive()]
            for runner in running:
                runner.jobs.put(None)
            await asyncio.to_thread(_join, running, end)

    async def _run(self, jobs: Jobs, call: Callable[[sa.Connection], T]) -> T:
        if self._closing:
            raise DatabaseUnavailable("the database is being closed")
        self._start()
        loop = asyncio.get_running_loop()
        job = Job(call, loop.create_future())
        timer = loop.call_later(self._pool_wait_s, job.expire)
        if not self._arrived:
            loop.call_soon(self._hand_over)
        self._arrived.append((jobs, job))
        try:
            result: T = await job.future
        finally:
            timer.cancel()
            job.claim()  # A job whose caller has gone before its turn never begins.
        return result

    def _hand_over(self) -> None:
        """Give the threads all jobs that this turn of the loop has brought.

        One by one, the first would wake a thread that contends with the loop for the interpreter
        while the loop still reads the requests behind it, and goes to commit without them: 3 to
        15 % more CPU a session on SQLite.
        """
        for jobs, job in self._arrived:
            jobs.put(job)
        self._arrived.clear()

    def _start(self) -> None:
        if self._readers[0].ident is None:
            for runner in (*self._readers, *self._writers):
                runner.start()


def find_revision(tx: sa.Connection) -> str | None:
    """What Alembic noted in this database, or None."""
    if not sa.inspect(tx).has_table("alembic_version"):
        return None
    found: str | None = tx.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return found


def _join(runners: list[Runner], end: float) -> None:
    for runner in runners:
        runner.join(max(0.0, end - time.monotonic()))


def _check_writable(tx: sa.Connection) -> None:
    if _is_sqlite(tx.dialect):
        return  # BEGIN IMMEDIATE has proved it.
    if tx.exec_driver_sql("SHOW transaction_read_only").scalar() == "on":
        raise DatabaseUnavailable("the database is read-only")


def _is_sqlite(dialect: sa.Dialect) -> bool:
    return dialect.name == "sqlite"


def _uuid_to_bytes(value: UUID | None) -> bytes | None:
    return None if value is None else value.bytes


def _uuid_from_bytes(value: bytes | None) -> UUID | None:
    return None if value is None else UUID(bytes=value)


def _instant_to_integer(value: datetime | None) -> int | None:
    return None if value is None else (value - _EPOCH) // _MICROSECOND


def _instant_from_integer(value: int | None) -> datetime | None:
    return None if value is None else _EPOCH + value * _MICROSECOND


def _instant_to_utc(value: datetime | None) -> datetime | None:
    if value is not None and value.utcoffset() is None:
        raise TypeError("a moment needs an offset from UTC")
    return None if value is None else value.astimezone(UTC)
