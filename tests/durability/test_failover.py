"""Acknowledged writes survive when the primary is killed, freezes, or cannot reach its standby.

The two PostgreSQL servers are real. `--log-cli-level=INFO` shows how long each failover took. The
controls replicate asynchronously, wait without a timeout, or ignore the warning of a commit; the
same harness must detect each of them.
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
from tests.durability import postgres_pair
from tests.durability.acknowledgements import find_broken_promises
from tests.durability.clients import ClientGroup
from tests.durability.forked_server import ForkServer, KillableService
from tests.durability.postgres_pair import PostgresPair
from tests.durability.run_sizes import RecordFigure, read_size

FAILOVERS = read_size("FAILOVERS", short=2, long=20)
UNREPLICATED = read_size("UNREPLICATED", short=50, long=1000)
MAX_OUTAGE_S = 5
"""At most so many seconds after the promotion, the service accepts writes again."""
REQUEST_TIMEOUT_S = 4
TIMEOUT_LEEWAY_S = 0.5
"""The answer to a request that has timed out may take so much longer."""
WRITES = 20

log = logging.getLogger(__name__)

FailPrimary = Callable[[PostgresPair, ClientGroup], None]


@dataclass(slots=True)
class FailoverReport:
    """The results of one or more failovers."""

    broken_promises: list[str] = field(default_factory=list)
    acknowledged: int = 0
    outages_s: list[float] = field(default_factory=list)
    """Seconds from each promotion to the next acknowledged write."""
    longest_s: float = 0
    """Seconds of the longest request."""


def kill(nodes: PostgresPair, _clients: ClientGroup) -> None:
    nodes.primary.kill()


def freeze(nodes: PostgresPair, _clients: ClientGroup) -> None:
    nodes.primary.freeze()


def kill_while_the_standby_lags(nodes: PostgresPair, clients: ClientGroup) -> None:
    nodes.disconnect_standby()
    clients.progress.wait_for_more(WRITES)
    nodes.primary.kill()


def fail_over_repeatedly(
    service: KillableService, nodes: PostgresPair, seed: int, fail_primary: FailPrimary, times: int
) -> FailoverReport:
    """Let clients write while the primary fails and its standby is promoted, several times.

    A frozen primary runs again after the promotion. The service must not use it.
    """
    report = FailoverReport()
    service.start()
    with ClientGroup(service.address, seed) as clients:
        for _ in range(times):
            clients.progress.wait_for_more(WRITES)
            fail_primary(nodes, clients)
            nodes.promote()
            began = time.monotonic()
            clients.progress.wait_for_more(1)
            report.outages_s.append(time.monotonic() - began)
            nodes.standby.thaw()
            clients.progress.wait_for_more(WRITES)
            nodes.rejoin()
        records = clients.stop()
    report.acknowledged = clients.progress.count
    report.longest_s = max(record.longest_s for record in records)
    report.broken_promises = find_broken_promises(records, service.address.list_sessions())
    service.stop()
    return report


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[PostgresPair]:
    """A migrated pair that replicates synchronously."""
    with postgres_pair.run_pair(tmp_path / "pair") as started:
        migration.migrate(started.url)
        yield started


class TestFailover:
    @pytest.mark.parametrize("fail_primary", [kill, freeze])
    def test_loses_no_write_and_ends_in_time(
        self,
        fail_primary: FailPrimary,
        fork_server: ForkServer,
        nodes: PostgresPair,
        seed: int,
        record_property: RecordFigure,
    ) -> None:
        service = KillableService(fork_server, nodes.url, request_timeout_s=REQUEST_TIMEOUT_S)
        report = fail_over_repeatedly(service, nodes, seed, fail_primary, FAILOVERS)
        log.info("%s: %s", fail_primary.__name__, report)
        record_property(f"failovers ({fail_primary.__name__})", FAILOVERS)
        record_property("acknowledged writes", report.acknowledged)
        record_property("broken promises", len(report.broken_promises))
        record_property("longest until writes go on (s)", max(report.outages_s))
        record_property("longest request (s)", report.longest_s)
        assert report.broken_promises == []
        assert max(report.outages_s) < MAX_OUTAGE_S
        assert report.longest_s < REQUEST_TIMEOUT_S + TIMEOUT_LEEWAY_S

    def test_loses_writes_when_replication_is_asynchronous(
        self, fork_server: ForkServer, tmp_path: Path, seed: int
    ) -> None:
        with postgres_pair.run_pair(tmp_path / "pair", synchronous=False) as nodes:
            migration.migrate(nodes.url)
            service = KillableService(fork_server, nodes.url)
            found = fail_over_repeatedly(
                service, nodes, seed, kill_while_the_standby_lags, 1
            ).broken_promises
        assert "lost" in {complaint.partition(":")[0] for complaint in found}

    def test_does_not_end_when_the_driver_waits_without_timeout(
        self, fork_server: ForkServer, nodes: PostgresPair, seed: int
    ) -> None:
        service = KillableService(
            fork_server, nodes.url, flaw="wait_without_timeout", request_timeout_s=1.5
        )
        service.start()
        with ClientGroup(service.address, seed) as clients:
            clients.progress.wait_for_more(WRITES)
            nodes.primary.freeze()
            nodes.promote()
            before = clients.progress.count
            clients.progress.stopped.wait(MAX_OUTAGE_S)
            assert clients.progress.count - before <= len(clients.stop())
        service.kill()


@contextmanager
def cancel_waiting_commits(nodes: PostgresPair) -> Iterator[None]:
    """Cancel every commit that waits for the standby, as soon as it waits."""
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
async def run_service(nodes: PostgresPair, **limits: float) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client of a service in which no two writes share a commit."""
    async with (
        client.opened(nodes.url, group_commit_limit=1, pool_wait_s=9, **limits) as app,
        client.caller(app, await client.make_key(app)) as api,
    ):
        yield api


