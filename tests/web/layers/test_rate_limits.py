"""Tests of the requests a minute of keys, devices and addresses, over HTTP with a fixed clock."""

import itertools
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from pydantic import ValidationError

from app.keys import api_keys, device_tokens, store
from app.keys.api_keys import Credential
from app.keys.device_tokens import Token
from app.settings import Settings
from app.web.layers import rate_limits
from app.web.layers.rate_limits import MAX_KNOWN_KEYS, UNKNOWN_ADDRESS, RateLimits, group_address
from app.web.layers.token_buckets import SECOND_NS
from tests.client import ORIGIN, caller, load_key, make_key, opened, read_problem, sign_token

NO_DATABASE = "postgresql://nobody@127.0.0.1:1/nothing"
KEY_BURST, ADDRESS_BURST = 3, 5
ADDRESSES = (f"10.{n // 65_536}.{n // 256 % 256}.{n % 256}" for n in itertools.count(1))


class Clock:
    """A clock that moves only in `advance`."""

    def __init__(self) -> None:
        self.now = 1_000 * SECOND_NS

    def __call__(self) -> int:
        return self.now


@pytest.fixture(scope="module")
def database_file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copy(sqlite_template, tmp_path_factory.mktemp("limits")))


@pytest.fixture(scope="module")
async def app(database_file: Path) -> AsyncIterator[FastAPI]:
    """An app with small bursts, one request a second, and a fixed clock."""
    async with opened(
        f"sqlite:///{database_file}",
        key_requests_per_minute=60,
        key_burst=KEY_BURST,
        address_requests_per_minute=60,
        address_burst=ADDRESS_BURST,
    ) as served:
        get_rate_limits(served).clock = Clock()
        yield served


def get_rate_limits(app: FastAPI) -> RateLimits:
    outermost = getattr(app, "outermost", None)
    assert isinstance(outermost, RateLimits)
    return outermost


def advance(app: FastAPI, seconds: int) -> None:
    clock = get_rate_limits(app).clock
    assert isinstance(clock, Clock)
    clock.now += seconds * SECOND_NS


def build_client(app: FastAPI, address: str, key: str | None = None) -> httpx.AsyncClient:
    """A client that calls from an address."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 1))
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    return httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers)


@pytest.fixture
def address() -> str:
    """An address that no other test uses."""
    return next(ADDRESSES)


@pytest.fixture
def other_address() -> str:
    return next(ADDRESSES)


async def get_statuses(client: httpx.AsyncClient, times: int, path: str = "/sessions") -> list[int]:
    return [(await client.get(path)).status_code for _ in range(times)]


async def make_token(app: FastAPI, key: str, athlete_id: str, days: int = 30) -> str:
    """Create a device's token. Another number of days gives another token."""
    stored = await load_key(app, key)
    ends = datetime.now(UTC) + timedelta(days=days)
    token = Token(stored.key_id, athlete_id, frozenset(device_tokens.SCOPES), ends)
    return sign_token(app, token, stored)


