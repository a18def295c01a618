"""Tests of the step from bytes to a response: what is cached, by which path, and what is not."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from fastapi import FastAPI, Request
from starlette.types import Scope

from app.main import create_app
from app.settings import Settings
from app.web.http.answers import FIT, AnswerCache
from app.web.http.responses import CacheKey, respond, respond_cached, respond_file

HEADERS = {"Cache-Control": "public"}


@pytest.fixture
def app() -> FastAPI:
    return create_app(Settings(access_log=False))


@pytest.fixture
def cache(app: FastAPI) -> AnswerCache:
    cache: AnswerCache = app.state.resources.answer_cache
    return cache


def make_request(app: FastAPI, query: str = "") -> Request:
    scope: Scope = {
        "type": "http",
        "method": "GET",
        "path": "/things/1",
        "query_string": query.encode(),
        "headers": [],
        "app": app,
        "route": SimpleNamespace(path_format="/things/{thing}"),
    }
    return Request(scope)


def count_builds() -> Iterator[bytes]:
    """Yield another body for each build."""
    yield from (b"first", b"second")


class TestRespond:
    def test_is_not_cached(self, app: FastAPI, cache: AnswerCache) -> None:
        response = respond(make_request(app), b"{}", HEADERS)
        assert (response.body, response.headers["content-type"]) == (b"{}", "application/json")
        assert response.headers["etag"]
        assert cache.get("/things/1") is None


class TestRespondCached:
    def test_builds_once(self, app: FastAPI) -> None:
        bodies = count_builds()
        found = [respond_cached(make_request(app), lambda: next(bodies), HEADERS) for _ in range(2)]
        assert [response.body for response in found] == [b"first", b"first"]

    def test_is_named_by_its_route(self, app: FastAPI, cache: AnswerCache) -> None:
        respond_cached(make_request(app), lambda: b"{}", HEADERS)
        answer = cache.get("/things/1")
        assert answer is not None
        assert answer.template == "/things/{thing}"

    def test_is_not_cached_with_a_query(self, app: FastAPI, cache: AnswerCache) -> None:
        bodies = count_builds()
        found = [respond_cached(make_request(app, "a=1"), lambda: next(bodies), {}) for _ in "12"]
        assert [response.body for response in found] == [b"first", b"second"]
        assert cache.get("/things/1") is None

    def test_is_cached_by_the_path_of_a_key(self, app: FastAPI, cache: AnswerCache) -> None:
        key = CacheKey("/others/2", "/others/{other}")
        respond_cached(make_request(app, "a=1"), lambda: b"{}", HEADERS, key=key)
        assert cache.get("/others/2") is not None


class TestRespondFile:
    @pytest.mark.parametrize("cached", [True, False])
    async def test_is_cached_on_request(
        self, cached: bool, app: FastAPI, cache: AnswerCache
    ) -> None:
        async def build() -> bytes:
            return b"file"

        response = await respond_file(make_request(app), build, HEADERS, FIT, cached=cached)
        assert (response.body, response.headers["content-type"]) == (b"file", FIT)
        assert (cache.get("/things/1") is not None) == cached
