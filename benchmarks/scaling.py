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

from benchmarks import servers, storing, traffic
from benchmarks.figures import Figure, divide, interleave
from benchmarks.traffic import CONNECTIONS, Connection, Service
from tests import postgres

LEAST = 0.9
# So many are stored in a round, and as many are read.
SESSIONS = 50 if traffic.QUICK else 250
KEPT = [storing.make_session(storing.SETS) for _ in range(50)]


@dataclass(frozen=True, slots=True)
class Crew:
    """Services on one database that share the load, each of so many workers."""

    services: Sequence[Service]
    workers: int = 1

    def weigh(self) -> float:
        """Seconds of CPU for one request of those that store a session and read another."""
        first = self.services[0]
        stored = [storing.put(first, storing.make_session(storing.SETS)) for _ in range(SESSIONS)]
        read = (first.request("GET", f"/sessions/{session.session_id}") for session in cycle(KEPT))
        return asyncio.run(self.spend([*chain.from_iterable(zip(stored, read, strict=False))]))

    async def spend(self, requests: Sequence[bytes]) -> float:
        """Seconds of CPU for each of these."""
        async with self.connected() as connections:
            before, left = self.used(), iter(requests)
            await asyncio.gather(*(traffic.send(one, left) for one in connections))
            return (self.used() - before) / len(requests)

    def used(self) -> float:
        """Seconds of CPU of all of their processes."""
        return sum(servers.used(service.server[0].pid) for service in self.services)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[list[Connection]]:
        """The connections, as many to each worker."""
        each = CONNECTIONS // (len(self.services) * self.workers)
        lots = [await spread(service, self.workers, each) for service in self.services]
        connections = [*chain.from_iterable(lots)]
        yield connections
        await traffic.close(connections)


async def spread(service: Service, workers: int, each: int) -> list[Connection]:
    """Connections, so many to each worker of a service, once all of them answer.

    Whichever worker is awake takes a new connection, or all that wait; those of which a worker
    has enough are ended again.
    """
    pid, port = service.server[0].pid, service.server[1]
    held: dict[int, list[Connection]] = defaultdict(list)
    deadline = time.monotonic() + servers.PATIENCE_S
    while missing := workers * each - sum(map(len, held.values())):
        if time.monotonic() > deadline:
            raise RuntimeError(f"only {len(held)} of {workers} workers take connections")
        fresh = [await connect(port) for _ in range(missing)]
        owners = find_owners(pid)
        for connection in fresh:
            mine = held[owners[connection[1].get_extra_info("sockname")]]
            if len(mine) < each:
                mine.append(connection)
            else:
                await traffic.close([connection])
    return [*chain.from_iterable(held.values())]


async def connect(port: int) -> Connection:
    """A connection that some worker has taken."""
    connection = await asyncio.open_connection("127.0.0.1", port)
    await traffic.send(connection, iter([b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"]))
    return connection


def find_owners(pid: int) -> dict[tuple[str, int], int]:
    """Which process of a server holds the connection to an address."""
    processes = servers.find_processes(pid)
    return {end.raddr: one.pid for one in processes for end in one.net_connections("tcp4")}


def measure() -> Iterator[Figure]:
    """Two workers of one `pushoff serve` on SQLite, and two such services on one PostgreSQL."""
    with (
        TemporaryDirectory() as folder,
        postgres.start_cluster(Path(folder) / "pg", fsync=True) as server,
    ):
        with ExitStack() as stack:
            one, two = start(stack, f"sqlite:///{folder}/bench.db", 1, 2)
            yield compare("two workers, SQLite", Crew([one]), Crew([two], workers=2))
        with ExitStack() as stack:
            one, other = start(stack, server.create("bench"), 1, 1)
            yield compare("two processes, PostgreSQL", Crew([one]), Crew([one, other]))


def start(stack: ExitStack, url: str, *workers: int) -> list[Service]:
    """Services of so many workers each, as they are run, on one new database."""
    url, key = traffic.prepare(url)
    starting = [servers.pushoff(url, f"--workers={number}") for number in workers]
    return [Service(server, key, url) for server in servers.start(stack, starting)]


def compare(name: str, one: Crew, two: Crew) -> Figure:
    """Requests for a second of CPU, as a share of those of one worker."""
    first = one.services[0]
    first.ask(first.request("POST", "/sessions/batch", storing.spell_batch(KEPT)))
    # Nobody counts the first round.
    interleave(one.weigh, two.weigh, rounds=1)
    single, double = interleave(one.weigh, two.weigh)
    detail = f"{median(double) * 1e6:.0f} µs a request against {median(single) * 1e6:.0f} µs"
    return Figure(name, divide(single, double), LEAST, "of one", least=True, detail=detail)
