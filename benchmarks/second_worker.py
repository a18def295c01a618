"""The CPU of a request with two workers, compared with one. A session is stored, then one is read.

The CPU is that of all processes of the service, including the supervisor, without the load and the
database's own process. The number of connections is the same with one worker and two. So each of
two workers has half of them, and fewer sessions share a commit.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import chain, cycle
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks import servers, service_load, session_writes
from benchmarks.measurements import Measurement, divide, interleave
from benchmarks.service_load import CONNECTIONS, Connection, Service
from tests import postgres

MIN_RATIO = 0.9
# So many sessions are stored in a round, and as many are read.
SESSIONS = 50 if service_load.QUICK else 250
STORED = [session_writes.make_session(session_writes.SETS) for _ in range(50)]


@dataclass(frozen=True, slots=True)
class WorkerGroup:
    """Services on one database that share the load, with a number of workers each."""

    services: Sequence[Service]
    workers: int = 1

    def measure(self) -> float:
        """Return the mean CPU of requests that alternately store and read a session."""
        first = self.services[0]
        stored = [
            session_writes.make_put(first, session_writes.make_session(session_writes.SETS))
            for _ in range(SESSIONS)
        ]
        read = (
            first.request("GET", f"/sessions/{session.session_id}") for session in cycle(STORED)
        )
        return asyncio.run(self.send([*chain.from_iterable(zip(stored, read, strict=False))]))

    async def send(self, requests: Sequence[bytes]) -> float:
        """Send the requests; return the mean CPU."""
        async with self.connect() as connections:
            before, left = self.cpu_s(), iter(requests)
            await asyncio.gather(*(service_load.send(one, left) for one in connections))
            return (self.cpu_s() - before) / len(requests)

    def cpu_s(self) -> float:
        """Return the seconds of CPU of all processes so far."""
        return sum(servers.read_cpu_s(service.server[0].pid) for service in self.services)

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[list[Connection]]:
        """Open the connections, the same number to each worker."""
        each = CONNECTIONS // (len(self.services) * self.workers)
        groups = [await _connect_evenly(service, self.workers, each) for service in self.services]
        connections = [*chain.from_iterable(groups)]
        yield connections
        await service_load.close(connections)


async def _connect_evenly(service: Service, workers: int, each: int) -> list[Connection]:
    """Open `each` connections to each worker of a service.

    The operating system decides which worker accepts a connection, and one worker may accept all
    that are waiting. Connections beyond `each` are closed again.
    """
    pid, port = service.server[0].pid, service.server[1]
    by_worker: dict[int, list[Connection]] = defaultdict(list)
    deadline = time.monotonic() + servers.TIMEOUT_S
    while missing := workers * each - sum(map(len, by_worker.values())):
        if time.monotonic() > deadline:
            raise RuntimeError(f"only {len(by_worker)} of {workers} workers accept connections")
        fresh = [await _connect(port) for _ in range(missing)]
        owners = _find_owners(pid)
        for connection in fresh:
            own = by_worker[owners[connection[1].get_extra_info("sockname")]]
            if len(own) < each:
                own.append(connection)
            else:
                await service_load.close([connection])
    return [*chain.from_iterable(by_worker.values())]


async def _connect(port: int) -> Connection:
    """Open a connection, and wait until a worker has accepted it."""
    connection = await asyncio.open_connection("127.0.0.1", port)
    await service_load.send(connection, iter([b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"]))
    return connection


def _find_owners(pid: int) -> dict[tuple[str, int], int]:
    """Return the process of a server that has the connection to each client address."""
    processes = servers.find_processes(pid)
    return {end.raddr: one.pid for one in processes for end in one.net_connections("tcp4")}


def measure() -> Iterator[Measurement]:
    """Yield the ratio for two workers on SQLite, and for two services on one PostgreSQL."""
    with (
        TemporaryDirectory() as folder,
        postgres.start_cluster(Path(folder) / "pg", fsync=True) as server,
    ):
        with ExitStack() as stack:
            one, two = _start_services(stack, f"sqlite:///{folder}/bench.db", 1, 2)
            yield _compare("two workers, SQLite", WorkerGroup([one]), WorkerGroup([two], workers=2))
        with ExitStack() as stack:
            one, other = _start_services(stack, server.create("bench"), 1, 1)
            yield _compare(
                "two processes, PostgreSQL", WorkerGroup([one]), WorkerGroup([one, other])
            )


def _start_services(stack: ExitStack, url: str, *workers: int) -> list[Service]:
    """Start services on one new database; `workers` has the number of workers of each."""
    url, key = service_load.prepare_database(url)
    starting = [servers.run_pushoff(url, f"--workers={number}") for number in workers]
    return [Service(server, key, url) for server in servers.start_all(stack, starting)]


def _compare(name: str, one: WorkerGroup, two: WorkerGroup) -> Measurement:
    """Return the requests per second of CPU, as a share of those of one worker."""
    first = one.services[0]
    first.fetch(first.request("POST", "/sessions/batch", session_writes.encode_batch(STORED)))
    # The first round is not counted.
    interleave(one.measure, two.measure, rounds=1)
    single, double = interleave(one.measure, two.measure)
    detail = f"{median(double) * 1e6:.0f} µs a request against {median(single) * 1e6:.0f} µs"
    return Measurement(
        name, divide(single, double), MIN_RATIO, "of one", at_least=True, detail=detail
    )
