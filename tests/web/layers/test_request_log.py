"""Tests of what every response has, for any route and any error."""

from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from app.main import create_app
from app.settings import Settings
from app.web.layers.request_log import MAX_PATH_LENGTH
from tests.client import a_session, caller, make_key, new_id, read_problem

# A fixed id, because every process must collect the same tests.
SOME_ID = "0190d1c5-6b1e-7c3a-9f57-1d2f3a4b5c6d"
VALUES = {
    "session_id": SOME_ID, "set_id": SOME_ID, "athlete_id": "ann", "program_id": "x",
    "week": "1", "session": "1", "slug": "step-up", "name": "docs.css", "asset": "docs.css",
}  # fmt: skip


def find_calls() -> Iterator[tuple[str, str]]:
    """Each method of each route of the service, pages included, with a path."""
    for route in iter_route_contexts(create_app(Settings()).routes):
        names = {name: VALUES.get(name, "x") for name in route.param_convertors}
        for method in sorted(route.methods or ()):
            yield method, str(route.path_format).format_map(names)


class TestEveryResponse:
    # The URL of a programme has two routes: one for data, one for browsers.
    @pytest.mark.parametrize(
        ("method", "path"), [*dict.fromkeys(find_calls()), ("GET", "/none"), ("PUT", "/")]
    )
    async def test_has_security_headers_and_a_request_id(
        self, method: str, path: str, sqlite_app: FastAPI
    ) -> None:
        keyed = caller(sqlite_app, await make_key(sqlite_app))
        for client in (keyed, caller(sqlite_app)):
            answer = await client.request(method, path)
            assert answer.status_code < 500
            headers = answer.headers
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"
            media_type = headers.get("content-type", "").partition(";")[0]
            policy = headers["content-security-policy"]
            assert policy.startswith("default-src 'none';") or media_type == "text/html"
            # A page may show a picture in an <object>; there is nothing in it to click on.
            assert "frame-ancestors 'none'" in policy or media_type == "image/svg+xml"
            assert len(headers["x-request-id"]) >= 8
            assert "server" not in headers
            assert len(headers.get_list("content-security-policy")) == 1

    async def test_is_a_problem_if_it_is_an_error(self, sqlite_app: FastAPI) -> None:
        client = caller(sqlite_app)
        for method, path in find_calls():
            answer = await client.request(method, path)
            if answer.status_code >= 400 and method != "HEAD":
                slug = answer.json()["type"].removeprefix("/problems/")
                body = read_problem(answer, answer.status_code, slug)
                assert body["instance"] == path


class TestRequestId:
    @pytest.mark.parametrize("sent", ["12345678", "a.b-c_D9", "x" * 64])
    async def test_is_the_one_of_the_request_if_it_is_plain(
        self, sent: str, anyone: httpx.AsyncClient
    ) -> None:
        answer = await anyone.get("/none", headers={"X-Request-ID": sent})
        assert answer.headers["x-request-id"] == answer.json()["request_id"] == sent

    @pytest.mark.parametrize("sent", ["", "short", "x" * 65, "a b c d e", "<script>", "ünicode-id"])
    async def test_is_a_new_one_otherwise(self, sent: str, anyone: httpx.AsyncClient) -> None:
        headers = httpx.Headers({"X-Request-ID": sent}, encoding="utf-8")
        ids = {
            (await anyone.get("/none", headers=headers)).headers["x-request-id"] for _ in range(2)
        }
        assert len(ids) == 2
        assert sent not in ids


class TestHead:
    @pytest.mark.parametrize(
        "path", ["/exercises", "/exercises?track=step_up", "/programs", "/docs", "/none", "/livez"]
    )
    async def test_has_the_headers_of_get_and_no_body(
        self, path: str, anyone: httpx.AsyncClient
    ) -> None:
        got, head = await anyone.get(path), await anyone.head(path)
        assert head.content == b""
        assert head.status_code == got.status_code
        # The second may come from the cache, without the Vary: Origin of the CORS layer.
        differing = ("x-request-id", "vary")
        assert {k: v for k, v in head.headers.items() if k not in differing} == {
            k: v for k, v in got.headers.items() if k not in differing
        }

    async def test_is_rejected_for_a_path_without_get(self, anyone: httpx.AsyncClient) -> None:
        assert (await anyone.head("/sessions/batch")).status_code in (401, 405, 422)


class TestPath:
    async def test_is_limited_in_length(self, anyone: httpx.AsyncClient) -> None:
        fits = "/" + "x" * (MAX_PATH_LENGTH - 1)
        read_problem(await anyone.get(fits), 404, "not-found")
        read_problem(await anyone.get(fits + "x"), 414, "uri-too-long")

    async def test_does_not_exist_with_a_trailing_slash(self, api: httpx.AsyncClient) -> None:
        for path in ("/sessions/", "/programs/", f"/sessions/{new_id()}/"):
            answer = await api.get(path, headers={"Host": "evil.example"})
            read_problem(answer, 404, "not-found")
            assert "location" not in answer.headers

    async def test_does_not_become_a_link_to_another_host(self, api: httpx.AsyncClient) -> None:
        evil = {"Host": "evil.example"}
        await api.post("/sessions", json=a_session(), headers=evil)
        made = await api.post("/sessions", json=a_session(), headers=evil)
        assert made.headers["location"].startswith("/sessions/")
        listed = await api.get("/sessions?limit=1", headers=evil)
        assert listed.headers["link"].startswith("</sessions?")
        assert "evil" not in f"{made.headers}{listed.headers}{listed.text}"
