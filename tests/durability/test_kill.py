"""kill -9 while companions write: what was acknowledged is there once, the rest whole or absent.

A hundred kills on each database; on PostgreSQL some of them hit the database's own first process.
The controls are services with a flaw, which the same harness has to find out within a few kills.
"""

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from app import migration
from tests.durability import nursery
from tests.durability.companions import Crowd
from tests.durability.diary import compare
from tests.durability.nursery import Nursery
from tests.durability.postmaster import Postmaster, running

KILLS = 100
KILLS_OF_A_FLAW = 8
# What passes at most between the first sign of life and the kill.
MOST_WRITES, MOST_SECONDS = 8, 0.02


@pytest.fixture(scope="module")
def postmaster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postmaster]:
    with running(tmp_path_factory.mktemp("durable")) as started:
        yield started


@pytest.fixture
def synced_postgres_url(postmaster: Postmaster, request: pytest.FixtureRequest) -> str:
    """A migrated database on the PostgreSQL that has fsync."""
    url = postmaster.server.create(f"durable_{abs(hash(request.node.nodeid))}")
    migration.migrate(url)
    return url


@pytest.fixture(params=["sqlite_url", "synced_postgres_url"])
def durable_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database that keeps its promises to the disk."""
    return str(request.getfixturevalue(request.param))


def bombard(
    home: Nursery, seed: int, kills: int, strike: Callable[[int], None] | None = None
) -> list[str]:
    """What is wrong after so many kills; `strike` deals the blow of each number in its own way."""
    draw = random.Random(seed)
    with Crowd(home.door, seed) as crowd:
        for number in range(kills):
            home.start()
            crowd.tally.await_more(draw.randint(1, MOST_WRITES))
            time.sleep(draw.uniform(0, MOST_SECONDS))
            if strike is None:
                assert home.kill() == -9
            else:
                strike(number)
        home.start()
        crowd.tally.await_more(1)
        diaries = crowd.halt()
    found = compare(diaries, home.door.sessions())
    assert home.stop() == 0
    return found


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
    def test_loses_and_doubles_nothing(self, sqlite_url: str, tmp_path: Path, seed: int) -> None:
        with nursery.opened(sqlite_url, tmp_path / "log") as home:
            assert bombard(home, seed, KILLS) == []
        assert sqlite_damage(sqlite_url) == []


class TestKillOnPostgres:
    def test_loses_and_doubles_nothing(
        self, postmaster: Postmaster, synced_postgres_url: str, tmp_path: Path, seed: int
    ) -> None:
        with nursery.opened(synced_postgres_url, tmp_path / "log") as home:

            def strike(number: int) -> None:
                database_too = number % 10 == 9
                if database_too:
                    postmaster.kill()
                assert home.kill() == -9
                if database_too:
                    postmaster.start()

            assert bombard(home, seed, KILLS, strike) == []
        assert postgres_damage(synced_postgres_url) == []

    def test_of_the_database_alone_is_survived_without_a_restart(
        self, postmaster: Postmaster, synced_postgres_url: str, tmp_path: Path, seed: int
    ) -> None:
        with nursery.opened(synced_postgres_url, tmp_path / "log") as home:
            home.start()
            with Crowd(home.door, seed) as crowd:
                for _ in range(3):
                    crowd.tally.await_more(20)
                    postmaster.kill()
                    postmaster.start()
                crowd.tally.await_more(20)
                diaries = crowd.halt()
            assert compare(diaries, home.door.sessions()) == []
            assert home.stop() == 0
        assert postgres_damage(synced_postgres_url) == []


class TestFlaw:
    @pytest.mark.parametrize(
        ("flaw", "damage"),
        [
            ("answer_before_commit", "lost"),
            ("forget_ids", "doubled"),
            ("commit_in_pieces", "half"),
        ],
    )
    def test_is_found_out(
        self, flaw: str, damage: str, durable_url: str, tmp_path: Path, seed: int
    ) -> None:
        with nursery.opened(durable_url, tmp_path / "log", flaw, group_commit_limit=1) as home:
            found = bombard(home, seed, KILLS_OF_A_FLAW)
        assert damage in {complaint.partition(":")[0] for complaint in found}
