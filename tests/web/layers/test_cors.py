"""Tests of CORS: pages of any origin may call public paths, listed origins all paths."""

from collections.abc import AsyncIterator

import httpx
import pytest

from app.web.http.answers import EXPOSED_HEADERS
from tests.client import caller, opened

NO_DATABASE = "postgresql://nobody@127.0.0.1:1/nothing"
ANY_ORIGIN, LISTED_ORIGIN = "https://page.example", "https://app.example"
PUBLIC_PATHS = ["/exercises", "/exercises/step-up", "/programs?weeks=4", "/exercises/none",
          "/programs/x", "/programs?x=1"]  # fmt: skip
SESSION = "/sessions/0190d1c5-6b1e-7c3a-9f57-1d2f3a4b5c6d"


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with opened(NO_DATABASE) as app, caller(app) as plain:
        yield plain


@pytest.fixture(scope="module")
async def listing_client() -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service with one listed origin."""
    async with opened(NO_DATABASE, cors_origins=LISTED_ORIGIN) as app, caller(app) as plain:
        yield plain


async def preflight(
    client: httpx.AsyncClient, path: str, method: str, origin: str, headers: str = "content-type"
) -> httpx.Response:
    request_headers = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": headers,
    }
    return await client.options(path, headers=request_headers)


class TestPublicPath:
    @pytest.mark.parametrize("path", PUBLIC_PATHS)
    async def test_allows_a_get_from_any_origin(self, path: str, client: httpx.AsyncClient) -> None:
        # Twice, because the second answer may come from the cache.
        for _ in range(2):
            answer = await client.get(path, headers={"Origin": ANY_ORIGIN})
            assert answer.headers["access-control-allow-origin"] == "*"
            assert answer.headers["access-control-expose-headers"] == ", ".join(EXPOSED_HEADERS)
            assert "access-control-allow-credentials" not in answer.headers

    async def test_allows_a_post_from_any_origin(self, client: httpx.AsyncClient) -> None:
        preflighted = await preflight(client, "/programs", "POST", ANY_ORIGIN)
        assert preflighted.status_code == 200
        assert preflighted.headers["access-control-allow-origin"] == "*"
        assert "POST" in preflighted.headers["access-control-allow-methods"]
        assert "Content-Type" in preflighted.headers["access-control-allow-headers"]
        answer = await client.post("/programs", json={}, headers={"Origin": ANY_ORIGIN})
        assert answer.headers["access-control-allow-origin"] == "*"


class TestOtherPath:
    async def test_rejects_origins_that_are_not_listed(
        self, client: httpx.AsyncClient, listing_client: httpx.AsyncClient
    ) -> None:
        rejected: list[httpx.Response] = []
        wanted_headers = "authorization, content-type"
        for each in (client, listing_client):
            rejected.append(await preflight(each, SESSION, "PUT", ANY_ORIGIN, wanted_headers))
            rejected.append(await each.get("/sessions", headers={"Origin": ANY_ORIGIN}))
        assert len(rejected) == 4
        for answer in rejected:
            assert answer.status_code >= 400
            assert "access-control-allow-origin" not in answer.headers

    async def test_allows_a_listed_origin(self, listing_client: httpx.AsyncClient) -> None:
        wanted_headers = "authorization, content-type, if-match"
        preflighted = await preflight(listing_client, SESSION, "PUT", LISTED_ORIGIN, wanted_headers)
        assert preflighted.status_code == 200
        answer = await listing_client.get("/sessions", headers={"Origin": LISTED_ORIGIN})
        for response in (preflighted, answer):
            assert response.headers["access-control-allow-origin"] == LISTED_ORIGIN
            assert "Origin" in response.headers["vary"]
            assert "access-control-allow-credentials" not in response.headers
