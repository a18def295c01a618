"""Holds how many requests are answered at once: at the limit, one beyond it, and who counts."""

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
from app.web.layers.rate_limits import NEVER_LIMITED, RateLimits, find_credential
from tests.client import a_session, caller, make_key, new_id, opened, read_problem

SECONDS = 10


class Works:
    """An app that reads a body and answers when it is told to."""

    def __init__(self) -> None:
        self.entered = 0
        self.done = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "PUT":
            await Request(scope, receive).body()
        self.entered += 1
        await self.done.wait()
        if scope["path"] == "/broken":
            raise ValueError
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


class Client:
    """One request as a server hands it over, and what comes back."""

    def __init__(self, method: str = "GET", path: str = "/", who: str = "ann") -> None:
        self.scope: Scope = {"type": "http", "method": method, "path": path, "headers": []}
        self.scope |= {"query_string": b"", "visit": SimpleNamespace(holder=who)}
        self.sent: list[Message] = []
        self.body = asyncio.Event()
        self.reads = asyncio.Event()
        self.reads.set()

    async def receive(self) -> Message:
        await self.body.wait()
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def send(self, message: Message) -> None:
        self.sent.append(message)
        await self.reads.wait()

    @property
    def status(self) -> int | None:
        return self.sent[0]["status"] if self.sent else None

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.sent[0]["headers"])


class House:
    """Crowding before an app that works, and the requests in it."""

    def __init__(self, most: int, most_each: int) -> None:
        self.works = Works()
        self.places = Slots(most, most_each)
        self.crowding = ConcurrencyLimit(self.works, self.places)
        self.tasks: list[asyncio.Task[None]] = []

    async def come(self, *clients: Client) -> None:
        """Requests arrive, one after the other, and get as far as they can."""
        for client in clients:
            going = self.crowding(client.scope, client.receive, client.send)
            self.tasks.append(asyncio.create_task(going))
            await settle()

    async def finish(self) -> None:
        self.works.done.set()
        async with asyncio.timeout(SECONDS):
            await asyncio.gather(*self.tasks, return_exceptions=True)


def door_to(places: Slots, **keys: str) -> EarlyReject:
    """The door of a service that knows these keys, and has one finished answer."""
    nowhere = Works()
    limits = RateLimits(nowhere, nowhere, Settings())
    for key_id, sent in keys.items():
        limits.known[find_credential([(b"authorization", sent.encode())])] = (key_id, None)
    shelf = AnswerCache(10_000)
    shelf.put("/finished", answers.prepare(b"{}", "/finished", {}))
    return EarlyReject(places, limits, shelf)


async def settle() -> None:
    """Every task goes as far as it can: none of them waits for anything from outside."""
    for _ in range(20):
        await asyncio.sleep(0)


@asynccontextmanager
async def house(most: int = 0, most_each: int = 0) -> AsyncIterator[House]:
    """Whatever happens in it, all its places are free in the end."""
    made = House(most, most_each)
    yield made
    await made.finish()
    assert (made.places.taken, made.places.held) == (0, {})


class TestPlaces:
    async def test_are_as_many_as_there_are(self) -> None:
        async with house(most=3) as made:
            clients = [Client(who=f"{number}") for number in range(4)]
            await made.come(*clients)
            assert [client.status for client in clients] == [None, None, None, 503]
            assert clients[3].headers[b"retry-after"] == b"1"
            assert clients[3].headers[b"content-type"] == b"application/problem+json"
            assert b'"/problems/overloaded"' in clients[3].sent[1]["body"]

    async def test_are_free_again_when_an_answer_begins(self) -> None:
        async with house(most=1) as made:
            await made.come(first := Client())
            made.works.done.set()
            await settle()
            made.works.done.clear()
            await made.come(second := Client())
            assert (first.status, second.status, made.works.entered) == (200, None, 2)

    @pytest.mark.parametrize("most", [1, 3])
    async def test_are_no_more_for_one_than_its_share(self, most: int) -> None:
        async with house(most=10, most_each=most) as made:
            clients = [Client(who="ann") for _ in range(most + 1)]
            await made.come(*clients, other := Client(who="bob"))
            assert [client.status for client in clients] == [None] * most + [429]
            assert other.status is None
            told = clients[most].headers
            assert told[b"ratelimit"] == b'"at-once";r=0;t=1'
            assert told[b"ratelimit-policy"] == (b'"at-once";q=%d;qu="concurrent-requests"' % most)
            assert told[b"retry-after"] == b"1"

    async def test_are_no_limit_when_they_are_0(self) -> None:
        async with house() as made:
            clients = [Client() for _ in range(200)]
            await made.come(*clients)
            assert {client.status for client in clients} == {None}
            assert made.works.entered == 200

    @pytest.mark.parametrize("path", sorted(NEVER_LIMITED))
    async def test_are_not_needed_for_health(self, path: str) -> None:
        async with house(most=1, most_each=1) as made:
            await made.come(Client(), probe := Client(path=path))
            assert (probe.status, made.works.entered) == (None, 2)

    async def test_come_back_from_requests_that_break(self) -> None:
        async with house(most=1) as made:
            await made.come(Client(path="/broken"))
        assert isinstance(made.tasks[0].exception(), ValueError)

    async def test_come_back_from_requests_that_are_cancelled(self) -> None:
        async with house(most=1) as made:
            await made.come(Client())
            made.tasks[0].cancel()
            await made.come(second := Client())
            assert second.status is None


