"""Companions: several threads that write at once, retry what was not acknowledged, and note it all.

Hands out diaries. What is sent is drawn in author, what it comes to is judged in diary.
"""

import http.client
import json
import threading
import time
from dataclasses import dataclass, field

from tests.durability.author import Author
from tests.durability.diary import Diary, Json, Write

SECONDS = 20
"""Far more than any answer takes: who waits for longer has found a fault."""

_PAUSE_S = 0.01
_FINE = {"created", "updated", "unchanged"}


@dataclass(slots=True)
class Door:
    """Where a service is reached, and with which key."""

    port: int
    key: str

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}

    def get(self, target: str) -> Json:
        """The JSON of an answer that has to be 200."""
        connection = self.connect()
        connection.request("GET", target, headers=self.headers())
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        assert answer.status == 200, body
        found: Json = json.loads(body)
        return found

    def sessions(self) -> list[Json]:
        """All sessions with their sets, page by page."""
        page = self.get("/sessions?limit=200")
        found: list[Json] = page["items"]
        while page["next_cursor"]:
            page = self.get(f"/sessions?limit=200&cursor={page['next_cursor']}")
            found += page["items"]
        return found


@dataclass(frozen=True, slots=True)
class Habits:
    """How often a companion does what."""

    gives_up: float = 0.4
    """After a write was not acknowledged."""
    sends_twice: float = 0.1
    """After it was, as a network does that delivers twice."""


@dataclass(slots=True)
class Tally:
    """How much was acknowledged to all companions together, and whether they shall stop."""

    count: int = 0
    halted: threading.Event = field(default_factory=threading.Event)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def add(self) -> None:
        with self.changed:
            self.count += 1
            self.changed.notify_all()

    def await_more(self, number: int) -> None:
        """Return when this many more writes were acknowledged."""
        with self.changed:
            wanted = self.count + number
            assert self.changed.wait_for(lambda: self.count >= wanted, SECONDS), "no progress"


class Companion(threading.Thread):
    """One client with one connection, which sends a write until it is acknowledged or given up."""

    def __init__(self, door: Door, author: Author, tally: Tally, habits: Habits) -> None:
        super().__init__(name="companion", daemon=True)
        self.diary = Diary()
        self._connection = door.connect()
        self._headers = door.headers()
        self._author = author
        self._tally = tally
        self._habits = habits

    def run(self) -> None:
        while not self._tally.halted.is_set():
            self._deliver(self._author.write())
        self._connection.close()

    def _deliver(self, write: Write) -> None:
        while not self._send(write):
            if self._tally.halted.wait(_PAUSE_S) or self._author.chance(self._habits.gives_up):
                self.diary.give_up(write)
                return
        self.diary.acknowledge(write)
        self._author.keep(write)
        self._tally.add()
        if self._author.chance(self._habits.sends_twice):
            self._send(write)

    def _send(self, write: Write) -> bool:
        """Whether the write was acknowledged."""
        began = time.monotonic()
        try:
            return self._ask(write)
        finally:
            self.diary.longest_s = max(self.diary.longest_s, time.monotonic() - began)

    def _ask(self, write: Write) -> bool:
        body = None if write.body is None else json.dumps(write.body)
        try:
            headers = {**self._headers, **write.headers}
            self._connection.request(write.method, write.path, body, headers)
            answer = self._connection.getresponse()
            told = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            self._complain(error, f"{write.method} {write.path}")
            return False
        return self._judge(write, answer.status, told)

    def _complain(self, error: Exception, request: str) -> None:
        if isinstance(error, TimeoutError):
            self.diary.surprises.append(f"{error!r} for {request}")
        if isinstance(error, http.client.IncompleteRead):
            self.diary.torn.append(f"{error!r} for {request}")

    def _judge(self, write: Write, status: int, told: bytes) -> bool:
        if status == 503:
            return False
        if status not in (200, 201, 204) or not outcomes(told) <= _FINE:
            said = told.decode(errors="replace")
            self.diary.surprises.append(f"{status} for {write.method} {write.path}: {said}")
        return status < 300


def outcomes(told: bytes) -> set[str]:
    """Every outcome that an answer holds."""
    body = json.loads(told) if told else {}
    items = body.get("outcomes") or [body]
    return {item["outcome"] for item in items if "outcome" in item}


class Crowd:
    """Companions at work on one service."""

    def __init__(self, door: Door, seed: int, habits: Habits | None = None) -> None:
        self.tally = Tally()
        shared: list[str] = []
        self._members = [
            Companion(door, Author(f"c{number}", seed, shared), self.tally, habits or Habits())
            for number in range(3)
        ]

    def __enter__(self) -> "Crowd":
        for member in self._members:
            member.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.halt()

    def halt(self) -> list[Diary]:
        """Let everyone end what is under way; their diaries."""
        self.tally.halted.set()
        end = time.monotonic() + 2 * SECONDS
        for member in self._members:
            member.join(max(0.0, end - time.monotonic()))
            assert not member.is_alive(), "a companion waits for an answer for ever"
        return [member.diary for member in self._members]
