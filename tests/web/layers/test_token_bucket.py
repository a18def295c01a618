"""Holds the token bucket to its arithmetic, at moments that are passed in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.layers.token_bucket import MINUTE, SECOND, TokenBuckets

NOW = 1_000 * SECOND


def a_quota(per_minute: int = 60, burst: int = 3, most: int = 100) -> TokenBuckets:
    return TokenBuckets("key", per_minute, burst, most)


class TestTake:
    def test_counts_down_to_the_last_of_a_burst_and_no_further(self) -> None:
        quota = a_quota(burst=3)
        assert [quota.take("ann", NOW) for _ in range(5)] == [2, 1, 0, -1, -1]

    def test_gives_one_more_when_its_time_has_come_and_not_a_moment_before(self) -> None:
        quota = a_quota(per_minute=60, burst=1)
        assert quota.take("ann", NOW) == 0
        assert quota.take("ann", NOW + SECOND - 1) == -1
        assert quota.take("ann", NOW + SECOND) == 0

    def test_fills_up_to_a_burst_and_no_further(self) -> None:
        quota = a_quota(burst=3)
        quota.take("ann", NOW)
        later = NOW + 60 * MINUTE
        assert [quota.take("ann", later) for _ in range(4)] == [2, 1, 0, -1]

    def test_charges_nothing_for_a_refusal(self) -> None:
        quota = a_quota(per_minute=60, burst=1)
        quota.take("ann", NOW)
        for step in range(100):
            assert quota.take("ann", NOW + step) == -1
        assert quota.take("ann", NOW + SECOND) == 0

    def test_keeps_callers_apart(self) -> None:
        quota = a_quota(burst=1)
        assert [quota.take(who, NOW) for who in ("ann", "bob", "ann")] == [0, 0, -1]

    @given(
        st.integers(1, 1_000), st.integers(1, 50), st.lists(st.integers(0, SECOND), max_size=200)
    )
    def test_admits_in_no_time_more_than_the_rate_and_a_burst(
        self, per_minute: int, burst: int, pauses: list[int]
    ) -> None:
        quota, now, admitted = a_quota(per_minute, burst), NOW, 0
        for pause in pauses:
            now += pause
            admitted += quota.take("ann", now) >= 0
        assert admitted <= burst + (now - NOW) * per_minute // MINUTE + 1

    @given(st.integers(1, 1_000), st.integers(1, 50), st.integers(1, 100))
    def test_never_refuses_who_keeps_to_the_rate(
        self, per_minute: int, burst: int, times: int
    ) -> None:
        quota = a_quota(per_minute, burst)
        step = -(-MINUTE // per_minute)
        assert min(quota.take("ann", NOW + step * turn) for turn in range(times)) == burst - 1

    def test_is_not_filled_by_callers_that_come_once(self) -> None:
        quota = a_quota(burst=1, most=100)
        for number in range(1_000):
            quota.take(number, NOW)
        assert len(quota.full_at) == 100

    def test_forgets_whom_it_has_not_seen_for_longest(self) -> None:
        quota = a_quota(burst=2, most=2)
        for who in ("ann", "bob", "ann", "cid"):
            quota.take(who, NOW)
        assert (quota.take("ann", NOW), quota.take("bob", NOW)) == (-1, 1)


class TestGiveBack:
    def test_undoes_a_take(self) -> None:
        quota = a_quota(burst=1)
        quota.take("ann", NOW)
        quota.give_back("ann")
        assert quota.take("ann", NOW) == 0

    def test_makes_no_bucket_fuller_than_full(self) -> None:
        quota = a_quota(burst=2)
        quota.take("ann", NOW)
        for _ in range(5):
            quota.give_back("ann")
        assert [quota.take("ann", NOW) for _ in range(3)] == [1, 0, -1]

    def test_of_what_was_forgotten_is_nothing(self) -> None:
        quota = a_quota()
        quota.give_back("ann")
        assert not quota.full_at


class TestWait:
    @given(st.integers(1, 1_000), st.integers(1, 50), st.integers(0, 2 * MINUTE))
    def test_is_long_enough_and_not_a_second_too_long(
        self, per_minute: int, burst: int, later: int
    ) -> None:
        quota = a_quota(per_minute, burst)
        while quota.take("ann", NOW) >= 0:
            pass
        seconds = quota.wait("ann", NOW + later)
        assert seconds >= 1
        if seconds > 1:
            assert quota.take("ann", NOW + later + (seconds - 1) * SECOND) == -1
        assert quota.take("ann", NOW + later + seconds * SECOND) >= 0


class TestSpell:
    @pytest.mark.parametrize(
        ("left", "told"), [(99, '"key";r=99;t=1'), (50, '"key";r=50;t=5'), (0, '"key";r=0;t=10')]
    )
    def test_tells_what_is_left_and_when_all_is_there_again(self, left: int, told: str) -> None:
        quota = a_quota(per_minute=600, burst=100)
        assert quota.told[left] == (
            (b"ratelimit", told.encode()),
            (b"ratelimit-policy", b'"key";q=600;w=60;pushoff-burst=100'),
        )
