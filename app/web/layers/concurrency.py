"""How many requests are answered at once: a layer before the framework that refuses the rest, and
a door before the layer, at which most of them are refused already.

Without it, everybody waits for everybody: at twice what a process can do, answers come seconds
late, and health checks with them. A request holds a place only while there is something to do for
it, so that slow clients crowd out nobody. Health, and what is finished already, need no place.
"""

import asyncio
import math
import time
from collections.abc import Callable, Sequence

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.http import error_handlers
from app.web.http.answers import AnswerCache
from app.web.http.problems import Overloaded, Problem, QuotaExceeded
from app.web.layers.rate_limits import NEVER_LIMITED, REFUSED, RateLimits, find_credential

WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
RETRY_AFTER_S = 1
NOBODY = ""
# So many times the places there are for a burst.
BURST = 2


class Slots:
    """Places for requests, and how many of them one key or address may hold; 0 is no limit.

    A crowd that has come within `burst_s` seconds is a burst, and soon over: it may take twice as
    many. One that lasts longer would only make everybody wait longer. The next burst may come once
    somebody finds all places empty, and nobody was refused for as long as we ask those to wait.
    """

    def __init__(
        self,
        most: int,
        most_each: int,
        burst_s: float = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.most = most
        self.most_each = most_each
        self.burst_s = burst_s
        self.clock = clock
        self.empty_at = self.refused_at = -math.inf
        self.taken = 0
        self.held: dict[str, int] = {}

    def take(self, holder: str) -> None:
        """Takes a place. Raises Overloaded if there is none, QuotaExceeded if it is one too many
        for its holder; nobody in particular may hold them all.
        """
        now = self.clock()
        if not self.taken and now - self.refused_at > RETRY_AFTER_S:
            self.empty_at = now
        times = BURST if now - self.empty_at < self.burst_s else 1
        held = self.held.get(holder, 0)
        if self.most and self.taken >= self.most * times:
            self.refused_at = now
            raise Overloaded(
                "Too many requests are being answered.", headers={"Retry-After": f"{RETRY_AFTER_S}"}
            )
        if self.most_each and held >= self.most_each * times and holder != NOBODY:
            self.refused_at = now
            raise too_many_in_flight(self.most_each * times)
        self.taken += 1
        self.held[holder] = held + 1

    def free(self, holder: str) -> None:
        """Gives a place back."""
        self.taken -= 1
        held = self.held[holder] = self.held[holder] - 1
        if not held:
            del self.held[holder]


class ConcurrencyLimit:
    """The layer: whatever gets past it has a place."""

    def __init__(self, app: ASGIApp, places: Slots) -> None:
        self.app = app
        self.places = places

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in NEVER_LIMITED:
            await self.app(scope, receive, send)
            return
        stay = Lease(self.places, scope["visit"].holder, receive, send)
        try:
            stay.enter()
        except Problem as refusal:
            scope["template"] = REFUSED
            await error_handlers.respond(Request(scope), refusal)(scope, receive, send)
            return
        try:
            takes_body = scope["method"] in WITH_BODY
            await self.app(scope, stay.receive if takes_body else receive, stay.send)
        finally:
            stay.leave()


class EarlyReject:
    """Refuses, as soon as its head is read, whoever would find no place behind it.

    Of five times what a process can do, four of five requests end here. To refuse one in the layer
    takes 90 µs of a core, of which a session with what comes next takes 5,700; here it takes 46.
    """

    def __init__(self, places: Slots, limits: RateLimits, shelf: AnswerCache) -> None:
        self.places = places
        self.limits = limits
        self.shelf = shelf
        self.expected: list[str] = []

    def is_open(self, path: str) -> bool:
        """Whether no place is asked for here."""
        return path in self.shelf.answers or path in NEVER_LIMITED

    def turn_away(self, headers: Sequence[tuple[bytes, bytes]]) -> Problem | None:
        """Why a request is refused; None for one that may come in, or for which there is more to
        say than here. Who has not shown a right key yet is nobody in particular.
        """
        account = self.limits.known.get(find_credential(headers))
        holder = NOBODY if account is None else account[0]
        try:
            self.places.take(holder)
        except Problem as refusal:
            return refusal
        # The place is kept until the loop gets to what has come in by then, and takes it: many
        # requests can be read in one turn of the loop.
        if not self.expected:
            asyncio.get_running_loop().call_soon(self.stand_back)
        self.expected.append(holder)
        return None

    def stand_back(self) -> None:
        """Leaves the places to those who were let in."""
        for holder in self.expected:
            self.places.free(holder)
        self.expected.clear()


class Lease:
    """One request in its place, or out of it while its client keeps us waiting."""

    __slots__ = ("body_is_here", "holder", "inside", "pass_in", "pass_on", "places")

    def __init__(self, places: Slots, holder: str, receive: Receive, send: Send) -> None:
        self.places = places
        self.holder = holder
        self.pass_in = receive
        self.pass_on = send
        self.inside = False
        self.body_is_here = False

    def enter(self) -> None:
        """Takes a place. Raises what Places.take raises."""
        self.places.take(self.holder)
        self.inside = True

    def leave(self) -> None:
        """Gives the place back, once."""
        if self.inside:
            self.inside = False
            self.places.free(self.holder)

    async def receive(self) -> Message:
        """The next part of the body. The place is free until the last one is here, and may be
        gone by then, which raises what Places.take raises.
        """
        if self.body_is_here:
            return await self.pass_in()
        self.leave()
        message = await self.pass_in()
        if not message.get("more_body"):
            self.body_is_here = True
            if message["type"] == "http.request":
                self.enter()
        return message

    async def send(self, message: Message) -> None:
        """One message of the answer. With its head the work is done; the pieces of a long one are
        made as fast as its client takes them.
        """
        self.leave()
        await self.pass_on(message)


def too_many_in_flight(most: int) -> QuotaExceeded:
    """The refusal of a request whose sender has too many running already."""
    return QuotaExceeded(
        f"One key or address may have {most} requests answered at once.",
        headers={
            "Retry-After": f"{RETRY_AFTER_S}",
            "RateLimit": f'"at-once";r=0;t={RETRY_AFTER_S}',
            "RateLimit-Policy": f'"at-once";q={most};qu="concurrent-requests"',
        },
    )
