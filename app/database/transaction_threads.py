"""Threads that own one database connection each and run queued jobs in transactions on it.

``database`` queues a ``Job``; a thread runs it, commits, and then resolves the job's future on the
event loop. Group commit, savepoints, reruns and deadlines live here and nowhere else; nobody else
commits. Engines, rows and HTTP status codes do not belong here.

Group commit: a writer runs up to ``group_commit_limit`` waiting jobs in one transaction, with a
savepoint for each, so that they share one sync of the disk. The order is: BEGIN, which takes the
write lock on SQLite; the jobs as they arrived; COMMIT; the futures. So a job that waits for its
thread holds no lock, and no caller gets a result before it is durable. Errors:

- A job fails: its savepoint is rolled back, and only its caller gets the error.
- The transaction is lost before COMMIT: nothing was kept, so each job runs again alone, up to three
  times.
- COMMIT fails: nobody knows whether it took effect. All jobs of the group get ``DatabaseFailure``.
  A retry with the same ids settles it: it stores what is missing and changes nothing else.
"""

import asyncio
import copy
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from app.database.errors import DatabaseFailure, NoThreadFree, is_transient, to_failure, translate

_MAX_ATTEMPTS = 3
_MAX_GROUP_AGE_S = 0.05  # Under a constant load, a group without an end would never be committed.
# Only the first job of a transaction may wait for a row lock at length. Later jobs would keep the
# locks of the earlier ones while they wait, and two groups could wait for each other until
# PostgreSQL detects the deadlock, which takes a second. So they give up after 50 ms, and the group
# is run again one by one.
_POSTGRES_SAVEPOINT = "SAVEPOINT job; SET LOCAL lock_timeout = '50ms'"
_STEPS_BETWEEN_CHECKS = 200_000  # Of SQLite's virtual machine: some milliseconds.


class _TransactionLost(Exception):
    """A transaction ended before its commit was sent; ``__cause__`` is the reason."""


@dataclass(slots=True, eq=False)
class Job:
    """A function to run in a transaction, the future of its caller, and its result or error."""

    call: Callable[[sa.Connection], Any]
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None
    _owner: threading.Lock = field(default_factory=threading.Lock)

    def claim(self) -> bool:
        """Return True to the first caller only: a thread that runs the job, or the event loop that
        gives it up.
        """
        return self._owner.acquire(blocking=False)

    def expire(self) -> None:
        """Fail the job with ``NoThreadFree``, unless a thread has begun it."""
        if self.claim() and not self.future.done():
            self.future.set_exception(NoThreadFree("no database thread was free in time"))

    def resolve(self) -> None:
        """Set the result or the error of the future, on the event loop.

        The commit stays valid if the caller was cancelled in the meantime.
        """
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


JobQueue = queue.SimpleQueue[Job | None]
"""Jobs in the order of arrival. A None ends one thread."""