async def put_all(api: httpx.AsyncClient, sessions: list[Json]) -> Counter[str]:
    """Send the sessions, 8 at a time; count the outcomes and the slugs of the problems."""
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


async def count_stored(api: httpx.AsyncClient, sessions: list[Json]) -> int:
    answers = [await api.get(f"/sessions/{session['session_id']}") for session in sessions]
    assert {answer.status_code for answer in answers} <= {200, 404}
    return sum(answer.status_code == 200 for answer in answers)


class TestUnreplicatedCommit:
    async def test_is_never_reported_as_stored_until_a_retry_replicates_it(
        self, nodes: PostgresPair, record_property: RecordFigure
    ) -> None:
        record_property("commits", 2 * UNREPLICATED)
        sessions = draw_sessions(UNREPLICATED)
        async with run_service(nodes) as api:
            nodes.disconnect_standby()
            with cancel_waiting_commits(nodes):
                outcomes = await put_all(api, sessions)
                record_property("reported as stored", UNREPLICATED - outcomes["not-replicated"])
                assert outcomes == {"not-replicated": UNREPLICATED}
                # The sessions are stored now, but on the primary only.
                assert await put_all(api, sessions) == {"not-replicated": UNREPLICATED}
            nodes.reconnect_standby()
            assert await put_all(api, sessions) == {"unchanged": UNREPLICATED}
            nodes.primary.kill()
            nodes.promote()
            assert await count_stored(api, sessions) == UNREPLICATED

    async def test_is_cancelled_by_the_service_in_time(self, nodes: PostgresPair) -> None:
        (session,) = draw_sessions(1)
        limits = {"statement_timeout_s": 0.2, "database_silence_s": 0.2}
        async with run_service(nodes, **limits) as api:
            nodes.disconnect_standby()
            began = time.monotonic()
            assert await put_all(api, [session]) == {"not-replicated": 1}
            assert time.monotonic() - began < 2
        assert not nodes.primary.query(
            "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        )

    async def test_is_lost_by_a_service_that_ignores_the_warning(
        self, nodes: PostgresPair, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(postgres, "_record_warning", lambda *_: None)
        sessions = draw_sessions(5)
        async with run_service(nodes) as api:
            nodes.disconnect_standby()
            with cancel_waiting_commits(nodes):
                assert await put_all(api, sessions) == {"created": 5}
            nodes.primary.kill()
            nodes.promote()
            assert await count_stored(api, sessions) == 0

    async def test_is_lost_by_a_retry_that_writes_nothing(
        self, nodes: PostgresPair, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(postgres, "_COMMIT_REPLICATED", "COMMIT")
        sessions = draw_sessions(5)
        async with run_service(nodes) as api:
            nodes.disconnect_standby()
            with cancel_waiting_commits(nodes):
                assert await put_all(api, sessions) == {"not-replicated": 5}
                assert await put_all(api, sessions) == {"unchanged": 5}
            nodes.primary.kill()
            nodes.promote()
            assert await count_stored(api, sessions) == 0
