"""The gate in front of the parser: deadlines and caps on the head of a request.

Uvicorn has none of its own: a head sent a byte an hour holds a connection for ever, and one of 16
MB is taken. Bodies are guarded where they are read (routing). `pushoff serve` passes this class
to uvicorn.
"""

import asyncio
import os
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.settings import Settings
from app.web.edge import SECURITY
from app.web.problems import (
    MEDIA_TYPE,
    HeadersTooLarge,
    InvalidHeader,
    Problem,
    RequestTimeout,
)


class Refused(Exception):
    """Ends the parsing of a head; what to answer stands in the protocol."""


class GuardedProtocol(HttpToolsProtocol):
    """One connection. A head that is late, too large or ambiguous is answered and cut off."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.settings: Settings = self.app.state.settings
        self.refusal: Problem | None = None
        self.deadline: asyncio.TimerHandle | None = None
        self.in_head = False
        self.heads = 0
        self.parsed_bytes = 0
        self.held_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self.stop_waiting()
        super().connection_lost(exc)

    def await_head(self) -> None:
        """Starts the clock for a head."""
        self.stop_waiting()
        self.deadline = self.loop.call_later(self.settings.head_timeout_s, self.give_up)

    def stop_waiting(self) -> None:
        """Stops the clock."""
        if self.deadline is not None:
            self.deadline.cancel()
            self.deadline = None

    def give_up(self) -> None:
        """Ends a connection whose head did not come; one that never began one is just closed."""
        if self.in_head:
            seconds = self.settings.head_timeout_s
            self.refuse(RequestTimeout(f"The head did not arrive within {seconds:g} seconds."))
        else:
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        heads = self.heads
        super().data_received(data)
        # A header that has not ended yet is held by the parser and weighed by nobody, so what
        # lies wholly inside of one head is counted here as well, and apart from what is parsed.
        if self.in_head and self.heads == heads and self.refusal is None:
            self.held_bytes += len(data)
            if self.held_bytes > self.settings.max_head_bytes:
                self.refuse(self.too_large())

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.in_head, self.heads = True, self.heads + 1
        self.parsed_bytes = self.held_bytes = 0
        if self.deadline is None:
            self.await_head()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self.weigh(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self.weigh(len(name) + len(value) + len(": \r\n"))

    def on_headers_complete(self) -> None:
        self.in_head = False
        self.stop_waiting()
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts > 1 or (hosts == 0 and self.parser.get_http_version() == "1.1"):
            self.stop_parsing(InvalidHeader("Send exactly one Host header."))
        super().on_headers_complete()

    def weigh(self, size: int) -> None:
        """Counts a part of the head as it is parsed."""
        self.parsed_bytes += size
        too_many = len(self.headers) > self.settings.max_headers
        if self.parsed_bytes > self.settings.max_head_bytes or too_many:
            self.stop_parsing(self.too_large())

    def too_large(self) -> Problem:
        """The problem of a head beyond its caps."""
        return HeadersTooLarge(
            f"A head here has at most {self.settings.max_headers} headers"
            f" and {self.settings.max_head_bytes} bytes."
        )

    def stop_parsing(self, refusal: Problem) -> None:
        """Leaves the parser, which then asks for the answer to a bad request."""
        self.refusal = refusal
        raise Refused

    def send_400_response(self, msg: str) -> None:  # uvicorn's words are not ours
        self.refuse(self.refusal or InvalidHeader("The request is not valid HTTP/1.1."))

    def refuse(self, problem: Problem) -> None:
        """Answers with a problem and closes the connection."""
        self.refusal = problem
        self.stop_waiting()
        request_id = os.urandom(12).hex()
        body = problem.body("", request_id)
        head = [
            f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}".encode(),
            f"content-type: {MEDIA_TYPE}".encode(),
            f"content-length: {len(body)}".encode(),
            f"x-request-id: {request_id}".encode(),
            b"cache-control: no-store",
            b"connection: close",
            *(name + b": " + value for name, value in SECURITY),
        ]
        self.transport.write(b"\r\n".join(head) + b"\r\n\r\n" + body)
        self.transport.close()
