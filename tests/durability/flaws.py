"""Faulty services, for the controls: what the durability tests have to notice.

Each flaw changes the process that it is called in, so it belongs into one of its own. The pauses
are those of a slow disk: they widen the moment in which a kill does damage.
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

SLOW_DISK_S = 0.02


def answer_before_commit() -> None:
    """A write is acknowledged when its job has run, and committed afterwards."""
    attempt, commit = TransactionThread._run_job, TransactionThread._commit

    def attempt_hastily(
        runner: TransactionThread, job: Job, tx: sa.Connection, *, first: bool
    ) -> bool:
        lasting = attempt(runner, job, tx, first=first)
        job.future.get_loop().call_soon_threadsafe(job.resolve)
        return lasting

    def commit_slowly(runner: TransactionThread, tx: sa.Connection) -> None:
        time.sleep(SLOW_DISK_S)
        commit(runner, tx)

    TransactionThread._run_job = attempt_hastily  # type: ignore[assignment]
    TransactionThread._commit = commit_slowly  # type: ignore[assignment]


def forget_ids() -> None:
    """What comes without an id gets a new one each time, so that a retry doubles it."""
    from_wire.derive_set_id = lambda *_: uuid4()
    from_wire.derive_session_id = lambda *_: uuid4()


def commit_in_pieces() -> None:
    """The sessions of a write are committed before its sets. Needs groups of one job."""
    upsert = store.upsert

    def upsert_and_commit(tx: sa.Connection, rows: Mapping[sa.Table, list[dict[str, Any]]]) -> None:
        for table, some in rows.items():
            upsert(tx, {table: some})
            tx.exec_driver_sql("COMMIT")
            time.sleep(SLOW_DISK_S)
            tx.exec_driver_sql("BEGIN IMMEDIATE" if tx.dialect.name == "sqlite" else "BEGIN")

    store.upsert = upsert_and_commit


def wait_for_ever() -> None:
    """A server that took a question is trusted to answer it."""
    FailoverConnection.wait = psycopg.Connection.wait  # type: ignore[method-assign]


FLAWS: dict[str, Callable[[], None]] = {
    flaw.__name__: flaw
    for flaw in (answer_before_commit, forget_ids, commit_in_pieces, wait_for_ever)
}
