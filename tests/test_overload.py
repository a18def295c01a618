"""Tests of a real server with more requests than slots: it answers those with a slot, and rejects
the others at once.

A lock on the database file blocks all writes, so that the requests in progress are known exactly,
on a fast machine and on a slow one.
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
from tests.durability.run_sizes import RecordFigure, read_size
from tests.processes import SECONDS, RunningServer, serving

SLOTS, SHARE = 8, 2
PATIENT = {"burst_s": 0, "pool_wait_s": 20, "statement_timeout_s": 30, "request_timeout_s": 60}
"""Long time limits, so that no request is rejected for another reason than that no slot is free. No
bursts, so that it does not matter how fast the requests arrive.
"""
ROUNDS = read_size("OVERLOAD_ROUNDS", short=10, long=100)

Request = asyncio.Task[httpx.Response]


@pytest.fixture(scope="module")
def full_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server with few slots."""
    quota = {"key_requests_per_minute": 1_000_000, "key_burst": 10_000}
    with serve_slots(tmp_path_factory.mktemp("full"), max_in_flight=SLOTS, **quota) as server:
        yield server


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server with few slots, and fewer for each holder."""
    limits = {"max_in_flight": SLOTS, "max_in_flight_each": SHARE}
    with serve_slots(tmp_path_factory.mktemp("shared"), **limits) as server:
        yield server


@contextmanager
def serve_slots(folder: Path, **limits: int) -> Iterator[RunningServer]:
    with serving(folder, access_log=False, **PATIENT, **limits) as server:
        yield server


@contextmanager
def lock_database(server: RunningServer) -> Iterator[sqlite3.Connection]:
    """Block all writes until the returned transaction is rolled back."""
    path = server.log.with_name("pushoff.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("BEGIN IMMEDIATE")
        yield file


def build_client(server: RunningServer) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=server.address,
        headers={"Authorization": f"Bearer {server.key}"},
        timeout=2 * SECONDS,
        limits=httpx.Limits(max_connections=None),
    )


def start_puts(client: httpx.AsyncClient, times: int) -> list[Request]:
    return [
        asyncio.create_task(client.put(f"/sessions/{new_id()}", json=a_session()))
        for _ in range(times)
    ]


async def get_first(tasks: list[Request], count: int) -> list[httpx.Response]:
    """The first `count` responses."""
    answers: list[httpx.Response] = []
    async with asyncio.timeout(SECONDS):
        for completed in asyncio.as_completed(tasks):
            answers.append(await completed)
            if len(answers) == count:
                break
    return answers


class TestConcurrencyLimit:
    @pytest.mark.parametrize("times", [2, 5])
    async def test_rejects_requests_without_a_slot_at_once(
        self, times: int, full_server: RunningServer
    ) -> None:
        count = times * SLOTS
        async with build_client(full_server) as client:
            with lock_database(full_server) as file:
                tasks = start_puts(client, count)
                rejected = await get_first(tasks, count - SLOTS)
                health = [(await client.get("/livez")).status_code for _ in range(20)]
                waiting = [task for task in tasks if not task.done()]
                file.execute("ROLLBACK")
            for answer in rejected:
                read_problem(answer, 503, "overloaded")
                assert answer.headers["retry-after"] == "1"
            assert health == [200] * 20
            assert [(await task).status_code for task in waiting] == [201] * SLOTS

    async def test_rejects_nothing_without_a_limit(self, tmp_path: Path) -> None:
        with serve_slots(tmp_path, max_in_flight=0) as server:
            async with build_client(server) as client:
                with lock_database(server) as file:
                    tasks = start_puts(client, 5 * SLOTS)
                    # By the time that these are answered, requests would have been rejected.
                    for _ in range(20):
                        assert (await client.get("/livez")).status_code == 200
                    done = [task for task in tasks if task.done()]
                    file.execute("ROLLBACK")
                assert done == []
                assert [(await task).status_code for task in tasks] == [201] * 5 * SLOTS

    async def test_leaves_slots_to_others_if_one_key_sends_many_requests(
        self, shared_server: RunningServer
    ) -> None:
        async with build_client(shared_server) as client:
            # A key has its own share of the slots only after its first response.
            assert (await client.get("/sessions")).status_code == 200
            with lock_database(shared_server) as file:
                tasks = start_puts(client, SLOTS)
                rejected = await get_first(tasks, SLOTS - SHARE)
                async with httpx.AsyncClient(base_url=shared_server.address) as other:
                    planned = await other.post("/programs", json={})
                file.execute("ROLLBACK")
            for answer in rejected:
                read_problem(answer, 429, "quota-exceeded")
                assert answer.headers["retry-after"] == "1"
            assert planned.status_code == 200
            stored = [(await task).status_code for task in tasks]
            assert Counter(stored) == {201: SHARE, 429: SLOTS - SHARE}

    async def test_gives_no_slots_to_slow_clients(self, shared_server: RunningServer) -> None:
        slow = [socket.create_connection(("127.0.0.1", shared_server.port)) for _ in range(50)]
        for connection in slow:
            connection.sendall(
                b"POST /programs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                b"Content-Length: 10\r\n\r\n{"
            )
        async with build_client(shared_server) as client:
            got = [(await client.get("/sessions")).status_code for _ in range(10)]
        async with httpx.AsyncClient(base_url=shared_server.address) as other:
            got += [(await other.post("/programs", json={})).status_code for _ in range(10)]
        assert got == [200] * 20
        for connection in slow:
            connection.close()


class TestEarlyReject:
    """A connection that was used before: the parser rejects the request, not the layer."""

    async def test_responds_like_the_layer_but_without_rate_limit_headers(
        self, full_server: RunningServer
    ) -> None:
        async with (
            build_client(full_server) as busy,
            build_one_connection_client(full_server) as client,
        ):
            with lock_database(full_server) as file:
                tasks = await fill_slots(busy, full_server)
                answers = [await client.put(f"/sessions/{new_id()}", json=a_session())]
                answers += [await client.put(f"/sessions/{new_id()}", json={}) for _ in range(2)]
                assert len({get_client_address(answer) for answer in answers}) == 1
                file.execute("ROLLBACK")
            assert {(await task).status_code for task in tasks} == {201}
        bodies = [read_problem(answer, 503, "overloaded") for answer in answers]
        assert [body["instance"] for body in bodies] == [answer.url.path for answer in answers]
        assert len({body["request_id"] for body in bodies}) == 3
        by_layer, *early = [get_stable_headers(answer) for answer in answers]
        del by_layer["ratelimit"], by_layer["ratelimit-policy"]
        assert early == [by_layer] * 2
        assert by_layer["retry-after"] == "1"

    async def test_admits_requests_that_need_no_slot(self, full_server: RunningServer) -> None:
        async with (
            build_client(full_server) as busy,
            build_one_connection_client(full_server) as client,
        ):
            paths = ("/livez", "/exercises", "/metrics")
            await client.get("/exercises")
            with lock_database(full_server) as file:
                tasks = await fill_slots(busy, full_server)
                got = [(await client.get(path)).status_code for path in paths]
                rejected = await client.get("/sessions")
                file.execute("ROLLBACK")
            assert {(await task).status_code for task in tasks} == {201}
        assert (got, rejected.status_code) == ([200] * 3, 503)

    async def test_leaves_cross_origin_head_and_last_requests_to_the_layers(
        self, full_server: RunningServer
    ) -> None:
        async with (
            build_client(full_server) as busy,
            build_one_connection_client(full_server) as client,
        ):
            await client.get("/livez")
            with lock_database(full_server) as file:
                tasks = await fill_slots(busy, full_server)
                page = await client.get(
                    "/programs?weeks=5", headers={"Origin": "https://a.example"}
                )
                head = await client.head("/sessions")
                last = await client.get("/sessions", headers={"Connection": "close"})
                file.execute("ROLLBACK")
            assert {(await task).status_code for task in tasks} == {201}
        read_problem(page, 503, "overloaded")
        assert page.headers["access-control-allow-origin"] == "*"
        assert (head.status_code, head.content) == (503, b"")
        read_problem(last, 503, "overloaded")
        assert last.headers["connection"] == "close"

    async def test_takes_nothing_from_the_quota_and_is_counted_and_logged(
        self, tmp_path: Path
    ) -> None:
        limits = {"max_in_flight": 1, "key_requests_per_minute": 1, "key_burst": 50}
        with serving(tmp_path, access_log=True, **PATIENT, **limits) as server:
            async with build_client(server) as busy, build_one_connection_client(server) as client:
                left = read_requests_left(await client.get("/sessions"))
                with lock_database(server) as file:
                    tasks = await fill_slots(busy, server, slots=1)
                    request_id = {"X-Request-ID": "rejected-early"}
                    path = f"/sessions/{new_id()}"
                    rejected = [await client.delete(path, headers=request_id) for _ in range(20)]
                    counted = (await client.get("/metrics")).text
                    file.execute("ROLLBACK")
                assert {(await task).status_code for task in tasks} == {201}
                after = read_requests_left(await client.get("/sessions"))
        assert {answer.json()["request_id"] for answer in rejected} == {"rejected-early"}
        assert after > left - len(rejected)
        counter = 'pushoff_requests_total{method="DELETE",route="(refused)",status="503"} 20.0'
        assert counter in counted.splitlines()
        logged = [line for line in server.log.read_text().splitlines() if "rejected-early" in line]
        assert len(logged) == 20
        assert all('"status": 503' in line and "(refused)" in line for line in logged)

    async def test_discards_the_body_of_a_rejected_request(
        self, full_server: RunningServer
    ) -> None:
        async with build_client(full_server) as busy:
            with (
                lock_database(full_server) as file,
                socket.create_connection(("127.0.0.1", full_server.port)) as client,
            ):
                tasks = await fill_slots(busy, full_server)
                client.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                assert (await read_answer(client)).startswith(b"HTTP/1.1 200")
                head = b"PUT /sessions/x HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n"
                client.sendall(head + b"GET /livez")
                assert (await read_answer(client)).startswith(b"HTTP/1.1 503")
                client.sendall(b"G" * 40 + b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                assert (await read_answer(client)).startswith(b"HTTP/1.1 200")
                file.execute("ROLLBACK")
            assert {(await task).status_code for task in tasks} == {201}

    async def test_limits_the_share_of_a_key(self, shared_server: RunningServer) -> None:
        async with (
            build_client(shared_server) as busy,
            build_one_connection_client(shared_server) as client,
        ):
            assert (await client.get("/sessions")).status_code == 200
            with lock_database(shared_server) as file:
                tasks = await fill_slots(busy, shared_server, slots=SHARE)
                rejected = await client.put(f"/sessions/{new_id()}", json=a_session())
                file.execute("ROLLBACK")
            assert {(await task).status_code for task in tasks} == {201}
        read_problem(rejected, 429, "quota-exceeded")
        assert rejected.headers["ratelimit"] == '"at-once";r=0;t=1'


def build_one_connection_client(server: RunningServer) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {server.key}"}
    limits = httpx.Limits(max_connections=1)
    return httpx.AsyncClient(
        base_url=server.address, headers=headers, timeout=2 * SECONDS, limits=limits
    )


async def fill_slots(
    client: httpx.AsyncClient, server: RunningServer, slots: int = SLOTS
) -> list[Request]:
    """Start requests that hold all slots, or the share of their key, and return them."""
    tasks: list[Request] = []
    # The probe below needs a key to find the share of that key used up. Without a key it has no
    # share, takes nothing from the quota of the key, and is rejected only if all slots are in use.
    headers = client.headers if slots == SHARE else {}
    async with httpx.AsyncClient(base_url=server.address, headers=headers) as probe:
        async with asyncio.timeout(SECONDS):
            while True:
                tasks += start_puts(client, slots - len(tasks))
                # By the time that these are answered, the requests before them have arrived. The
                # probe may hold a slot for a moment, so it must not come before them.
                for _ in range(10):
                    await probe.get("/livez")
                if (await probe.get("/sessions")).status_code in (429, 503):
                    return tasks
                tasks = [task for task in tasks if not task.done()]


def read_requests_left(answer: httpx.Response) -> int:
    """The requests left according to the RateLimit header."""
    return int(answer.headers["ratelimit"].partition("r=")[2].partition(";")[0])


def get_client_address(answer: httpx.Response) -> tuple[str, int]:
    """The client's address and port of the connection of a response."""
    stream = answer.extensions["network_stream"]
    address: tuple[str, int] = stream.get_extra_info("client_addr")
    return address


