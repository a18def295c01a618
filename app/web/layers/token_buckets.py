"""Token buckets: at most so many requests a minute for each caller.

Pure arithmetic over whole nanoseconds. The time is an argument; this module knows no clock and no
HTTP. `rate_limits` decides which bucket a request belongs to and how it is rejected.
"""

from collections import OrderedDict
from collections.abc import Hashable

SECOND_NS = 1_000_000_000
MINUTE_NS = 60 * SECOND_NS
# Some 200 bytes each. A client with more addresses than this is not limited.
_MAX_BUCKETS = 20_000

Header = tuple[bytes, bytes]


class TokenBuckets:
    """A bucket for each caller that allows `per_minute` requests a minute and `burst` at once.

    A bucket is stored as one number: the time at which it is full again. A full bucket need not be
    stored. Beyond `max_buckets`, the least recently used one is dropped.
    """

    def __init__(
        self, name: str, per_minute: int, burst: int, max_buckets: int = _MAX_BUCKETS
    ) -> None:
        self.name, self.per_minute, self.burst = name, per_minute, burst
        self.max_buckets = max_buckets
        self.interval_ns = MINUTE_NS // per_minute
        self.capacity_ns = burst * self.interval_ns
        self.full_at: OrderedDict[Hashable, int] = OrderedDict()
        self.policy = f'"{name}";q={per_minute};w=60;pushoff-burst={burst}'
        # By the number of requests left. Rendered once, because nothing else changes them.
        self.headers = [self._render_headers(left) for left in range(burst)]

    def hit(self, caller: Hashable, now: int) -> int:
        """Take one request from a caller's bucket. Return how many are left, or -1 if the bucket
        was empty; then nothing is taken.
        """
        full_at = max(self.full_at.get(caller, 0), now) + self.interval_ns
        left_ns = self.capacity_ns - (full_at - now)
        if left_ns < 0:
            return -1
        self.full_at[caller] = full_at
        self.full_at.move_to_end(caller)
        if len(self.full_at) > self.max_buckets:
            self.full_at.popitem(last=False)
        return left_ns // self.interval_ns

    def give_back(self, caller: Hashable) -> None:
        """Put one request back into a caller's bucket."""
        if caller in self.full_at:
            self.full_at[caller] -= self.interval_ns

    def retry_after(self, caller: Hashable, now: int) -> int:
        """Return the whole seconds, at least 1, until an empty bucket has a request again."""
        short_ns = self.full_at.get(caller, 0) + self.interval_ns - self.capacity_ns - now
        return max(1, -(-short_ns // SECOND_NS))

    def _render_headers(self, left: int) -> tuple[Header, Header]:
        """Render RateLimit (requests left, seconds until the bucket is full) and its policy."""
        full_in_s = -(-(self.burst - left) * self.interval_ns // SECOND_NS)
        return (
            (b"ratelimit", f'"{self.name}";r={left};t={full_in_s}'.encode("ascii")),
            (b"ratelimit-policy", self.policy.encode("ascii")),
        )
