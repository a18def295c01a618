"""A full disk, no PostgreSQL, a read-only database, no free connection: reads continue where they
can, writes are rejected with the fitting problem, and the service recovers without a restart.
"""

import asyncio
import resource
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, LiteralString

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from psycopg import sql

from app.database.database import Database
from tests import client, postgres, processes
from tests.client import a_session, caller, make_key, new_id, slug_of
from tests.durability.run_sizes import RecordFigure, read_size

ROUNDS = read_size("SHORTAGES", short=1, long=50)
FREE_BYTES = 100_000
"""Bytes by which the largest file may still grow."""
CONCURRENT_REQUESTS = 200
POOL_SIZE = 5


@dataclass(slots=True)
class WriteResults:
    """The sessions that were stored, and the problems with which the others were rejected."""

    stored: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def add(self, session_id: str, response: httpx.Response) -> bool:
        """Return whether the session was stored. Fails if it was rejected without a retry time."""
        if response.is_success:
            self.stored.append(session_id)
            return True
        assert response.status_code == 503, response.text
        assert response.headers["retry-after"]
        self.problems.append(slug_of(response))
        return False


@contextmanager
def limit_file_size(server: processes.RunningServer) -> Iterator[None]:
    """Let the server's files grow by no more than FREE_BYTES beyond the largest of them."""
    folder = server.log.parent
    largest = max(file.stat().st_size for file in folder.iterdir())
    unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    pid = server.process.pid
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest + FREE_BYTES, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, unlimited)


def put_session(api: httpx.Client, writes: WriteResults) -> bool:
    session_id = new_id()
    body = a_session(notes="x" * 2000, version=1)
    return writes.add(session_id, api.put(f"/sessions/{session_id}", json=body))


class TestFullDisk:
    def test_of_sqlite_rejects_writes_and_serves_reads(
        self, tmp_path: Path, record_property: RecordFigure
    ) -> None:
        writes = WriteResults()
        with processes.serving(tmp_path, access_log=False) as server:
            headers = {"Authorization": f"Bearer {server.key}"}
            with httpx.Client(base_url=server.address, headers=headers, timeout=30) as api:
                for _ in range(ROUNDS):
                    with limit_file_size(server):
                        while put_session(api, writes):
                            continue
                        # A later write may fit, because SQLite restarts its log when it can.
                        for _ in range(3):
                            put_session(api, writes)
                        assert api.get("/livez").status_code == 200
                        found = api.get(f"/sessions/{writes.stored[-1]}")
                        assert found.status_code == 200
                    assert put_session(api, writes)
                statuses = {api.get(f"/sessions/{one}").status_code for one in writes.stored}
        record_property("times full", ROUNDS)
        record_property("acknowledged writes", len(writes.stored))
        record_property("typed rejections", len(writes.problems))
        assert len(writes.problems) >= ROUNDS
        assert set(writes.problems) <= {"storage-full", "database-unavailable"}
        assert statuses == {200}


class DatabaseAdmin:
    """Changes a database as PostgreSQL's superuser."""

    def __init__(self, server: postgres.Server, url: str) -> None:
        self._server = server
        self._name = url.rpartition("/")[2]

    def alter(self, change: LiteralString) -> None:
        """Change a property of the database, and end all connections with the old property."""
        with psycopg.connect(self._server.address, autocommit=True) as admin:
            name = sql.Identifier(self._name)
            admin.execute(sql.SQL("ALTER DATABASE {} {}").format(name, sql.SQL(change)))
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [self._name],
            )


@pytest.fixture
def admin(cluster: postgres.Server, postgres_url: str) -> DatabaseAdmin:
    return DatabaseAdmin(cluster, postgres_url)


@asynccontextmanager
async def run_service(
    url: str, **settings: Any
) -> AsyncIterator[tuple[FastAPI, httpx.AsyncClient]]:
    async with (
        client.opened(url, **settings) as app,
        caller(app, await make_key(app)) as api,
    ):
        yield app, api


async def put_ten_sessions(api: httpx.AsyncClient, writes: WriteResults) -> set[bool]:
    """Return {True} if all were stored, {False} if none was."""
    ids = [new_id() for _ in range(10)]
    responses = [await api.put(f"/sessions/{one}", json=a_session(version=1)) for one in ids]
    return {writes.add(one, response) for one, response in zip(ids, responses, strict=True)}