class TestSlowClient:
    async def test_holds_no_place_while_its_body_is_on_its_way(self) -> None:
        async with house(most=1) as made:
            slow = [Client("PUT") for _ in range(50)]
            await made.come(*slow, honest := Client())
            assert ({client.status for client in slow}, honest.status) == ({None}, None)
            assert (made.places.taken, made.works.entered) == (1, 1)
            for client in slow:
                client.body.set()

    async def test_takes_its_place_when_its_body_is_here(self) -> None:
        async with house(most=1) as made:
            await made.come(slow := Client("PUT"))
            slow.body.set()
            await settle()
            await made.come(late := Client())
            assert (made.works.entered, late.status) == (1, 503)

    @pytest.mark.parametrize(
        ("limits", "refusal"), [((1, 0), Overloaded), ((0, 1), QuotaExceeded)], ids=["all", "each"]
    )
    async def test_is_refused_when_its_place_is_gone_by_then(
        self, limits: tuple[int, int], refusal: type[Exception]
    ) -> None:
        async with house(*limits) as made:
            await made.come(slow := Client("PUT"), Client())
            slow.body.set()
            await settle()
            assert isinstance(made.tasks[0].exception(), refusal)

    async def test_holds_no_place_while_it_does_not_read_its_answer(self) -> None:
        async with house(most=1) as made:
            slow = Client()
            slow.reads.clear()
            await made.come(slow)
            made.works.done.set()
            await settle()
            assert (slow.status, made.places.taken) == (200, 0)
            slow.reads.set()


class TestBurst:
    def take_all(self, places: Slots, who: str = "") -> int:
        """How many places there are still."""
        for number in itertools.count():
            try:
                places.take(who or f"{number}")
            except Problem:
                return number
        raise AssertionError

    @pytest.mark.parametrize(("seconds", "there"), [(0.0, 20), (0.1, 20), (0.125, 10), (60.0, 10)])
    def test_has_twice_the_places_before_its_time_is_over(self, seconds: float, there: int) -> None:
        now = 5.0
        places = Slots(10, 0, burst_s=0.125, clock=lambda: now)
        places.take("first")
        now += seconds
        assert self.take_all(places) == there - 1

    @pytest.mark.parametrize(("seconds", "there"), [(0.0, 4), (0.125, 2)])
    def test_is_one_for_each_as_well(self, seconds: float, there: int) -> None:
        now = 5.0
        places = Slots(10, 2, burst_s=0.125, clock=lambda: now)
        places.take("first")
        now += seconds
        assert self.take_all(places, "ann") == there

    @pytest.mark.parametrize(("seconds", "there"), [(0.0, 10), (1.0, 10), (1.5, 20)])
    def test_may_come_again_in_empty_places_once_nobody_was_refused_for_a_while(
        self, seconds: float, there: int
    ) -> None:
        now = 5.0
        places = Slots(10, 0, burst_s=0.125, clock=lambda: now)
        for who in ("a", "b"):
            places.take(who)
        now += 1
        places.free("a")
        assert self.take_all(places) == 9
        for who in [*places.held]:
            places.free(who)
        now += seconds
        assert self.take_all(places) == there

    def test_is_none_where_it_has_no_time(self) -> None:
        assert self.take_all(Slots(10, 0, clock=lambda: 5.0)) == 10


class TestDoor:
    async def test_lets_in_as_many_of_one_turn_as_there_are_places(self) -> None:
        places = Slots(3, 0)
        door = door_to(places)
        refused = [door.turn_away([]) for _ in range(5)]
        assert refused[:3] == [None] * 3
        assert [type(refusal) for refusal in refused[3:]] == [Overloaded] * 2
        await settle()
        assert (places.taken, places.held) == (0, {})
        assert door.turn_away([]) is None
        await settle()

    async def test_counts_who_is_inside(self) -> None:
        places = Slots(1, 0)
        places.take("ann")
        assert isinstance(door_to(places).turn_away([]), Overloaded)

    async def test_knows_the_share_of_a_key_and_of_nobody_else(self) -> None:
        places = Slots(10, 1)
        door = door_to(places, ann="Bearer push_ann")
        keyed, others = [(b"authorization", b"Bearer push_ann")], [(b"authorization", b"Bearer x")]
        assert door.turn_away(keyed) is None
        refusal = door.turn_away(keyed)
        assert isinstance(refusal, QuotaExceeded)
        assert refusal.headers["RateLimit"] == '"at-once";r=0;t=1'
        assert [door.turn_away(others) for _ in range(5)] == [None] * 5
        await settle()
        assert (places.taken, places.held) == (0, {})

    def test_is_open_to_what_needs_no_place(self) -> None:
        door = door_to(Slots(1, 1))
        assert all(door.is_open(path) for path in (*NEVER_LIMITED, "/finished"))
        assert not door.is_open("/sessions")


class TestService:
    async def test_tells_a_late_body_that_there_is_no_place(self, sqlite_url: str) -> None:
        async with opened(sqlite_url, max_in_flight=1, burst_s=0) as app:
            client = caller(app, await make_key(app))
            begun, go_on = asyncio.Event(), asyncio.Event()

            async def body() -> AsyncIterator[bytes]:
                begun.set()
                await go_on.wait()
                yield b"{}"

            async def hold(*asked: Any) -> Any:
                go_on.set()
                await late
                return await read(*asked)

            kind = {"Content-Type": "application/json"}
            put = client.put(f"/sessions/{new_id()}", content=body(), headers=kind)
            late = asyncio.create_task(put)
            await in_time(begun.wait())
            read, app.state.resources.database.read = app.state.resources.database.read, hold
            assert (await in_time(client.get("/sessions"))).status_code == 200
            read_problem(await late, 503, "overloaded")
            assert (await late).headers["retry-after"] == "1"
            again = await client.put(f"/sessions/{new_id()}", json=a_session())
            assert again.status_code == 201


async def in_time(waiting: Coroutine[Any, Any, Any]) -> Any:
    async with asyncio.timeout(SECONDS):
        return await waiting
