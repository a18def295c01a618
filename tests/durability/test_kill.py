"""kill -9 while companions write: what was acknowledged is there once, the rest whole or absent.

A hundred kills on each database, a thousand in `make soak`; on PostgreSQL some of them hit the
database's own first process. The controls are services with a flaw, which the same harness has to
find out within a few kills.
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
# What passes at most between the first sign of life and the kill.
MAX_WRITES, MAX_DELAY_S = 6, 0.02


@dataclass(frozen=True, slots=True)
class KillReport:
    """What kills have left."""

    kills: int
    acknowledged: int
    found: list[str]
    """What is wrong, a line each."""

    def kinds(self) -> Counter[str]:
        return Counter(complaint.partition(":")[0] for complaint in self.found)

    def note(self, record: RecordFigure) -> None:
        record("kills", self.kills)
        record("acknowledged writes", self.acknowledged)
        for kind in ("lost", "doubled", "half"):
            record(kind, self.kinds()[kind])


def kill_repeatedly(
    service: KillableService,
    seed: int,
    kills: int,
    strike: Callable[[int], None] | None = None,
    behaviour: RetryBehaviour | None = None,
) -> KillReport:
    """What is left after so many kills; `strike` deals the blow of each number in its own way."""
    draw = random.Random(seed)
    with ClientGroup(service.address, seed, behaviour) as clients:
        for number in range(kills):
            service.start()
            clients.progress.wait_for_more(draw.randint(1, MAX_WRITES))
            time.sleep(draw.uniform(0, MAX_DELAY_S))  # Any moment, and not that of an answer.
            strike(number) if strike else service.kill()
        service.start()
        clients.progress.wait_for_more(1)
        records = clients.stop()
    ruins = KillReport(
        kills,
        clients.progress.count,
        find_broken_promises(records, service.address.list_sessions()),
    )
    service.stop()
    return ruins


def find_sqlite_damage(url: str) -> list[str]:
    """What SQLite's own check finds, and sets without a session."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        found = [line for (line,) in connection.execute("PRAGMA integrity_check") if line != "ok"]
        return found + [f"orphan: {row}" for row in connection.execute(ORPHANS)]


def find_postgres_damage(url: str) -> list[str]:
    """What PostgreSQL's own check of tables and indexes finds, and sets without a session."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION amcheck")
        found = [f"{row}" for row in connection.execute(HEAP_DAMAGE)]
        # An index that is damaged, or lacks a row, raises an error.
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
    def test_loses_and_doubles_nothing(
        self, fork_server: ForkServer, sqlite_url: str, seed: int, record_property: RecordFigure
    ) -> None:
        ruins = kill_repeatedly(KillableService(fork_server, sqlite_url), seed, KILLS)
        ruins.note(record_property)
        assert ruins.found == []
        assert find_sqlite_damage(sqlite_url) == []


class TestKillOnPostgres:
    def test_loses_and_doubles_nothing(
        self,
        fork_server: ForkServer,
        synced_postgres: KillablePostgres,
        synced_postgres_url: str,
        seed: int,
        record_property: RecordFigure,
    ) -> None:
        service = KillableService(fork_server, synced_postgres_url)

        def strike(number: int) -> None:
            database_too = number % 10 == 9
            if database_too:
                synced_postgres.kill()
            service.kill()
            if database_too:
                synced_postgres.start()

        ruins = kill_repeatedly(service, seed, KILLS, strike)
        ruins.note(record_property)
        assert ruins.found == []
        assert find_postgres_damage(synced_postgres_url) == []

    def test_of_the_database_alone_is_survived_without_a_restart(
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
    def test_that_answers_before_the_commit_is_found_out(
        self, fork_server: ForkServer, durable_url: str, seed: int
    ) -> None:
        service = KillableService(fork_server, durable_url, flaw="answer_before_commit")
        assert kill_repeatedly(service, seed, KILLS_OF_FAULTY_SERVICE).kinds()["lost"] > 0

    def test_that_forgets_ids_is_found_out(
        self, fork_server: ForkServer, sqlite_url: str, seed: int
    ) -> None:
        service = KillableService(fork_server, sqlite_url, flaw="make_random_ids")
        ruins = kill_repeatedly(
            service, seed, KILLS_OF_FAULTY_SERVICE, behaviour=RetryBehaviour(sends_twice=1)
        )
        assert ruins.kinds()["doubled"] > 0

    def test_that_commits_in_pieces_is_found_out(
        self, fork_server: ForkServer, sqlite_url: str, seed: int
    ) -> None:
        service = KillableService(
            fork_server, sqlite_url, flaw="commit_in_pieces", group_commit_limit=1
        )
        ruins = kill_repeatedly(
            service, seed, 2 * KILLS_OF_FAULTY_SERVICE, behaviour=RetryBehaviour(gives_up=1)
        )
        assert ruins.kinds()["half"] > 0
