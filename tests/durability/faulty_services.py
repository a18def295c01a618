"""Flaws for the controls: changes to the service that the durability tests must detect.

Each function changes the process that calls it, so it must run in a separate process. The pauses
are those of a slow disk: they make the moment longer in which a kill does damage.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import psycopg
import sqlalchemy as sa

from app.database.postgres import FailoverConnection
from app.database.transaction_threads import Job, TransactionThread
from app.sessions import from_wire, store

_SLOW_DISK_S = 0.02


def answer_before_commit() -> None:
    """Acknowledge a write when its job has run; commit it afterwards."""
    attempt, commit = TransactionThread._run_job, TransactionThread._commit

    def attempt_and_answer(
        runner: TransactionThread, job: Job, tx: sa.Connection, *, first: bool
    ) -> bool:
        lasting = attempt(runner, job, tx, first=first)
        job.future.get_loop().call_soon_threadsafe(job.resolve)
        return lasting

    def commit_slowly(runner: TransactionThread, tx: sa.Connection) -> None:
        time.sleep(_SLOW_DISK_S)
        commit(runner, tx)

    TransactionThread._run_job = attempt_and_answer  # type: ignore[assignment]
    TransactionThread._commit = commit_slowly  # type: ignore[assignment]


def make_random_ids() -> None:
    """Give a session or set without an id a new id each time, so that a retry stores it twice."""
    from_wire.derive_set_id = lambda *_: uuid4()
    from_wire.derive_session_id = lambda *_: uuid4()


def commit_in_pieces() -> None:
    """Commit the sessions of a write before its sets. Needs `group_commit_limit=1`."""
    upsert = store.upsert

    def upsert_and_commit(tx: sa.Connection, rows: Mapping[sa.Table, list[dict[str, Any]]]) -> None:
        for table, some in rows.items():
            upsert(tx, {table: some})
            tx.exec_driver_sql("COMMIT")
            time.sleep(_SLOW_DISK_S)
            tx.exec_driver_sql("BEGIN IMMEDIATE" if tx.dialect.name == "sqlite" else "BEGIN")

    store.upsert = upsert_and_commit


def wait_without_timeout() -> None:
    """Wait for PostgreSQL's response without a timeout."""
    FailoverConnection.wait = psycopg.Connection.wait  # type: ignore[method-assign]


FLAWS: dict[str, Callable[[], None]] = {
    flaw.__name__: flaw
    for flaw in (answer_before_commit, make_random_ids, commit_in_pieces, wait_without_timeout)
}
