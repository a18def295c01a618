"""Tests of authentication: one answer to every wrong key, and the end of a revoked key."""

import asyncio
import time
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI

from app.database.database import Database
from app.database.errors import DatabaseFailure
from app.keys import api_keys, store
from app.keys.api_keys import Credential
from app.keys.auth import MAX_CACHED_KEYS, KeyCache
from app.keys.store import Key
from tests.client import (
    Json,
    a_session,
    caller,
    load_key,
    make_key,
    new_id,
    read_problem,
    tenant_of,
)

CREDENTIAL = api_keys.generate()
UNKNOWN_KEY = CREDENTIAL.encode()
BAD_HEADERS: dict[str, str | None] = {
    "nothing": None,
    "an empty header": "",
    "a blank": " ",
    "no key": "Bearer",
    "a blank for a key": "Bearer  ",
    "a word": "Bearer x",
    "a prefix": "Bearer push_",
    "an unknown key": f"Bearer {UNKNOWN_KEY}",
    "a wrong checksum": f"Bearer {UNKNOWN_KEY[:-8]}00000000",
    "no checksum": f"Bearer {UNKNOWN_KEY[:-9]}",
    "a key in capitals": f"Bearer {UNKNOWN_KEY.upper()}",
    "a key and more": f"Bearer {UNKNOWN_KEY} x",
    "two keys": f"Bearer {UNKNOWN_KEY}, Bearer {UNKNOWN_KEY}",
    "a key in quotes": f'Bearer "{UNKNOWN_KEY}"',
    "another scheme": f"Basic {UNKNOWN_KEY}",
    "a name and a password": "Basic dXNlcjpwYXNzd29yZA==",
    "no scheme": UNKNOWN_KEY,
    "a scheme without a blank": f"Bearer{UNKNOWN_KEY}",
    "a token of another kind": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
    "8 KB": "Bearer " + "x" * 8_000,
    "other letters": "Bearer sch\u00fcssel",
    "other digits": "Bearer " + UNKNOWN_KEY.replace("_", "_\u0663", 1),
    "an SQL injection": "Bearer ' OR 1=1 --",
}


def without_request_id(answer: httpx.Response) -> tuple[Json, list[tuple[str, str]]]:
    """Return the body and headers of a response without what identifies the request."""
    body = {k: v for k, v in answer.json().items() if k not in ("instance", "request_id")}
    return body, sorted((k, v) for k, v in answer.headers.items() if k != "x-request-id")


def build_request(client: httpx.AsyncClient, authorization: str | None) -> httpx.Request:
    fields = {} if authorization is None else {"Authorization": authorization}
    headers = httpx.Headers(fields, encoding="utf-8")
    return client.build_request("GET", "/sessions", headers=headers)


class TestWrongKey:
    @pytest.mark.parametrize("sent", BAD_HEADERS.values(), ids=BAD_HEADERS.keys())
    async def test_gets_the_same_answer_as_any_other(
        self, sent: str | None, anyone: httpx.AsyncClient
    ) -> None:
        answer = await anyone.send(build_request(anyone, sent))
        body = read_problem(answer, 401, "unauthenticated")
        assert answer.headers["www-authenticate"] == "Bearer"
        usual = await anyone.send(build_request(anyone, "Bearer x"))
        # Content-Length is compared, too, so all answers have the same length.
        assert without_request_id(answer) == without_request_id(usual)
        assert "errors" not in body

    async def test_gets_the_same_answer_with_a_valid_id(self, app: FastAPI) -> None:
        right = api_keys.parse(await make_key(app))
        assert right is not None
        wrong = Credential(right.key_id, CREDENTIAL.secret).encode()
        async with caller(app, wrong) as client:
            answer = await client.get("/sessions")
            usual = await client.send(build_request(client, "Bearer x"))
        assert without_request_id(answer) == without_request_id(usual)

    async def test_gets_the_same_answer_if_it_was_revoked(self, app: FastAPI) -> None:
        key = await make_key(app)
        stored = await load_key(app, key)
        await app.state.resources.database.write(store.revoke_key, stored.key_id, datetime.now(UTC))
        async with caller(app, key) as client:
            answer = await client.get("/sessions")
            usual = await client.send(build_request(client, "Bearer x"))
        assert without_request_id(answer) == without_request_id(usual)

    async def test_costs_no_query_when_it_is_malformed(
        self, app: FastAPI, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def read(*_: object) -> None:
            raise DatabaseFailure("it was asked")

        monkeypatch.setattr(Database, "read", read)
        async with caller(app, UNKNOWN_KEY[:-1] + "x") as client:
            assert (await client.get("/sessions")).status_code == 401
        async with caller(app, api_keys.generate().encode()) as client:
            assert (await client.get("/sessions")).status_code == 503


class TestValidKey:
    @pytest.mark.parametrize("form", ["Bearer {}", "bearer {}", "BEARER   {}", "Bearer {} "])
    async def test_is_accepted_with_any_case_of_the_scheme(self, form: str, app: FastAPI) -> None:
        key = await make_key(app)
        async with caller(app) as client:
            assert (await client.send(build_request(client, form.format(key)))).status_code == 200

    async def test_works_beside_another_key_of_its_tenant(self, app: FastAPI) -> None:
        first = await make_key(app)
        tenant = (await load_key(app, first)).tenant
        second = await make_key(app, tenant)
        async with caller(app, first) as one, caller(app, second) as other:
            path = f"/sessions/{new_id()}"
            assert (await one.put(path, json=a_session())).status_code == 201
            assert (await other.get(path)).status_code == 200
            assert await tenant_of(app, one) == await tenant_of(app, other)
            await revoke(app, first)
            assert await seconds_until_rejected(one) < 1
            assert (await other.get(path)).status_code == 200

    async def test_is_rejected_within_a_second_after_its_revocation(self, app: FastAPI) -> None:
        key = await make_key(app)
        async with caller(app, key) as client:
            assert (await client.get("/sessions")).status_code == 200
            await revoke(app, key)
            assert await seconds_until_rejected(client) < 1


async def revoke(app: FastAPI, key: str) -> None:
    stored = await load_key(app, key)
    assert await app.state.resources.database.write(
        store.revoke_key, stored.key_id, datetime.now(UTC)
    )


async def seconds_until_rejected(client: httpx.AsyncClient) -> float:
    """Return how long a key still works. Once rejected, it must stay rejected."""
    began = time.monotonic()
    while (answer := await client.get("/sessions")).status_code == 200:
        assert time.monotonic() - began < 5
        await asyncio.sleep(0.01)
    taken = time.monotonic() - began
    read_problem(answer, 401, "unauthenticated")
    assert (await client.get("/sessions")).status_code == 401
    return taken


class TestKeyCache:
    async def test_queries_once_for_many_requests(
        self, app: FastAPI, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        key = await make_key(app)
        stored = await load_key(app, key)
        cache, asked = KeyCache(), []

        def find(*arguments: object) -> Key:
            asked.append(arguments)
            return stored

        monkeypatch.setattr(store, "find_key", find)
        found = [await cache.find(app.state.resources.database, stored.key_id) for _ in range(50)]
        assert found == [stored] * 50
        assert len(asked) == 1

    async def test_has_a_maximum_size(self, app: FastAPI) -> None:
        cache = KeyCache()
        cache.entries = {str(number): (0.0, None) for number in range(MAX_CACHED_KEYS)}
        assert await cache.find(app.state.resources.database, "f" * 16) is None
        assert len(cache.entries) == 1
