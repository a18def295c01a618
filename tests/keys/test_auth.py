"""Holds who may do what: one answer to every wrong key, scopes, and the end of a revoked key."""

import asyncio
import time
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI

from app.database.database import Database
from app.database.errors import DatabaseFailure
from app.keys import credentials, store
from app.keys.auth import MOST_REMEMBERED, KeyRing
from app.keys.credentials import Credential
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

MINTED = credentials.mint()
STRANGER = MINTED.spell()
WRONG: dict[str, str | None] = {
    "nothing": None,
    "an empty header": "",
    "a blank": " ",
    "no key": "Bearer",
    "a blank for a key": "Bearer  ",
    "a word": "Bearer x",
    "a prefix": "Bearer push_",
    "a key that nobody made": f"Bearer {STRANGER}",
    "a wrong checksum": f"Bearer {STRANGER[:-8]}00000000",
    "no checksum": f"Bearer {STRANGER[:-9]}",
    "a key in capitals": f"Bearer {STRANGER.upper()}",
    "a key and more": f"Bearer {STRANGER} x",
    "two keys": f"Bearer {STRANGER}, Bearer {STRANGER}",
    "a key in quotes": f'Bearer "{STRANGER}"',
    "another scheme": f"Basic {STRANGER}",
    "a name and a password": "Basic dXNlcjpwYXNzd29yZA==",
    "no scheme": STRANGER,
    "a scheme without a blank": f"Bearer{STRANGER}",
    "a token of another kind": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
    "8 KB": "Bearer " + "x" * 8_000,
    "other letters": "Bearer sch\u00fcssel",
    "other digits": "Bearer " + STRANGER.replace("_", "_\u0663", 1),
    "what SQL would read": "Bearer ' OR 1=1 --",
}


def without_its_own(answer: httpx.Response) -> tuple[Json, list[tuple[str, str]]]:
    """An answer without what differs between any two."""
    body = {k: v for k, v in answer.json().items() if k not in ("instance", "request_id")}
    return body, sorted((k, v) for k, v in answer.headers.items() if k != "x-request-id")


def ask(client: httpx.AsyncClient, authorization: str | None) -> httpx.Request:
    named = {} if authorization is None else {"Authorization": authorization}
    headers = httpx.Headers(named, encoding="utf-8")
    return client.build_request("GET", "/sessions", headers=headers)


class TestWrongKey:
    @pytest.mark.parametrize("sent", WRONG.values(), ids=WRONG.keys())
    async def test_gets_one_and_the_same_answer(
        self, sent: str | None, anyone: httpx.AsyncClient
    ) -> None:
        answer = await anyone.send(ask(anyone, sent))
        body = read_problem(answer, 401, "unauthenticated")
        assert answer.headers["www-authenticate"] == "Bearer"
        usual = await anyone.send(ask(anyone, "Bearer x"))
        # Content-Length follows from nothing but the answer, so the bytes are of one length too.
        assert without_its_own(answer) == without_its_own(usual)
        assert "errors" not in body

    async def test_with_the_id_of_a_right_one_gets_the_same(self, app: FastAPI) -> None:
        right = credentials.parse(await make_key(app))
        assert right is not None
        wrong = Credential(right.key_id, MINTED.secret).spell()
        async with caller(app, wrong) as client:
            answer = await client.get("/sessions")
            usual = await client.send(ask(client, "Bearer x"))
        assert without_its_own(answer) == without_its_own(usual)

    async def test_that_was_revoked_gets_the_same(self, app: FastAPI) -> None:
        key = await make_key(app)
        kept = await load_key(app, key)
        await app.state.database.write(store.revoke_key, kept.key_id, datetime.now(UTC))
        async with caller(app, key) as client:
            answer = await client.get("/sessions")
            usual = await client.send(ask(client, "Bearer x"))
        assert without_its_own(answer) == without_its_own(usual)

    async def test_is_refused_with_no_look_at_the_database_where_it_is_misspelled(
        self, app: FastAPI, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def read(*_: object) -> None:
            raise DatabaseFailure("it was asked")

        monkeypatch.setattr(Database, "read", read)
        async with caller(app, STRANGER[:-1] + "x") as client:
            assert (await client.get("/sessions")).status_code == 401
        async with caller(app, credentials.mint().spell()) as client:
            assert (await client.get("/sessions")).status_code == 503


class TestRightKey:
    @pytest.mark.parametrize("form", ["Bearer {}", "bearer {}", "BEARER   {}", "Bearer {} "])
    async def test_is_taken_in_any_form_of_the_scheme(self, form: str, app: FastAPI) -> None:
        key = await make_key(app)
        async with caller(app) as client:
            assert (await client.send(ask(client, form.format(key)))).status_code == 200

    async def test_may_have_a_second_beside_it(self, app: FastAPI) -> None:
        first = await make_key(app)
        tenant = (await load_key(app, first)).tenant
        second = await make_key(app, tenant)
        async with caller(app, first) as one, caller(app, second) as other:
            path = f"/sessions/{new_id()}"
            assert (await one.put(path, json=a_session())).status_code == 201
            assert (await other.get(path)).status_code == 200
            assert await tenant_of(app, one) == await tenant_of(app, other)
            await revoke(app, first)
            assert await seconds_until_refused(one) < 1
            assert (await other.get(path)).status_code == 200

    async def test_stops_within_a_second_of_its_end(self, app: FastAPI) -> None:
        key = await make_key(app)
        async with caller(app, key) as client:
            assert (await client.get("/sessions")).status_code == 200
            await revoke(app, key)
            assert await seconds_until_refused(client) < 1


async def revoke(app: FastAPI, key: str) -> None:
    kept = await load_key(app, key)
    assert await app.state.database.write(store.revoke_key, kept.key_id, datetime.now(UTC))


async def seconds_until_refused(client: httpx.AsyncClient) -> float:
    """How long a key still works; it must not come back once it was refused."""
    began = time.monotonic()
    while (answer := await client.get("/sessions")).status_code == 200:
        assert time.monotonic() - began < 5
        await asyncio.sleep(0.01)
    taken = time.monotonic() - began
    read_problem(answer, 401, "unauthenticated")
    assert (await client.get("/sessions")).status_code == 401
    return taken


class TestKeyRing:
    async def test_asks_once_for_many_requests(
        self, app: FastAPI, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        key = await make_key(app)
        kept = await load_key(app, key)
        ring, asked = KeyRing(), []

        def find(*arguments: object) -> Key:
            asked.append(arguments)
            return kept

        monkeypatch.setattr(store, "find_key", find)
        found = [await ring.find(app.state.database, kept.key_id) for _ in range(50)]
        assert found == [kept] * 50
        assert len(asked) == 1

    async def test_is_not_filled_by_keys_that_nobody_made(self, app: FastAPI) -> None:
        ring = KeyRing()
        ring.seen = {str(number): (0.0, None) for number in range(MOST_REMEMBERED)}
        assert await ring.find(app.state.database, "f" * 16) is None
        assert len(ring.seen) == 1
