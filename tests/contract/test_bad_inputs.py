"""Each bad input is answered with its problem and stores nothing, on both databases."""

import gzip
import urllib.parse
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.client import ORIGIN, caller, make_key, read_problem, slug_of
from tests.contract.bad_inputs import (
    CANARY,
    JSON_TYPE,
    SESSION,
    TABLE,
    VALID,
    Request,
    get,
    gzipped,
    keyed,
    listing,
    media,
    request,
    session,
    started_at,
)


def replace_target(app: ASGIApp, target: str) -> ASGIApp:
    """Wrap the app so that it gets exactly this target. An HTTP client would normalise it."""
    raw, _, query = target.partition("?")

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        replaced = {
            "raw_path": raw.encode("ascii"),
            "path": urllib.parse.unquote(raw),
            "query_string": query.encode("ascii"),
        }
        await app({**scope, **replaced}, receive, send)

    return call


async def in_chunks(body: bytes) -> AsyncIterator[bytes]:
    for begin in range(0, len(body), 65_536):
        yield body[begin : begin + 65_536]


async def send_request(app: ASGIApp, key: str, call: Request) -> httpx.Response:
    """Return the response to a request of the table."""
    transport = httpx.ASGITransport(
        app=replace_target(app, call.target), raise_app_exceptions=False
    )
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        client.headers["Authorization"] = f"Bearer {key}"
        return await client.request(
            call.method,
            "/",
            content=in_chunks(call.body) if call.chunked and call.body else call.body,
            headers=httpx.Headers(call.headers, encoding="utf-8"),
        )


class TestBadInput:
    @pytest.mark.parametrize("name", TABLE)
    async def test_gets_its_problem_and_stores_nothing(self, name: str, app: FastAPI) -> None:
        call, expected = TABLE[name]
        status, _, slug = expected.partition(" ")
        key = await make_key(app)
        answer = await send_request(app, key, call)
        assert f"{answer.status_code} {slug_of(answer)}" == expected, answer.text
        body = read_problem(answer, int(status), slug)
        assert CANARY not in answer.text.replace(body["instance"], "")
        async with caller(app, key) as client:
            page = await client.get("/sessions")
        assert (page.status_code, page.json()) == (200, {"items": [], "next_cursor": None})


def nest_levels(levels: int) -> Request:
    """Return a request that writes a session with this many levels of nesting."""
    return session(f'"x": {"[" * (levels - 1)}{"]" * (levels - 1)}')


UNUSUAL: dict[str, tuple[Request, int]] = {
    "a valid session": (request(VALID), 201),
    "blanks around it": (request(b" \n" + VALID + b"\r\n\t "), 201),
    "gzip": (gzipped(VALID), 201),
    "gzip by its old name": (
        request(gzip.compress(VALID), Content_Encoding="x-gzip"),
        201,
    ),
    "identity as the coding": (request(VALID, Content_Encoding="identity"), 201),
    "a charset in capitals": (media("Application/JSON; charset=UTF-8"), 201),
    "a media type with +json": (media("application/vnd.runner+json"), 201),
    "1 MiB to the byte": (request(VALID + b" " * (2**20 - len(VALID))), 201),
    "chunks": (Request("PUT", SESSION, VALID, JSON_TYPE, chunked=True), 201),
    "32 levels": (nest_levels(32), 201),
    "a key in quotes": (keyed('"a b"'), 201),
    "a key of 255 characters": (keyed("x" * 255), 201),
    "the earliest time": (started_at("2000-01-01T00:00:00Z"), 201),
    "lower-case letters in a time": (started_at("2024-05-06t18:30:00z"), 201),
    "an hour that daylight saving skips": (started_at("2024-03-31T02:30:00+01:00"), 201),
    "nanoseconds": (started_at("2024-05-06T18:30:00.123456789Z"), 201),
    "the highest version": (session('"version": 9007199254740991'), 201),
    "an Accept that cannot be met": (get("/sessions", Accept="application/xml"), 200),
    "an Accept that makes no sense": (get("/sessions", Accept="q=9999"), 200),
    "a Range": (get("/exercises", Range="bytes=0-1"), 200),
    "an If-None-Match that is garbage": (get("/exercises", If_None_Match='"'), 200),
    "an If-None-Match of words": (get("/exercises", If_None_Match="a, b, c"), 200),
    "an unnecessary escape": (get("/exercises/step%2Dup"), 200),
    "the highest limit": (listing("limit=200"), 200),
    "an empty list of equipment": (get("/programs?equipment="), 200),
}


class TestUnusualInput:
    @pytest.mark.parametrize("name", UNUSUAL)
    async def test_is_accepted_and_answered_in_json(self, name: str, app: FastAPI) -> None:
        call, expected = UNUSUAL[name]
        key = await make_key(app)
        answer = await send_request(app, key, call)
        assert answer.status_code == expected, answer.text
        assert answer.headers["content-type"] == "application/json"
        async with caller(app, key) as client:
            assert (await client.get("/sessions")).status_code == 200
