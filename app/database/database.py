"""``Database``: the handle through which the service reads and writes, one for each event loop.

``await db.read(fn, …)`` and ``await db.write(fn, …)`` run a plain function ``fn(tx, …)`` of a
transaction and values, usually one of a feature's ``store``. Jobs are queued here and run by the
threads of ``transaction_threads``, which group and commit them. HTTP status codes do not belong
here: ``web.http.error_handlers`` assigns them to the errors of ``errors``.
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
    """Reader and writer threads on one database, for one event loop.

    No connection is opened before the first job, so a process starts without its database. A
    failure of the database is raised as ``DatabaseFailure``, a wait that was too long as
    ``NoThreadFree``. An exception of the job itself, and a database error that only a mistake in
    the job can cause, are raised unchanged.
    """

    def __init__(self, settings: Settings) -> None:
        url = sa.make_url(settings.database_url.get_secret_value())
        timeout_s = settings.statement_timeout_s
        reading, writing = make_engines(url, timeout_s, settings.database_silence_s)
        self._pool_wait_s = settings.pool_wait_s
        self._close_timeout_s = settings.graceful_shutdown_s
        self._closing = False
        self._reads: JobQueue = queue.SimpleQueue()
        self._writes: JobQueue = queue.SimpleQueue()
        self._pending: list[tuple[JobQueue, Job]] = []
        self._readers = [
            TransactionThread(reading, self._reads, timeout_s)
            for _ in range(settings.read_pool_size)
        ]
        self._writers = [
            TransactionThread(writing, self._writes, timeout_s, settings.group_commit_limit)
            for _ in range(1 if writing.dialect.name == "sqlite" else settings.write_threads)
        ]

    async def read(
        self, fn: Callable[Concatenate[sa.Connection, _P], _T], *args: _P.args, **kwargs: _P.kwargs
    ) -> _T:
        """Run ``fn(tx, …)`` on one snapshot of the rows, in a transaction that cannot write."""
        return await self._submit(self._reads, lambda tx: fn(tx, *args, **kwargs))

    async def write(
        self, fn: Callable[Concatenate[sa.Connection, _P], _T], *args: _P.args, **kwargs: _P.kwargs
    ) -> _T:
        """Run ``fn(tx, …)``, commit, and return the result of ``fn`` after the commit.

        The write is atomic, even when the caller is cancelled. ``fn`` may run more than once before
        its only commit, so it must depend on nothing but its arguments and the rows.
        """
        return await self._submit(self._writes, lambda tx: fn(tx, *args, **kwargs))

    async def check_writable(self) -> None:
        """Return if a write is possible now. Raise ``DatabaseFailure`` or ``NoThreadFree`` if not,
        after a second at most.
        """
        try:
            async with asyncio.timeout(_PING_TIMEOUT_S):
                await self.write(_check_writable)
        except TimeoutError:
            raise DatabaseFailure("the database did not answer in time") from None

    async def find_revision(self) -> str | None:
        """Return the revision of the schema, or None if no migration has run."""
        return await self.read(schema_revision.find)

    async def close(self) -> None:
        """Reject new jobs, finish the queued ones, and end the threads.

        Readers end before the writer. The last connection to a SQLite file copies the write-ahead
        log into the file and removes the log. If two connections close at once, each relies on the
        other, and the log stays. Readers and writers get half of the shutdown time each, so that a
        stuck reader does not keep the writer from ending.
        """
        self._closing = True
        self._enqueue_pending()
        for threads in (self._readers, self._writers):
            end = time.monotonic() + self._close_timeout_s / 2
            running = [thread for thread in threads if thread.is_alive()]
            for thread in running:
                thread.jobs.put(None)
            for thread in running:
                await asyncio.to_thread(thread.join, max(0.0, end - time.monotonic()))

    async def _submit(self, jobs: JobQueue, call: Callable[[sa.Connection], _T]) -> _T:
        if self._closing:
            raise DatabaseFailure("the database is being closed")
        if self._readers[0].ident is None:
            for thread in (*self._readers, *self._writers):
                thread.start()
        loop = asyncio.get_running_loop()
        job = Job(call, loop.create_future())
        timer = loop.call_later(self._pool_wait_s, job.expire)
        if not self._pending:
            loop.call_soon(self._enqueue_pending)
        self._pending.append((jobs, job))
        try:
            result: _T = await job.future
        finally:
            timer.cancel()
            job.claim()  # A job that has not begun never begins once its caller is cancelled.
        return result

    def _enqueue_pending(self) -> None:
        """Queue all jobs that were submitted in this iteration of the event loop at once.

        If they were queued one by one, the first would wake a thread. That thread would compete
        with the event loop for the interpreter lock while the loop still reads the requests behind
        it, and would commit without them: 3 to 15 % more CPU for each session on SQLite.
        """
        for jobs, job in self._pending:
            jobs.put(job)
        self._pending.clear()


def _check_writable(tx: sa.Connection) -> None:
    if tx.dialect.name == "sqlite":
        return  # BEGIN IMMEDIATE has proved it.
    if tx.exec_driver_sql("SHOW transaction_read_only").scalar() == "on":
        raise DatabaseFailure("the database is read-only")
