"""A connection that loses things: a proxy between a companion and the service.

It loses answers after the service has done its work, which is where clients go wrong, or requests
before they get there, or turns them away for a while; their number decides. Hands out a list of all
that passed by.
"""

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Fate = Literal["pass", "lose answer", "lose request", "turn away"]
Answer = tuple[int, list[tuple[str, str]], bytes]
# What a service says that is shutting down, or whatever stands in front of it.
TURNED_AWAY: Answer = (503, [("Retry-After", "7"), ("Content-Length", "0")], b"")
SECONDS = 30
# What belongs to one connection only, or is said anew for the next one.
OF_A_CONNECTION = {"connection", "date", "keep-alive", "server", "transfer-encoding"}


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request, what the service answered, and what became of it."""

    method: str
    path: str
    status: int | None
    """None where the request never got there."""
    fate: Fate


@dataclass(slots=True)
class Line:
    """The connection, and everything that went over it."""

    upstream: int
    decide: Callable[[int], Fate]
    """What happens to the exchange with this number, from 1."""
    port: int = 0
    exchanges: list[Exchange] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def lost(self) -> list[Exchange]:
        return [one for one in self.exchanges if one.fate != "pass"]

    def await_exchanges(self, number: int) -> None:
        """Returns when so many have passed by."""
        with self.changed:
            passed = self.changed.wait_for(lambda: len(self.exchanges) >= number, SECONDS)
            assert passed, "nobody says anything"

    def forward(self, request: BaseHTTPRequestHandler) -> None:
        """One exchange at a time, so that their numbers mean something."""
        with self.changed:
            fate = self.decide(len(self.exchanges) + 1)
            body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
            answer = self.ask(request, body) if fate in ("pass", "lose answer") else None
            status = None if answer is None else answer[0]
            self.exchanges.append(Exchange(request.command, request.path, status, fate))
            self.changed.notify_all()
        request.close_connection = True
        if fate == "turn away":
            answer = TURNED_AWAY
        if answer is not None and fate != "lose answer":
            reply(request, answer)

    def ask(self, request: BaseHTTPRequestHandler, body: bytes) -> Answer:
        """The service's own answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.upstream, timeout=SECONDS)
        connection.request(request.command, request.path, body or None, dict(request.headers))
        answer = connection.getresponse()
        told = answer.read()
        connection.close()
        return answer.status, answer.getheaders(), told


def reply(request: BaseHTTPRequestHandler, answer: Answer) -> None:
    """Hands an answer on."""
    status, headers, told = answer
    request.send_response(status)
    for name, value in headers:
        if name.lower() not in OF_A_CONNECTION:
            request.send_header(name, value)
    request.end_headers()
    request.wfile.write(told)


def every_third(number: int) -> Fate:
    """Loses each third answer."""
    return "lose answer" if number % 3 == 0 else "pass"


@contextmanager
def losing(upstream: int, decide: Callable[[int], Fate] = every_third) -> Iterator[Line]:
    """A line to the service on a port of this machine."""
    line = Line(upstream, decide)

    class Handler(BaseHTTPRequestHandler):
        def forward(self) -> None:
            line.forward(self)

        def log_message(self, *_: Any) -> None:
            pass

    for method in ("GET", "POST", "PUT"):
        setattr(Handler, f"do_{method}", Handler.forward)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        line.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield line
        finally:
            server.shutdown()
            thread.join()
