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

from tests.durability.companions import Crowd, Habits
from tests.durability.diary import compare
from tests.durability.nursery import Home, Nursery
from tests.durability.postmaster import Postmaster
from tests.durability.sizes import Record, size

KILLS = size("KILLS", short=100, long=1000)
KILLS_OF_A_FLAW = 10
# What passes at most between the first sign of life and the kill.
MOST_WRITES, MOST_SECONDS = 6, 0.02


@dataclass(frozen=True, slots=True)
class Ruins:
    """What kills have left."""

    kills: int
    acknowledged: int
    found: list[str]
    """What is wrong, a line each."""

    def kinds(self) -> Counter[str]:
        return Counter(complaint.partition(":")[0] for complaint in self.found)

    def note(self, record: Record) -> None:
        record("kills", self.kills)
        record("acknowledged writes", self.acknowledged)
        for kind in ("lost", "doubled", "half"):
            record(kind, self.kinds()[kind])


def bombard(
    home: Home,
    seed: int,
    kills: int,
    strike: Callable[[int], None] | None = None,
    habits: Habits | None = None,
) -> Ruins:
    """What is left after so many kills; `strike` deals the blow of each number in its own way."""
    draw = random.Random(seed)
    with Crowd(home.door, seed, habits) as crowd:
        for number in range(kills):
            home.start()
            crowd.tally.await_more(draw.randint(1, MOST_WRITES))
            time.sleep(draw.uniform(0, MOST_SECONDS))  # Any moment, and not that of an answer.
            strike(number) if strike else home.kill()
        home.start()
        crowd.tally.await_more(1)
        diaries = crowd.halt()
    ruins = Ruins(kills, crowd.tally.count, compare(diaries, home.door.sessions()))
    home.stop()
    return ruins


def sqlite_damage(url: str) -> list[str]:
    """What SQLite's own check finds, and sets without a session."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        found = [line for (line,) in connection.execute("PRAGMA integrity_check") if line != "ok"]
        return found + [f"orphan: {row}" for row in connection.execute(ORPHANS)]


def postgres_damage(url: str) -> list[str]:
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
        self, servers: Nursery, sqlite_url: str, seed: int, record_property: Record
    ) -> None:
        ruins = bombard(Home(servers, sqlite_url), seed, KILLS)
        ruins.note(record_property)
        assert ruins.found == []
        assert sqlite_damage(sqlite_url) == []


class TestKillOnPostgres:
    def test_loses_and_doubles_nothing(
        self,
        servers: Nursery,
        synced_postgres: Postmaster,
        synced_postgres_url: str,
        seed: int,
        record_property: Record,
    ) -> None:
        home = Home(servers, synced_postgres_url)

        def strike(number: int) -> None:
            database_too = number % 10 == 9
            if database_too:
                synced_postgres.kill()
            home.kill()
            if database_too:
                synced_postgres.start()

        ruins = bombard(home, seed, KILLS, strike)
        ruins.note(record_property)
        assert ruins.found == []
        assert postgres_damage(synced_postgres_url) == []

    def test_of_the_database_alone_is_survived_without_a_restart(
        self, servers: Nursery, synced_postgres: Postmaster, synced_postgres_url: str, seed: int
    ) -> None:
        home = Home(servers, synced_postgres_url)
        home.start()
        with Crowd(home.door, seed) as crowd:
            for _ in range(3):
                crowd.tally.await_more(20)
                synced_postgres.kill()
                synced_postgres.start()
            crowd.tally.await_more(20)
            diaries = crowd.halt()
        assert compare(diaries, home.door.sessions()) == []
        home.stop()


class TestFlaw:
    def test_that_answers_before_the_commit_is_found_out(
        self, servers: Nursery, durable_url: str, seed: int
    ) -> None:
        home = Home(servers, durable_url, flaw="answer_before_commit")
        assert bombard(home, seed, KILLS_OF_A_FLAW).kinds()["lost"] > 0

    def test_that_forgets_ids_is_found_out(
        self, servers: Nursery, sqlite_url: str, seed: int
    ) -> None:
        home = Home(servers, sqlite_url, flaw="forget_ids")
        ruins = bombard(home, seed, KILLS_OF_A_FLAW, habits=Habits(sends_twice=1))
        assert ruins.kinds()["doubled"] > 0

    def test_that_commits_in_pieces_is_found_out(
        self, servers: Nursery, sqlite_url: str, seed: int
    ) -> None:
        home = Home(servers, sqlite_url, flaw="commit_in_pieces", group_commit_limit=1)
        ruins = bombard(home, seed, 2 * KILLS_OF_A_FLAW, habits=Habits(gives_up=1))
        assert ruins.kinds()["half"] > 0
