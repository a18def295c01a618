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
from tests.durability.run_sizes import RecordFigure, read_size
from tests.processes import SECONDS, RunningServer, serving

PLACES, SHARE = 8, 2
PATIENT = {"burst_s": 0, "pool_wait_s": 20, "statement_timeout_s": 30, "request_timeout_s": 60}
"""A server that would rather wait than refuse, so that whatever it refuses is for want of a place,
and that has none for bursts, so that it does not matter how soon a crowd has come.
"""
ROUNDS = read_size("OVERLOAD_ROUNDS", short=10, long=100)

Asking = asyncio.Task[httpx.Response]


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server with few places."""
    quota = {"key_requests_per_minute": 1_000_000, "key_burst": 10_000}
    with overloaded(tmp_path_factory.mktemp("full"), max_in_flight=PLACES, **quota) as server:
        yield server


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server with few places, and fewer for each."""
    limits = {"max_in_flight": PLACES, "max_in_flight_each": SHARE}
    with overloaded(tmp_path_factory.mktemp("shared"), **limits) as server:
        yield server


@contextmanager
def overloaded(folder: Path, **limits: int) -> Iterator[RunningServer]:
    with serving(folder, access_log=False, **PATIENT, **limits) as server:
        yield server


@contextmanager
def locked(server: RunningServer) -> Iterator[sqlite3.Connection]:
    """A lock that no writer gets past before it is rolled back."""
    path = server.log.with_name("pushoff.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("BEGIN IMMEDIATE")
        yield file


def client_of(server: RunningServer) -> httpx.AsyncClient:
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
        self, times: int, full: RunningServer
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

    async def test_of_one_key_leaves_places_to_others(self, shared: RunningServer) -> None:
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

    async def test_of_slow_clients_takes_no_places(self, shared: RunningServer) -> None:
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


class TestDoor:
    """A connection that has been answered before is refused by the guard and not by the layers."""

    async def test_tells_what_the_layers_tell_but_for_a_quota_that_it_does_not_touch(
        self, full: RunningServer
    ) -> None:
        async with client_of(full) as busy, one_connection_to(full) as client:
            with locked(full) as file:
                tasks = await fill(busy, full)
                answers = [await client.put(f"/sessions/{new_id()}", json=a_session())]
                answers += [await client.put(f"/sessions/{new_id()}", json={}) for _ in range(2)]
                assert len({origin_of(answer) for answer in answers}) == 1
                file.execute("ROLLBACK")
            assert {(await task).status_code for task in tasks} == {201}
        told = [read_problem(answer, 503, "overloaded") for answer in answers]
        assert [body["instance"] for body in told] == [answer.url.path for answer in answers]
        assert len({body["request_id"] for body in told}) == 3
        by_layers, *at_door = [own_headers(answer) for answer in answers]
        del by_layers["ratelimit"], by_layers["ratelimit-policy"]
        assert at_door == [by_layers] * 2
        assert by_layers["retry-after"] == "1"

    async def test_lets_through_what_needs_no_place(self, full: RunningServer) -> None:
        async with client_of(full) as busy, one_connection_to(full) as client:
            paths = ("/livez", "/exercises", "/metrics")
            await client.get("/exercises")
            with locked(full) as file:
                tasks = await fill(busy, full)
                got = [(await client.get(path)).status_code for path in paths]
                refused = await client.get("/sessions")
                file.execute("ROLLBACK")
            assert {(await task).status_code for task in tasks} == {201}
        assert (got, refused.status_code) == ([200] * 3, 503)

    async def test_leaves_pages_and_heads_to_the_layers(self, full: RunningServer) -> None:
        async with client_of(full) as busy, one_connection_to(full) as client:
            await client.get("/livez")
            with locked(full) as file:
                tasks = await fill(busy, full)
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

    async def test_costs_nothing_of_a_quota_and_is_counted_and_logged(self, tmp_path: Path) -> None:
        limits = {"max_in_flight": 1, "key_requests_per_minute": 1, "key_burst": 50}
        with serving(tmp_path, access_log=True, **PATIENT, **limits) as server:
            async with client_of(server) as busy, one_connection_to(server) as client:
                left = what_is_left(await client.get("/sessions"))
                with locked(server) as file:
                    tasks = await fill(busy, server, places=1)
                    mine = {"X-Request-ID": "refused-here"}
                    gone = f"/sessions/{new_id()}"
                    refused = [await client.delete(gone, headers=mine) for _ in range(20)]
                    counted = (await client.get("/metrics")).text
                    file.execute("ROLLBACK")
                assert {(await task).status_code for task in tasks} == {201}
                after = what_is_left(await client.get("/sessions"))
        assert {answer.json()["request_id"] for answer in refused} == {"refused-here"}
        assert after > left - len(refused)
        counter = 'pushoff_requests_total{method="DELETE",route="(refused)",status="503"} 20.0'
        assert counter in counted.splitlines()
        logged = [line for line in server.log.read_text().splitlines() if "refused-here" in line]
        assert len(logged) == 20
        assert all('"status": 503' in line and "(refused)" in line for line in logged)

    async def test_passes_over_the_body_of_whom_it_refuses(self, full: RunningServer) -> None:
        async with client_of(full) as busy:
            with locked(full) as file, socket.create_connection(("127.0.0.1", full.port)) as client:
                tasks = await fill(busy, full)
                client.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                assert (await read_answer(client)).startswith(b"HTTP/1.1 200")
                head = b"PUT /sessions/x HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n"
                client.sendall(head + b"GET /livez")
                assert (await read_answer(client)).startswith(b"HTTP/1.1 503")
                client.sendall(b"G" * 40 + b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                assert (await read_answer(client)).startswith(b"HTTP/1.1 200")
                file.execute("ROLLBACK")
            assert {(await task).status_code for task in tasks} == {201}

    async def test_knows_the_share_of_a_key(self, shared: RunningServer) -> None:
        async with client_of(shared) as busy, one_connection_to(shared) as client:
            assert (await client.get("/sessions")).status_code == 200
            with locked(shared) as file:
                tasks = await fill(busy, shared, places=SHARE)
                refused = await client.put(f"/sessions/{new_id()}", json=a_session())
                file.execute("ROLLBACK")
            assert {(await task).status_code for task in tasks} == {201}
        read_problem(refused, 429, "quota-exceeded")
        assert refused.headers["ratelimit"] == '"at-once";r=0;t=1'


def one_connection_to(server: RunningServer) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {server.key}"}
    limits = httpx.Limits(max_connections=1)
    return httpx.AsyncClient(
        base_url=server.address, headers=headers, timeout=2 * SECONDS, limits=limits
    )


async def fill(
    client: httpx.AsyncClient, server: RunningServer, places: int = PLACES
) -> list[Asking]:
    """Requests that hold all places, or as many as their key may."""
    tasks: list[Asking] = []
    # A question costs a quota; one without a key costs that of nobody in particular, who has no
    # share, but is refused where no place is left at all.
    headers = client.headers if places == SHARE else {}
    async with httpx.AsyncClient(base_url=server.address, headers=headers) as asking:
        async with asyncio.timeout(SECONDS):
            while True:
                tasks += put(client, places - len(tasks))
                # By the time that these are answered, what was sent before them has come: a
                # question that holds a place itself must not be in its way.
                for _ in range(10):
                    await asking.get("/livez")
                if (await asking.get("/sessions")).status_code in (429, 503):
                    return tasks
                tasks = [task for task in tasks if not task.done()]


def what_is_left(answer: httpx.Response) -> int:
    """What an answer says about the quota of its key."""
    return int(answer.headers["ratelimit"].partition("r=")[2].partition(";")[0])


def origin_of(answer: httpx.Response) -> tuple[str, int]:
    """The port that an answer came to."""
    stream = answer.extensions["network_stream"]
    address: tuple[str, int] = stream.get_extra_info("client_addr")
    return address


def own_headers(answer: httpx.Response) -> dict[str, str]:
    """All headers, without the values of those that are others each time."""
    others = ("x-request-id", "content-length", "date")
    return {name: "" if name in others else value for name, value in answer.headers.items()}


async def read_answer(client: socket.socket) -> bytes:
    """The whole of the next answer on a connection, as far as it says how long it is."""
    told = b""
    while True:
        head, ended, body = told.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        if ended and len(body) >= length:
            return told
        part = await asyncio.to_thread(client.recv, 65_536)
        assert part, told
        told += part


class TestLoad:
    @pytest.mark.parametrize("times", [2, 5])
    async def test_beyond_the_places_is_answered_or_refused_and_health_is_good(
        self, times: int, full: RunningServer, record_property: RecordFigure
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
            record_property("stored", len(stored))
            record_property("refused", len(refused))
            record_property("health checks", len(health))
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
