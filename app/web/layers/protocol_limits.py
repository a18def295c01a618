"""Limits below ASGI, at the HTTP parser: time and size of the headers, and time for a client to
read the response.

`pushoff serve` passes GuardedProtocol to uvicorn, which has no such limits: a client that sends a
byte an hour, or reads nothing, would hold a connection forever, and 16 MB of headers would be
read. Bodies are limited where they are read (`http.routing`). It answers 400 `invalid-header`, 408
`request-timeout` or 431 `headers-too-large`, and asks EarlyReject for a slot.
"""

import asyncio
import os
import re
import socket
import struct
import time
from collections.abc import Iterable
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from app.settings import Settings
from app.web.http.problems import (
    MEDIA_TYPE,
    HeadersTooLarge,
    InvalidHeader,
    Problem,
    RequestTimeout,
)
from app.web.layers.concurrency import EarlyReject
from app.web.layers.rate_limits import REJECTED_ROUTE
from app.web.layers.request_log import SECURITY_HEADERS, read_request_id, record

# A path that needs no decoding, with or without a query.
_PLAIN_URL = re.compile(rb"(/[A-Za-z0-9._~/-]*)(?:\?[^#]*)?")
_UNUSUAL_HEADERS = frozenset({b"origin", b"expect"})
_PLAIN_METHODS = frozenset({b"GET", b"POST", b"PUT", b"DELETE"})
# A client that reads fewer bytes in answer_timeout_s does not read slowly, but not at all.
_MIN_PROGRESS_BYTES = 16 * 1024
# What frames a chunked body may have this many bytes for each byte of the body: five for chunks of
# one byte. Extensions of chunks, trailers and blank lines count, too.
_FRAMING_PER_BODY_BYTE = 8


