"""Connections to Postgres that never wait without an end, to whichever server takes writes.

Hands ``engines`` an engine whose connections are of this kind. What a caller is told of a commit
that went wrong is decided in ``transactions``; no row, no thread and no retry lives here.
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

# What the driver is told unless the URL says otherwise. A host that is gone without a word is
# noticed by the system within seconds, a frozen one by `Connection`.
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
_POLL_INTERVAL_S = 0.1  # How often a wait looks up for signals, as the driver does by itself.
_SSL_REQUEST = struct.pack("!II", 8, 80877103)
# A transaction that wrote nothing does not wait for the standby. But a retry writes nothing when it
# finds its row, and the row may be on this server alone: its first commit was not replicated. So
# such a transaction writes a message into the log, for which it then waits as any other does.
_COMMIT_REPLICATED = (
    "SELECT pg_logical_emit_message(true, 'pushoff', '')"
    " WHERE pg_current_xact_id_if_assigned() IS NULL; COMMIT"
)


class _CommitNotReplicated(psycopg.OperationalError):
    """The commit stands on this server, and nobody knows whether on the standby as well.

    The server says so with a warning only, and reports success.
    """

    sqlstate = "01000"


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server listens. A host that is a folder holds its socket."""

    host: str
    port: int

    def answers(self, within_s: float) -> bool:
        """Whether a process takes and answers a connection. One that was frozen only takes it."""
        try:
            with self._dial(within_s) as line:
                # The shortest question: may we encrypt? It needs no user and leaves no trace.
                line.sendall(_SSL_REQUEST)
                return line.recv(1) != b""
        except OSError:
            return False

    def _dial(self, within_s: float) -> socket.socket:
        if not self.host.startswith("/"):
            return socket.create_connection((self.host, self.port), within_s)
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(within_s)
        try:
            line.connect(f"{self.host}/.s.PGSQL.{self.port}")
        except OSError:
            line.close()
            raise
        return line


class ServerList:
    """The servers that a URL names, in the order in which they are tried.

    The engines of one process share it: when one connection finds that another server has taken
    over, none of them goes on with the former one, which may be back and know nothing of it.
    """

    def __init__(self, url: sa.URL, silence_s: float = 1) -> None:
        _, wanted = url.get_dialect()().create_connect_args(url)
        hosts = str(wanted.get("host") or "").split(",")
        ports = str(wanted.get("port") or _DEFAULT_PORT).split(",")
        ports = ports if len(ports) == len(hosts) else ports[:1] * len(hosts)
        self._order = [
            Server(host, int(port or _DEFAULT_PORT))
            for host, port in zip(hosts, ports, strict=True)
        ]
        self.current = self._order[0]
        self.silence_s = silence_s

    @property
    def are_several(self) -> bool:
        return len(self._order) > 1

    def pass_over(self, server: Server) -> None:
        """Try the others first from now on."""
        self._order = [*(other for other in self._order if other != server), server]

    def connect(self, wanted: Mapping[str, Any], patience_s: float) -> "FailoverConnection":
        """Connect to the first that answers and suits. Raises ``psycopg.OperationalError``.

        ``wanted`` are the driver's arguments; ``patience_s`` is as in ``Connection``.
        """
        if not self.are_several:
            return self._connect(wanted, patience_s, self._order[0])
        complaints: list[str] = []
        for server in tuple(self._order):
            place = f"{server.host}:{server.port}"
            # The driver waits for two seconds at least, and so for too long at a frozen server.
            if not server.answers(self.silence_s):
                complaints.append(f"{place} does not answer")
                continue
            try:
                here = {**wanted, "host": server.host, "port": server.port}
                connection = self._connect(here, patience_s, server)
            except psycopg.OperationalError as error:
                complaints.append(f"{place}: {str(error).strip().splitlines()[-1]}")
            else:
                self._order = [server, *(other for other in self._order if other != server)]
                self.current = server
                return connection
        raise psycopg.OperationalError("no server takes writes: " + "; ".join(complaints))

    def _connect(
        self, wanted: Mapping[str, Any], patience_s: float, server: Server
    ) -> "FailoverConnection":
        connection = FailoverConnection.connect(**wanted)
        connection.join(self, server, patience_s)
        return connection


