"""Tests of /warning-signs: what to ask before a programme, and its ETag."""

from collections.abc import AsyncIterator

import httpx
import pytest

from app.main import create_app
from app.settings import Settings
from app.training.catalog.warning_signs import WARNING_SIGNS
from tests.client import read_problem


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create_app(Settings(access_log=False)))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as opened:
        yield opened


class TestListWarningSigns:
    async def test_returns_code_question_and_urgency(self, client: httpx.AsyncClient) -> None:
        items = (await client.get("/warning-signs")).json()["items"]
        assert items[0] == {
            "code": "sudden_snap",
            "question": "Did you feel a sudden snap or pop in the calf or heel?",
            "urgent": True,
        }
        assert [item["code"] for item in items] == [sign.code for sign in WARNING_SIGNS]

    async def test_returns_codes_that_block_a_programme(self, client: httpx.AsyncClient) -> None:
        for sign in WARNING_SIGNS:
            answer = await client.post("/programs", json={"red_flags": [sign.code]})
            assert answer.json()["status"] == "blocked"

    async def test_rejects_an_unknown_parameter(self, client: httpx.AsyncClient) -> None:
        read_problem(await client.get("/warning-signs?urgent=true"), 400, "unknown-parameter")

    async def test_is_answered_with_304_the_second_time(self, client: httpx.AsyncClient) -> None:
        first = await client.get("/warning-signs")
        again = await client.get("/warning-signs", headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        for answer in (first, again):
            assert answer.headers["cache-control"] == "public, max-age=300, must-revalidate"
            assert answer.headers["access-control-allow-origin"] == "*"
