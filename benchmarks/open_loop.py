"""Requests that leave at their own moments, whether those before were answered or not.

Blocking sockets over one epoll, so that one core keeps up with thousands a second; every answer is
timed from the planned moment, and it tells how late the sendings themselves were. What is sent,
and when, is for others to say.
"""

import re
import select
import socket
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

_MILLISECOND_S = 0.001
_TIMEOUT_S = 10
_CONTENT_LENGTH = re.compile(rb"\ncontent-length: (\d+)\r", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Response:
    """What came back: its status, when it was due to be asked, the seconds since then, its head."""

    status: int
    due: float
    seconds: float
    head: bytes


class _Connection:
    """One kept-alive connection and the answer that it waits for."""

    __slots__ = ("asked", "came", "socket")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.asked = 0.0
        self.came = b""

    def take(self, now: float) -> Response | None:
        """The answer, once all of it is here. Raises RuntimeError where the line is cut."""
        came = self.socket.recv(65_536)
        if not came:
            raise RuntimeError(f"the server cut a connection after {self.came!r}")
        self.came += came
        head, ended, body = self.came.partition(b"\r\n\r\n")
        length = _CONTENT_LENGTH.search(head + b"\r")
        if not ended or length is None or len(body) < int(length[1]):
            return None
        self.came = b""
        return Response(int(head[9:12]), self.asked, now - self.asked, head)


class RequestStream:
    """Requests, each with the moment at which it is due, over so many connections.

    With all due at 0, each connection sends its next one as soon as its last is answered.
    """

    def __init__(self, port: int, plan: Iterable[tuple[float, bytes]], connections: int) -> None:
        self.due = deque(plan)
        lines = [_Connection(port) for _ in range(connections)]
        self.lines = {line.socket.fileno(): line for line in lines}
        self.idle = deque(lines)
        self.answers: list[Response] = []
        self.late: list[float] = []

    def is_over(self) -> bool:
        """Whether everything was sent and answered."""
        return not self.due and len(self.idle) == len(self.lines)

    def send(self, now: float) -> float:
        """Sends what is due; seconds until there may be more."""
        while self.due and self.idle:
            if (wait := self.due[0][0] - now) > 0:
                return wait
            moment, request = self.due.popleft()
            line = self.idle.popleft()
            line.asked = moment
            self.late.append(now - moment)
            line.socket.sendall(request)
        return _TIMEOUT_S

    def hear(self, line: _Connection, now: float) -> None:
        """Takes in what came on a line."""
        if (answer := line.take(now)) is not None:
            self.answers.append(answer)
            self.idle.append(line)

    def close(self) -> None:
        """Ends the connections."""
        for line in self.lines.values():
            line.socket.close()


def run_streams(*streams: RequestStream) -> float:
    """Runs streams beside one another until the first is over; how many seconds that took."""
    where = {number: (stream, line) for stream in streams for number, line in stream.lines.items()}
    with select.epoll() as poll:
        for number in where:
            poll.register(number, select.EPOLLIN)
        began = time.perf_counter()
        while not streams[0].is_over():
            wait = min(stream.send(time.perf_counter() - began) for stream in streams)
            # The kernel counts in milliseconds, rounded up: the last of them is waited for awake.
            events = poll.poll(max(0.0, wait - _MILLISECOND_S))
            if not events and wait == _TIMEOUT_S:
                raise RuntimeError(f"no answer came in {_TIMEOUT_S} seconds")
            for number, _ in events:
                stream, line = where[number]
                stream.hear(line, time.perf_counter() - began)
        took = time.perf_counter() - began
    for stream in streams:
        stream.close()
    return took


def draw_arrivals(rate: float, seconds: float, chance: Random) -> list[float]:
    """The moments of so many arrivals a second, none of which knows of another."""
    moments, now = [], 0.0
    while (now := now + chance.expovariate(rate)) < seconds:
        moments.append(now)
    return moments
