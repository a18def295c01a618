"""Sits between SQLAlchemy and the driver of one engine, and makes one statement go wrong.

A fault either has the driver raise, as it does when a disk fails or a time limit is reached, or
cuts the connection: on PostgreSQL by ending the server's side of it, on SQLite by closing it.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg
import sqlalchemy as sa

CALLS = ("do_execute", "do_executemany", "do_execute_no_params", "do_commit")


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong: at which statement from 0, before or after it was carried out, and how."""

    place: int
    after: bool
    cuts: bool

    def __str__(self) -> str:
        when = "after" if self.after else "before"
        return f"{'cut' if self.cuts else 'error'} {when} statement {self.place}"


class Saboteur:
    """Counts the statements of an engine, commits included, and strikes once when it is armed."""

    def __init__(self, engine: sa.Engine, url: str) -> None:
        self.count = 0
        self.strikes = 0
        self._url = url
        self._fault: Fault | None = None
        for name in CALLS:
            setattr(engine.dialect, name, partial(self._call, getattr(engine.dialect, name)))

    def arm(self, fault: Fault | None) -> None:
        """Count from here on, and strike at this fault's place."""
        self.count, self._fault = 0, fault

    def disarm(self) -> int:
        """Let everything pass; how many statements there were since it was armed."""
        self._fault = None
        return self.count

    def _call(self, call: Callable[..., Any], target: Any, *rest: Any) -> Any:
        fault, place = self._fault, self.count
        self.count += 1
        if fault is None or fault.place != place:
            return call(target, *rest)
        is_commit = isinstance(target, sa.PoolProxiedConnection)
        driver = target.driver_connection if is_commit else target.connection
        if not fault.after:
            self._strike(fault, driver)
        result = call(target, *rest)
        if fault.after:
            self._strike(fault, driver)
        return result

    def _strike(self, fault: Fault, driver: Any) -> None:
        self.strikes += 1
        if isinstance(driver, sqlite3.Connection):
            if fault.cuts:
                # By itself, closing waits for cursors that are still open, and so does the lock.
                driver.rollback()
                driver.close()
                return
            failure = sqlite3.OperationalError("disk I/O error")
            failure.sqlite_errorcode = sqlite3.SQLITE_IOERR
            raise failure
        if not fault.cuts:
            raise psycopg.errors.QueryCanceled("canceling statement due to statement timeout")
        with psycopg.connect(self._url, autocommit=True) as admin:
            # It returns when the connection has ended, or false after so many milliseconds.
            ended = admin.execute(
                "SELECT pg_terminate_backend(%s, 5000)", [driver.info.backend_pid]
            )
            assert ended.fetchone() == (True,)


def faults(statements: int) -> list[Fault]:
    """Every fault of a write of so many statements. After one of them is before the next one."""
    places = [(place, False) for place in range(statements)] + [(statements - 1, True)]
    return [Fault(place, after, cuts) for place, after in places for cuts in (False, True)]
