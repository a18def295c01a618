"""Holds callers to their requests a minute, over HTTP and at moments that the tests choose."""

import itertools
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from pydantic import ValidationError

from app.keys import credentials, store, tokens
from app.keys.credentials import Credential
from app.keys.tokens import Token
from app.settings import Settings
from app.web.layers import rate_limits
from app.web.layers.rate_limits import MOST_KNOWN, UNKNOWN, RateLimits, group_address
from app.web.layers.token_bucket import SECOND
from tests.client import ORIGIN, caller, load_key, make_key, opened, read_problem

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"
KEY_BURST, ADDRESS_BURST = 3, 5
ADDRESSES = (f"10.{n // 65_536}.{n // 256 % 256}.{n % 256}" for n in itertools.count(1))


class Clock:
    """A clock that stands until it is told to go on."""

    def __init__(self) -> None:
        self.now = 1_000 * SECOND

    def __call__(self) -> int:
        return self.now


@pytest.fixture(scope="module")
def file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copy(sqlite_template, tmp_path_factory.mktemp("limits")))


@pytest.fixture(scope="module")
async def app(file: Path) -> AsyncIterator[FastAPI]:
    """A service with small quotas, one request a second, and a clock that stands."""
    async with opened(
        f"sqlite:///{file}",
        key_requests_per_minute=60,
        key_burst=KEY_BURST,
        address_requests_per_minute=60,
        address_burst=ADDRESS_BURST,
    ) as served:
        limits_of(served).clock = Clock()
        yield served


def limits_of(app: FastAPI) -> RateLimits:
    front = getattr(app, "front", None)
    assert isinstance(front, RateLimits)
    return front


def pass_time(app: FastAPI, seconds: int) -> None:
    clock = limits_of(app).clock
    assert isinstance(clock, Clock)
    clock.now += seconds * SECOND


def at(app: FastAPI, address: str, key: str | None = None) -> httpx.AsyncClient:
    """A client that calls from an address."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 1))
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    return httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers)


@pytest.fixture
def here() -> str:
    """An address that nobody has called from."""
    return next(ADDRESSES)


@pytest.fixture
def elsewhere() -> str:
    return next(ADDRESSES)


async def statuses(client: httpx.AsyncClient, times: int, path: str = "/sessions") -> list[int]:
    return [(await client.get(path)).status_code for _ in range(times)]


async def make_token(app: FastAPI, key: str, athlete_id: str, days: int = 30) -> str:
    """A device's token as the service makes it; one for each number of days is another."""
    kept = await load_key(app, key)
    ends = datetime(2090, 1, 1, tzinfo=UTC) + timedelta(days=days)
    token = Token(kept.key_id, athlete_id, frozenset(tokens.SCOPES), ends)
    return tokens.spell(token, kept.secret_hash)


