"""What a request costs two workers, beside one: nine sets stored with a key, then a session read.

CPU is that of all processes of the service, of its supervisor too; that of the load, and of the
database's own process, is not in it. One or two, they answer the same number of connections, so
that each of two has half of them, and fewer sessions share a commit.
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
# So many are stored in a round, and as many are read.
SESSIONS = 50 if service_load.QUICK else 250
STORED = [session_writes.make_session(session_writes.SETS) for _ in range(50)]


@dataclass(frozen=True, slots=True)
class WorkerGroup:
    """Services on one database that share the load, each of so many workers."""

    services: Sequence[Service]
    workers: int = 1

    def weigh(self) -> float:
        """Seconds of CPU for one request of those that store a session and read another."""
        first = self.services[0]
        stored = [
            session_writes.make_put(first, session_writes.make_session(session_writes.SETS))
            for _ in range(SESSIONS)
        ]
        read = (
            first.request("GET", f"/sessions/{session.session_id}") for session in cycle(STORED)
        )
        return asyncio.run(self.spend([*chain.from_iterable(zip(stored, read, strict=False))]))

    async def spend(self, requests: Sequence[bytes]) -> float:
        """Seconds of CPU for each of these."""
        async with self.connected() as connections:
            before, left = self.used(), iter(requests)
            await asyncio.gather(*(service_load.send(one, left) for one in connections))
            return (self.used() - before) / len(requests)

    def used(self) -> float:
        """Seconds of CPU of all of their processes."""
        return sum(servers.read_cpu_s(service.server[0].pid) for service in self.services)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[list[Connection]]:
        """The connections, as many to each worker."""
        each = CONNECTIONS // (len(self.services) * self.workers)
        lots = [await _connect_evenly(service, self.workers, each) for service in self.services]
        connections = [*chain.from_iterable(lots)]
        yield connections
        await service_load.close(connections)


async def _connect_evenly(service: Service, workers: int, each: int) -> list[Connection]:
    """Connections, so many to each worker of a service, once all of them answer.

    Whichever worker is awake takes a new connection, or all that wait; those of which a worker
    has enough are ended again.
    """
    pid, port = service.server[0].pid, service.server[1]
    held: dict[int, list[Connection]] = defaultdict(list)
    deadline = time.monotonic() + servers.TIMEOUT_S
    while missing := workers * each - sum(map(len, held.values())):
        if time.monotonic() > deadline:
            raise RuntimeError(f"only {len(held)} of {workers} workers take connections")
        fresh = [await _connect(port) for _ in range(missing)]
        owners = _find_owners(pid)
        for connection in fresh:
            mine = held[owners[connection[1].get_extra_info("sockname")]]
            if len(mine) < each:
                mine.append(connection)
            else:
                await service_load.close([connection])
    return [*chain.from_iterable(held.values())]


async def _connect(port: int) -> Connection:
    """A connection that some worker has taken."""
    connection = await asyncio.open_connection("127.0.0.1", port)
    await service_load.send(connection, iter([b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"]))
    return connection


def _find_owners(pid: int) -> dict[tuple[str, int], int]:
    """Which process of a server holds the connection to an address."""
    processes = servers.find_processes(pid)
    return {end.raddr: one.pid for one in processes for end in one.net_connections("tcp4")}


def measure() -> Iterator[Measurement]:
    """Two workers of one `pushoff serve` on SQLite, and two such services on one PostgreSQL."""
    with (
        TemporaryDirectory() as folder,
        postgres.cluster(Path(folder) / "pg", fsync=True) as server,
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
    """Services of so many workers each, as they are run, on one new database."""
    url, key = service_load.prepare_database(url)
    starting = [servers.run_pushoff(url, f"--workers={number}") for number in workers]
    return [Service(server, key, url) for server in servers.start_all(stack, starting)]


def _compare(name: str, one: WorkerGroup, two: WorkerGroup) -> Measurement:
    """Requests for a second of CPU, as a share of those of one worker."""
    first = one.services[0]
    first.ask(first.request("POST", "/sessions/batch", session_writes.encode_batch(STORED)))
    # Nobody counts the first round.
    interleave(one.weigh, two.weigh, rounds=1)
    single, double = interleave(one.weigh, two.weigh)
    detail = f"{median(double) * 1e6:.0f} µs a request against {median(single) * 1e6:.0f} µs"
    return Measurement(name, divide(single, double), MIN_RATIO, "of one", least=True, detail=detail)
