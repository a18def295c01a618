"""Two servers on one PostgreSQL, restarted in turn by SIGTERM: a client that retries notices
nothing, and whatever it was told is stored is there once.

That one which does not retry would notice is seen in the same run.
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
    """Where the servers are, and how far the clients have got."""

    doors: list[ServiceAddress] = field(default_factory=list)
    rolling: threading.Event = field(default_factory=threading.Event)
    """Set until the last restart is over: for so long the clients go on."""
    lock: threading.Lock = field(default_factory=threading.Lock)
    told: Counter[str] = field(default_factory=lambda: Counter(written=0, failed=0))
    stored: list[str] = field(default_factory=list)

    def note(self, session_id: str, first: bool, fine: bool) -> None:
        with self.lock:
            self.told["written" if fine else "failed"] += 1
            self.told["needed a retry"] += not first
            if fine:
                self.stored.append(session_id)


class Client(threading.Thread):
    """Writes sessions one after the other, at any server that takes them."""

    def __init__(self, fleet: Deployment, number: int, share: int) -> None:
        super().__init__(daemon=True)
        self._fleet = fleet
        self._number = number
        self._share = share
        self._lines: dict[int, http.client.HTTPConnection] = {}

    def run(self) -> None:
        for count in itertools.count(1):
            self._insist(str(UUID(int=(self._number << 64) + count, version=4)), count)
            if count >= self._share and not self._fleet.rolling.is_set():
                break
        for line in self._lines.values():
            line.close()

    def _insist(self, session_id: str, count: int) -> None:
        body = json.dumps(a_session(version=1, sets=[a_set(version=1)]))
        end = time.monotonic() + RETRY_S
        for attempt in itertools.count():
            # Each try at the next server, as a balancer would have it.
            door = self._fleet.doors[(self._number + count + attempt) % 2]
            if self._send(door, session_id, body):
                self._fleet.note(session_id, attempt == 0, fine=True)
                return
            if time.monotonic() > end:
                self._fleet.note(session_id, first=False, fine=False)
                return

    def _send(self, door: ServiceAddress, session_id: str, body: str) -> bool:
        line = self._lines.setdefault(door.port, door.connect())
        try:
            line.request("PUT", f"/sessions/{session_id}", body, door.headers())
            answer = line.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            line.close()
            return False
        return answer.status in (200, 201)


def restart(
    fleet: Deployment,
    place: int,
    running: list[RunningServer],
    starts: ExitStack,
    settings: dict[str, object],
) -> float:
    """Stop one server while the other works, and start its successor; how long the stop took."""
    folder = running[place].log.parent
    began = time.monotonic()
    assert running[place].stop() == 0, running[place].log.read_text()
    took = time.monotonic() - began
    running[place] = starts.enter_context(serving(folder, **settings))
    fleet.doors[place] = ServiceAddress(running[place].port, fleet.doors[place].key)
    # The next one is stopped when this one is ready, as whoever rolls out waits for it.
    fleet.doors[place].get("/readyz")
    return took


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    made = [tmp_path / "one", tmp_path / "two"]
    for folder in made:
        folder.mkdir()
    return made


class TestRollingRestart:
    def test_of_postgres_clients_that_retry_fails_no_write(
        self, folders: list[Path], postgres_url: str, record_property: RecordFigure
    ) -> None:
        settings: dict[str, object] = {"database_url": postgres_url, "access_log": False}
        fleet, stops = Deployment(), [0.0]
        with ExitStack() as starts:
            running = [starts.enter_context(serving(folder, **settings)) for folder in folders]
            key = str(running[0].key)
            fleet.doors = [ServiceAddress(server.port, key) for server in running]
            clients = [Client(fleet, number, WRITES // CLIENTS) for number in range(CLIENTS)]
            for door in fleet.doors:
                door.get("/readyz")
            fleet.rolling.set()
            for client in clients:
                client.start()
            while len(stops) <= RESTARTS or fleet.told["written"] < WRITES:
                stops.append(restart(fleet, len(stops) % 2, running, starts, settings))
            fleet.rolling.clear()
            for client in clients:
                client.join(2 * RETRY_S)
            found = Counter(session["session_id"] for session in fleet.doors[0].list_sessions())
        for name, count in fleet.told.items():
            record_property(name, count)
        record_property("restarts", len(stops) - 1)
        record_property("longest to stop (s)", max(stops))
        assert fleet.told["failed"] == 0
        assert found == Counter(fleet.stored)
        assert fleet.told["needed a retry"] > 0
        assert max(stops) < MAX_STOP_S
