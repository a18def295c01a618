"""The outermost layers: what every request gets and every answer has, whatever it is.

A request id, security headers, HEAD as GET without a body, counts, a line in the log, and a
problem instead of a stack when something breaks. It knows routes by their template only, because
addresses hold programme ids, and those hold age and body mass.
"""

import os
import re
import time
from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.http.answers import AnswerCache, PreparedAnswer, etag_matches
from app.web.http.problems import MEDIA_TYPE, InternalError, MalformedJson, Problem, UriTooLong
from app.web.monitoring import metrics

log = structlog.get_logger("pushoff.request")

REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
READING = frozenset({"GET", "HEAD"})
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# The longest address of ours holds a programme id of at most 200 characters.
LONGEST_PATH = 2_000
BROKEN_PATH = re.compile(rb"%(?![0-9A-Fa-f]{2})|%00")
NOT_MATCHED = "(no route)"
SECURITY = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]
CSP = "Content-Security-Policy"
# Pages set a policy of their own.
PAGE_SECURITY = SECURITY[:2]


class CachedAnswers:
    """Before the framework: answers what lies on the shelf with as little in the way as there can
    be, a third of what the framework takes to come to the same bytes, and hands on all else.
    """

    def __init__(self, app: ASGIApp, shelf: AnswerCache, *, access_log: bool) -> None:
        self.app = app
        self.shelf = shelf
        self.access_log = access_log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["query_string"] and scope["method"] in READING:
            began = time.perf_counter()
            if (kept := self.shelf.get(scope["path"])) is not None:
                await self.hand_out(kept, scope, send, began)
                return
        await self.app(scope, receive, send)

    async def hand_out(self, kept: PreparedAnswer, scope: Scope, send: Send, began: float) -> None:
        """Answers from the shelf."""
        headers = dict(scope["headers"])
        request_id = read_request_id(scope["headers"])
        form = kept.choose(headers.get(b"accept-encoding", b"").decode("latin-1"))
        known = headers.get(b"if-none-match")
        same = known is not None and etag_matches(known.decode("latin-1"), form.etag)
        status, head, body = (304, form.current, b"") if same else (200, form.head, form.body)
        security = PAGE_SECURITY if CSP in kept.headers else SECURITY
        head = (*head, (b"x-request-id", request_id.encode("ascii")), *security)
        await send({"type": "http.response.start", "status": status, "headers": head})
        body = b"" if scope["method"] == "HEAD" else body
        await send({"type": "http.response.body", "body": body})
        told = {"request_id": request_id, "template": kept.template}
        record(told, scope["method"], status, began, access_log=self.access_log)


class RequestLog:
    """An ASGI layer around everything else in the framework."""

    def __init__(self, app: ASGIApp, access_log: bool) -> None:
        self.app = app
        self.access_log = access_log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        answer = LoggedResponse(scope, send)
        # A copy, because the server reads its own to know whether a body is due.
        scope = {**scope, "request_id": answer.request_id}
        if answer.method == "HEAD":
            scope["method"] = "GET"
        try:
            if (refusal := find_path_problem(scope)) is not None:
                await send_problem(refusal, scope, answer.send)
            else:
                await self.app(scope, receive, answer.send)
        except ClientDisconnect:
            # Nobody is left to answer; what was to be stored was or was not, whole.
            answer.status = answer.status or 499
        except Exception:  # the last resort: told as a 500, logged with its stack
            log.exception("broke", request_id=answer.request_id, route=route_template(scope))
            if not answer.status:
                await send_problem(InternalError(), scope, answer.send)
        finally:
            record(scope, answer.method, answer.status, began, access_log=self.access_log)


def record(
    scope: Mapping[str, Any], method: str, status: int, began: float, *, access_log: bool
) -> None:
    """Counts and logs one answer."""
    seconds = time.perf_counter() - began
    route = route_template(scope)
    known = method if method in METHODS else "other"
    metrics.count(known, route, status, seconds)
    if access_log:
        log.info(
            "request",
            request_id=scope["request_id"],
            method=known,
            route=route,
            status=status,
            ms=round(seconds * 1000, 2),
        )


class LoggedResponse:
    """An answer on its way out: gets its headers, and loses its body where none was asked for."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.pass_on = send
        self.method: str = scope["method"]
        self.request_id = read_request_id(scope["headers"])
        self.status = 0

    async def send(self, message: Message) -> None:
        """Sends one message of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = message["headers"]
            has_policy = any(name == b"content-security-policy" for name, _ in headers)
            message["headers"] = [
                *headers,
                (b"x-request-id", self.request_id.encode("ascii")),
                *(PAGE_SECURITY if has_policy else SECURITY),
            ]
        elif self.method == "HEAD":
            message["body"] = b""
        await self.pass_on(message)


def read_request_id(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The caller's X-Request-ID if it is a plain one, or a new one."""
    for name, value in headers:
        if name == b"x-request-id" and REQUEST_ID.fullmatch(value):
            return value.decode("ascii")
    return os.urandom(12).hex()


def route_template(scope: Mapping[str, Any]) -> str:
    """The template of the route that answered."""
    if (shelved := scope.get("template")) is not None:
        return str(shelved)
    route = scope.get("route")
    return NOT_MATCHED if route is None else str(route.path_format)


def find_path_problem(scope: Scope) -> Problem | None:
    """What is wrong with an address before any route is tried."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode("utf-8", "replace")
    if len(raw) > LONGEST_PATH:
        return UriTooLong(f"An address here has at most {LONGEST_PATH} characters.")
    if BROKEN_PATH.search(raw) or "\0" in scope["path"]:
        return MalformedJson("The address holds a broken percent-encoding or a NUL.")
    return None


async def send_problem(problem: Problem, scope: Scope, send: Send) -> None:
    """Sends a problem without the help of the framework."""
    body = problem.body(scope["path"], scope["request_id"])
    headers = [
        (b"content-type", MEDIA_TYPE.encode("ascii")),
        (b"content-length", str(len(body)).encode("ascii")),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
