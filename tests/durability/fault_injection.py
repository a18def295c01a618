"""Makes one statement of an engine fail, between SQLAlchemy and the driver.

A fault either makes the driver raise, as it does when a disk fails or a time limit is reached, or
ends the connection: on PostgreSQL on the server's side, on SQLite by closing it.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg
import sqlalchemy as sa

_DRIVER_CALLS = ("do_execute", "do_executemany", "do_execute_no_params", "do_commit")


@dataclass(frozen=True, slots=True)
class Fault:
    """Which statement fails (from 0), before or after it was executed, and how."""

    position: int
    after: bool
    disconnects: bool

    def __str__(self) -> str:
        when = "after" if self.after else "before"
        return f"{'disconnect' if self.disconnects else 'error'} {when} statement {self.position}"


class FaultInjector:
    """Counts the statements of an engine, commits included, and injects one fault when armed."""

    def __init__(self, engine: sa.Engine, url: str) -> None:
        self.statements = 0
        self.injected = 0
        self._url = url
        self._fault: Fault | None = None
        for name in _DRIVER_CALLS:
            setattr(engine.dialect, name, partial(self._call, getattr(engine.dialect, name)))

    def arm(self, fault: Fault | None) -> None:
        """Count statements from 0, and inject this fault at its position."""
        self.statements, self._fault = 0, fault

    def disarm(self) -> int:
        """Inject nothing more; return how many statements there were since `arm`."""
        self._fault = None
        return self.statements

    def _call(self, call: Callable[..., Any], target: Any, *rest: Any) -> Any:
        fault, position = self._fault, self.statements
        self.statements += 1
        if fault is None or fault.position != position:
            return call(target, *rest)
        is_commit = isinstance(target, sa.PoolProxiedConnection)
        driver = target.driver_connection if is_commit else target.connection
        if not fault.after:
            self._inject(fault, driver)
        result = call(target, *rest)
        if fault.after:
            self._inject(fault, driver)
        return result

    def _inject(self, fault: Fault, driver: Any) -> None:
        self.injected += 1
        if isinstance(driver, sqlite3.Connection):
            if fault.disconnects:
                # Without the rollback, open cursors would delay the close and keep the lock.
                driver.rollback()
                driver.close()
                return
            failure = sqlite3.OperationalError("disk I/O error")
            failure.sqlite_errorcode = sqlite3.SQLITE_IOERR
            raise failure
        if not fault.disconnects:
            raise psycopg.errors.QueryCanceled("canceling statement due to statement timeout")
        with psycopg.connect(self._url, autocommit=True) as admin:
            # This returns true when the connection has ended, or false after 5,000 ms.
            ended = admin.execute(
                "SELECT pg_terminate_backend(%s, 5000)", [driver.info.backend_pid]
            )
            assert ended.fetchone() == (True,)


def list_faults(statements: int) -> list[Fault]:
    """Return every fault of a write with so many statements.

    Only the last statement also fails afterwards: after any other is before the next one.
    """
    moments = [(position, False) for position in range(statements)] + [(statements - 1, True)]
    return [
        Fault(position, after, disconnects)
        for position, after in moments
        for disconnects in (False, True)
    ]
