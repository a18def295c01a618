"""Holds each bound on what is sent to its setting, over HTTP: at the bound, and one beyond it."""

import asyncio
import gzip
import json
import random
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from app.file_worker import FileWorker
from tests.client import a_session, caller, make_key, opened, read_problem

BODY, BATCH, DECODED, FILE = 2_048, 4_096, 8_192, 1_024
DEPTH, STRING, RATIO = 6, 128, 10
# However small a body is, so much may come out of it.
DECODED_AT_LEAST = 1_024
JSON = {"Content-Type": "application/json"}
GZIP = {**JSON, "Content-Encoding": "gzip"}
BATCHED = json.dumps({"sessions": [a_session()]}).encode()
# Blanks that gzip can make seven times smaller, and no more than ten times.
NOISE = "".join(random.Random(1).choices(" \n", k=DECODED)).encode()

Sent = tuple[str, bytes, dict[str, str]]


def plan(body: bytes) -> Sent:
    return "/programs", body, JSON


def packed(body: bytes) -> Sent:
    return "/programs", gzip.compress(body), GZIP


def batch(body: bytes) -> Sent:
    return "/sessions/batch", body, JSON


def file(body: bytes) -> Sent:
    return "/sessions/import?athlete_id=ann", body, {}


def noted(characters: int) -> Sent:
    return "/sessions", json.dumps(a_session(notes="ä" * characters)).encode(), JSON


def nested(levels: int) -> Sent:
    device = '{"x":' * (levels - 1) + "1" + "}" * (levels - 1)
    body = json.dumps(a_session())[:-1] + f', "device": {device}}}'
    return "/sessions", body.encode(), JSON


# What is sent at the bound, its status, what is sent one beyond, and what that is answered with.
BOUNDS: dict[str, tuple[Sent, int, Sent, str]] = {
    "max_body_bytes": (
        plan(b"{}".ljust(BODY)), 200, plan(b"{}".ljust(BODY + 1)), "413 content-too-large",
    ),
    "max_batch_bytes": (
        batch(BATCHED.ljust(BATCH)), 200, batch(BATCHED.ljust(BATCH + 1)), "413 content-too-large",
    ),
    # A file of blanks is none; that it was looked at shows that it was not too large.
    "max_file_bytes": (
        file(b"".ljust(FILE)), 422, file(b"".ljust(FILE + 1)), "413 content-too-large",
    ),
    "max_decoded_bytes": (
        packed(b"{}" + NOISE[:-2]), 200, packed(b"{}" + NOISE[:-1]), "413 content-too-large",
    ),
    "max_decode_ratio": (
        packed(b"{}".ljust(DECODED_AT_LEAST)), 200,
        packed(b"{}".ljust(DECODED_AT_LEAST + 1)), "413 content-too-large",
    ),
    "json_depth": (nested(DEPTH), 201, nested(DEPTH + 1), "400 malformed-json"),
    "max_string": (noted(STRING), 201, noted(STRING + 1), "422 validation-failed"),
}  # fmt: skip


@pytest.fixture(scope="module")
def url(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path_factory.mktemp('bounds'))}"


@pytest.fixture(scope="module")
async def app(url: str) -> AsyncIterator[FastAPI]:
    """A service with small bounds."""
    async with opened(
        url,
        max_body_bytes=BODY,
        max_batch_bytes=BATCH,
        max_decoded_bytes=DECODED,
        max_decode_ratio=RATIO,
        max_file_bytes=FILE,
        json_depth=DEPTH,
        max_string=STRING,
    ) as served:
        yield served


async def post(client: httpx.AsyncClient, sent: Sent) -> httpx.Response:
    path, body, headers = sent
    return await client.post(path, content=body, headers=headers)


class TestBound:
    @pytest.mark.parametrize("name", BOUNDS)
    async def test_holds_as_it_was_set(self, name: str, app: FastAPI) -> None:
        at, status, beyond, refusal = BOUNDS[name]
        async with caller(app, await make_key(app)) as client:
            fits = await post(client, at)
            assert fits.status_code == status, fits.text
            expected, _, slug = refusal.partition(" ")
            read_problem(await post(client, beyond), int(expected), slug)


class TestTime:
    async def test_of_a_file_on_its_way_is_its_clients_own(self, url: str) -> None:
        async def drip() -> AsyncIterator[bytes]:
            yield b"started_at,"
            await asyncio.Event().wait()

        # It is told that its body is late, and not that we are, however short our own time is.
        times = {"pool_wait_s": 0.05, "request_timeout_s": 0.1, "body_timeout_s": 0.3}
        async with opened(url, **times) as app, caller(app, await make_key(app)) as client:
            answer = await client.post("/sessions/import?athlete_id=ann", content=drip())
        read_problem(answer, 408, "request-timeout")

    async def test_of_a_file_that_is_here_is_ours(
        self, url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def hang(*_: object) -> None:
            await asyncio.Event().wait()

        times = {"pool_wait_s": 0.05, "request_timeout_s": 0.1}
        async with opened(url, **times) as app, caller(app, await make_key(app)) as client:
            assert (await client.get("/sessions")).status_code == 200
            monkeypatch.setattr(FileWorker, "call", hang)
            answer = await client.post("/sessions/import?athlete_id=ann", content=b"x")
        read_problem(answer, 503, "database-unavailable")
