"""A server that is loaded whatever it is, and what that costs: its CPU and that of what serves it.

Hands `peers` requests that are paid for. What they say is for the module that makes them.
"""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psutil
import psycopg

from benchmarks import servers, service_load

_PAUSE_S = 0.05
# What works for a server is busy while it uses more than a twentieth of a core.
_OBSERVATION_S, _IDLE_CPU_S = 0.2, 0.01


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of CPU for one request: of the server, of what works beside it, of the database."""

    server: float
    aside: float
    database: float

    def share(self, among: int) -> "Cost":
        """The part of one among several."""
        return Cost(self.server / among, self.aside / among, self.database / among)

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.server + other.server, self.aside + other.aside, self.database + other.database
        )

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(
            self.server - other.server, self.aside - other.aside, self.database - other.database
        )


NO_COST = Cost(0, 0, 0)


@dataclass(frozen=True, slots=True)
class MeasuredServer:
    """A server that runs, and a key to it."""

    port: int
    pid: int
    authorization: str
    postmaster: int
    aside: tuple[int, ...] = ()
    """Processes that work for it beside the database: a queue's worker, a cache."""

    def request(self, method: str, path: str, body: object = b"") -> bytes:
        """A request as it goes over the wire, with a body that is bytes or becomes JSON."""
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {self.authorization}"
            f"\r\nContent-Type: application/json\r\nContent-Length: {len(sent)}\r\n\r\n"
        )
        return head.encode() + sent

    def fetch(self, request: bytes) -> bytes:
        """The body of one answer. Raises RuntimeError unless it is a success."""
        return asyncio.run(service_load.send_all(self.port, [request], connections=1))

    def ask(self, method: str, path: str, body: object = b"") -> Any:
        """One answer, decoded."""
        return json.loads(self.fetch(self.request(method, path, body)))

    def weigh(self, requests: Sequence[bytes], connections: int = 1) -> Cost:
        """What one of these requests costs, with all that it leaves to be done."""
        before = self.read_clocks()
        asyncio.run(service_load.send_all(self.port, requests, connections))
        return (self.read_clocks() - before).share(len(requests))

    def read_clocks(self) -> Cost:
        """All CPU so far, read when nothing is left to be done."""
        time.sleep(_PAUSE_S)
        while self.aside and self.is_busy():
            pass
        return Cost(
            servers.read_cpu_s(self.pid), self.use_aside(), _read_database_cpu_s(self.postmaster)
        )

    def is_busy(self) -> bool:
        """Whether what works for it does more than to wait."""
        before = self.use_aside()
        time.sleep(_OBSERVATION_S)
        return self.use_aside() - before > _IDLE_CPU_S

    def use_aside(self) -> float:
        """Seconds of CPU of what works for it."""
        return sum(map(servers.read_cpu_s, self.aside))


def find_postmaster(address: str) -> int:
    """The process that all processes of a PostgreSQL on this machine stem from."""
    with psycopg.connect(address) as connection:
        return psutil.Process(connection.info.backend_pid).ppid()


def _read_database_cpu_s(postmaster: int) -> float:
    """Seconds of CPU of a PostgreSQL, with the connections that have ended."""
    server = psutil.Process(postmaster)
    times = server.cpu_times()
    living = map(_read_process_cpu_s, [server, *server.children()])
    return times.children_user + times.children_system + sum(living)


def _read_process_cpu_s(process: psutil.Process) -> float:
    """Seconds of CPU of a process; none when it has ended meanwhile: then its parent has them."""
    try:
        return servers.read_process_cpu_s(process)
    except (OSError, psutil.NoSuchProcess):
        return 0.0
