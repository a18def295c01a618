"""No room, no server, no right to write, no free connection: reads go on where they can, writes
are refused with what is wrong, and all is well again without a restart.
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
"""Bytes that a file may still grow by."""
CONCURRENT_REQUESTS = 200
POOL_SIZE = 5


@dataclass(slots=True)
class WriteResults:
    """What was acknowledged, and how the rest was refused."""

    stored: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def note(self, session_id: str, answer: httpx.Response) -> bool:
        """Whether it was stored."""
        if answer.is_success:
            self.stored.append(session_id)
            return True
        assert answer.status_code == 503, answer.text
        assert answer.headers["retry-after"]
        self.refused.append(slug_of(answer))
        return False


@contextmanager
def limit_file_size(server: processes.RunningServer) -> Iterator[None]:
    """The system takes no more bytes of this process than these into any one file."""
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
    return writes.note(session_id, api.put(f"/sessions/{session_id}", json=body))


class TestFullDisk:
    def test_of_sqlite_that_is_full_refuses_writes_and_is_read(
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
                        # One that follows may fit: SQLite begins its log anew where it can.
                        for _ in range(3):
                            put_session(api, writes)
                        assert api.get("/livez").status_code == 200
                        found = api.get(f"/sessions/{writes.stored[-1]}")
                        assert found.status_code == 200
                    assert put_session(api, writes)
                kept = {api.get(f"/sessions/{one}").status_code for one in writes.stored}
        record_property("times full", ROUNDS)
        record_property("acknowledged writes", len(writes.stored))
        record_property("typed refusals", len(writes.refused))
        assert len(writes.refused) >= ROUNDS
        assert set(writes.refused) <= {"storage-full", "database-unavailable"}
        assert kept == {200}


class DatabaseAdmin:
    """PostgreSQL's superuser, who takes a database away and gives it back."""

    def __init__(self, server: postgres.Server, url: str) -> None:
        self._server = server
        self._name = url.rpartition("/")[2]

    def alter(self, change: LiteralString) -> None:
        """Change a property of the database, and end all connections that still have the old."""
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
    """Whether writes are stored."""
    ids = [new_id() for _ in range(10)]
    answers = [await api.put(f"/sessions/{one}", json=a_session(version=1)) for one in ids]
    return {writes.note(one, told) for one, told in zip(ids, answers, strict=True)}


class TestUnavailablePostgres:
    @pytest.mark.parametrize(
        ("away", "back", "read"),
        [
            ("ALLOW_CONNECTIONS false", "ALLOW_CONNECTIONS true", 503),
            (
                "SET default_transaction_read_only = on",
                "RESET default_transaction_read_only",
                200,
            ),
        ],
        ids=["postgres that is gone", "postgres that is read-only"],
    )
    async def test_refuses_writes_and_comes_back(
        self,
        away: LiteralString,
        back: LiteralString,
        read: int,
        postgres_url: str,
        admin: DatabaseAdmin,
        record_property: RecordFigure,
    ) -> None:
        writes = WriteResults()
        async with run_service(postgres_url) as (_, api):
            for _ in range(ROUNDS):
                assert await put_ten_sessions(api, writes) == {True}
                admin.alter(away)
                assert await put_ten_sessions(api, writes) == {False}
                assert (await api.get(f"/sessions/{writes.stored[0]}")).status_code == read
                assert (await api.get("/livez")).status_code == 200
                assert (await api.get("/readyz")).status_code == 503
                admin.alter(back)
                assert await put_ten_sessions(api, writes) == {True}
                assert (await api.get("/readyz")).status_code == 200
            kept = [await api.get(f"/sessions/{one}") for one in writes.stored]
        record_property("times away", ROUNDS)
        record_property("acknowledged writes", len(writes.stored))
        record_property("typed refusals", len(writes.refused))
        assert set(writes.refused) == {"database-unavailable"}
        assert {answer.status_code for answer in kept} == {200}


@asynccontextmanager
async def block_connections(database: Database, readers: int) -> AsyncIterator[None]:
    """So many connections are kept by queries that do not end."""
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
    """What each of many that ask at once is told, and how long the last had to wait."""
    began = time.monotonic()
    answers = await asyncio.gather(*(api.get("/sessions") for _ in range(CONCURRENT_REQUESTS)))
    told = ["ok" if answer.is_success else slug_of(answer) for answer in answers]
    return told, time.monotonic() - began


class TestStuckConnections:
    async def test_with_one_stuck_query_serves_all(self, database_url: str) -> None:
        async with run_service(database_url, read_pool_size=POOL_SIZE, pool_wait_s=5) as (app, api):
            async with block_connections(app.state.database, 1):
                told, _ = await request_at_once(api)
            assert told == ["ok"] * CONCURRENT_REQUESTS

    async def test_that_is_stuck_refuses_in_time_and_only_who_needs_it(
        self, database_url: str, record_property: RecordFigure
    ) -> None:
        async with run_service(database_url, read_pool_size=POOL_SIZE) as (app, api):
            for _ in range(read_size("STUCK", short=1, long=20)):
                async with block_connections(app.state.database, POOL_SIZE):
                    asking = asyncio.create_task(request_at_once(api))
                    await asyncio.sleep(0)
                    assert (await api.get("/livez")).status_code == 200
                    assert (await api.post("/programs", json={"age": "x"})).status_code == 422
                    wrong = await api.get("/sessions", headers={"Authorization": "Bearer x"})
                    assert wrong.status_code == 401
                    assert not asking.done()
                    told, waited_s = await asking
                assert set(told) == {"overloaded"}
                assert waited_s < 5
                record_property("refused in time", len(told))
                record_property("longest wait of 200 at once (s)", waited_s)
                assert (await api.get("/sessions")).status_code == 200
