"""The gate in front of the parser: deadlines and caps on the head of a request, and a deadline for
clients that do not take their answer.

Uvicorn has none of its own: a head sent a byte an hour holds a connection for ever, one of 16 MB
is taken, and an answer that is not read waits for ever. Bodies are guarded where they are read
(routing). `pushoff serve` passes this class to uvicorn.
"""

import asyncio
import os
import re
import socket
import struct
import time
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
from app.web.layers.rate_limits import REFUSED
from app.web.layers.request_log import SECURITY, read_request_id, record

# What needs no decoding, with a query or without.
PLAIN_ADDRESS = re.compile(rb"(/[A-Za-z0-9._~/-]*)(?:\?[^#]*)?")
UNUSUAL = frozenset({b"origin", b"expect"})
PLAIN_METHODS = frozenset({b"GET", b"POST", b"PUT", b"DELETE"})
SAME_FOR_ALL = b"".join(
    name + b": " + value + b"\r\n"
    for name, value in (
        (b"content-type", MEDIA_TYPE.encode("ascii")),
        (b"cache-control", b"no-store"),
        *SECURITY,
    )
)
# A client that takes less than this in its time is not slow but still.
LEAST_TAKEN = 16 * 1024


class Refused(Exception):
    """Ends the parsing of a head; what to answer stands in the protocol."""


class GuardedProtocol(HttpToolsProtocol):
    """One connection. A head that is late, too large or ambiguous is answered and cut off."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.settings: Settings = self.app.state.resources.settings
        self.door: EarlyReject = self.app.state.early_reject
        self.refusal: Problem | None = None
        self.deadline: asyncio.TimerHandle | None = None
        self.stall: asyncio.TimerHandle | None = None
        self.unsent_bytes = 0
        self.in_head = False
        self.heads = 0
        self.held_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self.stop_waiting()
        self.resume_writing()
        super().connection_lost(exc)

    def await_head(self) -> None:
        """Starts the clock for a head."""
        self.stop_waiting()
        self.deadline = self.loop.call_later(self.settings.head_timeout_s, self.give_up)

    def await_rest(self) -> None:
        """Starts the clock for a body that is passed over, because its request was answered without
        it: uvicorn's own clock for an idle connection stops with the next byte that comes.
        """
        answered = getattr(self.cycle, "response_complete", False)
        if answered and self.timeout_keep_alive_task is None and self.deadline is None:
            self.deadline = self.loop.call_later(self.settings.body_timeout_s, self.give_up)

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

    def pause_writing(self) -> None:
        super().pause_writing()
        self.await_taking()

    def resume_writing(self) -> None:
        if self.stall is not None:
            self.stall.cancel()
            self.stall = None
        super().resume_writing()

    def await_taking(self) -> None:
        """Starts the clock for some more of an answer to be taken."""
        self.unsent_bytes = self.transport.get_write_buffer_size()
        self.stall = self.loop.call_later(self.settings.answer_timeout_s, self.check_taking)

    def check_taking(self) -> None:
        """Cuts a client off that has taken next to nothing, and gives any other its time again."""
        if self.unsent_bytes - self.transport.get_write_buffer_size() < LEAST_TAKEN:
            # So that the system forgets at once what it holds for this client, which is megabytes.
            self.transport.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
            self.transport.abort()
        else:
            self.await_taking()

    def data_received(self, data: bytes) -> None:
        heads = self.heads
        super().data_received(data)
        if self.refusal is not None:
            return
        if not self.in_head:
            self.await_rest()
            return
        # Nearly every head comes whole, and needs no clock.
        if self.deadline is None:
            self.await_head()
        # A head is weighed when it is complete; of one that never is, what lies wholly inside.
        if self.heads == heads:
            self.held_bytes += len(data)
            if self.held_bytes > self.settings.max_head_bytes:
                self.refuse(self.too_large())

    def on_message_begin(self) -> None:
        # A body that was passed over has come to its end.
        self.stop_waiting()
        super().on_message_begin()
        self.in_head, self.heads = True, self.heads + 1
        self.held_bytes = 0

    def on_headers_complete(self) -> None:
        self.in_head = False
        self.stop_waiting()
        self.check_head()
        if not self.turn_away():
            super().on_headers_complete()

    def turn_away(self) -> bool:
        """Whether the request is refused at the door, before anything is made for it. Its body is
        then passed over, because the connection's last request has been answered.

        Only what is alike in most requests is told here; for a first request on a connection, a
        last one, a page of another origin, and an address to be decoded, the layers have the words.
        """
        address, method = PLAIN_ADDRESS.fullmatch(self.url), self.parser.get_method()
        if address is None or method not in PLAIN_METHODS:
            return False
        path = address[1].decode("ascii")
        if self.door.is_open(path) or not self.is_usual():
            return False
        began = time.perf_counter()
        refusal = self.door.turn_away(self.headers)
        if refusal is None:
            return False
        told = {"request_id": read_request_id(self.headers), "template": REFUSED}
        self.tell(refusal, path, told["request_id"])
        self.on_response_complete()
        access_log = self.settings.access_log
        record(told, method.decode("ascii"), refusal.status, began, access_log=access_log)
        return True

    def is_usual(self) -> bool:
        """Whether the connection was in use before, waits for nothing, and stays as it is; and the
        request is no page's, and keeps back no body until it is asked for.
        """
        parser = self.parser
        return (
            # There is no cycle before the first request.
            getattr(self.cycle, "response_complete", False)
            and not self.flow.write_paused
            and parser.get_http_version() == "1.1"
            and parser.should_keep_alive()
            and not parser.should_upgrade()
            and UNUSUAL.isdisjoint(name for name, _ in self.headers)
        )

    def check_head(self) -> None:
        """Stops at a head that is larger than it may be, or that does not say whom it is for."""
        size, hosts = len(self.url), 0
        for name, value in self.headers:
            size += len(name) + len(value) + 4
            hosts += name == b"host"
        too_many = len(self.headers) > self.settings.max_headers
        if size > self.settings.max_head_bytes or too_many:
            self.stop_parsing(self.too_large())
        if hosts > 1 or (hosts == 0 and self.parser.get_http_version() == "1.1"):
            self.stop_parsing(InvalidHeader("Send exactly one Host header."))

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
        problem.headers["Connection"] = "close"
        self.tell(problem, "", os.urandom(12).hex())
        self.transport.close()

    def tell(self, problem: Problem, instance: str, request_id: str) -> None:
        """Sends a problem."""
        body = problem.body(instance, request_id)
        own = "".join(f"{name.lower()}: {value}\r\n" for name, value in problem.headers.items())
        head = f"content-length: {len(body)}\r\nx-request-id: {request_id}\r\n{own}\r\n"
        parts = [STATUS_LINE[problem.status], SAME_FOR_ALL]
        # The date, which uvicorn keeps.
        parts += [
            name + b": " + value + b"\r\n" for name, value in self.server_state.default_headers
        ]
        self.transport.write(b"".join([*parts, head.encode("latin-1"), body]))
