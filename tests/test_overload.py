"""More than a server can do, for real: it goes on with what fits, and says so to the rest at once.

The writer is held up by a lock on the database's file, so that what is in flight is known to the
request, however fast or busy the machine is.
"""

import asyncio
import socket
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.client import a_session, new_id, read_problem
from tests.processes import SECONDS, Running, serving

PLACES, SHARE = 8, 2
PATIENT = {"pool_wait_s": 20, "statement_timeout_s": 30, "request_timeout_s": 60}
"""A server that would rather wait than refuse, so that whatever it refuses is for want of a place.
"""
ROUNDS = 10

Asking = asyncio.Task[httpx.Response]


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with few places."""
    with overloaded(tmp_path_factory.mktemp("full"), max_in_flight=PLACES) as server:
        yield server


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with few places, and fewer for each."""
    limits = {"max_in_flight": PLACES, "max_in_flight_each": SHARE}
    with overloaded(tmp_path_factory.mktemp("shared"), **limits) as server:
        yield server


@contextmanager
def overloaded(folder: Path, **limits: int) -> Iterator[Running]:
    with serving(folder, access_log=False, **PATIENT, **limits) as server:
        yield server


@contextmanager
def locked(server: Running) -> Iterator[sqlite3.Connection]:
    """A lock that no writer gets past before it is rolled back."""
    path = server.log.with_name("pushoff.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("BEGIN IMMEDIATE")
        yield file


def client_of(server: Running) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=server.address,
        headers={"Authorization": f"Bearer {server.key}"},
        timeout=2 * SECONDS,
        limits=httpx.Limits(max_connections=None),
    )


def put(client: httpx.AsyncClient, times: int) -> list[Asking]:
    return [
        asyncio.create_task(client.put(f"/sessions/{new_id()}", json=a_session()))
        for _ in range(times)
    ]


async def first(tasks: list[Asking], many: int) -> list[httpx.Response]:
    """The first so many answers."""
    answers: list[httpx.Response] = []
    async with asyncio.timeout(SECONDS):
        for coming in asyncio.as_completed(tasks):
            answers.append(await coming)
            if len(answers) == many:
                break
    return answers


class TestCrowd:
    @pytest.mark.parametrize("times", [2, 5])
    async def test_is_told_at_once_but_for_those_who_have_a_place(
        self, times: int, full: Running
    ) -> None:
        many = times * PLACES
        async with client_of(full) as client:
            with locked(full) as file:
                tasks = put(client, many)
                refused = await first(tasks, many - PLACES)
                health = [(await client.get("/livez")).status_code for _ in range(20)]
                waiting = [task for task in tasks if not task.done()]
                file.execute("ROLLBACK")
            for answer in refused:
                read_problem(answer, 503, "overloaded")
                assert answer.headers["retry-after"] == "1"
            assert health == [200] * 20
            assert [(await task).status_code for task in waiting] == [201] * PLACES

    async def test_waits_for_one_another_without_limits(self, tmp_path: Path) -> None:
        with overloaded(tmp_path, max_in_flight=0) as server:
            async with client_of(server) as client:
                with locked(server) as file:
                    tasks = put(client, 5 * PLACES)
                    # By the time that these are answered, the rest would have been refused.
                    for _ in range(20):
                        assert (await client.get("/livez")).status_code == 200
                    done = [task for task in tasks if task.done()]
                    file.execute("ROLLBACK")
                assert done == []
                assert [(await task).status_code for task in tasks] == [201] * 5 * PLACES

    async def test_of_one_key_leaves_places_to_others(self, shared: Running) -> None:
        async with client_of(shared) as client:
            # From its first answer on, a key holds places of its own.
            assert (await client.get("/sessions")).status_code == 200
            with locked(shared) as file:
                tasks = put(client, PLACES)
                refused = await first(tasks, PLACES - SHARE)
                async with httpx.AsyncClient(base_url=shared.address) as other:
                    planned = await other.post("/programs", json={})
                file.execute("ROLLBACK")
            for answer in refused:
                read_problem(answer, 429, "quota-exceeded")
                assert answer.headers["retry-after"] == "1"
            assert planned.status_code == 200
            stored = [(await task).status_code for task in tasks]
            assert Counter(stored) == {201: SHARE, 429: PLACES - SHARE}

    async def test_of_slow_clients_takes_no_places(self, shared: Running) -> None:
        slow = [socket.create_connection(("127.0.0.1", shared.port)) for _ in range(50)]
        for connection in slow:
            connection.sendall(
                b"POST /programs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                b"Content-Length: 10\r\n\r\n{"
            )
        async with client_of(shared) as client:
            got = [(await client.get("/sessions")).status_code for _ in range(10)]
        async with httpx.AsyncClient(base_url=shared.address) as other:
            got += [(await other.post("/programs", json={})).status_code for _ in range(10)]
        assert got == [200] * 20
        for connection in slow:
            connection.close()


class TestLoad:
    @pytest.mark.parametrize("times", [2, 5])
    async def test_beyond_the_places_is_answered_or_refused_and_health_is_good(
        self, times: int, full: Running
    ) -> None:
        async with client_of(full) as client, asyncio.timeout(SECONDS):
            before = await count_sessions(client)

            async def insist() -> list[httpx.Response]:
                return [await put(client, 1)[0] for _ in range(ROUNDS)]

            crowd = asyncio.gather(*(insist() for _ in range(times * PLACES)))
            health = []
            while not crowd.done():
                health.append((await client.get("/livez")).status_code)
            answers = [answer for each in await crowd for answer in each]
            assert set(health) == {200}
            assert {answer.status_code for answer in answers} <= {201, 503}
            stored = [answer for answer in answers if answer.status_code == 201]
            refused = [answer for answer in answers if answer.status_code == 503]
            assert len(stored) >= PLACES
            assert {answer.headers.get("retry-after") for answer in refused} <= {"1"}
            # What was told to be stored is there, and nothing that was refused.
            assert await count_sessions(client) - before == len(stored)


async def count_sessions(client: httpx.AsyncClient) -> int:
    """How many sessions are stored, page by page."""
    counted, cursor = 0, None
    while True:
        params = {"limit": "200"} | ({} if cursor is None else {"cursor": cursor})
        page = (await client.get("/sessions", params=params)).json()
        counted += len(page["items"])
        if (cursor := page["next_cursor"]) is None:
            return counted
