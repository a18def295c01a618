"""Who may commit: threads that own one connection each, and run jobs in groups on it.

Hands the ends of jobs back to the event loop, and the family of errors that a database can cause
to everybody. Groups, savepoints, retries and deadlines live here and nowhere else; engines, rows
and status codes do not.
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
_MAX_GROUP_AGE_S = 0.05  # A group that others could join for ever would never be answered.
# A job may wait for a lock while it is alone in its transaction. Behind others it would keep theirs
# meanwhile, and two groups could wait for each other until Postgres notices, which takes a second.
_POSTGRES_SAVEPOINT = "SAVEPOINT job; SET LOCAL lock_timeout = '50ms'"
_STEPS_BETWEEN_CHECKS = 200_000  # Of SQLite's virtual machine: some milliseconds.


class _TransactionLost(Exception):
    """A transaction ended before its commit was sent; ``__cause__`` says why."""


@dataclass(slots=True, eq=False)
class Job:
    """A call that waits for a thread, the future of its caller, and what came of it."""

    call: Callable[[sa.Connection], Any]
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None
    _owner: threading.Lock = field(default_factory=threading.Lock)

    def claim(self) -> bool:
        """True for whoever asks first: the thread that runs it, or the loop that gives it up."""
        return self._owner.acquire(blocking=False)

    def expire(self) -> None:
        """Refuse the job, unless a thread has begun it."""
        if self.claim() and not self.future.done():
            self.future.set_exception(NoThreadFree("no database thread was free in time"))

    def resolve(self) -> None:
        """Tell the caller, on the event loop. One who has gone meanwhile undoes nothing."""
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


JobQueue = queue.SimpleQueue[Job | None]
"""Jobs in the order of their arrival; a None ends one thread."""


class TransactionThread(threading.Thread):
    """A thread with a connection, which takes jobs and runs each group in one transaction.

    Jobs are claimed one by one as their turn comes, once the connection and the lock are there,
    so that none is held up by a stuck one for longer than it is willing to wait. The first of a
    group needs no savepoint: when it fails, nothing else is rolled back with it. Without a limit
    for groups it is a reader, and runs each job by itself.
    """

    def __init__(
        self, engine: sa.Engine, jobs: JobQueue, timeout_s: float, group_limit: int | None = None
    ) -> None:
        super().__init__(name="database", daemon=True)
        self.jobs = jobs
        self._engine = engine
        self._is_sqlite = engine.dialect.name == "sqlite"
        self._savepoint = "SAVEPOINT job" if self._is_sqlite else _POSTGRES_SAVEPOINT
        self._reads = group_limit is None
        self._group_limit = group_limit or 1
        self._timeout_s = timeout_s
        self._deadline = 0.0
        self._tx: sa.Connection | None = None

    def run(self) -> None:
        while (first := self.jobs.get()) is not None:
            group = self._serve(first)
            if group:
                with suppress(RuntimeError):  # The loop has closed: nobody waits any more.
                    group[0].future.get_loop().call_soon_threadsafe(_resolve, group)
        self._disconnect()

    def _serve(self, first: Job) -> list[Job]:
        """Bring the job and those behind it to their ends, and return them."""
        group: list[Job] = []
        try:
            self._transact(self._waiting(first), group)
        except _TransactionLost:
            for job in group:
                self._rerun(job)
        except DatabaseFailure as error:
            if not group and first.claim():
                group.append(first)
            # Also a job that had failed by itself: it may have seen rows that are gone now. Each
            # gets an error of its own, because each will be raised somewhere else.
            for job in group:
                job.error = copy.copy(error)
        return group

    def _waiting(self, first: Job) -> Iterator[Job]:
        """The job and those behind it, until the group is full or old, or nobody waits."""
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

    def _rerun(self, job: Job) -> None:
        """Run a job alone, because the transaction that it was in is lost."""
        for _ in range(_MAX_ATTEMPTS):
            try:
                self._transact(iter((job,)), [])
            except _TransactionLost as lost:
                job.error = translate(lost.__cause__, reading=self._reads)
            except DatabaseFailure as error:
                job.error = error
                return
            else:
                return

    def _transact(self, jobs: Iterator[Job], group: list[Job]) -> None:
        """Run jobs in one transaction, and list them as they begin.

        Raises ``_Lost`` when nothing of it can have been kept, and ``DatabaseUnavailable`` when
        it could not begin, or when nobody can tell whether its commit was carried out.
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
        """Run one job, and undo it if it fails. False when the transaction has ended with it."""
        self._deadline = time.monotonic() + self._timeout_s
        job.error = None
        # The driver's own execute: SQLAlchemy's costs as much again as the whole statement.
        driver: Any = tx.connection.driver_connection
        if not first:
            driver.execute(self._savepoint)
        try:
            job.result = job.call(tx)
            _check_transaction(tx, driver)
        except BaseException as error:
            if is_transient(error):
                raise
            job.error = translate(error, reading=self._reads)
            if first:
                tx.rollback()
                return False
            driver.execute("ROLLBACK TO SAVEPOINT job")
        if not first and self._is_sqlite:
            # Open savepoints slow SQLite down. On Postgres it would be a round trip for nothing.
            driver.execute("RELEASE SAVEPOINT job")
        return True

    def _begin(self) -> sa.Connection:
        try:
            if self._tx is None:
                self._tx = self._engine.connect()
                self._limit_time(self._tx)
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
                tx.invalidate()  # Closes the connection, which rolls back whatever is left.
                tx.close()

    def _limit_time(self, tx: sa.Connection) -> None:
        """Give SQLite what Postgres has as ``statement_timeout``, though for a job as a whole."""
        if self._is_sqlite:
            driver: Any = tx.connection.driver_connection
            driver.set_progress_handler(
                lambda: time.monotonic() > self._deadline, _STEPS_BETWEEN_CHECKS
            )


def _resolve(group: list[Job]) -> None:
    for job in group:
        job.resolve()


def _check_transaction(tx: sa.Connection, driver: Any) -> None:
    """Raise when a job went on after an error: its COMMIT would roll back, and say nothing."""
    if tx.dialect.name == "sqlite":
        intact = driver.in_transaction
    else:
        intact = driver.pgconn.transaction_status in (0, 2)  # nothing was asked yet; all is well
    if not intact or not tx.in_transaction():
        raise RuntimeError("the job has ended its transaction, or hidden an error of it")
