"""Tests of each setting that limits a request, over HTTP: at the limit, and one beyond it."""

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

MAX_BODY, MAX_BATCH, MAX_DECODED, MAX_FILE = 2_048, 4_096, 8_192, 1_024
MAX_DEPTH, MAX_STRING, MAX_RATIO = 6, 128, 10
# A small body may decompress to so many bytes, whatever its ratio.
MIN_DECODED = 1_024
JSON = {"Content-Type": "application/json"}
GZIP = {**JSON, "Content-Encoding": "gzip"}
BATCH = json.dumps({"sessions": [a_session()]}).encode()
# Blanks that gzip makes about seven times smaller, which is below the maximum ratio of ten.
NOISE = "".join(random.Random(1).choices(" \n", k=MAX_DECODED)).encode()

Upload = tuple[str, bytes, dict[str, str]]


def plan(body: bytes) -> Upload:
    return "/programs", body, JSON


def gzipped(body: bytes) -> Upload:
    return "/programs", gzip.compress(body), GZIP


def batch(body: bytes) -> Upload:
    return "/sessions/batch", body, JSON


def file(body: bytes) -> Upload:
    return "/sessions/import?athlete_id=ann", body, {}


def with_notes(characters: int) -> Upload:
    return "/sessions", json.dumps(a_session(notes="ä" * characters)).encode(), JSON


def with_depth(levels: int) -> Upload:
    device = '{"x":' * (levels - 1) + "1" + "}" * (levels - 1)
    body = json.dumps(a_session())[:-1] + f', "device": {device}}}'
    return "/sessions", body.encode(), JSON


# By setting: an upload at the limit and its status, an upload beyond it and its problem.
LIMITS: dict[str, tuple[Upload, int, Upload, str]] = {
    "max_body_bytes": (
        plan(b"{}".ljust(MAX_BODY)), 200, plan(b"{}".ljust(MAX_BODY + 1)), "413 content-too-large",
    ),
    "max_batch_bytes": (
        batch(BATCH.ljust(MAX_BATCH)), 200,
        batch(BATCH.ljust(MAX_BATCH + 1)), "413 content-too-large",
    ),
    # A file of blanks is unreadable, which shows that it was not too large.
    "max_file_bytes": (
        file(b"".ljust(MAX_FILE)), 422, file(b"".ljust(MAX_FILE + 1)), "413 content-too-large",
    ),
    "max_decoded_bytes": (
        gzipped(b"{}" + NOISE[:-2]), 200, gzipped(b"{}" + NOISE[:-1]), "413 content-too-large",
    ),
    "max_decode_ratio": (
        gzipped(b"{}".ljust(MIN_DECODED)), 200,
        gzipped(b"{}".ljust(MIN_DECODED + 1)), "413 content-too-large",
    ),
    "json_depth": (with_depth(MAX_DEPTH), 201, with_depth(MAX_DEPTH + 1), "400 malformed-json"),
    "max_string": (
        with_notes(MAX_STRING), 201, with_notes(MAX_STRING + 1), "422 validation-failed",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def url(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path_factory.mktemp('limits'))}"


@pytest.fixture(scope="module")
async def app(url: str) -> AsyncIterator[FastAPI]:
    """An app with small limits."""
    async with opened(
        url,
        max_body_bytes=MAX_BODY,
        max_batch_bytes=MAX_BATCH,
        max_decoded_bytes=MAX_DECODED,
        max_decode_ratio=MAX_RATIO,
        max_file_bytes=MAX_FILE,
        json_depth=MAX_DEPTH,
        max_string=MAX_STRING,
    ) as served:
        yield served


async def post(client: httpx.AsyncClient, upload: Upload) -> httpx.Response:
    path, body, headers = upload
    return await client.post(path, content=body, headers=headers)


class TestSizeLimit:
    @pytest.mark.parametrize("name", LIMITS)
    async def test_is_the_one_of_the_setting(self, name: str, app: FastAPI) -> None:
        at_limit, status, beyond, problem = LIMITS[name]
        async with caller(app, await make_key(app)) as client:
            fits = await post(client, at_limit)
            assert fits.status_code == status, fits.text
            expected, _, slug = problem.partition(" ")
            read_problem(await post(client, beyond), int(expected), slug)


class TestTimeLimit:
    async def test_is_body_timeout_while_a_file_arrives(self, url: str) -> None:
        async def drip() -> AsyncIterator[bytes]:
            yield b"started_at,"
            await asyncio.Event().wait()

        # The problem is the late body, even if request_timeout_s is shorter.
        times = {"pool_wait_s": 0.05, "request_timeout_s": 0.1, "body_timeout_s": 0.3}
        async with opened(url, **times) as app, caller(app, await make_key(app)) as client:
            answer = await client.post("/sessions/import?athlete_id=ann", content=drip())
        read_problem(answer, 408, "request-timeout")

    async def test_is_request_timeout_once_a_file_has_arrived(
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
