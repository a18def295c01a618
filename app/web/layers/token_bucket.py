"""How many requests may come: a token bucket for each caller.

Arithmetic over whole nanoseconds that are passed in; knows neither a clock nor HTTP. Whom a bucket
belongs to, and what becomes of a request that finds it empty, is decided by limits.
"""

from collections import OrderedDict
from collections.abc import Hashable

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
# Some 200 bytes each. Whoever can call from more addresses than this is not held by a quota.
MOST_BUCKETS = 20_000

Header = tuple[bytes, bytes]


class TokenBuckets:
    """So many requests a minute for each caller, and a burst of so many at once.

    A bucket is one number, the moment at which it is full again; one that is full is not kept, or
    as good as not. The least recently used makes room.
    """

    def __init__(self, name: str, per_minute: int, burst: int, most: int = MOST_BUCKETS) -> None:
        self.name = name
        self.per_minute = per_minute
        self.burst = burst
        self.most = most
        self.interval = MINUTE // per_minute
        self.depth = burst * self.interval
        self.full_at: OrderedDict[Hashable, int] = OrderedDict()
        self.policy = f'"{name}";q={per_minute};w=60;pushoff-burst={burst}'
        # What an answer tells follows from what is left alone, so it is spelled once.
        self.told = [self.spell(left) for left in range(burst)]

    def take(self, who: Hashable, now: int) -> int:
        """Takes one request from a caller's bucket: how many are left, or -1 if there was none."""
        full_at = max(self.full_at.get(who, 0), now) + self.interval
        room = self.depth - (full_at - now)
        if room < 0:
            return -1
        self.full_at[who] = full_at
        self.full_at.move_to_end(who)
        if len(self.full_at) > self.most:
            self.full_at.popitem(last=False)
        return room // self.interval

    def give_back(self, who: Hashable) -> None:
        """Puts one request back that was taken from the wrong bucket."""
        if who in self.full_at:
            self.full_at[who] -= self.interval

    def wait(self, who: Hashable, now: int) -> int:
        """Whole seconds, at least one, after which an empty bucket holds a request again."""
        short = self.full_at.get(who, 0) + self.interval - self.depth - now
        return max(1, -(-short // SECOND))

    def spell(self, left: int) -> tuple[Header, Header]:
        """What an answer tells: what is left, in so many seconds until the bucket is full."""
        full_in = -(-(self.burst - left) * self.interval // SECOND)
        return (
            (b"ratelimit", f'"{self.name}";r={left};t={full_in}'.encode("ascii")),
            (b"ratelimit-policy", self.policy.encode("ascii")),
        )
