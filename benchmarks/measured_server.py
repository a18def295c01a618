"""A running server of any kind, and the CPU of its requests: its own and that of its helpers.

`peers` makes the requests and compares the costs.
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
# A helper is busy while it uses more than a twentieth of a core: 0.01 s of CPU in 0.2 s.
_OBSERVATION_S, _IDLE_CPU_S = 0.2, 0.01


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of CPU: of the server, of its helpers beside the database, and of the database."""

    server: float
    helpers: float
    database: float

    def divide(self, count: int) -> "Cost":
        """Return the cost of one of `count` equal parts."""
        return Cost(self.server / count, self.helpers / count, self.database / count)

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.server + other.server, self.helpers + other.helpers, self.database + other.database
        )

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(
            self.server - other.server, self.helpers - other.helpers, self.database - other.database
        )


NO_COST = Cost(0, 0, 0)


@dataclass(frozen=True, slots=True)
class MeasuredServer:
    """A running server, and the Authorization header for it."""

    port: int
    pid: int
    authorization: str
    postmaster: int
    helpers: tuple[int, ...] = ()
    """The ids of its processes beside the database, such as a queue's worker and a cache."""

    def request(self, method: str, path: str, body: object = b"") -> bytes:
        """Return the bytes of a request. The body is bytes, or is encoded as JSON."""
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {self.authorization}"
            f"\r\nContent-Type: application/json\r\nContent-Length: {len(sent)}\r\n\r\n"
        )
        return head.encode() + sent

    def fetch(self, request: bytes) -> bytes:
        """Return the body of a response. Raises RuntimeError unless it is a success."""
        return asyncio.run(service_load.send_all(self.port, [request], connections=1))

    def fetch_json(self, method: str, path: str, body: object = b"") -> Any:
        """Return the decoded body of a response."""
        return json.loads(self.fetch(self.request(method, path, body)))

    def measure(self, requests: Sequence[bytes], connections: int = 1) -> Cost:
        """Return the mean cost of these requests, including work that continues afterwards."""
        before = self.read_clocks()
        asyncio.run(service_load.send_all(self.port, requests, connections))
        return (self.read_clocks() - before).divide(len(requests))

    def read_clocks(self) -> Cost:
        """Return all CPU so far, once the helpers are idle."""
        time.sleep(_PAUSE_S)
        while self.helpers and self.is_busy():
            pass
        return Cost(
            servers.read_cpu_s(self.pid),
            self.read_helpers_cpu_s(),
            _read_database_cpu_s(self.postmaster),
        )

    def is_busy(self) -> bool:
        """Return whether the helpers are working."""
        before = self.read_helpers_cpu_s()
        time.sleep(_OBSERVATION_S)
        return self.read_helpers_cpu_s() - before > _IDLE_CPU_S

    def read_helpers_cpu_s(self) -> float:
        """Return the seconds of CPU of all helpers so far."""
        return sum(map(servers.read_cpu_s, self.helpers))


def find_postmaster(address: str) -> int:
    """Return the id of the first process of a PostgreSQL on this machine."""
    with psycopg.connect(address) as connection:
        return psutil.Process(connection.info.backend_pid).ppid()


def _read_database_cpu_s(postmaster: int) -> float:
    """Return the seconds of CPU of a PostgreSQL, including its connections that have ended."""
    server = psutil.Process(postmaster)
    times = server.cpu_times()
    living = map(_read_process_cpu_s, [server, *server.children()])
    return times.children_user + times.children_system + sum(living)


def _read_process_cpu_s(process: psutil.Process) -> float:
    """Return the seconds of CPU of a process; 0 if it has ended, because its parent counts them."""
    try:
        return servers.read_process_cpu_s(process)
    except (OSError, psutil.NoSuchProcess):
        return 0.0
