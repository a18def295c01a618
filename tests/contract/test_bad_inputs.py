"""Sends the bad inputs, on both databases: each gets its problem, and the next list is 200."""

import gzip
import urllib.parse
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.client import ORIGIN, caller, make_key, read_problem, slug_of
from tests.contract.bad_inputs import (
    FINE,
    MARK,
    SAID_SO,
    SESSION,
    TABLE,
    Call,
    began,
    got,
    keyed,
    listing,
    media,
    packed,
    sent,
    session,
)


def aim(app: ASGIApp, target: str) -> ASGIApp:
    """The app, asked for exactly this target, which a client of good manners would put right."""
    raw, _, query = target.partition("?")

    async def ask(scope: Scope, receive: Receive, send: Send) -> None:
        place = {
            "raw_path": raw.encode("ascii"),
            "path": urllib.parse.unquote(raw),
            "query_string": query.encode("ascii"),
        }
        await app({**scope, **place}, receive, send)

    return ask


async def in_chunks(body: bytes) -> AsyncIterator[bytes]:
    for begin in range(0, len(body), 65_536):
        yield body[begin : begin + 65_536]


async def send(app: ASGIApp, key: str, call: Call) -> httpx.Response:
    """The answer to a call as it stands in the table."""
    transport = httpx.ASGITransport(app=aim(app, call.target), raise_app_exceptions=False)
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
    async def test_gets_its_problem_and_leaves_nothing_behind(
        self, name: str, app: FastAPI
    ) -> None:
        call, expected = TABLE[name]
        status, _, slug = expected.partition(" ")
        key = await make_key(app)
        answer = await send(app, key, call)
        assert f"{answer.status_code} {slug_of(answer)}" == expected, answer.text
        body = read_problem(answer, int(status), slug)
        assert MARK not in answer.text.replace(body["instance"], "")
        async with caller(app, key) as client:
            listing = await client.get("/sessions")
        assert (listing.status_code, listing.json()) == (200, {"items": [], "next_cursor": None})


def deep(levels: int) -> Call:
    """A session that nests as deep as this."""
    return session(f'"x": {"[" * (levels - 1)}{"]" * (levels - 1)}')


ODD: dict[str, tuple[Call, int]] = {
    "a session as it should be": (sent(FINE), 201),
    "blanks around it": (sent(b" \n" + FINE + b"\r\n\t "), 201),
    "gzip": (packed(FINE), 201),
    "gzip by its old name": (sent(gzip.compress(FINE), Content_Encoding="x-gzip"), 201),
    "the coding that is none": (sent(FINE, Content_Encoding="identity"), 201),
    "a charset in capitals": (media("Application/JSON; charset=UTF-8"), 201),
    "a kind of JSON": (media("application/vnd.runner+json"), 201),
    "1 MiB to the byte": (sent(FINE + b" " * (2**20 - len(FINE))), 201),
    "chunks": (Call("PUT", SESSION, FINE, SAID_SO, chunked=True), 201),
    "32 levels": (deep(32), 201),
    "a key in quotes": (keyed('"a b"'), 201),
    "a key of 255 characters": (keyed("x" * 255), 201),
    "the first moment": (began("2000-01-01T00:00:00Z"), 201),
    "small letters in a moment": (began("2024-05-06t18:30:00z"), 201),
    "an hour that no clock showed": (began("2024-03-31T02:30:00+01:00"), 201),
    "nanoseconds": (began("2024-05-06T18:30:00.123456789Z"), 201),
    "the greatest version": (session('"version": 9007199254740991'), 201),
    "an Accept that we cannot meet": (got("/sessions", Accept="application/xml"), 200),
    "an Accept that makes no sense": (got("/sessions", Accept="q=9999"), 200),
    "a Range": (got("/exercises", Range="bytes=0-1"), 200),
    "an If-None-Match that is garbage": (got("/exercises", If_None_Match='"'), 200),
    "an If-None-Match of words": (got("/exercises", If_None_Match="a, b, c"), 200),
    "an escape that was not needed": (got("/exercises/step%2Dup"), 200),
    "1 and 200": (listing("limit=200"), 200),
    "an empty list of equipment": (got("/programs?equipment="), 200),
}


class TestOddInput:
    @pytest.mark.parametrize("name", ODD)
    async def test_is_taken_and_answered_in_json(self, name: str, app: FastAPI) -> None:
        call, expected = ODD[name]
        key = await make_key(app)
        answer = await send(app, key, call)
        assert answer.status_code == expected, answer.text
        assert answer.headers["content-type"] == "application/json"
        async with caller(app, key) as client:
            assert (await client.get("/sessions")).status_code == 200
