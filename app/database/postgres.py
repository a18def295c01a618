"""Connections to PostgreSQL with failover: each wait has an end, and only a primary is used.

``engines`` calls ``make_engine``. A connection detects a silent server, a slow statement, a former
primary, and a commit that the standby has not confirmed, and raises ``OperationalError``.
``transaction_threads`` decides about reruns. Measured on loopback, 20 runs each: writes work again
0.03 s after the promotion if the primary was killed, and 2 s after it if it froze (ADR 12).
"""

import math
import socket
import struct
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.abc import RV, PQGen
from psycopg.errors import CancellationTimeout, Diagnostic, _WaitTimeout
from psycopg.pq import TransactionStatus
from sqlalchemy.pool import NullPool

# Parameters of the driver, unless the URL sets them. With these, the operating system detects a
# vanished host within seconds; `FailoverConnection` detects a frozen process.
_DRIVER_DEFAULTS = {
    "application_name": "pushoff",
    "connect_timeout": "3",
    "keepalives_idle": "5",
    "keepalives_interval": "1",
    "keepalives_count": "3",
    "tcp_user_timeout": "5000",
}
_MULTI_HOST_DEFAULTS = {"connect_timeout": "2", "target_session_attrs": "read-write"}
_DEFAULT_PORT = 5432
# A wait checks for signals this often; it is the default of the driver, too.
_POLL_INTERVAL_S = 0.1
_SSL_REQUEST = struct.pack("!II", 8, 80877103)
# A COMMIT does not wait for the standby if the transaction wrote nothing. But a retry that finds
# its row writes nothing, and that row may be on this server alone, because its first commit was
# not replicated. So such a transaction writes a message into the log, and its COMMIT waits like
# any other. The message costs 0.04 ms a commit, which a group shares.
_COMMIT_REPLICATED = (
    "SELECT pg_logical_emit_message(true, 'pushoff', '')"
    " WHERE pg_current_xact_id_if_assigned() IS NULL; COMMIT"
)


class _CommitNotReplicated(psycopg.OperationalError):
    """The commit is on this server, but the standby has not confirmed it.

    PostgreSQL reports success then, and only adds a warning.
    """

    sqlstate = "01000"


@dataclass(frozen=True, slots=True)
class Server:
    """The address of a server. A host that starts with / is the folder of a Unix socket."""

    host: str
    port: int

    def responds(self, timeout_s: float) -> bool:
        """Whether the server accepts a connection and answers. A frozen one accepts only."""
        try:
            with self._open_socket(timeout_s) as probe:
                # An SSLRequest is the shortest message with an answer. It needs no user, and the
                # server does not log it.
                probe.sendall(_SSL_REQUEST)
                return probe.recv(1) != b""
        except OSError:
            return False

    def _open_socket(self, timeout_s: float) -> socket.socket:
        if not self.host.startswith("/"):
            return socket.create_connection((self.host, self.port), timeout_s)
        probe = socket.socket(socket.AF_UNIX)
        probe.settimeout(timeout_s)
        try:
            probe.connect(f"{self.host}/.s.PGSQL.{self.port}")
        except OSError:
            probe.close()
            raise
        return probe


class ServerList:
    """The servers of a URL, in the order in which they are tried.

    The engines of one process share one list. When one connection finds that another server has
    taken over, no connection continues on the former one, which may run again unaware of that.
    """

    def __init__(self, url: sa.URL, silence_s: float = 1) -> None:
        _, parameters = url.get_dialect()().create_connect_args(url)
        hosts = str(parameters.get("host") or "").split(",")
        ports = str(parameters.get("port") or _DEFAULT_PORT).split(",")
        ports = ports if len(ports) == len(hosts) else ports[:1] * len(hosts)
        pairs = zip(hosts, ports, strict=True)
        self._order = [Server(host, int(port or _DEFAULT_PORT)) for host, port in pairs]
        self.current = self._order[0]
        self.silence_s = silence_s

    @property
    def has_several(self) -> bool:
        return len(self._order) > 1

    def move_to_end(self, server: Server) -> None:
        """Try this server last from now on."""
        self._order = [*(other for other in self._order if other != server), server]

    def connect(self, parameters: Mapping[str, Any], max_wait_s: float) -> "FailoverConnection":
        """Connect to the first server that responds and takes writes; try it first from now on.

        ``parameters`` are the driver's; ``max_wait_s`` is that of ``FailoverConnection``. Raises
        ``psycopg.OperationalError`` with the reason of each server.
        """
        if not self.has_several:
            return self._connect(parameters, max_wait_s, self._order[0])
        failures: list[str] = []
        for server in tuple(self._order):
            address = f"{server.host}:{server.port}"
            # The driver waits at least two seconds, which is too long for a frozen server.
            if not server.responds(self.silence_s):
                failures.append(f"{address} does not answer")
                continue
            try:
                one = {**parameters, "host": server.host, "port": server.port}
                connection = self._connect(one, max_wait_s, server)
            except psycopg.OperationalError as error:
                failures.append(f"{address}: {str(error).strip().splitlines()[-1]}")
            else:
                self._order = [server, *(other for other in self._order if other != server)]
                self.current = server
                return connection
        raise psycopg.OperationalError("no server takes writes: " + "; ".join(failures))

    def _connect(
        self, parameters: Mapping[str, Any], max_wait_s: float, server: Server
    ) -> "FailoverConnection":
        connection = FailoverConnection.connect(**parameters)
        connection.configure(self, server, max_wait_s)
        return connection


