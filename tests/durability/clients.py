"""Clients that write at the same time, retry what was not acknowledged, and record the results.

The service under test is reached through a `ServiceAddress`. `write_generator` generates what is
sent. The records go to `acknowledgements`, which compares them with what is stored.
"""

import http.client
import json
import threading
import time
from dataclasses import dataclass, field

from tests.durability.acknowledgements import Json, Write, WriteRecord
from tests.durability.write_generator import WriteGenerator

SECONDS = 20
"""Much longer than any request takes: a test that waits this long has found a fault."""

_PAUSE_S = 0.01
_SUCCESSFUL_OUTCOMES = {"created", "updated", "unchanged"}


@dataclass(slots=True)
class ServiceAddress:
    """The port of a service on loopback, and the key to call it with."""

    port: int
    key: str

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}

    def get(self, target: str) -> Json:
        """Return the JSON of a response, which must have the status 200."""
        connection = self.connect()
        connection.request("GET", target, headers=self.headers())
        response = connection.getresponse()
        body = response.read()
        connection.close()
        assert response.status == 200, body
        found: Json = json.loads(body)
        return found

    def list_sessions(self) -> list[Json]:
        """Return all sessions with their sets, from all pages."""
        page = self.get("/sessions?limit=200")
        found: list[Json] = page["items"]
        while page["next_cursor"]:
            page = self.get(f"/sessions?limit=200&cursor={page['next_cursor']}")
            found += page["items"]
        return found


@dataclass(frozen=True, slots=True)
class RetryBehaviour:
    """How likely a client gives up or repeats a write."""

    gives_up: float = 0.4
    """Probability of giving up after each attempt that was not acknowledged."""
    sends_twice: float = 0.1
    """Probability of sending an acknowledged write again, as a network may deliver it twice."""


@dataclass(slots=True)
class Progress:
    """How many writes were acknowledged to all clients, and whether the clients must stop."""

    count: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def add(self) -> None:
        with self.changed:
            self.count += 1
            self.changed.notify_all()

    def wait_for_more(self, number: int) -> None:
        """Return when `number` more writes were acknowledged. Fails after `SECONDS`."""
        with self.changed:
            wanted = self.count + number
            assert self.changed.wait_for(lambda: self.count >= wanted, SECONDS), "no progress"


class RetryingClient(threading.Thread):
    """One client with one connection. It repeats a write until it is acknowledged or given up."""

    def __init__(
        self,
        service: ServiceAddress,
        generator: WriteGenerator,
        progress: Progress,
        behaviour: RetryBehaviour,
    ) -> None:
        super().__init__(name="client", daemon=True)
        self.record = WriteRecord()
        self._connection = service.connect()
        self._headers = service.headers()
        self._generator = generator
        self._progress = progress
        self._behaviour = behaviour

    def run(self) -> None:
        while not self._progress.stopped.is_set():
            self._deliver(self._generator.next_write())
        self._connection.close()

    def _deliver(self, write: Write) -> None:
        while not self._send(write):
            gives_up = self._behaviour.gives_up
            if self._progress.stopped.wait(_PAUSE_S) or self._generator.chance(gives_up):
                self.record.give_up(write)
                return
        self.record.acknowledge(write)
        self._generator.add_acknowledged(write)
        self._progress.add()
        if self._generator.chance(self._behaviour.sends_twice):
            self._send(write)

    def _send(self, write: Write) -> bool:
        """Return whether the write was acknowledged."""
        began = time.monotonic()
        try:
            return self._request(write)
        finally:
            self.record.longest_s = max(self.record.longest_s, time.monotonic() - began)

    def _request(self, write: Write) -> bool:
        body = None if write.body is None else json.dumps(write.body)
        try:
            headers = {**self._headers, **write.headers}
            self._connection.request(write.method, write.path, body, headers)
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            self._record_error(error, f"{write.method} {write.path}")
            return False
        return self._check_response(write, response.status, content)

    def _record_error(self, error: Exception, request: str) -> None:
        if isinstance(error, TimeoutError):
            self.record.unexpected.append(f"{error!r} for {request}")
        if isinstance(error, http.client.IncompleteRead):
            self.record.truncated.append(f"{error!r} for {request}")

    def _check_response(self, write: Write, status: int, content: bytes) -> bool:
        if status == 503:
            return False
        if status not in (200, 201, 204) or not _list_outcomes(content) <= _SUCCESSFUL_OUTCOMES:
            text = content.decode(errors="replace")
            self.record.unexpected.append(f"{status} for {write.method} {write.path}: {text}")
        return status < 300


def _list_outcomes(content: bytes) -> set[str]:
    body = json.loads(content) if content else {}
    items = body.get("outcomes") or [body]
    return {item["outcome"] for item in items if "outcome" in item}


class ClientGroup:
    """Three clients that write to one service. They start and stop with the `with` block."""

    def __init__(
        self, service: ServiceAddress, seed: int, behaviour: RetryBehaviour | None = None
    ) -> None:
        self.progress = Progress()
        shared: list[str] = []
        self._clients = [
            RetryingClient(
                service,
                WriteGenerator(f"c{number}", seed, shared),
                self.progress,
                behaviour or RetryBehaviour(),
            )
            for number in range(3)
        ]

    def __enter__(self) -> "ClientGroup":
        for client in self._clients:
            client.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> list[WriteRecord]:
        """Wait until each client has finished its current write; return their records."""
        self.progress.stopped.set()
        end = time.monotonic() + 2 * SECONDS
        for client in self._clients:
            client.join(max(0.0, end - time.monotonic()))
            assert not client.is_alive(), "a client has waited too long for a response"
        return [client.record for client in self._clients]
