"""Limit how many requests are answered at once, with 503 `overloaded` or 429 `quota-exceeded`.

Without a limit, at twice the load that a process can serve, answers take seconds, and health checks
too. EarlyReject rejects most requests at the parser, ConcurrencyLimit the rest; both use the same
Slots. A request holds a slot (its Lease) only while the service works on it, so that slow clients
hold none. Health checks and cached answers need no slot.
"""

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.http import error_handlers
from app.web.http.answers import AnswerCache
from app.web.http.problems import Overloaded, Problem, QuotaExceeded
from app.web.layers.rate_limits import REJECTED_ROUTE, UNLIMITED_PATHS, RateLimits, hash_credential

_METHODS_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_RETRY_AFTER_S = 1
# The holder of a request whose key is not known yet. Many clients share it.
_UNIDENTIFIED = ""
# In a burst there are so many times the slots.
_BURST_FACTOR = 2


class Slots:
    """Counts requests in progress: at most `max_total`, and `max_each` for each holder, which is a
    key or an address. 0 is no limit.

    Requests that arrive within `burst_s` seconds after all slots were free are a burst, and may
    take twice as many slots: a burst is soon over, while a longer queue under lasting load would
    only make all requests wait longer. A new burst may start when all slots are free and no
    request was rejected for longer than the time in Retry-After.
    """

    def __init__(
        self,
        max_total: int,
        max_each: int,
        burst_s: float = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.max_total, self.max_each = max_total, max_each
        self.burst_s, self.clock = burst_s, clock
        self.burst_began_at = self.rejected_at = -math.inf
        self.in_use = 0
        self.by_holder: dict[str, int] = {}

    def acquire(self, holder: str) -> None:
        """Take a slot. Raises Overloaded if none is free, or QuotaExceeded if the holder has its
        share. Unidentified requests have no share, because they come from many clients.
        """
        now = self.clock()
        if not self.in_use and now - self.rejected_at > _RETRY_AFTER_S:
            self.burst_began_at = now
        factor = _BURST_FACTOR if now - self.burst_began_at < self.burst_s else 1
        held = self.by_holder.get(holder, 0)
        if self.max_total and self.in_use >= self.max_total * factor:
            self.rejected_at = now
            headers = {"Retry-After": f"{_RETRY_AFTER_S}"}
            raise Overloaded("Too many requests are in progress.", headers=headers)
        if self.max_each and held >= self.max_each * factor and holder != _UNIDENTIFIED:
            self.rejected_at = now
            raise _too_many_in_flight(self.max_each * factor)
        self.in_use += 1
        self.by_holder[holder] = held + 1

    def release(self, holder: str) -> None:
        self.in_use -= 1
        held = self.by_holder[holder] = self.by_holder[holder] - 1
        if not held:
            del self.by_holder[holder]


class ConcurrencyLimit:
    """The ASGI layer: a request passes it only with a slot."""

    def __init__(self, app: ASGIApp, slots: Slots) -> None:
        self.app = app
        self.slots = slots

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in UNLIMITED_PATHS:
            await self.app(scope, receive, send)
            return
        lease = Lease(self.slots, scope["limited_request"].slot_holder, receive, send)
        try:
            lease.acquire()
        except Problem as rejection:
            scope["route_template"] = REJECTED_ROUTE
            await error_handlers.respond(Request(scope), rejection)(scope, receive, send)
            return
        try:
            has_body = scope["method"] in _METHODS_WITH_BODY
            await self.app(scope, lease.receive if has_body else receive, lease.send)
        finally:
            lease.release()


class EarlyReject:
    """Rejects requests right after their headers when no slot is free. Called by the parser
    (`protocol_limits`), before anything else is done for the request.

    At five times the load that a process can serve, four of five requests are rejected here. That
    takes 46 µs of a core each, and would take 90 µs in ConcurrencyLimit. Storing a session and
    computing the next prescription takes 5,700 µs.
    """

    def __init__(self, slots: Slots, limits: RateLimits, cache: AnswerCache) -> None:
        self.slots = slots
        self.limits = limits
        self.cache = cache
        self.reserved: list[str] = []

    def needs_slot(self, path: str) -> bool:
        return path not in self.cache.answers and path not in UNLIMITED_PATHS

    def reserve(self, headers: Sequence[tuple[bytes, bytes]]) -> Problem | None:
        """Reserve a slot for a request, or return the problem to answer. A request whose key was
        not confirmed before is unidentified.
        """
        key_holder = self.limits.key_holders.get(hash_credential(headers))
        holder = _UNIDENTIFIED if key_holder is None else key_holder[0]
        try:
            self.slots.acquire(holder)
        except Problem as rejection:
            return rejection
        # Many requests can be parsed in one turn of the event loop, before ConcurrencyLimit sees
        # any of them. So each keeps a slot until the loop's next turn, in which the layer takes it.
        if not self.reserved:
            asyncio.get_running_loop().call_soon(self._release_reserved)
        self.reserved.append(holder)
        return None

    def _release_reserved(self) -> None:
        for holder in self.reserved:
            self.slots.release(holder)
        self.reserved.clear()


@dataclass(slots=True)
class Lease:
    """The slot of one request, which is free while the service waits for the client."""

    slots: Slots
    holder: str
    inner_receive: Receive
    inner_send: Send
    is_held: bool = False
    body_is_complete: bool = False

    def acquire(self) -> None:
        """Take the slot. Raises what Slots.acquire raises."""
        self.slots.acquire(self.holder)
        self.is_held = True

    def release(self) -> None:
        if self.is_held:
            self.is_held = False
            self.slots.release(self.holder)

    async def receive(self) -> Message:
        """Receive the next part of the body. The slot is free until the body is complete. If none
        is free then, this raises what Slots.acquire raises.
        """
        if self.body_is_complete:
            return await self.inner_receive()
        self.release()
        message = await self.inner_receive()
        if not message.get("more_body"):
            self.body_is_complete = True
            if message["type"] == "http.request":
                self.acquire()
        return message

    async def send(self, message: Message) -> None:
        """Send a part of the response. The slot becomes free with the headers: by then the work is
        done, and a long response is produced only as fast as its client reads.
        """
        self.release()
        await self.inner_send(message)


def _too_many_in_flight(limit: int) -> QuotaExceeded:
    return QuotaExceeded(
        f"One key or address may have {limit} requests in progress at once.",
        headers={
            "Retry-After": f"{_RETRY_AFTER_S}",
            "RateLimit": f'"at-once";r=0;t={_RETRY_AFTER_S}',
            "RateLimit-Policy": f'"at-once";q={limit};qu="concurrent-requests"',
        },
    )
