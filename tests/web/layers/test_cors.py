"""Holds which pages of other origins may call: anybody's the public part, listed ones the rest."""

from collections.abc import AsyncIterator

import httpx
import pytest

from app.web.http.answers import EXPOSED_HEADERS
from tests.client import caller, opened

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"
ANY, LISTED = "https://page.example", "https://app.example"
PUBLIC = ["/exercises", "/exercises/step-up", "/programs?weeks=4", "/exercises/none",
          "/programs/x", "/programs?x=1"]  # fmt: skip
SESSION = "/sessions/0190d1c5-6b1e-7c3a-9f57-1d2f3a4b5c6d"


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with opened(NOWHERE) as app, caller(app) as plain:
        yield plain


@pytest.fixture(scope="module")
async def listing() -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service whose operator lets one origin in."""
    async with opened(NOWHERE, cors_origins=LISTED) as app, caller(app) as plain:
        yield plain


async def preflight(
    client: httpx.AsyncClient, path: str, method: str, origin: str, headers: str = "content-type"
) -> httpx.Response:
    named = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": headers,
    }
    return await client.options(path, headers=named)


class TestPublicPart:
    @pytest.mark.parametrize("path", PUBLIC)
    async def test_may_be_read_by_a_page_of_any_origin(
        self, path: str, client: httpx.AsyncClient
    ) -> None:
        # Twice, because the second answer may come from the shelf.
        for _ in range(2):
            answer = await client.get(path, headers={"Origin": ANY})
            assert answer.headers["access-control-allow-origin"] == "*"
            assert answer.headers["access-control-expose-headers"] == ", ".join(EXPOSED_HEADERS)
            assert "access-control-allow-credentials" not in answer.headers

    async def test_may_be_posted_to_by_a_page_of_any_origin(
        self, client: httpx.AsyncClient
    ) -> None:
        asked = await preflight(client, "/programs", "POST", ANY)
        assert asked.status_code == 200
        assert asked.headers["access-control-allow-origin"] == "*"
        assert "POST" in asked.headers["access-control-allow-methods"]
        assert "Content-Type" in asked.headers["access-control-allow-headers"]
        answer = await client.post("/programs", json={}, headers={"Origin": ANY})
        assert answer.headers["access-control-allow-origin"] == "*"


class TestRest:
    async def test_is_closed_to_pages_unless_they_are_listed(
        self, client: httpx.AsyncClient, listing: httpx.AsyncClient
    ) -> None:
        closed = (await preflight(client, SESSION, "PUT", ANY, "authorization, content-type"),
                  await preflight(listing, SESSION, "PUT", ANY, "authorization, content-type"),
                  await client.get("/sessions", headers={"Origin": ANY}),
                  await listing.get("/sessions", headers={"Origin": ANY}))  # fmt: skip
        for answer in closed:
            assert answer.status_code >= 400
            assert "access-control-allow-origin" not in answer.headers

    async def test_is_open_to_a_listed_page(self, listing: httpx.AsyncClient) -> None:
        wanted = "authorization, content-type, if-match"
        asked = await preflight(listing, SESSION, "PUT", LISTED, wanted)
        assert asked.status_code == 200
        answer = await listing.get("/sessions", headers={"Origin": LISTED})
        for one in (asked, answer):
            assert one.headers["access-control-allow-origin"] == LISTED
            assert "Origin" in one.headers["vary"]
            assert "access-control-allow-credentials" not in one.headers
