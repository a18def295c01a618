"""SIGKILL while clients write: each acknowledged write is stored once, any other in full or not.

The service is killed a hundred times on each database, and a thousand times in `make soak`; on
PostgreSQL every tenth kill also ends the postmaster. The controls are services with a flaw, which
the same harness must detect within a few kills.
"""

import random
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

import psycopg

from tests.durability.acknowledgements import find_broken_promises
from tests.durability.clients import ClientGroup, RetryBehaviour
from tests.durability.forked_server import ForkServer, KillableService
from tests.durability.killable_postgres import KillablePostgres
from tests.durability.run_sizes import RecordFigure, read_size

KILLS = read_size("KILLS", short=100, long=1000)
KILLS_OF_FAULTY_SERVICE = 10
# Each kill comes after at most so many acknowledged writes and so many seconds.
MAX_WRITES, MAX_DELAY_S = 6, 0.02


@dataclass(frozen=True, slots=True)
class KillReport:
    """The results of several kills."""

    kills: int
    acknowledged: int
    broken_promises: list[str]

    def count_by_kind(self) -> Counter[str]:
        return Counter(promise.partition(":")[0] for promise in self.broken_promises)

    def write_figures(self, record_figure: RecordFigure) -> None:
        record_figure("kills", self.kills)
        record_figure("acknowledged writes", self.acknowledged)
        for kind in ("lost", "duplicated", "partial"):
            record_figure(kind, self.count_by_kind()[kind])


def kill_repeatedly(
    service: KillableService,
    seed: int,
    kills: int,
    kill: Callable[[int], None] | None = None,
    behaviour: RetryBehaviour | None = None,
) -> KillReport:
    """Kill a service several times while clients write; `kill` gets the number of each kill.

    Without `kill`, only the service is killed.
    """
    randomness = random.Random(seed)
    with ClientGroup(service.address, seed, behaviour) as clients:
        for number in range(kills):
            service.start()
            clients.progress.wait_for_more(randomness.randint(1, MAX_WRITES))
            time.sleep(
                randomness.uniform(0, MAX_DELAY_S)
            )  # Kill at any moment, not only just after a response.
            kill(number) if kill else service.kill()
        service.start()
        clients.progress.wait_for_more(1)
        records = clients.stop()
    report = KillReport(
        kills,
        clients.progress.count,
        find_broken_promises(records, service.address.list_sessions()),
    )
    service.stop()
    return report


def find_sqlite_damage(url: str) -> list[str]:
    """Return what SQLite's integrity check finds, and sets without a session."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        found = [line for (line,) in connection.execute("PRAGMA integrity_check") if line != "ok"]
        return found + [f"orphan: {row}" for row in connection.execute(ORPHANS)]


def find_postgres_damage(url: str) -> list[str]:
    """Return what PostgreSQL's check of tables and indexes finds, and sets without a session."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION amcheck")
        found = [f"{row}" for row in connection.execute(HEAP_DAMAGE)]
        # This statement raises an error if an index is damaged or lacks a row.
        connection.execute(CHECK_INDEXES)
        return found + [f"orphan: {row}" for row in connection.execute(ORPHANS)]


ORPHANS = """
SELECT set_id FROM sets WHERE NOT EXISTS (
    SELECT 1 FROM sessions
    WHERE sessions.tenant_id = sets.tenant_id AND sessions.session_id = sets.session_id
)
"""
HEAP_DAMAGE = """
SELECT relname, damage.* FROM pg_class, LATERAL verify_heapam(oid) AS damage
WHERE relname IN ('sessions', 'sets')
"""
CHECK_INDEXES = """
SELECT bt_index_check(indexrelid, heapallindexed => true) FROM pg_index
WHERE indrelid IN ('sessions'::regclass, 'sets'::regclass)
"""


class TestKillOnSqlite:
    def test_loses_and_duplicates_no_write(
        self, fork_server: ForkServer, sqlite_url: str, seed: int, record_property: RecordFigure
    ) -> None:
        report = kill_repeatedly(KillableService(fork_server, sqlite_url), seed, KILLS)
        report.write_figures(record_property)
        assert report.broken_promises == []
        assert find_sqlite_damage(sqlite_url) == []


class TestKillOnPostgres:
    def test_loses_and_duplicates_no_write(
        self,
        fork_server: ForkServer,
        synced_postgres: KillablePostgres,
        synced_postgres_url: str,
        seed: int,
        record_property: RecordFigure,
    ) -> None:
        service = KillableService(fork_server, synced_postgres_url)

        def kill(number: int) -> None:
            kills_database = number % 10 == 9
            if kills_database:
                synced_postgres.kill()
            service.kill()
            if kills_database:
                synced_postgres.start()

        report = kill_repeatedly(service, seed, KILLS, kill)
        report.write_figures(record_property)
        assert report.broken_promises == []
        assert find_postgres_damage(synced_postgres_url) == []

    def test_of_postgres_alone_needs_no_restart_of_the_service(
        self,
        fork_server: ForkServer,
        synced_postgres: KillablePostgres,
        synced_postgres_url: str,
        seed: int,
    ) -> None:
        service = KillableService(fork_server, synced_postgres_url)
        service.start()
        with ClientGroup(service.address, seed) as clients:
            for _ in range(3):
                clients.progress.wait_for_more(20)
                synced_postgres.kill()
                synced_postgres.start()
            clients.progress.wait_for_more(20)
            records = clients.stop()
        assert find_broken_promises(records, service.address.list_sessions()) == []
        service.stop()


class TestFaultyService:
    def test_that_answers_before_the_commit_is_detected(
        self, fork_server: ForkServer, durable_url: str, seed: int
    ) -> None:
        service = KillableService(fork_server, durable_url, flaw="answer_before_commit")
        assert kill_repeatedly(service, seed, KILLS_OF_FAULTY_SERVICE).count_by_kind()["lost"] > 0

    def test_that_makes_random_ids_is_detected(
        self, fork_server: ForkServer, sqlite_url: str, seed: int
    ) -> None:
        service = KillableService(fork_server, sqlite_url, flaw="make_random_ids")
        report = kill_repeatedly(
            service, seed, KILLS_OF_FAULTY_SERVICE, behaviour=RetryBehaviour(sends_twice=1)
        )
        assert report.count_by_kind()["duplicated"] > 0

    def test_that_commits_in_pieces_is_detected(
        self, fork_server: ForkServer, sqlite_url: str, seed: int
    ) -> None:
        service = KillableService(
            fork_server, sqlite_url, flaw="commit_in_pieces", group_commit_limit=1
        )
        report = kill_repeatedly(
            service, seed, 2 * KILLS_OF_FAULTY_SERVICE, behaviour=RetryBehaviour(gives_up=1)
        )
        assert report.count_by_kind()["partial"] > 0
