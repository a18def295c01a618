"""Tests of strict routes: query parameters, body size, and time limits."""

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

for_each_operation = pytest.mark.parametrize(
    "operation", OPERATIONS, ids=lambda operation: operation.id
)


class TestQuery:
    @for_each_operation
    async def test_rejects_a_parameter_that_the_operation_does_not_declare(
        self, operation: Operation, api: httpx.AsyncClient
    ) -> None:
        request = operation.request(operation.bodies[0])
        request["params"] = {"undeclared": "1"}
        answer = await api.request(**request)
        body = read_problem(answer, 400, "unknown-parameter")
        assert pointers(body) == ["undeclared"]
        known = {p["name"] for p in operation.parameters if p["in"] == "query"}
        assert all(name in body["detail"] for name in known)

    @pytest.mark.parametrize("name", ["athlete_id", "from", "to", "program_id", "limit", "cursor"])
    async def test_rejects_a_repeated_parameter_that_takes_one_value(
        self, name: str, api: httpx.AsyncClient
    ) -> None:
        answer = await api.get(f"/sessions?{name}=1&{name}=1")
        assert pointers(read_problem(answer, 400, "ambiguous-parameter")) == [name]

    async def test_accepts_a_repeated_list_parameter(self, api: httpx.AsyncClient) -> None:
        assert (await api.get("/exercises?equipment=chair&equipment=step")).status_code == 200
        assert (await api.get("/programs?weekdays=0&weekdays=3")).status_code == 200

    @pytest.mark.parametrize(
        ("annotation", "expected"), [(list[str], True), (list[str] | None, True), (int, False),
                                     (tuple[int, ...], True), (str | None, False)]
    )  # fmt: skip
    def test_distinguishes_lists_from_single_values(
        self, annotation: object, expected: bool
    ) -> None:
        assert accepts_many(annotation) is expected


@pytest.fixture(scope="module")
async def impatient_app(impatient_url: str) -> AsyncIterator[FastAPI]:
    """An app with short time limits and small size limits."""
    async with opened(
        impatient_url,
        body_timeout_s=0.1,
        request_timeout_s=0.3,
        pool_wait_s=0.1,
        max_body_bytes=2048,
        max_batch_bytes=4096,
    ) as app:
        yield app


@pytest.fixture(scope="module")
def impatient_url(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path_factory.mktemp('impatient_app'))}"


class TestBody:
    @pytest.mark.parametrize(
        ("path", "max_bytes"), [("/sessions", 2048), ("/sessions/batch", 4096)]
    )
    async def test_is_limited_to_the_size_setting_of_its_path(
        self, path: str, max_bytes: int, impatient_app: FastAPI
    ) -> None:
        client = caller(impatient_app, await make_key(impatient_app))
        kind = {"Content-Type": "application/json"}
        blank = await client.post(path, content=b" " * max_bytes, headers=kind)
        read_problem(blank, 400, "malformed-json")
        large = await client.post(path, content=b" " * (max_bytes + 1), headers=kind)
        assert f"{max_bytes} bytes" in read_problem(large, 413, "content-too-large")["detail"]

    async def test_is_rejected_if_it_does_not_arrive_in_time(self, impatient_app: FastAPI) -> None:
        async def stall() -> AsyncIterator[bytes]:
            yield b'{"athlete_id":'
            await asyncio.Event().wait()

        client = caller(impatient_app, await make_key(impatient_app))
        kind = {"Content-Type": "application/json"}
        answer = await client.post("/sessions", content=stall(), headers=kind)
        read_problem(answer, 408, "request-timeout")
        assert answer.headers["connection"] == "close"

    async def test_stores_nothing_if_the_client_disconnects(self, impatient_app: FastAPI) -> None:
        key = await make_key(impatient_app)
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        scope = await capture_scope(impatient_app, key)
        await impatient_app(scope, disconnect_after(b'{"athlete_id": "x",'), send)
        assert sent == []
        assert (await caller(impatient_app, key).get("/sessions")).json()["items"] == []


async def capture_scope(app: FastAPI, key: str) -> dict[str, object]:
    """The ASGI scope of a PUT of a session."""
    captured: list[dict[str, object]] = []

    async def capture(scope: dict[str, object], receive: object, send: object) -> None:
        captured.append(scope)
        raise ClientDisconnect

    transport = httpx.ASGITransport(app=capture, raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        headers = {"Authorization": f"Bearer {key}"}
        await client.put(f"/sessions/{new_id()}", json=a_session(), headers=headers)
    return captured[0]


def disconnect_after(body: bytes) -> Receive:
    """Return a `receive` of a client that disconnects in the middle of its body."""
    messages: list[Message] = [
        {"type": "http.request", "body": body, "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return messages.pop(0)

    return receive


class TestRequest:
    async def test_is_answered_with_a_problem_when_it_takes_too_long(
        self, impatient_app: FastAPI, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = caller(impatient_app, await make_key(impatient_app))
        assert (await client.get("/sessions")).status_code == 200

        async def hang(*_: object) -> None:
            await asyncio.Event().wait()

        monkeypatch.setattr(Database, "read", hang)
        answer = await client.get("/sessions")
        # A write that was handed to the database may still be stored, so it is not "overloaded".
        read_problem(answer, 503, "database-unavailable")
        assert int(answer.headers["retry-after"]) >= 1
