"""Engines without a pool, whose transactions cannot write, or are made for writing.

Hands them to ``db``, whose threads keep a connection each. SQLite is told here what makes a commit
last; how Postgres is reached is in ``connections``.
"""

import importlib
import sqlite3
import time

import sqlalchemy as sa
from sqlalchemy.pool import NullPool


def make_engine(url: sa.URL, timeout_s: float, *, read_only: bool) -> sa.Engine:
    """An engine, which waits for locks and statements for so many seconds."""
    reading, writing = make_engines(url, timeout_s)
    return reading if read_only else writing


def make_engines(
    url: sa.URL, timeout_s: float, silence_s: float = 1
) -> tuple[sa.Engine, sa.Engine]:
    """One engine that cannot write and one that is made for it, which share what they know of the
    servers. A server that is silent for ``silence_s`` is asked whether it still answers.
    """
    if url.get_backend_name() == "sqlite":
        return (
            _sqlite_engine(url, timeout_s, read_only=True),
            _sqlite_engine(url, timeout_s, read_only=False),
        )
    # By name, because the driver of Postgres would cost a worker on SQLite a tenth of its memory.
    connections = importlib.import_module("app.database.postgres")
    servers = connections.Servers(url, silence_s)
    return (
        connections.make_engine(url, timeout_s, servers, read_only=True),
        connections.make_engine(url, timeout_s, servers, read_only=False),
    )


def _sqlite_engine(url: sa.URL, timeout_s: float, *, read_only: bool) -> sa.Engine:
    # The driver must not begin transactions by itself: it does so late, and deferred. A deferred
    # one that reads and then writes fails with "database is locked" at once, without waiting.
    begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"
    engine = sa.create_engine(
        url,
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"isolation_level": None, "timeout": timeout_s},
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(driver: sqlite3.Connection, _record: object) -> None:
        # With a write-ahead log, only FULL has every acknowledged commit survive a power cut.
        driver.execute("PRAGMA synchronous=FULL")
        driver.execute("PRAGMA foreign_keys=ON")
        if read_only:
            driver.execute("PRAGMA query_only=ON")
        else:
            _use_write_ahead_log(driver)
            # What is deleted is overwritten: an erased person must not be left in free pages. Some
            # builds of SQLite do so anyway, others do not.
            driver.execute("PRAGMA secure_delete=ON")

    @sa.event.listens_for(engine, "begin")
    def begin_transaction(tx: sa.Connection) -> None:
        tx.exec_driver_sql(begin)

    return engine


def _use_write_ahead_log(driver: sqlite3.Connection) -> None:
    # Processes that switch a new file over at once can be in each other's way, and SQLite then
    # fails all but one of them without the wait that it grants everywhere else.
    pauses = iter((0.01, 0.02, 0.04, 0.08, 0.16, 0.32))
    while True:
        try:
            driver.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            pause_s = next(pauses, None)
            if pause_s is None or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(pause_s)
        else:
            return