class TransactionThread(threading.Thread):
    """A thread with one connection that runs each group of jobs in one transaction.

    With a ``group_limit`` it is a writer; without one it is a reader, whose groups have one job.
    Jobs are claimed one by one, each just before it runs, and only after the transaction has begun.
    So a job behind a stuck one stays unclaimed, and its caller gets ``NoThreadFree`` in time. The
    first job of a group needs no savepoint: if it fails, its rollback undoes nothing else.
    """

    def __init__(
        self, engine: sa.Engine, jobs: JobQueue, timeout_s: float, group_limit: int | None = None
    ) -> None:
        super().__init__(name="database", daemon=True)
        self.jobs = jobs
        self._engine = engine
        self._is_sqlite = engine.dialect.name == "sqlite"
        self._savepoint = "SAVEPOINT job" if self._is_sqlite else _POSTGRES_SAVEPOINT
        self._reading = group_limit is None
        self._group_limit = group_limit or 1
        self._timeout_s = timeout_s
        self._deadline = 0.0
        self._tx: sa.Connection | None = None

    def run(self) -> None:
        while (first := self.jobs.get()) is not None:
            group = self._run_group(first)
            if group:
                with suppress(RuntimeError):  # The event loop is closed: no caller waits.
                    group[0].future.get_loop().call_soon_threadsafe(_resolve, group)
        self._disconnect()

    def _run_group(self, first: Job) -> list[Job]:
        """Run the job and those behind it; return the ones that now have a result or an error."""
        group: list[Job] = []
        try:
            self._run_in_transaction(self._claim_jobs(first), group)
        except _TransactionLost:
            for job in group:
                self._rerun_alone(job)
        except DatabaseFailure as error:
            if not group and first.claim():
                group.append(first)
            # A job that had failed by itself gets this error, too: it may have read rows of the
            # group that are gone now. Each job gets a copy, because each caller raises its own.
            for job in group:
                job.error = copy.copy(error)
        return group

    def _claim_jobs(self, first: Job) -> Iterator[Job]:
        """Yield the job and those behind it, until the group is full or old, or the queue empty."""
        end = time.monotonic() + _MAX_GROUP_AGE_S
        if first.claim():
            yield first
        for _ in range(self._group_limit - 1):
            if time.monotonic() > end:
                return
            try:
                job = self.jobs.get_nowait()
            except queue.Empty:
                return
            if job is None:
                self.jobs.put(None)
                return
            if job.claim():
                yield job

    def _rerun_alone(self, job: Job) -> None:
        for _ in range(_MAX_ATTEMPTS):
            try:
                self._run_in_transaction(iter((job,)), [])
            except _TransactionLost as lost:
                job.error = translate(lost.__cause__, reading=self._reading)
            except DatabaseFailure as error:
                job.error = error
                return
            else:
                return

    def _run_in_transaction(self, jobs: Iterator[Job], group: list[Job]) -> None:
        """Run jobs in one transaction and commit it. Append each job to ``group`` as it begins.

        Raises ``_TransactionLost`` if certainly nothing was kept, and ``DatabaseFailure`` if the
        transaction could not begin or if nobody knows whether its commit took effect.
        """
        tx = self._begin()
        try:
            for job in jobs:
                group.append(job)
                if not self._run_job(job, tx, first=len(group) == 1):
                    return
        except Exception as error:
            self._disconnect()
            raise _TransactionLost from error
        self._commit(tx)

    def _run_job(self, job: Job, tx: sa.Connection, *, first: bool) -> bool:
        """Run one job; roll it back if it fails. Return False if that ended the transaction."""
        self._deadline = time.monotonic() + self._timeout_s
        job.error = None
        # The driver's own execute: SQLAlchemy's would double the cost of such a statement.
        driver: Any = tx.connection.driver_connection
        if not first:
            driver.execute(self._savepoint)
        try:
            job.result = job.call(tx)
            _check_transaction(tx, driver)
        except BaseException as error:
            if is_transient(error):
                raise
            job.error = translate(error, reading=self._reading)
            if first:
                tx.rollback()
                return False
            driver.execute("ROLLBACK TO SAVEPOINT job")
        if not first and self._is_sqlite:
            # Open savepoints slow SQLite down. On PostgreSQL, this would be a useless round trip.
            driver.execute("RELEASE SAVEPOINT job")
        return True

    def _begin(self) -> sa.Connection:
        try:
            if self._tx is None:
                self._tx = self._engine.connect()
                self._set_sqlite_timeout(self._tx)
            self._tx.begin()
        except Exception as error:
            self._disconnect()
            raise to_failure(error) from error
        return self._tx

    def _commit(self, tx: sa.Connection) -> None:
        try:
            tx.commit()
        except Exception as error:
            self._disconnect()
            raise to_failure(error) from error

    def _disconnect(self) -> None:
        tx, self._tx = self._tx, None
        if tx is not None:
            with suppress(Exception):
                tx.invalidate()  # Closes the connection, which rolls back what is uncommitted.
                tx.close()

    def _set_sqlite_timeout(self, tx: sa.Connection) -> None:
        """Interrupt a job on SQLite after the timeout, as ``statement_timeout`` does on PostgreSQL.

        SQLite has no such setting. Here the time is that of the whole job, not of one statement.
        """
        if self._is_sqlite:
            driver: Any = tx.connection.driver_connection
            driver.set_progress_handler(
                lambda: time.monotonic() > self._deadline, _STEPS_BETWEEN_CHECKS
            )


def _resolve(group: list[Job]) -> None:
    for job in group:
        job.resolve()


def _check_transaction(tx: sa.Connection, driver: Any) -> None:
    """Raise ``RuntimeError`` if the job has ended its transaction or suppressed a database error.

    After a suppressed error, PostgreSQL would answer COMMIT with a rollback and report no error.
    """
    if tx.dialect.name == "sqlite":
        intact = driver.in_transaction
    else:
        intact = driver.pgconn.transaction_status in (0, 2)  # IDLE: no statement yet. INTRANS.
    if not intact or not tx.in_transaction():
        raise RuntimeError("the job has ended its transaction, or hidden an error of it")
