"""Two servers on one PostgreSQL, restarted in turn with SIGTERM: every write of a client that
retries succeeds, and each acknowledged write is stored once.

The same run shows that a client without retries would have failed writes.
"""

import http.client
import itertools
import json
import threading
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest

from tests.client import a_session, a_set
from tests.durability.clients import ServiceAddress
from tests.durability.run_sizes import RecordFigure, read_size
from tests.processes import RunningServer, serving

WRITES = read_size("ROLLING_WRITES", short=200, long=20_000)
RESTARTS = read_size("RESTARTS", short=1, long=20)
CLIENTS = 4
RETRY_S = 20
MAX_STOP_S = 12


@dataclass(slots=True)
class Deployment:
    """The addresses of the servers, and the results of the clients."""

    servers: list[ServiceAddress] = field(default_factory=list)
    restarting: threading.Event = field(default_factory=threading.Event)
    """Set until the last restart is over. Until then, the clients continue to write."""
    lock: threading.Lock = field(default_factory=threading.Lock)
    counts: Counter[str] = field(default_factory=lambda: Counter(written=0, failed=0))
    acknowledged: list[str] = field(default_factory=list)

    def add_result(self, session_id: str, *, retried: bool, success: bool) -> None:
        with self.lock:
            self.counts["written" if success else "failed"] += 1
            self.counts["needed a retry"] += retried
            if success:
                self.acknowledged.append(session_id)


class Client(threading.Thread):
    """Writes sessions one after the other, each to any server that accepts it."""

    def __init__(self, deployment: Deployment, number: int, writes: int) -> None:
        super().__init__(daemon=True)
        self._deployment = deployment
        self._number = number
        self._writes = writes
        self._connections: dict[int, http.client.HTTPConnection] = {}

    def run(self) -> None:
        for count in itertools.count(1):
            self._write(str(UUID(int=(self._number << 64) + count, version=4)), count)
            if count >= self._writes and not self._deployment.restarting.is_set():
                break
        for connection in self._connections.values():
            connection.close()

    def _write(self, session_id: str, count: int) -> None:
        body = json.dumps(a_session(version=1, sets=[a_set(version=1)]))
        end = time.monotonic() + RETRY_S
        for attempt in itertools.count():
            # Each attempt goes to the other server, as a load balancer would do it.
            server = self._deployment.servers[(self._number + count + attempt) % 2]
            if self._send(server, session_id, body):
                self._deployment.add_result(session_id, retried=attempt > 0, success=True)
                return
            if time.monotonic() > end:
                self._deployment.add_result(session_id, retried=True, success=False)
                return

    def _send(self, server: ServiceAddress, session_id: str, body: str) -> bool:
        connection = self._connections.setdefault(server.port, server.connect())
        try:
            connection.request("PUT", f"/sessions/{session_id}", body, server.headers())
            response = connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            return False
        return response.status in (200, 201)


def restart(
    deployment: Deployment,
    index: int,
    running: list[RunningServer],
    stack: ExitStack,
    settings: dict[str, object],
) -> float:
    """Stop one server while the other works, and start a new one.

    Returns the seconds that the stop took.
    """
    folder = running[index].log.parent
    began = time.monotonic()
    assert running[index].stop() == 0, running[index].log.read_text()
    took = time.monotonic() - began
    running[index] = stack.enter_context(serving(folder, **settings))
    deployment.servers[index] = ServiceAddress(running[index].port, deployment.servers[index].key)
    # A rolling restart stops the next server only when this one is ready.
    deployment.servers[index].get("/readyz")
    return took


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    made = [tmp_path / "one", tmp_path / "two"]
    for folder in made:
        folder.mkdir()
    return made


class TestRollingRestart:
    def test_on_postgres_fails_no_write_of_clients_that_retry(
        self, folders: list[Path], postgres_url: str, record_property: RecordFigure
    ) -> None:
        settings: dict[str, object] = {"database_url": postgres_url, "access_log": False}
        deployment, stops = Deployment(), [0.0]
        with ExitStack() as stack:
            running = [stack.enter_context(serving(folder, **settings)) for folder in folders]
            key = str(running[0].key)
            deployment.servers = [ServiceAddress(server.port, key) for server in running]
            clients = [Client(deployment, number, WRITES // CLIENTS) for number in range(CLIENTS)]
            for address in deployment.servers:
                address.get("/readyz")
            deployment.restarting.set()
            for client in clients:
                client.start()
            while len(stops) <= RESTARTS or deployment.counts["written"] < WRITES:
                stops.append(restart(deployment, len(stops) % 2, running, stack, settings))
            deployment.restarting.clear()
            for client in clients:
                client.join(2 * RETRY_S)
            found = Counter(
                session["session_id"] for session in deployment.servers[0].list_sessions()
            )
        for name, count in deployment.counts.items():
            record_property(name, count)
        record_property("restarts", len(stops) - 1)
        record_property("longest to stop (s)", max(stops))
        assert deployment.counts["failed"] == 0
        assert found == Counter(deployment.acknowledged)
        assert deployment.counts["needed a retry"] > 0
        assert max(stops) < MAX_STOP_S
