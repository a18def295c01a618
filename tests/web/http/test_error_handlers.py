"""Tests of the problems for errors of the framework and of the database."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from app.database.database import Database
from app.database.errors import DatabaseFailure, DiskFull, NoThreadFree
from tests.client import a_session, caller, make_key, new_id, opened, read_problem

ALLOWED = {
    "/programs": "GET, HEAD, POST",
    "/programs/x": "GET, HEAD",
    "/exercises": "GET, HEAD",
    "/sessions": "GET, HEAD, POST",
    "/sessions/batch": "DELETE, GET, HEAD, POST, PUT",
    f"/sessions/{new_id()}": "DELETE, GET, HEAD, PUT",
    f"/sessions/{new_id()}/sets/{new_id()}": "DELETE, PUT",
    "/livez": "GET, HEAD",
}


class TestMethodNotAllowed:
    @pytest.mark.parametrize(("path", "allowed"), ALLOWED.items(), ids=range(len(ALLOWED)))
    async def test_lists_the_allowed_methods(
        self, path: str, allowed: str, api: httpx.AsyncClient
    ) -> None:
        answer = await api.request("PATCH", path)
        read_problem(answer, 405, "method-not-allowed")
        assert answer.headers["allow"] == allowed
        for method in allowed.split(", "):
            assert (await api.request(method, path)).status_code != 405


class TestNotFound:
    @pytest.mark.parametrize("path", ["/none", "/session", "/programs/a/b", "/docs/x/y"])
    async def test_is_a_problem(self, path: str, anyone: httpx.AsyncClient) -> None:
        for method in ("GET", "POST", "DELETE"):
            body = read_problem(await anyone.request(method, path), 404, "not-found")
            assert body["instance"] == path


ERRORS: list[tuple[Exception, str]] = [
    (NoThreadFree("s3cret"), "overloaded"),
    (DatabaseFailure("s3cret: connection to 10.0.0.1 failed"), "database-unavailable"),
    (DiskFull("s3cret: /var/lib is full"), "storage-full"),
]


class TestDatabaseErrors:
    @pytest.mark.parametrize(("error", "slug"), ERRORS, ids=lambda value: str(value)[:20])
    async def test_has_a_retry_after_and_reveals_no_detail(
        self, error: Exception, slug: str, sqlite_app: FastAPI, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = caller(sqlite_app, await make_key(sqlite_app))
        assert (await client.get("/sessions")).status_code == 200

        async def fail(*_: object) -> None:
            raise error

        monkeypatch.setattr(Database, "write", fail)
        answer = await client.put(f"/sessions/{new_id()}", json=a_session())
        read_problem(answer, 503, slug)
        assert int(answer.headers["retry-after"]) >= 1
        assert "s3cret" not in f"{answer.text}{answer.headers}"

    async def test_responds_with_a_problem_if_a_request_needs_the_database(
        self, without_database: httpx.AsyncClient, sqlite_app: FastAPI
    ) -> None:
        without_database.headers["Authorization"] = f"Bearer {await make_key(sqlite_app)}"
        for method, path in (("GET", "/sessions"), ("GET", "/readyz")):
            answer = await without_database.request(method, path)
            read_problem(answer, 503, "database-unavailable")
            assert answer.headers["retry-after"]

    async def test_does_not_affect_other_requests(
        self, without_database: httpx.AsyncClient
    ) -> None:
        for path in ("/livez", "/programs", "/exercises", "/problems"):
            assert (await without_database.get(path)).status_code == 200
        # Nor in a request that is rejected before.
        assert (await without_database.get("/sessions")).status_code == 401
        assert (await without_database.get("/exercises?seed=true&seed=true")).status_code == 400


@pytest.fixture
async def without_database() -> AsyncIterator[httpx.AsyncClient]:
    async with opened("postgresql://nobody@127.0.0.1:1/nothing") as app, caller(app) as client:
        yield client