def _encode(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    return b"".join(name + b": " + value + b"\r\n" for name, value in headers)


_CONTENT_TYPE = (b"content-type", MEDIA_TYPE.encode("ascii"))
_COMMON_HEADERS = _encode([_CONTENT_TYPE, (b"cache-control", b"no-store"), *SECURITY_HEADERS])


class _HeadRejected(Exception):
    """Stops the parser. The problem to answer is in GuardedProtocol.rejection."""


class GuardedProtocol(HttpToolsProtocol):
    """One connection. If the headers of a request are late, too large or ambiguous, it answers
    with a problem and closes the connection.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.settings: Settings = self.app.state.resources.settings
        self.early_reject: EarlyReject = self.app.state.early_reject
        self.rejection: Problem | None = None
        self.read_timer: asyncio.TimerHandle | None = None
        self.write_timer: asyncio.TimerHandle | None = None
        self.unsent_bytes = 0
        self.in_head = False
        self.head_count = 0
        self.partial_head_bytes = 0
        self.body_bytes = 0
        self.received_bytes = 0
        """Bytes after the headers of the last request, its body and what frames it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start_head_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_read_timer()
        self.resume_writing()
        super().connection_lost(exc)

    def _start_head_timer(self) -> None:
        self._stop_read_timer()
        self.read_timer = self.loop.call_later(self.settings.head_timeout_s, self._on_read_timeout)

    def _start_discard_timer(self) -> None:
        """Limit the time for the rest of a body whose request is answered already, and which is
        therefore discarded. Uvicorn's timer for idle connections stops with the next byte.
        """
        answered = getattr(self.cycle, "response_complete", False)
        if answered and self.timeout_keep_alive_task is None and self.read_timer is None:
            seconds = self.settings.body_timeout_s
            self.read_timer = self.loop.call_later(seconds, self._on_read_timeout)

    def _stop_read_timer(self) -> None:
        if self.read_timer is not None:
            self.read_timer.cancel()
            self.read_timer = None

    def _on_read_timeout(self) -> None:
        """Answer 408 if a part of the headers has arrived, and close the connection."""
        if self.in_head:
            seconds = self.settings.head_timeout_s
            self._reject(RequestTimeout(f"The headers did not arrive within {seconds:g} seconds."))
        else:
            self.transport.close()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._start_write_timer()

    def resume_writing(self) -> None:
        if self.write_timer is not None:
            self.write_timer.cancel()
            self.write_timer = None
        super().resume_writing()

    def _start_write_timer(self) -> None:
        self.unsent_bytes = self.transport.get_write_buffer_size()
        seconds = self.settings.answer_timeout_s
        self.write_timer = self.loop.call_later(seconds, self._check_write_progress)

    def _check_write_progress(self) -> None:
        """Abort the connection of a client that reads almost nothing; else start the timer anew."""
        if self.unsent_bytes - self.transport.get_write_buffer_size() < _MIN_PROGRESS_BYTES:
            # With this option the kernel drops its send buffer at once, which is megabytes.
            client = self.transport.get_extra_info("socket")
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.transport.abort()
        else:
            self._start_write_timer()

    def data_received(self, data: bytes) -> None:
        head_count = self.head_count
        super().data_received(data)
        if self.rejection is not None:
            return
        if not self.in_head:
            self._start_discard_timer()
            if self.head_count == head_count:
                self.received_bytes += len(data)
                self._check_framing()
            return
        # Headers are incomplete. Nearly all arrive in one piece, so most requests need no timer.
        if self.read_timer is None:
            self._start_head_timer()
        # The size is checked when the headers are complete. For headers that never are, count the
        # data that belongs to them as a whole.
        if self.head_count == head_count:
            self.partial_head_bytes += len(data)
            if self.partial_head_bytes > self.settings.max_head_bytes:
                self._reject(self._headers_too_large())

    def on_message_begin(self) -> None:
        # The end of a body that was discarded.
        self._stop_read_timer()
        super().on_message_begin()
        self.in_head, self.head_count = True, self.head_count + 1
        self.partial_head_bytes = self.body_bytes = self.received_bytes = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        # Trailers come after the body. Nobody reads them; RFC 9110 (6.5.1) allows dropping them.
        if self.in_head:
            super().on_header(name, value)

    def on_body(self, body: bytes) -> None:
        self.body_bytes += len(body)
        super().on_body(body)

    def _check_framing(self) -> None:
        """Answer 431 if trailers, chunk extensions and the like are too large for the body."""
        framing = self.received_bytes - self.body_bytes
        allowed = self.settings.max_head_bytes + _FRAMING_PER_BODY_BYTE * self.body_bytes
        if framing > allowed:
            self._reject(
                HeadersTooLarge(
                    f"Trailers and chunk extensions may have {self.settings.max_head_bytes} bytes."
                )
            )

    def on_headers_complete(self) -> None:
        self.in_head = False
        self._stop_read_timer()
        self._check_headers()
        if not self._reject_early():
            super().on_headers_complete()

    def _reject_early(self) -> bool:
        """Ask EarlyReject for a slot. If there is none, answer, discard the body, and return True.
        Uvicorn discards the body because the cycle of the previous request is complete.

        Only ordinary requests are rejected here. The layers reject the others: the first request
        of a connection, the last one, one from a page of another origin, or one whose path must be
        decoded.
        """
        url, method = _PLAIN_URL.fullmatch(self.url), self.parser.get_method()
        if url is None or method not in _PLAIN_METHODS:
            return False
        path = url[1].decode("ascii")
        if not self.early_reject.needs_slot(path) or not self._is_ordinary_request():
            return False
        began = time.perf_counter()
        rejection = self.early_reject.reserve(self.headers)
        if rejection is None:
            return False
        request_id = read_request_id(self.headers)
        self._write_problem(rejection, path, request_id)
        self.on_response_complete()
        answered = request_id, REJECTED_ROUTE, method.decode("ascii"), rejection.status
        record(*answered, began, access_log=self.settings.access_log)
        return True

    def _is_ordinary_request(self) -> bool:
        """Return whether the connection has answered a request before, is not waiting to write and
        stays open; and whether the request is not from a page of another origin and does not wait
        for `100 Continue`.
        """
        parser = self.parser
        return (
            # There is no cycle before the first request.
            getattr(self.cycle, "response_complete", False)
            and not self.flow.write_paused
            and parser.get_http_version() == "1.1"
            and parser.should_keep_alive()
            and not parser.should_upgrade()
            and _UNUSUAL_HEADERS.isdisjoint(name for name, _ in self.headers)
        )

    def _check_headers(self) -> None:
        size, hosts = len(self.url), 0
        for name, value in self.headers:
            size += len(name) + len(value) + 4
            hosts += name == b"host"
        too_many = len(self.headers) > self.settings.max_headers
        if size > self.settings.max_head_bytes or too_many:
            self._stop_parsing(self._headers_too_large())
        if hosts > 1 or (hosts == 0 and self.parser.get_http_version() == "1.1"):
            self._stop_parsing(InvalidHeader("Send exactly one Host header."))

    def _headers_too_large(self) -> Problem:
        return HeadersTooLarge(
            f"A request may have {self.settings.max_headers} headers. Its request line and headers"
            f" may have {self.settings.max_head_bytes} bytes."
        )

    def _stop_parsing(self, rejection: Problem) -> None:
        """Leave the parser. Uvicorn then calls send_400_response."""
        self.rejection = rejection
        raise _HeadRejected

    def send_400_response(self, msg: str) -> None:
        """Answer with a problem where uvicorn would send plain text."""
        self._reject(self.rejection or InvalidHeader("The request is not valid HTTP/1.1."))

    def _reject(self, problem: Problem) -> None:
        self.rejection = problem
        self._stop_read_timer()
        problem.headers["Connection"] = "close"
        self._write_problem(problem, "", os.urandom(12).hex())
        self.transport.close()

    def _write_problem(self, problem: Problem, instance: str, request_id: str) -> None:
        body = problem.body(instance, request_id)
        own = "".join(f"{name.lower()}: {value}\r\n" for name, value in problem.headers.items())
        head = f"content-length: {len(body)}\r\nx-request-id: {request_id}\r\n{own}\r\n"
        # Uvicorn's default headers are the current date.
        date = _encode(self.server_state.default_headers)
        parts = [STATUS_LINE[problem.status], _COMMON_HEADERS, date, head.encode("latin-1"), body]
        self.transport.write(b"".join(parts))