class TestKeyLimit:
    async def test_is_shown_on_every_response(self, app: FastAPI, address: str) -> None:
        client = build_client(app, address, await make_key(app))
        answers = [await client.get(path) for path in ("/sessions", "/exercises", "/none")]
        assert [answer.status_code for answer in answers] == [200, 200, 404]
        assert [answer.headers["ratelimit"] for answer in answers] == [
            '"key";r=2;t=1', '"key";r=1;t=2', '"key";r=0;t=3',
        ]  # fmt: skip
        policies = {answer.headers["ratelimit-policy"] for answer in answers}
        assert policies == {'"key";q=60;w=60;pushoff-burst=3'}

    async def test_rejects_a_request_beyond_the_burst(self, app: FastAPI, address: str) -> None:
        client = build_client(app, address, await make_key(app))
        assert await get_statuses(client, KEY_BURST) == [200] * KEY_BURST
        answer = await client.get("/sessions")
        assert "60 requests a minute" in read_problem(answer, 429, "quota-exceeded")["detail"]
        assert answer.headers["retry-after"] == "1"
        assert answer.headers["ratelimit"] == '"key";r=0;t=1'
        assert answer.headers["ratelimit-policy"] == '"key";q=60;w=60;pushoff-burst=3'

    async def test_admits_a_request_after_retry_after(self, app: FastAPI, address: str) -> None:
        client = build_client(app, address, await make_key(app))
        assert await get_statuses(client, KEY_BURST + 1) == [200] * KEY_BURST + [429]
        advance(app, int((await client.get("/sessions")).headers["retry-after"]))
        assert await get_statuses(client, 2) == [200, 429]

    async def test_counts_requests_from_all_addresses(
        self, app: FastAPI, address: str, other_address: str
    ) -> None:
        key = await make_key(app)
        assert await get_statuses(build_client(app, address, key), KEY_BURST) == [200] * KEY_BURST
        assert await get_statuses(build_client(app, other_address, key), 1) == [429]

    async def test_ignores_case_and_blanks_of_the_scheme(self, app: FastAPI, address: str) -> None:
        key = await make_key(app)
        client = build_client(app, address)
        got = [
            (await client.get("/sessions", headers={"Authorization": form.format(key)})).status_code
            for form in ("Bearer {}", "bearer  {}", "BEARER {} ", "Bearer    {}", "bearer {}")
        ]
        assert got == [200, 200, 200, 429, 429]

    async def test_is_separate_for_two_keys_of_a_tenant(self, app: FastAPI, address: str) -> None:
        one, other = await make_key(app, "twins"), await make_key(app, "twins")
        assert await get_statuses(build_client(app, address, one), KEY_BURST + 1) == [
            200
        ] * KEY_BURST + [429]
        assert await get_statuses(build_client(app, address, other), 1) == [200]

    async def test_does_not_count_forged_keys_with_the_same_id(
        self, app: FastAPI, address: str, other_address: str
    ) -> None:
        key = await make_key(app)
        assert (await build_client(app, address, key).get("/sessions")).status_code == 200
        forged = Credential((await load_key(app, key)).key_id, "0" * 64).encode()
        flood = await get_statuses(build_client(app, other_address, forged), ADDRESS_BURST + 5)
        assert flood == [401] * ADDRESS_BURST + [429] * 5
        assert await get_statuses(build_client(app, address, key), KEY_BURST) == [200, 200, 429]

    async def test_ends_when_the_key_is_revoked(self, app: FastAPI, address: str) -> None:
        key = await make_key(app)
        client = build_client(app, address, key)
        assert await get_statuses(client, 1) == [200]
        stored = await load_key(app, key)
        await app.state.resources.database.write(store.revoke_key, stored.key_id, datetime.now(UTC))
        app.state.key_cache.entries.clear()
        assert await get_statuses(client, ADDRESS_BURST + 2) == [401] * (ADDRESS_BURST + 1) + [429]

    async def test_stores_no_key(self, app: FastAPI, address: str) -> None:
        key = await make_key(app)
        await build_client(app, address, key).get("/sessions")
        key_holders = get_rate_limits(app).key_holders
        assert all(isinstance(number, int) for number in key_holders)
        assert key[-73:] not in repr((key_holders, get_rate_limits(app).key_buckets))

    async def test_stores_a_limited_number_of_keys(
        self, app: FastAPI, address: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert MAX_KNOWN_KEYS >= 10_000
        monkeypatch.setattr(rate_limits, "MAX_KNOWN_KEYS", 2)
        get_rate_limits(app).key_holders.clear()
        for _ in range(4):
            assert await get_statuses(build_client(app, address, await make_key(app)), 1) == [200]
        assert len(get_rate_limits(app).key_holders) == 2


class TestDeviceLimit:
    ANN = "/sessions?athlete_id=ann"

    async def test_is_separate_from_its_key(self, app: FastAPI, address: str) -> None:
        key = await make_key(app)
        watch = build_client(app, address, await make_token(app, key, "ann"))
        assert await get_statuses(watch, KEY_BURST + 1, self.ANN) == [200] * KEY_BURST + [429]
        assert await get_statuses(build_client(app, address, key), KEY_BURST + 1) == [
            200
        ] * KEY_BURST + [429]

    async def test_is_separate_for_two_athletes(self, app: FastAPI, address: str) -> None:
        key = await make_key(app)
        for athlete_id in ("ann", "bob"):
            watch = build_client(app, address, await make_token(app, key, athlete_id))
            path = f"/sessions?athlete_id={athlete_id}"
            assert await get_statuses(watch, KEY_BURST + 1, path) == [200] * KEY_BURST + [429]

    async def test_is_shared_by_the_devices_of_an_athlete(self, app: FastAPI, address: str) -> None:
        key = await make_key(app)
        one, other = [await make_token(app, key, "ann", days) for days in (1, 2)]
        assert (
            await get_statuses(build_client(app, address, one), KEY_BURST - 1, self.ANN)
            == [200] * 2
        )
        assert await get_statuses(build_client(app, address, other), 2, self.ANN) == [200, 429]

    async def test_cannot_be_avoided_with_new_tokens(self, app: FastAPI, address: str) -> None:
        key, allowed = await make_key(app), KEY_BURST + ADDRESS_BURST
        fresh = [await make_token(app, key, "ann", days) for days in range(1, allowed + 3)]
        got = [
            (await get_statuses(build_client(app, address, token), 1, self.ANN))[0]
            for token in fresh
        ]
        assert got == [200] * allowed + [429] * 2


class TestAddressLimit:
    async def test_is_shown_on_every_response_and_rejects_beyond_the_burst(
        self, app: FastAPI, address: str, other_address: str
    ) -> None:
        client = build_client(app, address)
        answers = [await client.get("/programs?weeks=4") for _ in range(ADDRESS_BURST)]
        left = [answer.headers["ratelimit"] for answer in answers]
        assert left == [f'"address";r={n};t={ADDRESS_BURST - n}' for n in (4, 3, 2, 1, 0)]
        answer = await client.get("/programs?weeks=4")
        read_problem(answer, 429, "quota-exceeded")
        assert answer.headers["ratelimit-policy"] == '"address";q=60;w=60;pushoff-burst=5'
        assert await get_statuses(build_client(app, other_address), 1, "/programs?weeks=4") == [200]

    async def test_counts_cached_answers(self, app: FastAPI, address: str) -> None:
        # From the second request on, the answer comes from the cache.
        got = await get_statuses(build_client(app, address), ADDRESS_BURST + 1, "/exercises")
        assert got == [200] * ADDRESS_BURST + [429]

    async def test_counts_wrong_keys(self, app: FastAPI, address: str) -> None:
        made_up = [api_keys.generate().encode() for _ in range(ADDRESS_BURST + 3)]
        got = [(await get_statuses(build_client(app, address, key), 1))[0] for key in made_up]
        assert got == [401] * ADDRESS_BURST + [429] * 3

    async def test_does_not_count_valid_keys(self, app: FastAPI, address: str) -> None:
        right = [await make_key(app) for _ in range(ADDRESS_BURST + 3)]
        got = [(await get_statuses(build_client(app, address, key), 1))[0] for key in right]
        assert got == [200] * len(right)
        answer = await build_client(app, address).get("/exercises")
        assert answer.headers["ratelimit"] == '"address";r=4;t=1'

    async def test_does_not_reject_a_known_key(self, app: FastAPI, address: str) -> None:
        keyed = build_client(app, address, await make_key(app))
        assert await get_statuses(keyed, 1) == [200]
        assert (await get_statuses(build_client(app, address), ADDRESS_BURST + 1, "/exercises"))[
            -1
        ] == 429
        assert await get_statuses(keyed, 1) == [200]

    @pytest.mark.parametrize(
        ("host", "expected"),
        [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::", "2001:db8:1:2::/64"),
            ("fe80::1%eth0", "fe80::/64"),
            ("", UNKNOWN_ADDRESS),
            ("evil.example", UNKNOWN_ADDRESS),
            ("10.0.0.1, 10.0.0.2", UNKNOWN_ADDRESS),
        ],
    )
    def test_groups_ipv6_addresses_by_network(self, host: str, expected: str) -> None:
        assert group_address(host) == expected

    async def test_is_shared_by_all_unknown_addresses(self, app: FastAPI) -> None:
        got = await get_statuses(build_client(app, "x" * 40_000), 1, "/exercises")
        got += await get_statuses(build_client(app, "y"), ADDRESS_BURST, "/exercises")
        assert got == [200] * ADDRESS_BURST + [429]
        cached = group_address.cache_info().currsize
        await build_client(app, "x" * 50_000).get("/exercises")
        assert group_address.cache_info().currsize == cached


class TestProxy:
    async def test_is_ignored_unless_it_is_trusted(self, app: FastAPI, address: str) -> None:
        client = build_client(app, address)
        got = []
        for number in range(ADDRESS_BURST + 1):
            headers = {"X-Forwarded-For": f"198.51.100.{number}"}
            got.append((await client.get("/exercises", headers=headers)).status_code)
        assert got == [200] * ADDRESS_BURST + [429]

    async def test_sets_the_client_address_if_it_is_trusted(self) -> None:
        settings = {"trusted_proxies": "10.9.0.0/16, 2001:db8::1", "address_burst": 1}
        async with opened(NO_DATABASE, address_requests_per_minute=60, **settings) as app:
            proxy, untrusted = build_client(app, "10.9.0.1"), build_client(app, "10.8.0.1")

            async def ask(client: httpx.AsyncClient, forwarded: str) -> int:
                headers = {"X-Forwarded-For": forwarded}
                return (await client.get("/exercises", headers=headers)).status_code

            assert [await ask(proxy, one) for one in ("192.0.2.1", "192.0.2.2")] == [200, 200]
            # An address that the client itself sends does not count.
            assert await ask(proxy, "192.0.2.3, 192.0.2.1") == 429
            assert [await ask(untrusted, one) for one in ("192.0.2.4", "192.0.2.5")] == [200, 429]


class TestHealthChecks:
    @pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics"])
    async def test_is_never_limited(self, path: str, app: FastAPI, address: str) -> None:
        client = build_client(app, address)
        assert (await get_statuses(client, ADDRESS_BURST + 1, "/exercises"))[-1] == 429
        assert await get_statuses(client, ADDRESS_BURST + 1, path) == [200] * (ADDRESS_BURST + 1)
        assert "ratelimit" not in (await client.get(path)).headers


class TestRejection:
    async def test_is_counted_and_has_the_headers_of_every_response(
        self, app: FastAPI, address: str
    ) -> None:
        client = build_client(app, address)
        await get_statuses(client, ADDRESS_BURST, "/exercises")
        counter = 'pushoff_requests_total{method="GET",route="(refused)",status="429"}'
        before = await read_counter(client, counter)
        answer = await client.get(
            "/exercises", headers={"X-Request-ID": "mine-1234", "Origin": "https://page.example"}
        )
        assert read_problem(answer, 429, "quota-exceeded")["request_id"] == "mine-1234"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "Retry-After" in answer.headers["access-control-expose-headers"]
        assert await read_counter(client, counter) == before + 1

    async def test_has_no_body_for_head(self, app: FastAPI, address: str) -> None:
        client = build_client(app, address)
        await get_statuses(client, ADDRESS_BURST, "/exercises")
        answer = await client.head("/exercises")
        assert (answer.status_code, answer.content) == (429, b"")

    async def test_does_not_ask_the_database(self, address: str) -> None:
        async with opened(NO_DATABASE, address_requests_per_minute=1, address_burst=1) as app:
            client = build_client(app, address, api_keys.generate().encode())
            assert await get_statuses(client, 2) == [503, 429]


async def read_counter(client: httpx.AsyncClient, name: str) -> float:
    lines = (await client.get("/metrics")).text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))


class TestSettings:
    async def test_turns_each_limit_off_with_0(self, database_file: Path) -> None:
        off = {"key_requests_per_minute": 0, "address_requests_per_minute": 0}
        async with opened(f"sqlite:///{database_file}", **off) as unlimited:
            for client in (caller(unlimited), caller(unlimited, await make_key(unlimited))):
                answers = [await client.get("/sessions") for _ in range(50)]
                assert {answer.status_code for answer in answers} <= {200, 401}
                assert not [answer for answer in answers if "ratelimit" in answer.headers]

    @pytest.mark.parametrize("network", ["*", "10.0.0.1/8", "proxy.example", "10.0.0.0/33"])
    def test_rejects_a_proxy_that_is_not_an_address(self, network: str) -> None:
        with pytest.raises(ValidationError, match="an address or a network"):
            Settings(trusted_proxies=network)  # type: ignore[arg-type]
