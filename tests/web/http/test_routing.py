"""Holds routes to what they declare: no other query, no other body, and an end to waiting."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from app.database.database import Database
from app.web.http.routing import accepts_many
from tests.client import (
    a_session,
    caller,
    make_key,
    new_id,
    opened,
    pointers,
    read_problem,
)
from tests.contract.document import OPERATIONS, Operation

with_a_query = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.id)


class TestQuery:
    @with_a_query
    async def test_refuses_what_an_operation_does_not_declare(
        self, operation: Operation, api: httpx.AsyncClient
    ) -> None:
        request = operation.request(operation.bodies[0])
        request["params"] = {"nobody_knows_this": "1"}
        answer = await api.request(**request)
        body = read_problem(answer, 400, "unknown-parameter")
        assert pointers(body) == ["nobody_knows_this"]
        known = {p["name"] for p in operation.parameters if p["in"] == "query"}
        assert all(name in body["detail"] for name in known)

    @pytest.mark.parametrize("name", ["athlete_id", "from", "to", "program_id", "limit", "cursor"])
    async def test_refuses_one_value_twice(self, name: str, api: httpx.AsyncClient) -> None:
        answer = await api.get(f"/sessions?{name}=1&{name}=1")
        assert pointers(read_problem(answer, 400, "ambiguous-parameter")) == [name]

    async def test_takes_lists_repeated(self, api: httpx.AsyncClient) -> None:
        assert (await api.get("/exercises?equipment=chair&equipment=step")).status_code == 200
        assert (await api.get("/programs?weekdays=0&weekdays=3")).status_code == 200

    @pytest.mark.parametrize(
        ("annotation", "expected"), [(list[str], True), (list[str] | None, True), (int, False),
                                     (tuple[int, ...], True), (str | None, False)]
    )  # fmt: skip
    def test_tells_lists_from_values(self, annotation: object, expected: bool) -> None:
        assert accepts_many(annotation) is expected


@pytest.fixture(scope="module")
async def hasty(hasty_url: str) -> AsyncIterator[FastAPI]:
    """A service with little patience and small limits."""
    async with opened(
        hasty_url,
        body_timeout_s=0.1,
        request_timeout_s=0.3,
        pool_wait_s=0.1,
        max_body_bytes=2048,
        max_batch_bytes=4096,
    ) as app:
        yield app


@pytest.fixture(scope="module")
def hasty_url(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path_factory.mktemp('hasty'))}"


class TestBody:
    @pytest.mark.parametrize(("path", "most"), [("/sessions", 2048), ("/sessions/batch", 4096)])
    async def test_may_be_as_large_as_its_address_takes(
        self, path: str, most: int, hasty: FastAPI
    ) -> None:
        client = caller(hasty, await make_key(hasty))
        kind = {"Content-Type": "application/json"}
        blank = await client.post(path, content=b" " * most, headers=kind)
        read_problem(blank, 400, "malformed-json")
        large = await client.post(path, content=b" " * (most + 1), headers=kind)
        assert f"{most} bytes" in read_problem(large, 413, "content-too-large")["detail"]

    async def test_that_does_not_come_is_given_up(self, hasty: FastAPI) -> None:
        async def stall() -> AsyncIterator[bytes]:
            yield b'{"athlete_id":'
            await asyncio.Event().wait()

        client = caller(hasty, await make_key(hasty))
        kind = {"Content-Type": "application/json"}
        answer = await client.post("/sessions", content=stall(), headers=kind)
        read_problem(answer, 408, "request-timeout")
        assert answer.headers["connection"] == "close"

    async def test_that_breaks_off_stores_nothing(self, hasty: FastAPI) -> None:
        key = await make_key(hasty)
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        scope = await scope_of(hasty, key)
        await hasty(scope, break_off(b'{"athlete_id": "x",'), send)
        assert sent == []
        assert (await caller(hasty, key).get("/sessions")).json()["items"] == []


async def scope_of(app: FastAPI, key: str) -> dict[str, object]:
    """The scope of a session on its way in."""
    caught: list[dict[str, object]] = []

    async def catch(scope: dict[str, object], receive: object, send: object) -> None:
        caught.append(scope)
        raise ClientDisconnect

    transport = httpx.ASGITransport(app=catch, raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        headers = {"Authorization": f"Bearer {key}"}
        await client.put(f"/sessions/{new_id()}", json=a_session(), headers=headers)
    return caught[0]


def break_off(body: bytes) -> Receive:
    """A connection that ends in the middle of a body."""
    messages: list[Message] = [
        {"type": "http.request", "body": body, "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return messages.pop(0)

    return receive


class TestRequest:
    async def test_that_takes_too_long_is_given_up(
        self, hasty: FastAPI, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = caller(hasty, await make_key(hasty))
        assert (await client.get("/sessions")).status_code == 200

        async def hang(*_: object) -> None:
            await asyncio.Event().wait()

        monkeypatch.setattr(Database, "read", hang)
        answer = await client.get("/sessions")
        # What was handed to the database may be stored all the same, so it is not "overloaded".
        read_problem(answer, 503, "database-unavailable")
        assert int(answer.headers["retry-after"]) >= 1