class FailoverConnection(psycopg.Connection[Any]):
    """A connection that abandons a silent server and cancels a statement that takes too long.

    After ``silence_s`` seconds without an answer, it probes the server over a second connection. A
    server that does not respond is abandoned at once. If it responds, the statement, or the commit
    that waits for the standby, is cancelled when it has taken more than ``max_wait_s`` seconds.
    """

    _servers: ServerList | None = None
    _server = Server("", _DEFAULT_PORT)
    _max_wait_s = math.inf

    def configure(self, servers: ServerList, server: Server, max_wait_s: float) -> None:
        """Set the servers and the limit. Until then, it is a plain connection of the driver."""
        self._servers, self._server, self._max_wait_s = servers, server, max_wait_s
        self._address = Server(self.info.hostaddr or self.info.host, self.info.port)
        self._warnings: list[str | None] = []
        self.add_notice_handler(partial(_record_warning, self._warnings))

    def wait(
        self, gen: PQGen[RV], interval: float = _POLL_INTERVAL_S, timeout: float | None = None
    ) -> RV:
        """Wait for the end of an exchange with the server, or raise ``OperationalError``."""
        if timeout is not None or self._servers is None:
            return super().wait(gen, interval, timeout)
        self._check_server_is_current(self._servers)
        end = time.monotonic() + self._max_wait_s
        while True:
            try:
                return super().wait(gen, interval, self._servers.silence_s)
            except _WaitTimeout:
                if not self._address.responds(self._servers.silence_s):
                    raise self._abandon("the server does not answer any more") from None
            if time.monotonic() > end:
                return self._cancel_statement(gen, self._servers.silence_s)

    def commit(self) -> None:
        """Commit, on the standby as well if there is one.

        Raises an ``OperationalError`` with SQLSTATE 01000 if the standby has not confirmed it.
        """
        writing = self.pgconn.transaction_status == TransactionStatus.INTRANS and not self.read_only
        if self._servers is None or not writing:
            super().commit()
            return
        self._warnings.clear()
        self.execute(_COMMIT_REPLICATED, prepare=False)
        if _CommitNotReplicated.sqlstate in self._warnings:
            # This may be a former primary; its successor may accept the retry at once.
            self._move_server_to_end()
            raise _CommitNotReplicated("the commit was not replicated to the standby")

    def _check_server_is_current(self, servers: ServerList) -> None:
        idle = self.pgconn.transaction_status == TransactionStatus.IDLE
        if idle and servers.current != self._server:
            self.close()
            raise psycopg.OperationalError("another server has taken over")

    def _cancel_statement(self, gen: PQGen[RV], timeout_s: float) -> RV:
        # Otherwise a commit would go on waiting for the standby with all its locks, and each retry
        # would add another one, until the server accepts no more connections.
        try:
            self.cancel_safe(timeout=timeout_s)
            return super().wait(gen, timeout=timeout_s)
        except (_WaitTimeout, CancellationTimeout):
            raise self._abandon("the server does not end what was cancelled") from None

    def _abandon(self, reason: str) -> psycopg.OperationalError:
        self._move_server_to_end()
        self.close()
        return psycopg.OperationalError(reason)

    def _move_server_to_end(self) -> None:
        if self._servers is not None:
            self._servers.move_to_end(self._server)


def make_engine(
    url: sa.URL, timeout_s: float, servers: ServerList, *, read_only: bool
) -> sa.Engine:
    defaults = _DRIVER_DEFAULTS | (_MULTI_HOST_DEFAULTS if servers.has_several else {})
    engine = sa.create_engine(
        url.set(query={**defaults, **url.query}),
        poolclass=NullPool,
        hide_parameters=True,
        # All statements of a reader see one snapshot, as they do on SQLite.
        isolation_level="REPEATABLE READ" if read_only else "READ COMMITTED",
        execution_options={"postgresql_readonly": True} if read_only else {},
    )

    @sa.event.listens_for(engine, "do_connect")
    def connect(
        _dialect: object, _record: object, _args: object, parameters: Any
    ) -> FailoverConnection:
        return servers.connect(parameters, timeout_s + servers.silence_s)

    @sa.event.listens_for(engine, "connect")
    def apply_settings(driver: FailoverConnection, _record: object) -> None:
        # As statements, because some connection poolers reject start-up options.
        settings = f"SET statement_timeout = {timeout_s * 1000:.0f}; SET timezone = 'UTC'"
        driver.autocommit = True
        driver.execute(settings)
        driver.autocommit = False

    return engine


def _record_warning(warnings: list[str | None], notice: Diagnostic) -> None:
    if notice.severity_nonlocalized == "WARNING":
        warnings.append(notice.sqlstate)
