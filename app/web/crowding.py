"""How many requests are answered at once: a layer before the framework that refuses the rest.

Without it, everybody waits for everybody: at twice what a process can do, answers come seconds
late, and health checks with them. A request holds a place only while there is something to do for
it, so that slow clients crowd out nobody. Health, and what is finished already, need no place.
"""

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web import handlers
from app.web.limits import NEVER_LIMITED, REFUSED
from app.web.problems import Overloaded, Problem, QuotaExceeded

WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
RETRY_AFTER_S = "1"


class Crowding:
    """Places for requests, and how many of them one key or address may hold; 0 is no limit."""

    def __init__(self, app: ASGIApp, most: int, most_each: int) -> None:
        self.app = app
        self.most = most
        self.most_each = most_each
        self.taken = 0
        self.held: dict[str, int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in NEVER_LIMITED:
            await self.app(scope, receive, send)
            return
        stay = Stay(self, scope["visit"].holder, receive, send)
        try:
            stay.enter()
        except Problem as refusal:
            scope["template"] = REFUSED
            await handlers.respond(Request(scope), refusal)(scope, receive, send)
            return
        try:
            takes_body = scope["method"] in WITH_BODY
            await self.app(scope, stay.receive if takes_body else receive, stay.send)
        finally:
            stay.leave()

    def take(self, holder: str) -> None:
        """Takes a place. Raises Overloaded if there is none, QuotaExceeded if it is one too many
        for its holder.
        """
        held = self.held.get(holder, 0)
        if self.most and self.taken >= self.most:
            raise Overloaded(
                "Too many requests are being answered.", headers={"Retry-After": RETRY_AFTER_S}
            )
        if self.most_each and held >= self.most_each:
            raise crowded(self.most_each)
        self.taken += 1
        self.held[holder] = held + 1

    def free(self, holder: str) -> None:
        """Gives a place back."""
        self.taken -= 1
        held = self.held[holder] = self.held[holder] - 1
        if not held:
            del self.held[holder]


class Stay:
    """One request in its place, or out of it while its client keeps us waiting."""

    __slots__ = ("body_is_here", "crowding", "holder", "inside", "pass_in", "pass_on")

    def __init__(self, crowding: Crowding, holder: str, receive: Receive, send: Send) -> None:
        self.crowding = crowding
        self.holder = holder
        self.pass_in = receive
        self.pass_on = send
        self.inside = False
        self.body_is_here = False

    def enter(self) -> None:
        """Takes a place. Raises what Crowding.take raises."""
        self.crowding.take(self.holder)
        self.inside = True

    def leave(self) -> None:
        """Gives the place back, once."""
        if self.inside:
            self.inside = False
            self.crowding.free(self.holder)

    async def receive(self) -> Message:
        """The next part of the body. The place is free until the last one is here, and may be
        gone by then, which raises what Crowding.take raises.
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


def crowded(most: int) -> QuotaExceeded:
    """The refusal of a request whose sender has too many running already."""
    return QuotaExceeded(
        f"One key or address may have {most} requests answered at once.",
        headers={
            "Retry-After": RETRY_AFTER_S,
            "RateLimit": f'"at-once";r=0;t={RETRY_AFTER_S}',
            "RateLimit-Policy": f'"at-once";q={most};qu="concurrent-requests"',
        },
    )
