"""Tests of the token buckets' arithmetic. Times are arguments."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.layers.token_buckets import MINUTE_NS, SECOND_NS, TokenBuckets

NOW = 1_000 * SECOND_NS


def build(per_minute: int = 60, burst: int = 3, max_buckets: int = 100) -> TokenBuckets:
    return TokenBuckets("key", per_minute, burst, max_buckets)


class TestHit:
    def test_counts_down_to_0_and_then_rejects(self) -> None:
        buckets = build(burst=3)
        assert [buckets.hit("ann", NOW) for _ in range(5)] == [2, 1, 0, -1, -1]

    def test_allows_one_more_after_exactly_one_interval(self) -> None:
        buckets = build(per_minute=60, burst=1)
        assert buckets.hit("ann", NOW) == 0
        assert buckets.hit("ann", NOW + SECOND_NS - 1) == -1
        assert buckets.hit("ann", NOW + SECOND_NS) == 0

    def test_refills_to_the_burst_and_no_further(self) -> None:
        buckets = build(burst=3)
        buckets.hit("ann", NOW)
        later = NOW + 60 * MINUTE_NS
        assert [buckets.hit("ann", later) for _ in range(4)] == [2, 1, 0, -1]

    def test_takes_nothing_for_a_rejected_request(self) -> None:
        buckets = build(per_minute=60, burst=1)
        buckets.hit("ann", NOW)
        for step in range(100):
            assert buckets.hit("ann", NOW + step) == -1
        assert buckets.hit("ann", NOW + SECOND_NS) == 0

    def test_has_a_bucket_for_each_caller(self) -> None:
        buckets = build(burst=1)
        assert [buckets.hit(caller, NOW) for caller in ("ann", "bob", "ann")] == [0, 0, -1]

    @given(
        st.integers(1, 1_000), st.integers(1, 50), st.lists(st.integers(0, SECOND_NS), max_size=200)
    )
    def test_admits_at_most_the_rate_and_a_burst_in_any_time(
        self, per_minute: int, burst: int, pauses: list[int]
    ) -> None:
        buckets, now, admitted = build(per_minute, burst), NOW, 0
        for pause in pauses:
            now += pause
            admitted += buckets.hit("ann", now) >= 0
        assert admitted <= burst + (now - NOW) * per_minute // MINUTE_NS + 1

    @given(st.integers(1, 1_000), st.integers(1, 50), st.integers(1, 100))
    def test_does_not_reject_a_caller_within_the_rate(
        self, per_minute: int, burst: int, times: int
    ) -> None:
        buckets = build(per_minute, burst)
        step = -(-MINUTE_NS // per_minute)
        assert min(buckets.hit("ann", NOW + step * turn) for turn in range(times)) == burst - 1

    def test_stores_at_most_max_buckets(self) -> None:
        buckets = build(burst=1, max_buckets=100)
        for number in range(1_000):
            buckets.hit(number, NOW)
        assert len(buckets.full_at) == 100

    def test_drops_the_least_recently_used_bucket(self) -> None:
        buckets = build(burst=2, max_buckets=2)
        for caller in ("ann", "bob", "ann", "cid"):
            buckets.hit(caller, NOW)
        assert (buckets.hit("ann", NOW), buckets.hit("bob", NOW)) == (-1, 1)


class TestGiveBack:
    def test_undoes_a_hit(self) -> None:
        buckets = build(burst=1)
        buckets.hit("ann", NOW)
        buckets.give_back("ann")
        assert buckets.hit("ann", NOW) == 0

    def test_makes_no_bucket_fuller_than_full(self) -> None:
        buckets = build(burst=2)
        buckets.hit("ann", NOW)
        for _ in range(5):
            buckets.give_back("ann")
        assert [buckets.hit("ann", NOW) for _ in range(3)] == [1, 0, -1]

    def test_stores_no_bucket_for_an_unknown_caller(self) -> None:
        buckets = build()
        buckets.give_back("ann")
        assert not buckets.full_at


class TestRetryAfter:
    @given(st.integers(1, 1_000), st.integers(1, 50), st.integers(0, 2 * MINUTE_NS))
    def test_is_long_enough_and_not_a_second_too_long(
        self, per_minute: int, burst: int, later: int
    ) -> None:
        buckets = build(per_minute, burst)
        while buckets.hit("ann", NOW) >= 0:
            pass
        seconds = buckets.retry_after("ann", NOW + later)
        assert seconds >= 1
        if seconds > 1:
            assert buckets.hit("ann", NOW + later + (seconds - 1) * SECOND_NS) == -1
        assert buckets.hit("ann", NOW + later + seconds * SECOND_NS) >= 0


class TestHeaders:
    @pytest.mark.parametrize(
        ("left", "header"), [(99, '"key";r=99;t=1'), (50, '"key";r=50;t=5'), (0, '"key";r=0;t=10')]
    )
    def test_contains_requests_left_and_seconds_until_full(self, left: int, header: str) -> None:
        buckets = build(per_minute=600, burst=100)
        assert buckets.headers[left] == (
            (b"ratelimit", header.encode()),
            (b"ratelimit-policy", b'"key";q=600;w=60;pushoff-burst=100'),
        )
