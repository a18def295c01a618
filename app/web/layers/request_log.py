"""The outermost layer inside the framework: what every request and every response needs.

It adds request id and security headers to each response, answers HEAD as GET without a body,
rejects invalid paths (400, 414), turns an unexpected exception into a 500 problem, and counts and
logs the response (`record`, which the layers outside of the framework call too).
Logs and metrics contain the route's template only: paths contain programme ids, and those encode
age and body mass.
"""

import os
import re
import time
from collections.abc import Iterable

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.http.problems import MEDIA_TYPE, InternalError, MalformedJson, Problem, UriTooLong
from app.web.http.routing import INVALID_ESCAPE
from app.web.monitoring import metrics

log = structlog.get_logger("pushoff.request")

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# The longest path of a route contains a programme id of at most 200 characters.
MAX_PATH_LENGTH = 2_000
_NO_ROUTE = "(no route)"
SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]
_WITHOUT_POLICY = SECURITY_HEADERS[:2]


class RequestLog:
    """The ASGI layer."""

    def __init__(self, app: ASGIApp, access_log: bool) -> None:
        self.app = app
        self.access_log = access_log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        response = LoggedResponse(scope, send)
        # A copy: the server reads the method in its own scope to know whether to send a body.
        scope = {**scope, "request_id": response.request_id}
        if response.method == "HEAD":
            scope["method"] = "GET"
        try:
            if (rejection := _find_path_problem(scope)) is not None:
                await _send_problem(rejection, scope, response.send)
            else:
                await self.app(scope, receive, response.send)
        except ClientDisconnect:
            # Nobody reads the response any more. A write was either committed whole or not at all.
            response.status = response.status or 499
        except Exception:  # the last resort: answered with a 500, logged with its stack trace
            log.exception("broke", request_id=response.request_id, route=_route_template(scope))
            if not response.status:
                await _send_problem(InternalError(), scope, response.send)
        finally:
            answered = response.request_id, _route_template(scope), response.method, response.status
            record(*answered, began, access_log=self.access_log)


def record(
    request_id: str, route: str, method: str, status: int, began: float, *, access_log: bool
) -> None:
    """Count and log one response. `began` is the time.perf_counter() at the request's start."""
    seconds = time.perf_counter() - began
    # A method is a label of the metrics, so made-up methods must not add labels.
    method = method if method in _METHODS else "other"
    metrics.count(method, route, status, seconds)
    if access_log:
        log.info(
            "request",
            request_id=request_id,
            method=method,
            route=route,
            status=status,
            ms=round(seconds * 1000, 2),
        )


class LoggedResponse:
    """Wraps `send`: adds headers to the response, and removes the body of an answer to HEAD."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.inner_send = send
        self.method: str = scope["method"]
        self.request_id = read_request_id(scope["headers"])
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = message["headers"]
            has_policy = any(name == b"content-security-policy" for name, _ in headers)
            message["headers"] = [*headers, *common_headers(self.request_id, has_policy)]
        elif self.method == "HEAD":
            message["body"] = b""
        await self.inner_send(message)


def common_headers(request_id: str, has_policy: bool) -> list[tuple[bytes, bytes]]:
    """Return the headers that every response gets. An HTML page or a picture has its own policy."""
    security = _WITHOUT_POLICY if has_policy else SECURITY_HEADERS
    return [(b"x-request-id", request_id.encode("ascii")), *security]


def read_request_id(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Return the client's X-Request-ID if it has 8 to 64 plain characters, or else a new id."""
    for name, value in headers:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return value.decode("ascii")
    return os.urandom(12).hex()


def _route_template(scope: Scope) -> str:
    # A layer that rejects a request sets `route_template`; the router sets `route`.
    if (template := scope.get("route_template")) is not None:
        return str(template)
    route = scope.get("route")
    return _NO_ROUTE if route is None else str(route.path_format)


def _find_path_problem(scope: Scope) -> Problem | None:
    raw: bytes = scope.get("raw_path") or scope["path"].encode("utf-8", "replace")
    if len(raw) > MAX_PATH_LENGTH:
        return UriTooLong(f"A path may have {MAX_PATH_LENGTH} characters.")
    if INVALID_ESCAPE.search(raw) or "\0" in scope["path"]:
        return MalformedJson("The path contains an invalid percent-encoding or a NUL.")
    return None


async def _send_problem(problem: Problem, scope: Scope, send: Send) -> None:
    """Send a problem without the framework, which may be what failed."""
    body = problem.body(scope["path"], scope["request_id"])
    headers = [
        (b"content-type", MEDIA_TYPE.encode("ascii")),
        (b"content-length", str(len(body)).encode("ascii")),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