class TestKey:
    async def test_is_told_what_is_left_on_every_answer(self, app: FastAPI, here: str) -> None:
        client = at(app, here, await make_key(app))
        answers = [await client.get(path) for path in ("/sessions", "/exercises", "/none")]
        assert [answer.status_code for answer in answers] == [200, 200, 404]
        assert [answer.headers["ratelimit"] for answer in answers] == [
            '"key";r=2;t=1', '"key";r=1;t=2', '"key";r=0;t=3',
        ]  # fmt: skip
        policies = {answer.headers["ratelimit-policy"] for answer in answers}
        assert policies == {'"key";q=60;w=60;pushoff-burst=3'}

    async def test_is_refused_when_nothing_is_left(self, app: FastAPI, here: str) -> None:
        client = at(app, here, await make_key(app))
        assert await statuses(client, KEY_BURST) == [200] * KEY_BURST
        answer = await client.get("/sessions")
        assert "60 requests a minute" in read_problem(answer, 429, "quota-exceeded")["detail"]
        assert answer.headers["retry-after"] == "1"
        assert answer.headers["ratelimit"] == '"key";r=0;t=1'
        assert answer.headers["ratelimit-policy"] == '"key";q=60;w=60;pushoff-burst=3'

    async def test_may_come_back_when_it_was_told_to(self, app: FastAPI, here: str) -> None:
        client = at(app, here, await make_key(app))
        assert await statuses(client, KEY_BURST + 1) == [200] * KEY_BURST + [429]
        pass_time(app, int((await client.get("/sessions")).headers["retry-after"]))
        assert await statuses(client, 2) == [200, 429]

    async def test_counts_wherever_it_calls_from(
        self, app: FastAPI, here: str, elsewhere: str
    ) -> None:
        key = await make_key(app)
        assert await statuses(at(app, here, key), KEY_BURST) == [200] * KEY_BURST
        assert await statuses(at(app, elsewhere, key), 1) == [429]

    async def test_counts_however_it_is_spelled(self, app: FastAPI, here: str) -> None:
        key = await make_key(app)
        client = at(app, here)
        got = [
            (await client.get("/sessions", headers={"Authorization": form.format(key)})).status_code
            for form in ("Bearer {}", "bearer  {}", "BEARER {} ", "Bearer    {}", "bearer {}")
        ]
        assert got == [200, 200, 200, 429, 429]

    async def test_takes_nothing_from_another_of_its_tenant(self, app: FastAPI, here: str) -> None:
        one, other = await make_key(app, "twins"), await make_key(app, "twins")
        assert await statuses(at(app, here, one), KEY_BURST + 1) == [200] * KEY_BURST + [429]
        assert await statuses(at(app, here, other), 1) == [200]

    async def test_cannot_be_used_up_by_who_has_seen_its_id(
        self, app: FastAPI, here: str, elsewhere: str
    ) -> None:
        key = await make_key(app)
        assert (await at(app, here, key).get("/sessions")).status_code == 200
        forged = Credential((await load_key(app, key)).key_id, "0" * 64).spell()
        flood = await statuses(at(app, elsewhere, forged), ADDRESS_BURST + 5)
        assert flood == [401] * ADDRESS_BURST + [429] * 5
        assert await statuses(at(app, here, key), KEY_BURST) == [200, 200, 429]

    async def test_counts_for_its_address_once_it_is_revoked(self, app: FastAPI, here: str) -> None:
        key = await make_key(app)
        client = at(app, here, key)
        assert await statuses(client, 1) == [200]
        kept = await load_key(app, key)
        await app.state.database.write(store.revoke_key, kept.key_id, datetime.now(UTC))
        app.state.key_ring.seen.clear()
        assert await statuses(client, ADDRESS_BURST + 2) == [401] * (ADDRESS_BURST + 1) + [429]

    async def test_is_remembered_by_nothing_that_opens_anything(
        self, app: FastAPI, here: str
    ) -> None:
        key = await make_key(app)
        await at(app, here, key).get("/sessions")
        known = limits_of(app).known
        assert all(isinstance(number, int) for number in known)
        assert key[-73:] not in repr((known, limits_of(app).of_key))

    async def test_is_one_of_so_many_that_are_remembered(
        self, app: FastAPI, here: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert MOST_KNOWN >= 10_000
        monkeypatch.setattr(rate_limits, "MOST_KNOWN", 2)
        limits_of(app).known.clear()
        for _ in range(4):
            assert await statuses(at(app, here, await make_key(app)), 1) == [200]
        assert len(limits_of(app).known) == 2


class TestDevice:
    ANN = "/sessions?athlete_id=ann"

    async def test_takes_nothing_from_its_key(self, app: FastAPI, here: str) -> None:
        key = await make_key(app)
        watch = at(app, here, await make_token(app, key, "ann"))
        assert await statuses(watch, KEY_BURST + 1, self.ANN) == [200] * KEY_BURST + [429]
        assert await statuses(at(app, here, key), KEY_BURST + 1) == [200] * KEY_BURST + [429]

    async def test_takes_nothing_from_another_athletes(self, app: FastAPI, here: str) -> None:
        key = await make_key(app)
        for athlete_id in ("ann", "bob"):
            watch = at(app, here, await make_token(app, key, athlete_id))
            path = f"/sessions?athlete_id={athlete_id}"
            assert await statuses(watch, KEY_BURST + 1, path) == [200] * KEY_BURST + [429]

    async def test_shares_with_its_athletes_other_devices(self, app: FastAPI, here: str) -> None:
        key = await make_key(app)
        one, other = [await make_token(app, key, "ann", days) for days in (1, 2)]
        assert await statuses(at(app, here, one), KEY_BURST - 1, self.ANN) == [200] * 2
        assert await statuses(at(app, here, other), 2, self.ANN) == [200, 429]

    async def test_gets_no_further_with_ever_new_tokens(self, app: FastAPI, here: str) -> None:
        key, most = await make_key(app), KEY_BURST + ADDRESS_BURST
        fresh = [await make_token(app, key, "ann", days) for days in range(most + 2)]
        got = [(await statuses(at(app, here, token), 1, self.ANN))[0] for token in fresh]
        assert got == [200] * most + [429] * 2


class TestAddress:
    async def test_is_told_what_is_left_and_refused_when_nothing_is(
        self, app: FastAPI, here: str, elsewhere: str
    ) -> None:
        client = at(app, here)
        answers = [await client.get("/programs?weeks=4") for _ in range(ADDRESS_BURST)]
        left = [answer.headers["ratelimit"] for answer in answers]
        assert left == [f'"address";r={n};t={ADDRESS_BURST - n}' for n in (4, 3, 2, 1, 0)]
        answer = await client.get("/programs?weeks=4")
        read_problem(answer, 429, "quota-exceeded")
        assert answer.headers["ratelimit-policy"] == '"address";q=60;w=60;pushoff-burst=5'
        assert await statuses(at(app, elsewhere), 1, "/programs?weeks=4") == [200]

    async def test_pays_for_finished_answers_as_well(self, app: FastAPI, here: str) -> None:
        # From the second on, this is answered before the framework sees it.
        got = await statuses(at(app, here), ADDRESS_BURST + 1, "/exercises")
        assert got == [200] * ADDRESS_BURST + [429]

    async def test_pays_for_wrong_keys_whichever_they_are(self, app: FastAPI, here: str) -> None:
        made_up = [credentials.mint().spell() for _ in range(ADDRESS_BURST + 3)]
        got = [(await statuses(at(app, here, key), 1))[0] for key in made_up]
        assert got == [401] * ADDRESS_BURST + [429] * 3

    async def test_pays_nothing_for_right_keys(self, app: FastAPI, here: str) -> None:
        right = [await make_key(app) for _ in range(ADDRESS_BURST + 3)]
        got = [(await statuses(at(app, here, key), 1))[0] for key in right]
        assert got == [200] * len(right)
        answer = await at(app, here).get("/exercises")
        assert answer.headers["ratelimit"] == '"address";r=4;t=1'

    async def test_that_is_used_up_stops_no_key_that_is_known(
        self, app: FastAPI, here: str
    ) -> None:
        keyed = at(app, here, await make_key(app))
        assert await statuses(keyed, 1) == [200]
        assert (await statuses(at(app, here), ADDRESS_BURST + 1, "/exercises"))[-1] == 429
        assert await statuses(keyed, 1) == [200]

    @pytest.mark.parametrize(
        ("host", "expected"),
        [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::", "2001:db8:1:2::/64"),
            ("fe80::1%eth0", "fe80::/64"),
            ("", UNKNOWN),
            ("evil.example", UNKNOWN),
            ("10.0.0.1, 10.0.0.2", UNKNOWN),
        ],
    )
    def test_of_version_6_stands_for_its_network(self, host: str, expected: str) -> None:
        assert group_address(host) == expected

    async def test_that_nobody_knows_is_one_like_any_other(self, app: FastAPI) -> None:
        got = await statuses(at(app, "x" * 40_000), 1, "/exercises")
        got += await statuses(at(app, "y"), ADDRESS_BURST, "/exercises")
        assert got == [200] * ADDRESS_BURST + [429]
        kept = group_address.cache_info().currsize
        await at(app, "x" * 50_000).get("/exercises")
        assert group_address.cache_info().currsize == kept


class TestProxy:
    async def test_is_believed_by_nobody_unless_it_is_trusted(
        self, app: FastAPI, here: str
    ) -> None:
        client = at(app, here)
        got = []
        for number in range(ADDRESS_BURST + 1):
            headers = {"X-Forwarded-For": f"198.51.100.{number}"}
            got.append((await client.get("/exercises", headers=headers)).status_code)
        assert got == [200] * ADDRESS_BURST + [429]

    async def test_speaks_for_its_clients_if_it_is_trusted(self) -> None:
        settings = {"trusted_proxies": "10.9.0.0/16, 2001:db8::1", "address_burst": 1}
        async with opened(NOWHERE, address_requests_per_minute=60, **settings) as app:
            proxy, stranger = at(app, "10.9.0.1"), at(app, "10.8.0.1")

            async def ask(client: httpx.AsyncClient, forwarded: str) -> int:
                headers = {"X-Forwarded-For": forwarded}
                return (await client.get("/exercises", headers=headers)).status_code

            assert [await ask(proxy, one) for one in ("192.0.2.1", "192.0.2.2")] == [200, 200]
            # What a client says before the proxy is no address of its own.
            assert await ask(proxy, "192.0.2.3, 192.0.2.1") == 429
            assert [await ask(stranger, one) for one in ("192.0.2.4", "192.0.2.5")] == [200, 429]


class TestHealth:
    @pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics"])
    async def test_is_never_limited(self, path: str, app: FastAPI, here: str) -> None:
        client = at(app, here)
        assert (await statuses(client, ADDRESS_BURST + 1, "/exercises"))[-1] == 429
        assert await statuses(client, ADDRESS_BURST + 1, path) == [200] * (ADDRESS_BURST + 1)
        assert "ratelimit" not in (await client.get(path)).headers


class TestRefusal:
    async def test_is_told_and_counted_like_any_other_answer(self, app: FastAPI, here: str) -> None:
        client = at(app, here)
        await statuses(client, ADDRESS_BURST, "/exercises")
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

    async def test_of_a_head_has_no_body(self, app: FastAPI, here: str) -> None:
        client = at(app, here)
        await statuses(client, ADDRESS_BURST, "/exercises")
        answer = await client.head("/exercises")
        assert (answer.status_code, answer.content) == (429, b"")

    async def test_costs_no_look_at_the_database(self, here: str) -> None:
        async with opened(NOWHERE, address_requests_per_minute=1, address_burst=1) as app:
            client = at(app, here, credentials.mint().spell())
            assert await statuses(client, 2) == [503, 429]


async def read_counter(client: httpx.AsyncClient, name: str) -> float:
    lines = (await client.get("/metrics")).text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))


class TestSettings:
    async def test_turn_each_quota_off_with_a_0(self, file: Path) -> None:
        off = {"key_requests_per_minute": 0, "address_requests_per_minute": 0}
        async with opened(f"sqlite:///{file}", **off) as free:
            for client in (caller(free), caller(free, await make_key(free))):
                answers = [await client.get("/sessions") for _ in range(50)]
                assert {answer.status_code for answer in answers} <= {200, 401}
                assert not [answer for answer in answers if "ratelimit" in answer.headers]

    @pytest.mark.parametrize("network", ["*", "10.0.0.1/8", "proxy.example", "10.0.0.0/33"])
    def test_refuse_a_proxy_that_is_no_address(self, network: str) -> None:
        with pytest.raises(ValidationError, match="an address or a network"):
            Settings(trusted_proxies=network)  # type: ignore[arg-type]
