"""The database: the base of all rows, their column types, and ``Database``.

Hands out ``await db.read(fn, …)`` and ``await db.write(fn, …)``, which run plain functions of a
transaction and values. How they are grouped and committed is in ``transactions``; what the tables
hold is in each feature's ``tables``; no status code is known here.
"""

import asyncio
import queue
import time
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa

from app.database import schema_revision
from app.database.engines import make_engines
from app.database.errors import DatabaseFailure
from app.database.transaction_threads import Job, JobQueue, TransactionThread
from app.settings import Settings

_P = ParamSpec("_P")
_T = TypeVar("_T")

_PING_TIMEOUT_S = 1


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
        self._reads: JobQueue = queue.SimpleQueue()
        self._writes: JobQueue = queue.SimpleQueue()
        self._arrived: list[tuple[JobQueue, Job]] = []
        self._readers = [
            TransactionThread(reading, self._reads, timeout_s)
            for _ in range(settings.read_pool_size)
        ]
        self._writers = [
            TransactionThread(writing, self._writes, timeout_s, limit) for _ in range(writers)
        ]

    async def read(
        self, fn: Callable[Concatenate[sa.Connection, _P], _T], *args: _P.args, **kwargs: _P.kwargs
    ) -> _T:
        """Run ``fn(tx, …)`` on one snapshot of the rows, in a transaction that cannot write."""
        return await self._run(self._reads, lambda tx: fn(tx, *args, **kwargs))

    async def write(
        self, fn: Callable[Concatenate[sa.Connection, _P], _T], *args: _P.args, **kwargs: _P.kwargs
    ) -> _T:
        """Run ``fn(tx, …)``, and return what it returned once that is committed.

        It is all or nothing, also when the caller is cancelled. ``fn`` may run more than once
        before its one commit, so it may depend on nothing but its arguments and the rows.
        """
        return await self._run(self._writes, lambda tx: fn(tx, *args, **kwargs))

    async def check_writable(self) -> None:
        """Return when a write is possible now, else raise, within a second in any case."""
        try:
            async with asyncio.timeout(_PING_TIMEOUT_S):
                await self.write(_check_writable)
        except TimeoutError:
            raise DatabaseFailure("the database did not answer in time") from None

    async def find_revision(self) -> str | None:
        """The schema's revision, or None where no migration has run."""
        return await self.read(schema_revision.find)

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
            await asyncio.to_thread(_join_until, running, end)

    async def _run(self, jobs: JobQueue, call: Callable[[sa.Connection], _T]) -> _T:
        if self._closing:
            raise DatabaseFailure("the database is being closed")
        self._start()
        loop = asyncio.get_running_loop()
        job = Job(call, loop.create_future())
        timer = loop.call_later(self._pool_wait_s, job.expire)
        if not self._arrived:
            loop.call_soon(self._hand_over)
        self._arrived.append((jobs, job))
        try:
            result: _T = await job.future
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


def _join_until(runners: list[TransactionThread], end: float) -> None:
    for runner in runners:
        runner.join(max(0.0, end - time.monotonic()))


def _check_writable(tx: sa.Connection) -> None:
    if _is_sqlite(tx.dialect):
        return  # BEGIN IMMEDIATE has proved it.
    if tx.exec_driver_sql("SHOW transaction_read_only").scalar() == "on":
        raise DatabaseFailure("the database is read-only")


def _is_sqlite(dialect: sa.Dialect) -> bool:
    return dialect.name == "sqlite"
