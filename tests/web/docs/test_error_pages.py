"""Tests of 404 and 410: pages for people, the problem for everybody else."""

from collections.abc import AsyncIterator

import httpx
import pytest

from app.main import create_app
from app.settings import Settings
from tests.client import read_problem
from tests.web.docs.page_links import PageLinks

BROWSERS = [
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "text/html, application/json;q=0.9",
    "text/html",
    "TEXT/HTML;q=0.5",
    "text/html\t;q=0.5,application/json;q=0.4",
]
# What Java's HttpURLConnection sends by itself.
JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"
PROGRAMS = [
    "",
    "*/*",
    "application/json",
    "application/problem+json, text/html;q=0.9",
    "application/json, text/html",
    "text/html;q=0.5, */*;q=0.8",
    "text/html;q=0",
    "text/html;q=2",
    "text/html;q=0.3, application/*",
    "text/*",
    "text/html, */*",
    JAVA,
    "gibberish",
]
# No route, a name that does not exist, a damaged id.
PATHS = [
    "/nowhere",
    "/guides/nothing",
    "/exercises/nothing",
    "/programs/nothing",
    "/problems/%3Cb%3E",
]
each_path = pytest.mark.parametrize("path", PATHS)


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create_app(Settings(access_log=False)))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as opened:
        yield opened


class TestNotFoundPage:
    @each_path
    @pytest.mark.parametrize("accept", BROWSERS)
    async def test_is_html_for_a_browser(
        self, path: str, accept: str, client: httpx.AsyncClient
    ) -> None:
        answer = await client.get(path, headers={"Accept": accept})
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "Accept" in answer.headers["vary"].split(", ")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-language"] == "en"
        assert answer.headers.get_list("content-security-policy")[0].startswith(
            "default-src 'none'"
        )

    @each_path
    @pytest.mark.parametrize("accept", PROGRAMS)
    async def test_is_a_problem_for_everybody_else(
        self, path: str, accept: str, client: httpx.AsyncClient
    ) -> None:
        answer = await client.get(path, headers={"Accept": accept})
        read_problem(answer, 404, "not-found")
        assert "Accept" in answer.headers["vary"].split(", ")

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
    async def test_is_a_problem_for_a_write(self, method: str, client: httpx.AsyncClient) -> None:
        answer = await client.request(method, "/nowhere", headers={"Accept": "text/html"})
        read_problem(answer, 404, "not-found")

    async def test_leads_on(self, client: httpx.AsyncClient) -> None:
        page = PageLinks((await client.get("/nowhere", headers={"Accept": "text/html"})).text)
        assert {"/", "/docs", "/guides", "/problems/not-found"} <= set(page.found)
        assert page.inline == []
        for link in page.found:
            assert (await client.get(link)).status_code == 200

    async def test_repeats_nothing_of_the_address(self, client: httpx.AsyncClient) -> None:
        path = "/%3Cscript%3Ealert(1)%3C/script%3E"
        answer = await client.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 404
        assert "alert" not in answer.text

    async def test_has_no_body_for_head(self, client: httpx.AsyncClient) -> None:
        answer = await client.head("/nowhere", headers={"Accept": "text/html"})
        assert (answer.status_code, answer.content) == (404, b"")
        assert answer.headers["content-type"] == "text/html; charset=utf-8"

    async def test_is_not_for_other_errors(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/exercises?x=1", headers={"Accept": "text/html"})
        read_problem(answer, 400, "unknown-parameter")


class TestRetiredPage:
    # An id of engine 1, which was never released.
    RETIRED = "AYiAYAJaAMrN4oQ"

    @pytest.mark.parametrize("rest", ["", "/weeks/1", "/weeks/1/sessions/1"])
    async def test_links_to_the_successor(self, rest: str, client: httpx.AsyncClient) -> None:
        path = f"/programs/{self.RETIRED}{rest}"
        answer = await client.get(path, headers={"Accept": BROWSERS[0]})
        assert answer.status_code == 410
        assert "Accept" in answer.headers["vary"].split(", ")
        successor = answer.headers["link"].partition(">")[0].removeprefix("<")
        assert successor in PageLinks(answer.text).found
        page = await client.get(successor, headers={"Accept": BROWSERS[0]})
        assert page.headers["content-type"] == "text/html; charset=utf-8"

    @pytest.mark.parametrize("accept", ["*/*", JAVA])
    async def test_is_a_problem_for_everybody_else(
        self, accept: str, client: httpx.AsyncClient
    ) -> None:
        answer = await client.get(f"/programs/{self.RETIRED}", headers={"Accept": accept})
        read_problem(answer, 410, "program-engine-retired")
