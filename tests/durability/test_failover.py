"""The primary dies, freezes, or cannot reach its standby: what was acknowledged survives it.

The pair is real, and so are its ends. `--log-cli-level=INFO` tells how long each took. The controls
replicate asynchronously, wait for ever, or are deaf to what a commit is told; the same harness has
to find each of them out.
"""

import asyncio
import logging
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg
import pytest

from app.database import migration, postgres
from tests import client
from tests.client import Json
from tests.durability import pair
from tests.durability.companions import Crowd
from tests.durability.diary import compare
from tests.durability.nursery import Home, Nursery
from tests.durability.pair import Pair
from tests.durability.sizes import Record, size

FAILOVERS = size("FAILOVERS", short=2, long=20)
UNREPLICATED = size("UNREPLICATED", short=50, long=1000)
BACK_S = 5
"""The service takes writes again so many seconds after the promotion."""
REQUEST_S = 4
"""Seconds that a request is given, of which it may need a little more to be told so."""
LEEWAY_S = 0.5
WRITES = 20

log = logging.getLogger(__name__)

Strike = Callable[[Pair, Crowd], None]


@dataclass(slots=True)
class Report:
    """What became of a service whose primary was lost."""

    found: list[str] = field(default_factory=list)
    """Broken promises, a line each."""
    acknowledged: int = 0
    back_s: list[float] = field(default_factory=list)
    longest_s: float = 0


def kill(nodes: Pair, _crowd: Crowd) -> None:
    nodes.primary.kill()


def freeze(nodes: Pair, _crowd: Crowd) -> None:
    nodes.primary.freeze()


def kill_behind_a_lag(nodes: Pair, crowd: Crowd) -> None:
    nodes.cut()
    crowd.tally.await_more(WRITES)
    nodes.primary.kill()


def bereave(home: Home, nodes: Pair, seed: int, strike: Strike, times: int) -> Report:
    """Let companions write while the primary is lost and its standby promoted, again and again.

    A frozen primary wakes up when its successor is at work, and must not be listened to.
    """
    report = Report()
    home.start()
    with Crowd(home.door, seed) as crowd:
        for _ in range(times):
            crowd.tally.await_more(WRITES)
            strike(nodes, crowd)
            nodes.promote()
            began = time.monotonic()
            crowd.tally.await_more(1)
            report.back_s.append(time.monotonic() - began)
            nodes.standby.thaw()
            crowd.tally.await_more(WRITES)
            nodes.join_again()
        diaries = crowd.halt()
    report.acknowledged = crowd.tally.count
    report.longest_s = max(diary.longest_s for diary in diaries)
    report.found = compare(diaries, home.door.sessions())
    home.stop()
    return report


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Pair]:
    """A migrated pair that replicates synchronously."""
    with pair.running(tmp_path / "pair") as started:
        migration.migrate(started.url)
        yield started


class TestFailover:
    @pytest.mark.parametrize("strike", [kill, freeze])
    def test_loses_nothing_and_is_over_soon(
        self,
        strike: Strike,
        servers: Nursery,
        nodes: Pair,
        seed: int,
        record_property: Record,
    ) -> None:
        home = Home(servers, nodes.url, request_timeout_s=REQUEST_S)
        report = bereave(home, nodes, seed, strike, FAILOVERS)
        log.info("%s: %s", strike.__name__, report)
        record_property(f"failovers ({strike.__name__})", FAILOVERS)
        record_property("acknowledged writes", report.acknowledged)
        record_property("broken promises", len(report.found))
        record_property("longest until writes go on (s)", max(report.back_s))
        record_property("longest request (s)", report.longest_s)
        assert report.found == []
        assert max(report.back_s) < BACK_S
        assert report.longest_s < REQUEST_S + LEEWAY_S

    def test_is_lossy_when_replication_lags(
        self, servers: Nursery, tmp_path: Path, seed: int
    ) -> None:
        with pair.running(tmp_path / "pair", synchronous=False) as nodes:
            migration.migrate(nodes.url)
            home = Home(servers, nodes.url)
            found = bereave(home, nodes, seed, kill_behind_a_lag, 1).found
        assert "lost" in {complaint.partition(":")[0] for complaint in found}

    def test_is_never_over_when_the_driver_waits_for_ever(
        self, servers: Nursery, nodes: Pair, seed: int
    ) -> None:
        home = Home(servers, nodes.url, flaw="wait_for_ever", request_timeout_s=1.5)
        home.start()
        with Crowd(home.door, seed) as crowd:
            crowd.tally.await_more(WRITES)
            nodes.primary.freeze()
            nodes.promote()
            before = crowd.tally.count
            crowd.tally.halted.wait(BACK_S)
            assert crowd.tally.count - before <= len(crowd.halt())
        home.kill()


