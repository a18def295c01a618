"""How many requests a minute one caller may make: a layer in front of everything.

It covers finished answers as well, so it costs no more than a microsecond or two, and asks no
database: it knows callers by what auth has vouched for before. How quotas are counted stands in
quotas, how many requests may run at once in crowding. Health is never limited.
"""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import lru_cache

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.settings import Settings
from app.web.http import error_handlers
from app.web.http.problems import Problem, QuotaExceeded
from app.web.layers.token_bucket import Header, TokenBuckets

NEVER_LIMITED = frozenset({"/livez", "/readyz", "/metrics"})
# Keys and tokens that are known at once, a number each.
MOST_KNOWN = 20_000
# The longest spelling of an IP address; what is longer is none, and is not kept.
LONGEST_ADDRESS = 45
UNKNOWN = "unknown"
# What stands in logs and counts for the route of a request that got to none.
REFUSED = "(refused)"

# A key's id, and the one person of a device's token.
KeyHolder = tuple[str, str | None]


class LimitedRequest:
    """One request on its way: whose it is, and what its answer tells of the quota."""

    __slots__ = (
        "account", "address", "credential", "head", "known_as", "limits", "pass_on", "refusal",
    )  # fmt: skip

    def __init__(self, limits: "RateLimits", scope: Scope, send: Send) -> None:
        self.limits = limits
        self.pass_on = send
        client = scope.get("client")
        self.address = group_address(client[0][:LONGEST_ADDRESS]) if client else UNKNOWN
        self.credential = find_credential(scope["headers"])
        self.account = self.known_as = limits.known.get(self.credential)
        self.head: tuple[Header, ...] = ()
        self.refusal: Problem | None = None

    @property
    def holder(self) -> str:
        """Who takes a place: a key with all its devices, or an address."""
        return self.address if self.account is None else self.account[0]

    async def send(self, message: Message) -> None:
        """Sends one message of the answer; its head tells what is left."""
        if message["type"] == "http.response.start":
            status = message["status"]
            if status == 401 or self.account is not self.known_as:
                self.limits.learn(self, status)
            message["headers"] = (*message["headers"], *self.head)
        await self.pass_on(message)


class RateLimits:
    """Requests a minute: for each key, for each device's athlete, and for each address.

    A key has a quota of its own once it was found to be right; until then, and if it is wrong, its
    requests count for the address that they come from. An id is no secret: if requests counted for
    whatever key they name, anybody could use up the quota of a tenant whose key id they have seen.
    And wrong keys get no further than calls without any. A device's token counts for its key and
    its athlete, so that a watch gone wild stops nobody but its wearer.
    """

    def __init__(
        self,
        app: ASGIApp,
        refusals: ASGIApp,
        settings: Settings,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.app = app
        self.refusals = refusals
        self.clock = clock
        self.of_key = make_buckets("key", settings.key_requests_per_minute, settings.key_burst)
        self.of_address = make_buckets(
            "address", settings.address_requests_per_minute, settings.address_burst
        )
        self.known: OrderedDict[int | None, KeyHolder] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in NEVER_LIMITED:
            await self.app(scope, receive, send)
            return
        visit = scope["visit"] = LimitedRequest(self, scope, send)
        if visit.account is None:
            fine = self.charge(visit, self.of_address, visit.address)
        else:
            fine = self.charge(visit, self.of_key, visit.account)
        await (self.app if fine else self.refusals)(scope, receive, visit.send)

    def charge(
        self, visit: LimitedRequest, quota: TokenBuckets | None, who: KeyHolder | str
    ) -> bool:
        """Whether a request may go on, by one quota."""
        if quota is None:
            return True
        now = self.clock()
        left = quota.take(who, now)
        if left >= 0:
            visit.head = quota.told[left]
            return True
        visit.refusal = quota_exceeded(quota, quota.wait(who, now))
        return False

    def learn(self, visit: LimitedRequest, status: int) -> None:
        """Takes in what an answer says about a key."""
        if status == 401:
            # Revoked or expired, if it was ever right: from now on it counts for its address.
            self.known.pop(visit.credential, None)
        elif visit.account is not None and visit.credential not in self.known:
            self.known[visit.credential] = visit.account
            if len(self.known) > MOST_KNOWN:
                self.known.popitem(last=False)
            if self.of_key is not None:
                self.charge_late(visit, self.of_key)

    def charge_late(self, visit: LimitedRequest, quota: TokenBuckets) -> None:
        """Charges the key, and no longer the address, for the request that made it known."""
        left = quota.take(visit.account, self.clock())
        visit.head = quota.told[max(left, 0)]
        # Nothing is given back for a key without quota, however many tokens it makes anew.
        if left >= 0 and self.of_address is not None:
            self.of_address.give_back(visit.address)


def confirm_key(scope: Scope, key_id: str, athlete_id: str | None) -> None:
    """Says whose a request is, once its key was found to be right."""
    scope["visit"].account = (key_id, athlete_id)


async def respond_refused(scope: Scope, receive: Receive, send: Send) -> None:
    """An app that answers a visit with its refusal."""
    scope["template"] = REFUSED
    await error_handlers.respond(Request(scope), scope["visit"].refusal)(scope, receive, send)


def quota_exceeded(quota: TokenBuckets, seconds: int) -> QuotaExceeded:
    """The refusal of a request that finds its bucket empty for so many seconds."""
    return QuotaExceeded(
        f"One {quota.name} may make {quota.per_minute} requests a minute, {quota.burst} of them"
        " at once.",
        headers={
            "Retry-After": str(seconds),
            "RateLimit": f'"{quota.name}";r=0;t={seconds}',
            "RateLimit-Policy": quota.policy,
        },
    )


def make_buckets(name: str, per_minute: int, burst: int) -> TokenBuckets | None:
    """A quota by settings; 0 requests a minute turn it off."""
    return TokenBuckets(name, per_minute, burst) if per_minute else None


def find_credential(headers: Iterable[tuple[bytes, bytes]]) -> int | None:
    """A number for the key that a request sends, however it spells what goes around it: the key
    itself is kept nowhere. Python's own hash of it is fast, and nobody outside can aim at it.
    """
    for name, value in headers:
        if name == b"authorization":
            return hash(value.decode("latin-1").partition(" ")[2].strip())
    return None


@lru_cache(maxsize=4096)
def group_address(host: str) -> str:
    """Whom an address stands for: itself, or its network of version 6, which one home or one
    machine has all of.
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return UNKNOWN
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(address), 64), strict=False))