class TestUnavailablePostgres:
    @pytest.mark.parametrize(
        ("change", "undo", "read_status"),
        [
            ("ALLOW_CONNECTIONS false", "ALLOW_CONNECTIONS true", 503),
            (
                "SET default_transaction_read_only = on",
                "RESET default_transaction_read_only",
                200,
            ),
        ],
        ids=["postgres without connections", "read-only postgres"],
    )
    async def test_rejects_writes_and_recovers(
        self,
        change: LiteralString,
        undo: LiteralString,
        read_status: int,
        postgres_url: str,
        admin: DatabaseAdmin,
        record_property: RecordFigure,
    ) -> None:
        writes = WriteResults()
        async with run_service(postgres_url) as (_, api):
            for _ in range(ROUNDS):
                assert await put_ten_sessions(api, writes) == {True}
                admin.alter(change)
                assert await put_ten_sessions(api, writes) == {False}
                assert (await api.get(f"/sessions/{writes.stored[0]}")).status_code == read_status
                assert (await api.get("/livez")).status_code == 200
                assert (await api.get("/readyz")).status_code == 503
                admin.alter(undo)
                assert await put_ten_sessions(api, writes) == {True}
                assert (await api.get("/readyz")).status_code == 200
            kept = [await api.get(f"/sessions/{one}") for one in writes.stored]
        record_property("times away", ROUNDS)
        record_property("acknowledged writes", len(writes.stored))
        record_property("typed rejections", len(writes.problems))
        assert set(writes.problems) == {"database-unavailable"}
        assert {answer.status_code for answer in kept} == {200}


@asynccontextmanager
async def block_connections(database: Database, readers: int) -> AsyncIterator[None]:
    """Keep this many connections busy with queries that do not end."""
    gate, entered = threading.Event(), threading.Semaphore(0)

    def wait(_tx: object) -> None:
        entered.release()
        gate.wait(processes.SECONDS)

    tasks = [asyncio.create_task(database.read(wait)) for _ in range(readers)]
    for _ in range(readers):
        assert await asyncio.to_thread(entered.acquire, timeout=processes.SECONDS)
    try:
        yield
    finally:
        gate.set()
        await asyncio.gather(*tasks)


async def request_at_once(api: httpx.AsyncClient) -> tuple[list[str], float]:
    """Return the result of each of many concurrent requests, and the seconds until the last."""
    began = time.monotonic()
    requests = (api.get("/sessions") for _ in range(CONCURRENT_REQUESTS))
    responses = await asyncio.gather(*requests)
    results = ["ok" if one.is_success else slug_of(one) for one in responses]
    return results, time.monotonic() - began


class TestStuckConnections:
    async def test_of_one_query_blocks_no_request(self, database_url: str) -> None:
        async with run_service(database_url, read_pool_size=POOL_SIZE, pool_wait_s=5) as (app, api):
            async with block_connections(app.state.resources.database, 1):
                results, _ = await request_at_once(api)
            assert results == ["ok"] * CONCURRENT_REQUESTS

    async def test_of_all_queries_reject_only_requests_that_need_one(
        self, database_url: str, record_property: RecordFigure
    ) -> None:
        async with run_service(database_url, read_pool_size=POOL_SIZE, pool_wait_s=1) as (app, api):
            for _ in range(read_size("STUCK", short=1, long=20)):
                async with block_connections(app.state.resources.database, POOL_SIZE):
                    requests = asyncio.create_task(request_at_once(api))
                    await asyncio.sleep(0)
                    assert (await api.get("/livez")).status_code == 200
                    assert (await api.post("/programs", json={"age": "x"})).status_code == 422
                    wrong = await api.get("/sessions", headers={"Authorization": "Bearer x"})
                    assert wrong.status_code == 401
                    assert not requests.done()
                    results, waited_s = await requests
                assert set(results) == {"overloaded"}
                assert waited_s < 5
                record_property("refused in time", len(results))
                record_property("longest wait of 200 at once (s)", waited_s)
                assert (await api.get("/sessions")).status_code == 200