@contextmanager
def impatience(nodes: Pair) -> Iterator[None]:
    """Somebody cancels every commit that waits for the standby, as soon as it does."""
    stopped = threading.Event()
    waiting = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"

    def cancel() -> None:
        with psycopg.connect(nodes.primary.address, autocommit=True) as admin:
            while not stopped.wait(0.001):
                admin.execute(waiting)

    thread = threading.Thread(target=cancel, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


@asynccontextmanager
async def served(nodes: Pair, **limits: float) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service in which no two writes share a commit."""
    async with (
        client.opened(nodes.url, group_commit_limit=1, pool_wait_s=9, **limits) as app,
        client.caller(app, await client.make_key(app)) as api,
    ):
        yield api


async def put(api: httpx.AsyncClient, sessions: list[Json]) -> Counter[str]:
    """What the answers to these writes were."""
    gate = asyncio.Semaphore(8)

    async def put_one(session: Json) -> str:
        async with gate:
            answer = await api.put(f"/sessions/{session['session_id']}", json=session)
        if answer.is_success:
            return str(answer.json()["outcome"])
        assert answer.headers["retry-after"] == "1"
        return client.slug_of(answer)

    return Counter(await asyncio.gather(*map(put_one, sessions)))


def draw_sessions(number: int) -> list[Json]:
    return [client.a_session(session_id=client.new_id(), version=1) for _ in range(number)]


async def survivors(api: httpx.AsyncClient, sessions: list[Json]) -> int:
    answers = [await api.get(f"/sessions/{session['session_id']}") for session in sessions]
    assert {answer.status_code for answer in answers} <= {200, 404}
    return sum(answer.status_code == 200 for answer in answers)


class TestCommit:
    async def test_without_the_standby_is_never_a_success_and_a_retry_settles_it(
        self, nodes: Pair, record_property: Record
    ) -> None:
        record_property("commits", 2 * UNREPLICATED)
        sessions = draw_sessions(UNREPLICATED)
        async with served(nodes) as api:
            nodes.cut()
            with impatience(nodes):
                told = await put(api, sessions)
                record_property("told to be stored", UNREPLICATED - told["not-replicated"])
                assert told == {"not-replicated": UNREPLICATED}
                # They are found now, on the primary alone.
                assert await put(api, sessions) == {"not-replicated": UNREPLICATED}
            nodes.mend()
            assert await put(api, sessions) == {"unchanged": UNREPLICATED}
            nodes.primary.kill()
            nodes.promote()
            assert await survivors(api, sessions) == UNREPLICATED

    async def test_that_nobody_cancels_is_called_off_in_time(self, nodes: Pair) -> None:
        (session,) = draw_sessions(1)
        limits = {"statement_timeout_s": 0.2, "database_silence_s": 0.2}
        async with served(nodes, **limits) as api:
            nodes.cut()
            began = time.monotonic()
            assert await put(api, [session]) == {"not-replicated": 1}
            assert time.monotonic() - began < 2
        assert not nodes.primary.ask("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'")

    async def test_is_lost_as_a_success_by_who_is_deaf_to_warnings(
        self, nodes: Pair, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(postgres, "_record_warning", lambda *_: None)
        sessions = draw_sessions(5)
        async with served(nodes) as api:
            nodes.cut()
            with impatience(nodes):
                assert await put(api, sessions) == {"created": 5}
            nodes.primary.kill()
            nodes.promote()
            assert await survivors(api, sessions) == 0

    async def test_is_lost_as_a_success_by_a_retry_that_writes_nothing(
        self, nodes: Pair, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(postgres, "_COMMIT_REPLICATED", "COMMIT")
        sessions = draw_sessions(5)
        async with served(nodes) as api:
            nodes.cut()
            with impatience(nodes):
                assert await put(api, sessions) == {"not-replicated": 5}
                assert await put(api, sessions) == {"unchanged": 5}
            nodes.primary.kill()
            nodes.promote()
            assert await survivors(api, sessions) == 0
