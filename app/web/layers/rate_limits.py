"""Limit how many requests a minute a caller may send, with 429 `quota-exceeded`.

It stands before the cached answers, so that these count as well. It takes a microsecond or two and
never asks the database: it knows a key once `keys.auth` has confirmed it (`record_confirmed_key`).
`token_buckets` counts; `concurrency` limits how many requests run at once. Health checks are never
limited.
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
from app.web.layers.token_buckets import Header, TokenBuckets

UNLIMITED_PATHS = frozenset({"/livez", "/readyz", "/metrics"})
# Confirmed keys and tokens, one number each.
MAX_KNOWN_KEYS = 20_000
# The longest text of an IP address. A longer text is not one, and is not cached.
_MAX_ADDRESS_LENGTH = 45
UNKNOWN_ADDRESS = "unknown"
# The route, in logs and metrics, of a request that was rejected before it reached a route.
REJECTED_ROUTE = "(refused)"

# The id of a key, and the athlete of a device's token or None.
KeyHolder = tuple[str, str | None]


class LimitedRequest:
    """One request: which bucket it counts for, and the RateLimit headers of its response.

    The layer puts it into the scope as `limited_request`.
    """

    __slots__ = (
        "address", "credential", "inner_send", "key_holder", "known_holder", "limits",
        "quota_headers", "rejection",
    )  # fmt: skip

    def __init__(self, limits: "RateLimits", scope: Scope, send: Send) -> None:
        self.limits = limits
        self.inner_send = send
        client = scope.get("client")
        self.address = group_address(client[0][:_MAX_ADDRESS_LENGTH]) if client else UNKNOWN_ADDRESS
        self.credential = hash_credential(scope["headers"])
        self.key_holder = self.known_holder = limits.key_holders.get(self.credential)
        self.quota_headers: tuple[Header, ...] = ()
        self.rejection: Problem | None = None

    @property
    def slot_holder(self) -> str:
        """Which share of the slots it counts for: its key with all devices, or its address."""
        return self.address if self.key_holder is None else self.key_holder[0]

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            status = message["status"]
            if status == 401 or self.key_holder is not self.known_holder:
                self.limits.update_key_holders(self, status)
            message["headers"] = (*message["headers"], *self.quota_headers)
        await self.inner_send(message)


class RateLimits:
    """The ASGI layer: requests a minute for each key, each device's athlete and each address.

    A request counts for its key only once that key was found to be right; before that, or if it is
    wrong, for its address. An id is no secret: if requests counted for any key that they name,
    anybody who has seen a key's id could use up its quota. So wrong keys get no more requests than
    calls without a key. A device's token counts for its key and athlete together, so that a faulty
    watch stops only its own athlete.
    """

    def __init__(
        self,
        app: ASGIApp,
        rejections: ASGIApp,
        settings: Settings,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.app = app
        self.rejections = rejections
        self.clock = clock
        per_minute = settings.key_requests_per_minute
        self.key_buckets = _build_buckets("key", per_minute, settings.key_burst)
        per_minute = settings.address_requests_per_minute
        self.address_buckets = _build_buckets("address", per_minute, settings.address_burst)
        # By the hash of the credential.
        self.key_holders: OrderedDict[int | None, KeyHolder] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in UNLIMITED_PATHS:
            await self.app(scope, receive, send)
            return
        request = scope["limited_request"] = LimitedRequest(self, scope, send)
        if request.key_holder is None:
            admitted = self._hit(request, self.address_buckets, request.address)
        else:
            admitted = self._hit(request, self.key_buckets, request.key_holder)
        await (self.app if admitted else self.rejections)(scope, receive, request.send)

    def _hit(
        self, request: LimitedRequest, buckets: TokenBuckets | None, caller: KeyHolder | str
    ) -> bool:
        """Count a request. Return whether it may go on."""
        if buckets is None:
            return True
        now = self.clock()
        left = buckets.hit(caller, now)
        if left >= 0:
            request.quota_headers = buckets.headers[left]
            return True
        request.rejection = _quota_exceeded(buckets, buckets.retry_after(caller, now))
        return False

    def update_key_holders(self, request: LimitedRequest, status: int) -> None:
        """Store a key that was just confirmed, or forget one whose response is 401."""
        if status == 401:
            # Revoked or expired, if it was ever right. From now on it counts for its address.
            self.key_holders.pop(request.credential, None)
        elif request.key_holder is not None and request.credential not in self.key_holders:
            self.key_holders[request.credential] = request.key_holder
            if len(self.key_holders) > MAX_KNOWN_KEYS:
                self.key_holders.popitem(last=False)
            if self.key_buckets is not None:
                self._move_hit_to_key(request, self.key_buckets)

    def _move_hit_to_key(self, request: LimitedRequest, buckets: TokenBuckets) -> None:
        """Count the request that confirmed a key for this key, no longer for its address."""
        left = buckets.hit(request.key_holder, self.clock())
        request.quota_headers = buckets.headers[max(left, 0)]
        # If the key's bucket is empty, the address still pays. Otherwise a key without quota could
        # send requests with ever new tokens.
        if left >= 0 and self.address_buckets is not None:
            self.address_buckets.give_back(request.address)


def record_confirmed_key(scope: Scope, key_id: str, athlete_id: str | None) -> None:
    """Record which key a request has. Called by `keys.auth` once the key was found to be right."""
    scope["limited_request"].key_holder = (key_id, athlete_id)


async def send_rejection(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the rejection of a request. The innermost ASGI app of RateLimits.rejections."""
    scope["route_template"] = REJECTED_ROUTE
    rejection = scope["limited_request"].rejection
    await error_handlers.respond(Request(scope), rejection)(scope, receive, send)


def _quota_exceeded(buckets: TokenBuckets, retry_after_s: int) -> QuotaExceeded:
    quota = f"{buckets.per_minute} requests a minute, {buckets.burst} of them at once"
    headers = {
        "Retry-After": str(retry_after_s),
        "RateLimit": f'"{buckets.name}";r=0;t={retry_after_s}',
        "RateLimit-Policy": buckets.policy,
    }
    return QuotaExceeded(f"One {buckets.name} may make {quota}.", headers=headers)


def _build_buckets(name: str, per_minute: int, burst: int) -> TokenBuckets | None:
    # 0 requests a minute turn the limit off.
    return TokenBuckets(name, per_minute, burst) if per_minute else None


def hash_credential(headers: Iterable[tuple[bytes, bytes]]) -> int | None:
    """Return a hash of the key in the Authorization header, without its scheme and blanks.

    The key itself is not stored. Python's hash is fast, and its random seed keeps clients from
    choosing keys that collide.
    """
    for name, value in headers:
        if name == b"authorization":
            return hash(value.decode("latin-1").partition(" ")[2].strip())
    return None


@lru_cache(maxsize=4096)
def group_address(host: str) -> str:
    """Return the address that a client's requests count for: an IPv4 address, or the /64 network
    of an IPv6 address, because one home or one machine has a whole network.
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return UNKNOWN_ADDRESS
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(address), 64), strict=False))