def get_stable_headers(answer: httpx.Response) -> dict[str, str]:
    """All headers, without the values of those that differ each time."""
    differing = ("x-request-id", "content-length", "date")
    return {name: "" if name in differing else value for name, value in answer.headers.items()}


async def read_answer(client: socket.socket) -> bytes:
    """Read the next response of a connection, by its Content-Length."""
    received = b""
    while True:
        head, ended, body = received.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        if ended and len(body) >= length:
            return received
        part = await asyncio.to_thread(client.recv, 65_536)
        assert part, received
        received += part


class TestLoad:
    @pytest.mark.parametrize("times", [2, 5])
    async def test_answers_or_rejects_each_request_and_stays_healthy(
        self, times: int, full_server: RunningServer, record_property: RecordFigure
    ) -> None:
        async with build_client(full_server) as client, asyncio.timeout(SECONDS):
            before = await count_sessions(client)

            async def put_repeatedly() -> list[httpx.Response]:
                return [await start_puts(client, 1)[0] for _ in range(ROUNDS)]

            load = asyncio.gather(*(put_repeatedly() for _ in range(times * SLOTS)))
            health = []
            while not load.done():
                health.append((await client.get("/livez")).status_code)
            answers = [answer for each in await load for answer in each]
            assert set(health) == {200}
            assert {answer.status_code for answer in answers} <= {201, 503}
            stored = [answer for answer in answers if answer.status_code == 201]
            rejected = [answer for answer in answers if answer.status_code == 503]
            record_property("stored", len(stored))
            record_property("refused", len(rejected))
            record_property("health checks", len(health))
            assert len(stored) >= SLOTS
            assert {answer.headers.get("retry-after") for answer in rejected} <= {"1"}
            # Every session with a 201 is stored, and no session that was rejected.
            assert await count_sessions(client) - before == len(stored)


async def count_sessions(client: httpx.AsyncClient) -> int:
    """Count the stored sessions, page by page."""
    counted, cursor = 0, None
    while True:
        params = {"limit": "200"} | ({} if cursor is None else {"cursor": cursor})
        page = (await client.get("/sessions", params=params)).json()
        counted += len(page["items"])
        if (cursor := page["next_cursor"]) is None:
            return counted
