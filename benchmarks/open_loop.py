"""An open-loop load: requests leave at planned moments, whether earlier ones were answered or not.

It uses blocking sockets and one epoll, so that one core sends thousands of requests per second.
Each response is timed from the planned moment of its request. The delay of each sending is recorded
as well. `overload` decides what is sent, and when.
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
    """A response, and its timing in seconds since the start of the run."""

    status: int
    due: float
    """The planned moment of the request."""
    seconds: float
    """The time from that moment to the response."""
    head: bytes


class _Connection:
    """One kept-alive connection, and what it has received of the next response."""

    __slots__ = ("due", "received", "socket")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.due = 0.0
        self.received = b""

    def receive(self, now: float) -> Response | None:
        """Return the response once it is complete. Raises RuntimeError if the server hangs up."""
        data = self.socket.recv(65_536)
        if not data:
            raise RuntimeError(f"the server closed a connection after {self.received!r}")
        self.received += data
        head, ended, body = self.received.partition(b"\r\n\r\n")
        length = _CONTENT_LENGTH.search(head + b"\r")
        if not ended or length is None or len(body) < int(length[1]):
            return None
        self.received = b""
        return Response(int(head[9:12]), self.due, now - self.due, head)


class RequestStream:
    """Requests with the moments at which they are due, sent over a number of connections.

    If all are due at 0, each connection sends its next request as soon as it has a response.
    """

    def __init__(self, port: int, plan: Iterable[tuple[float, bytes]], connections: int) -> None:
        self.due = deque(plan)
        opened = [_Connection(port) for _ in range(connections)]
        self.connections = {one.socket.fileno(): one for one in opened}
        self.idle = deque(opened)
        self.responses: list[Response] = []
        self.delays: list[float] = []

    def is_over(self) -> bool:
        """Return whether every request was sent and answered."""
        return not self.due and len(self.idle) == len(self.connections)

    def send(self, now: float) -> float:
        """Send what is due; return the seconds until the next request is due."""
        while self.due and self.idle:
            if (wait := self.due[0][0] - now) > 0:
                return wait
            moment, request = self.due.popleft()
            connection = self.idle.popleft()
            connection.due = moment
            self.delays.append(now - moment)
            connection.socket.sendall(request)
        return _TIMEOUT_S

    def receive(self, connection: _Connection, now: float) -> None:
        """Read from a connection, and add its response if it is complete."""
        if (response := connection.receive(now)) is not None:
            self.responses.append(response)
            self.idle.append(connection)

    def close(self) -> None:
        """Close all connections."""
        for connection in self.connections.values():
            connection.socket.close()


def run_streams(*streams: RequestStream) -> float:
    """Run streams at the same time until the first one is over; return the seconds."""
    by_file = {
        number: (stream, connection)
        for stream in streams
        for number, connection in stream.connections.items()
    }
    with select.epoll() as poll:
        for number in by_file:
            poll.register(number, select.EPOLLIN)
        began = time.perf_counter()
        while not streams[0].is_over():
            wait = min(stream.send(time.perf_counter() - began) for stream in streams)
            # epoll rounds up to milliseconds, so the last millisecond is spent in this loop.
            events = poll.poll(max(0.0, wait - _MILLISECOND_S))
            if not events and wait == _TIMEOUT_S:
                raise RuntimeError(f"no response in {_TIMEOUT_S} seconds")
            for number, _ in events:
                stream, connection = by_file[number]
                stream.receive(connection, time.perf_counter() - began)
        took = time.perf_counter() - began
    for stream in streams:
        stream.close()
    return took


def draw_arrivals(rate: float, seconds: float, chance: Random) -> list[float]:
    """Draw the moments of independent arrivals (a Poisson process), `rate` per second."""
    moments, now = [], 0.0
    while (now := now + chance.expovariate(rate)) < seconds:
        moments.append(now)
    return moments
