"""Tests of the limit on requests in progress: at the limit, one beyond it, and who counts."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import Request
from starlette.types import Message, Receive, Scope, Send

from app.settings import Settings
from app.web.http import answers
from app.web.http.answers import AnswerCache
from app.web.http.problems import Overloaded, Problem, QuotaExceeded
from app.web.layers.concurrency import ConcurrencyLimit, EarlyReject, Slots
from app.web.layers.rate_limits import UNLIMITED_PATHS, RateLimits, hash_credential
from tests.client import a_session, caller, make_key, new_id, opened, read_problem

TIMEOUT_S = 10


class BlockingApp:
    """An ASGI app that reads the body of a PUT and responds once `may_respond` is set."""

    def __init__(self) -> None:
        self.started = 0
        self.may_respond = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "PUT":
            await Request(scope, receive).body()
        self.started += 1
        await self.may_respond.wait()
        if scope["path"] == "/broken":
            raise ValueError
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


class Client:
    """One request as a server passes it on, and its response."""

    def __init__(self, method: str = "GET", path: str = "/", holder: str = "ann") -> None:
        self.scope: Scope = {"type": "http", "method": method, "path": path, "headers": []}
        self.scope |= {"query_string": b"", "limited_request": SimpleNamespace(slot_holder=holder)}
        self.sent: list[Message] = []
        self.body_arrived = asyncio.Event()
        self.may_read = asyncio.Event()
        self.may_read.set()

    async def receive(self) -> Message:
        await self.body_arrived.wait()
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def send(self, message: Message) -> None:
        self.sent.append(message)
        await self.may_read.wait()

    @property
    def status(self) -> int | None:
        return self.sent[0]["status"] if self.sent else None

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.sent[0]["headers"])


class Server:
    """A ConcurrencyLimit around a blocking app, and the requests in progress."""

    def __init__(self, max_total: int, max_each: int) -> None:
        self.app = BlockingApp()
        self.slots = Slots(max_total, max_each)
        self.limit = ConcurrencyLimit(self.app, self.slots)
        self.tasks: list[asyncio.Task[None]] = []

    async def start(self, *clients: Client) -> None:
        """Start requests one after the other; each runs until it blocks."""
        for client in clients:
            request = self.limit(client.scope, client.receive, client.send)
            self.tasks.append(asyncio.create_task(request))
            await run_until_blocked()

    async def finish(self) -> None:
        self.app.may_respond.set()
        async with asyncio.timeout(TIMEOUT_S):
            await asyncio.gather(*self.tasks, return_exceptions=True)


def build_early_reject(slots: Slots, **keys: str) -> EarlyReject:
    """An EarlyReject that knows these keys (key id to header), and has one cached answer."""
    app = BlockingApp()
    limits = RateLimits(app, app, Settings())
    for key_id, header in keys.items():
        credential = hash_credential([(b"authorization", header.encode())])
        limits.key_holders[credential] = (key_id, None)
    cache = AnswerCache(10_000)
    cache.put("/cached", answers.prepare(b"{}", "/cached", {}))
    return EarlyReject(slots, limits, cache)


async def run_until_blocked() -> None:
    """Let every task run as far as it can. None of them waits for anything outside of the test."""
    for _ in range(20):
        await asyncio.sleep(0)


@asynccontextmanager
async def serve(max_total: int = 0, max_each: int = 0) -> AsyncIterator[Server]:
    """A server, whose slots must all be free at the end."""
    server = Server(max_total, max_each)
    yield server
    await server.finish()
    assert (server.slots.in_use, server.slots.by_holder) == (0, {})


class TestConcurrencyLimit:
    async def test_rejects_a_request_beyond_the_total(self) -> None:
        async with serve(max_total=3) as server:
            clients = [Client(holder=f"{number}") for number in range(4)]
            await server.start(*clients)
            assert [client.status for client in clients] == [None, None, None, 503]
            assert clients[3].headers[b"retry-after"] == b"1"
            assert clients[3].headers[b"content-type"] == b"application/problem+json"
            assert b'"/problems/overloaded"' in clients[3].sent[1]["body"]

    async def test_frees_the_slot_when_the_response_starts(self) -> None:
        async with serve(max_total=1) as server:
            await server.start(first := Client())
            server.app.may_respond.set()
            await run_until_blocked()
            server.app.may_respond.clear()
            await server.start(second := Client())
            assert (first.status, second.status, server.app.started) == (200, None, 2)

    @pytest.mark.parametrize("max_each", [1, 3])
    async def test_rejects_a_request_beyond_the_share_of_its_holder(self, max_each: int) -> None:
        async with serve(max_total=10, max_each=max_each) as server:
            clients = [Client(holder="ann") for _ in range(max_each + 1)]
            await server.start(*clients, other := Client(holder="bob"))
            assert [client.status for client in clients] == [None] * max_each + [429]
            assert other.status is None
            headers = clients[max_each].headers
            assert headers[b"ratelimit"] == b'"at-once";r=0;t=1'
            policy = b'"at-once";q=%d;qu="concurrent-requests"' % max_each
            assert headers[b"ratelimit-policy"] == policy
            assert headers[b"retry-after"] == b"1"

    async def test_has_no_limit_at_0(self) -> None:
        async with serve() as server:
            clients = [Client() for _ in range(200)]
            await server.start(*clients)
            assert {client.status for client in clients} == {None}
            assert server.app.started == 200

    @pytest.mark.parametrize("path", sorted(UNLIMITED_PATHS))
    async def test_needs_no_slot_for_health_checks(self, path: str) -> None:
        async with serve(max_total=1, max_each=1) as server:
            await server.start(Client(), probe := Client(path=path))
            assert (probe.status, server.app.started) == (None, 2)

    async def test_frees_the_slot_of_a_request_that_fails(self) -> None:
        async with serve(max_total=1) as server:
            await server.start(Client(path="/broken"))
        assert isinstance(server.tasks[0].exception(), ValueError)

    async def test_frees_the_slot_of_a_request_that_is_cancelled(self) -> None:
        async with serve(max_total=1) as server:
            await server.start(Client())
            server.tasks[0].cancel()
            await server.start(second := Client())
            assert second.status is None


class TestLease:
    async def test_holds_no_slot_while_the_body_arrives(self) -> None:
        async with serve(max_total=1) as server:
            slow = [Client("PUT") for _ in range(50)]
            await server.start(*slow, fast := Client())
            assert ({client.status for client in slow}, fast.status) == ({None}, None)
            assert (server.slots.in_use, server.app.started) == (1, 1)
            for client in slow:
                client.body_arrived.set()

    async def test_takes_a_slot_when_the_body_is_complete(self) -> None:
        async with serve(max_total=1) as server:
            await server.start(slow := Client("PUT"))
            slow.body_arrived.set()
            await run_until_blocked()
            await server.start(late := Client())
            assert (server.app.started, late.status) == (1, 503)

    @pytest.mark.parametrize(
        ("limits", "problem"), [((1, 0), Overloaded), ((0, 1), QuotaExceeded)], ids=["all", "each"]
    )
    async def test_raises_if_no_slot_is_free_when_the_body_is_complete(
        self, limits: tuple[int, int], problem: type[Exception]
    ) -> None:
        async with serve(*limits) as server:
            await server.start(slow := Client("PUT"), Client())
            slow.body_arrived.set()
            await run_until_blocked()
            assert isinstance(server.tasks[0].exception(), problem)

    async def test_holds_no_slot_while_the_client_does_not_read(self) -> None:
        async with serve(max_total=1) as server:
            slow = Client()
            slow.may_read.clear()
            await server.start(slow)
            server.app.may_respond.set()
            await run_until_blocked()
            assert (slow.status, server.slots.in_use) == (200, 0)
            slow.may_read.set()


class TestSlots:
    def acquire_all(self, slots: Slots, holder: str = "") -> int:
        """Acquire slots until one is rejected. Return how many were free."""
        for number in itertools.count():
            try:
                slots.acquire(holder or f"{number}")
            except Problem:
                return number
        raise AssertionError

    @pytest.mark.parametrize(("seconds", "free"), [(0.0, 20), (0.1, 20), (0.125, 10), (60.0, 10)])
    def test_doubles_the_total_during_a_burst(self, seconds: float, free: int) -> None:
        now = 5.0
        slots = Slots(10, 0, burst_s=0.125, clock=lambda: now)
        slots.acquire("first")
        now += seconds
        assert self.acquire_all(slots) == free - 1

    @pytest.mark.parametrize(("seconds", "free"), [(0.0, 4), (0.125, 2)])
    def test_doubles_the_share_of_a_holder_during_a_burst(self, seconds: float, free: int) -> None:
        now = 5.0
        slots = Slots(10, 2, burst_s=0.125, clock=lambda: now)
        slots.acquire("first")
        now += seconds
        assert self.acquire_all(slots, "ann") == free

    @pytest.mark.parametrize(("seconds", "free"), [(0.0, 10), (1.0, 10), (1.5, 20)])
    def test_allows_another_burst_a_second_after_the_last_rejection_if_all_are_free(
        self, seconds: float, free: int
    ) -> None:
        now = 5.0
        slots = Slots(10, 0, burst_s=0.125, clock=lambda: now)
        for holder in ("a", "b"):
            slots.acquire(holder)
        now += 1
        slots.release("a")
        assert self.acquire_all(slots) == 9
        for holder in [*slots.by_holder]:
            slots.release(holder)
        now += seconds
        assert self.acquire_all(slots) == free

    def test_has_no_burst_of_0_seconds(self) -> None:
        assert self.acquire_all(Slots(10, 0, clock=lambda: 5.0)) == 10


class TestEarlyReject:
    async def test_reserves_as_many_slots_in_one_turn_as_there_are(self) -> None:
        slots = Slots(3, 0)
        early_reject = build_early_reject(slots)
        results = [early_reject.reserve([]) for _ in range(5)]
        assert results[:3] == [None] * 3
        assert [type(problem) for problem in results[3:]] == [Overloaded] * 2
        await run_until_blocked()
        assert (slots.in_use, slots.by_holder) == (0, {})
        assert early_reject.reserve([]) is None
        await run_until_blocked()

    async def test_counts_requests_in_progress(self) -> None:
        slots = Slots(1, 0)
        slots.acquire("ann")
        assert isinstance(build_early_reject(slots).reserve([]), Overloaded)

    async def test_limits_the_share_of_a_known_key_only(self) -> None:
        slots = Slots(10, 1)
        early_reject = build_early_reject(slots, ann="Bearer push_ann")
        known, unknown = [(b"authorization", b"Bearer push_ann")], [(b"authorization", b"Bearer x")]
        assert early_reject.reserve(known) is None
        problem = early_reject.reserve(known)
        assert isinstance(problem, QuotaExceeded)
        assert problem.headers["RateLimit"] == '"at-once";r=0;t=1'
        assert [early_reject.reserve(unknown) for _ in range(5)] == [None] * 5
        await run_until_blocked()
        assert (slots.in_use, slots.by_holder) == (0, {})

    def test_needs_no_slot_for_health_checks_and_cached_answers(self) -> None:
        early_reject = build_early_reject(Slots(1, 1))
        assert not any(early_reject.needs_slot(path) for path in (*UNLIMITED_PATHS, "/cached"))
        assert early_reject.needs_slot("/sessions")


class TestService:
    async def test_rejects_a_request_whose_body_completes_when_no_slot_is_free(
        self, sqlite_url: str
    ) -> None:
        async with opened(sqlite_url, max_in_flight=1, burst_s=0) as app:
            client = caller(app, await make_key(app))
            body_began, body_may_end = asyncio.Event(), asyncio.Event()

            async def body() -> AsyncIterator[bytes]:
                body_began.set()
                await body_may_end.wait()
                yield b"{}"

            async def read_after_put(*args: Any) -> Any:
                body_may_end.set()
                await put
                return await read(*args)

            json_type = {"Content-Type": "application/json"}
            put = asyncio.create_task(
                client.put(f"/sessions/{new_id()}", content=body(), headers=json_type)
            )
            await with_timeout(body_began.wait())
            read, app.state.resources.database.read = (
                app.state.resources.database.read,
                read_after_put,
            )
            assert (await with_timeout(client.get("/sessions"))).status_code == 200
            read_problem(await put, 503, "overloaded")
            assert (await put).headers["retry-after"] == "1"
            again = await client.put(f"/sessions/{new_id()}", json=a_session())
            assert again.status_code == 201


async def with_timeout(awaited: Coroutine[Any, Any, Any]) -> Any:
    async with asyncio.timeout(TIMEOUT_S):
        return await awaited
