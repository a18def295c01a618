"""SQLAlchemy engines without a pool: one for reading, whose transactions cannot write, and one for
writing.

``database`` gives them to its threads, each of which keeps one connection. This module sets the
pragmas that make a SQLite commit durable; ``postgres`` connects to PostgreSQL.
"""

import importlib
import os
import sqlite3
import time
from contextlib import suppress
from functools import partial

import sqlalchemy as sa
from sqlalchemy.pool import NullPool


def make_engine(url: sa.URL, timeout_s: float, *, read_only: bool) -> sa.Engine:
    """Return one engine. Its locks and statements time out after ``timeout_s`` seconds."""
    reading, writing = make_engines(url, timeout_s)
    return reading if read_only else writing


def make_engines(
    url: sa.URL, timeout_s: float, silence_s: float = 1
) -> tuple[sa.Engine, sa.Engine]:
    """Return an engine for reading and one for writing.

    On PostgreSQL both share one list of servers, and check whether a server still responds when it
    was silent for ``silence_s`` seconds.
    """
    if url.get_backend_name() == "sqlite":
        make = partial(_make_sqlite_engine, url, timeout_s)
    else:
        # Loaded by name: PostgreSQL's driver would cost a worker on SQLite a tenth of its memory.
        postgres = importlib.import_module("app.database.postgres")
        make = partial(postgres.make_engine, url, timeout_s, postgres.ServerList(url, silence_s))
    return make(read_only=True), make(read_only=False)


def _make_sqlite_engine(url: sa.URL, timeout_s: float, *, read_only: bool) -> sa.Engine:
    # The driver must not begin transactions itself, because it begins them late and deferred. A
    # deferred transaction that reads first and writes later fails at once with "database is
    # locked" if another one has written in between. BEGIN IMMEDIATE waits for the lock instead.
    begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"
    engine = sa.create_engine(
        url,
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"isolation_level": None, "timeout": timeout_s},
    )

    @sa.event.listens_for(engine, "do_connect")
    def create_file(*_: object) -> None:
        if url.database and not read_only:
            _create_private_file(url.database)

    @sa.event.listens_for(engine, "connect")
    def set_pragmas(driver: sqlite3.Connection, _record: object) -> None:
        # With a write-ahead log, only FULL syncs every commit to the disk before it returns, so
        # that each acknowledged commit survives a power cut.
        driver.execute("PRAGMA synchronous=FULL")
        driver.execute("PRAGMA foreign_keys=ON")
        if read_only:
            driver.execute("PRAGMA query_only=ON")
        else:
            _use_write_ahead_log(driver)
            # Deleted rows are overwritten: no data of an erased athlete may remain in free pages.
            # Some builds of SQLite do so by default, others do not.
            driver.execute("PRAGMA secure_delete=ON")

    @sa.event.listens_for(engine, "begin")
    def begin_transaction(tx: sa.Connection) -> None:
        tx.exec_driver_sql(begin)

    return engine


def _create_private_file(path: str) -> None:
    """Create the file if it is missing, readable by its owner alone. The files beside it, which
    SQLite creates, get the same mode. If it cannot be created, SQLite says why.
    """
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _use_write_ahead_log(driver: sqlite3.Connection) -> None:
    # When several processes switch a new file to WAL at once, SQLite lets one of them succeed and
    # fails the others with SQLITE_BUSY, without the timeout that it applies everywhere else.
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
