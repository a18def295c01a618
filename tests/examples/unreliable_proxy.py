"""A proxy between an example and the service that loses requests and responses.

It can lose a response after the service has done its work, which is where clients go wrong. It can
also lose a request, or reject it with 503. The number of the exchange decides. It records all
exchanges.
"""

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Fate = Literal["forward", "lose response", "lose request", "reject"]
_Response = tuple[int, list[tuple[str, str]], bytes]
# The response of a service that is shutting down, or of a load balancer in front of it.
_UNAVAILABLE: _Response = (503, [("Retry-After", "7"), ("Content-Length", "0")], b"")
_TIMEOUT_S = 30
# Headers that belong to one connection, or that the proxy's own server adds.
_CONNECTION_HEADERS = {"connection", "date", "keep-alive", "server", "transfer-encoding"}


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request, the status of the service's response, and what the proxy did with it."""

    method: str
    path: str
    status: int | None
    """None if the request did not reach the service."""
    fate: Fate


@dataclass(slots=True)
class UnreliableProxy:
    """A running proxy and its exchanges."""

    upstream: int
    decide: Callable[[int], Fate]
    """Return the fate of the exchange with this number, which counts from 1."""
    port: int = 0
    exchanges: list[Exchange] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def lost(self) -> list[Exchange]:
        return [one for one in self.exchanges if one.fate != "forward"]

    def wait_for_exchanges(self, number: int) -> None:
        """Return when there were this many exchanges."""
        with self.changed:
            reached = self.changed.wait_for(lambda: len(self.exchanges) >= number, _TIMEOUT_S)
            assert reached, "there were too few requests"

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        """Handle one exchange at a time, so that their numbers are in the order of time."""
        with self.changed:
            fate = self.decide(len(self.exchanges) + 1)
            body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
            forwarded = fate in ("forward", "lose response")
            response = self.forward(request, body) if forwarded else None
            status = None if response is None else response[0]
            self.exchanges.append(Exchange(request.command, request.path, status, fate))
            self.changed.notify_all()
        request.close_connection = True
        if fate == "reject":
            response = _UNAVAILABLE
        if response is not None and fate != "lose response":
            _send_response(request, response)

    def forward(self, request: BaseHTTPRequestHandler, body: bytes) -> _Response:
        """Return the response of the service."""
        connection = http.client.HTTPConnection("127.0.0.1", self.upstream, timeout=_TIMEOUT_S)
        connection.request(request.command, request.path, body or None, dict(request.headers))
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return response.status, response.getheaders(), content


def _send_response(request: BaseHTTPRequestHandler, response: _Response) -> None:
    status, headers, content = response
    request.send_response(status)
    for name, value in headers:
        if name.lower() not in _CONNECTION_HEADERS:
            request.send_header(name, value)
    request.end_headers()
    request.wfile.write(content)


def lose_every_third_response(number: int) -> Fate:
    return "lose response" if number % 3 == 0 else "forward"


@contextmanager
def run_proxy(
    upstream: int, decide: Callable[[int], Fate] = lose_every_third_response
) -> Iterator[UnreliableProxy]:
    """Run a proxy to the service at port `upstream` until the block ends."""
    proxy = UnreliableProxy(upstream, decide)

    class Handler(BaseHTTPRequestHandler):
        def handle_request(self) -> None:
            proxy.handle(self)

        def log_message(self, *_: Any) -> None:
            pass

    for method in ("GET", "POST", "PUT"):
        setattr(Handler, f"do_{method}", Handler.handle_request)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        proxy.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield proxy
        finally:
            server.shutdown()
            thread.join()