class FailoverConnection(psycopg.Connection[Any]):
    """A connection that gives up a server which is silent, and a statement which takes too long.

    After a silence it asks the server on another line whether it still answers. If not, all is
    over at once; if it does, a statement, or a commit that waits for a standby, has ``patience_s``
    in all before it is cancelled.
    """

    _servers: ServerList | None = None
    _server = Server("", _DEFAULT_PORT)
    _patience_s = math.inf

    def join(self, servers: ServerList, server: Server, patience_s: float) -> None:
        """Keep to these limits from now on."""
        self._servers, self._server, self._patience_s = servers, server, patience_s
        self._place = Server(self.info.hostaddr or self.info.host, self.info.port)
        self._warned: list[str | None] = []
        self.add_notice_handler(partial(_record_warning, self._warned))

    def wait(
        self, gen: PQGen[RV], interval: float = _POLL_INTERVAL_S, timeout: float | None = None
    ) -> RV:
        """Drive a conversation with the server to its end, or raise ``OperationalError``."""
        if timeout is not None or self._servers is None:
            return super().wait(gen, interval, timeout)
        self._leave_former_server(self._servers)
        end = time.monotonic() + self._patience_s
        while True:
            try:
                return super().wait(gen, interval, self._servers.silence_s)
            except _WaitTimeout:
                if not self._place.answers(self._servers.silence_s):
                    raise self._give_up("the server does not answer any more") from None
            if time.monotonic() > end:
                return self._call_off(gen, self._servers.silence_s)

    def commit(self) -> None:
        """Commit, on the standby as well where there is one. Raises ``NotReplicated``."""
        writing = self.pgconn.transaction_status == TransactionStatus.INTRANS and not self.read_only
        if self._servers is None or not writing:
            super().commit()
            return
        self._warned.clear()
        self.execute(_COMMIT_REPLICATED, prepare=False)
        if _CommitNotReplicated.sqlstate in self._warned:
            # What a former primary cannot replicate any more, its successor may take at once.
            self._pass_over()
            raise _CommitNotReplicated("the commit was not replicated to the standby")

    def _leave_former_server(self, servers: ServerList) -> None:
        idle = self.pgconn.transaction_status == TransactionStatus.IDLE
        if idle and servers.current != self._server:
            self.close()
            raise psycopg.OperationalError("another server has taken over")

    def _call_off(self, gen: PQGen[RV], within_s: float) -> RV:
        # Left alone, a commit would go on waiting for the standby with all its locks, and each
        # retry would add one more until the server takes no connections.
        try:
            self.cancel_safe(timeout=within_s)
            return super().wait(gen, timeout=within_s)
        except (_WaitTimeout, CancellationTimeout):
            raise self._give_up("the server does not end what was cancelled") from None

    def _give_up(self, reason: str) -> psycopg.OperationalError:
        self._pass_over()
        self.close()
        return psycopg.OperationalError(reason)

    def _pass_over(self) -> None:
        if self._servers is not None:
            self._servers.pass_over(self._server)


def make_engine(
    url: sa.URL, timeout_s: float, servers: ServerList, *, read_only: bool
) -> sa.Engine:
    """An engine without a pool, on whichever of the servers takes writes."""
    defaults = _DRIVER_DEFAULTS | (_MULTI_HOST_DEFAULTS if servers.are_several else {})
    engine = sa.create_engine(
        url.set(query={**defaults, **url.query}),
        poolclass=NullPool,
        hide_parameters=True,
        # A reader sees one snapshot in all its statements, as it does on SQLite.
        isolation_level="REPEATABLE READ" if read_only else "READ COMMITTED",
        execution_options={"postgresql_readonly": True} if read_only else {},
    )

    @sa.event.listens_for(engine, "do_connect")
    def connect(
        _dialect: object, _record: object, _args: object, wanted: Any
    ) -> FailoverConnection:
        return servers.connect(wanted, timeout_s + servers.silence_s)

    @sa.event.listens_for(engine, "connect")
    def prepare(driver: FailoverConnection, _record: object) -> None:
        # Statements and not start-up options, which some connection poolers refuse.
        settings = f"SET statement_timeout = {timeout_s * 1000:.0f}; SET timezone = 'UTC'"
        driver.autocommit = True
        driver.execute(settings)
        driver.autocommit = False

    return engine


def _record_warning(noted: list[str | None], notice: Diagnostic) -> None:
    if notice.severity_nonlocalized == "WARNING":
        noted.append(notice.sqlstate)
