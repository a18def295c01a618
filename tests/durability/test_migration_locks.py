"""How long a migration blocks others, on a PostgreSQL that has many rows and is in use.

A thread reads and writes sessions and sets during the migration and measures its longest wait. The
control locks a table, as a careless migration would.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import pytest
from alembic import command

from app.database import migration
from tests import postgres
from tests.durability.run_sizes import RecordFigure, read_size

SETS = read_size("MIGRATED_SETS", short=20_000, long=1_000_000)
SETS_PER_SESSION = 10
FIRST, *LATER = sorted(migration.known_revisions())
MAX_WAIT_S = 1.0
LOCK_S = 0.3

ADD_SESSIONS = """
INSERT INTO sessions
    (tenant_id, session_id, athlete_id, deleted, stored_at, started_at, program_id)
SELECT gen_random_uuid(), gen_random_uuid(), 'runner-' || n %% 1000, false, now(),
    now() - n * interval '1 minute', 'p-' || n %% 100
FROM generate_series(1, %s) AS n
"""
ADD_SETS = """
INSERT INTO sets (tenant_id, set_id, session_id, deleted, exercise, reps)
SELECT tenant_id, gen_random_uuid(), session_id, false, 'step_up', 12
FROM sessions, generate_series(1, %s)
"""
WRITE_SESSION = """
UPDATE sessions SET srpe = 5 WHERE (tenant_id, session_id) IN
    (SELECT tenant_id, session_id FROM sessions LIMIT 1)
"""
WRITE_SET = """
UPDATE sets SET reps = 11 WHERE (tenant_id, set_id) IN
    (SELECT tenant_id, set_id FROM sets LIMIT 1)
"""
READ = "SELECT count(*) FROM (SELECT FROM sets LIMIT 10) AS few"


@dataclass
class DatabaseUser(threading.Thread):
    """A thread that reads and writes one row after the other, and measures its longest wait."""

    url: str
    longest_wait_s: float = 0
    rounds: int = 0

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.stopped, self.started_once = threading.Event(), threading.Event()

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            while not self.stopped.is_set():
                for statement in (WRITE_SESSION, WRITE_SET, READ):
                    began = time.monotonic()
                    connection.execute(statement)
                    self.longest_wait_s = max(self.longest_wait_s, time.monotonic() - began)
                self.rounds += 1
                self.started_once.set()


@contextmanager
def use_database(url: str) -> Iterator[DatabaseUser]:
    """Read and write from before the block to its end."""
    user = DatabaseUser(url)
    user.start()
    assert user.started_once.wait(30)
    try:
        yield user
    finally:
        user.stopped.set()
        user.join()


def migrate_to(url: str, revision: str) -> None:
    with migration.transaction(url) as tx:
        command.upgrade(migration.build_config(tx), revision)


@pytest.fixture(scope="module")
def full_url(cluster: postgres.Server) -> Iterator[str]:
    """A database at the first revision with many rows."""
    url = cluster.create("pushoff_migrating")
    migrate_to(url, FIRST)
    with psycopg.connect(url, autocommit=True) as filling:
        filling.execute(ADD_SESSIONS, [SETS // SETS_PER_SESSION])
        filling.execute(ADD_SETS, [SETS_PER_SESSION])
        filling.execute("ANALYZE")
    yield url
    cluster.drop("pushoff_migrating")


class TestMigration:
    @pytest.mark.parametrize("revision", LATER)
    def test_on_postgres_blocks_no_statement_for_long(
        self, revision: str, full_url: str, record_property: RecordFigure
    ) -> None:
        with use_database(full_url) as user:
            migrate_to(full_url, revision)
        record_property("most sets", SETS)
        record_property("longest wait of a statement (s)", user.longest_wait_s)
        assert user.longest_wait_s < MAX_WAIT_S

    def test_on_postgres_that_locks_a_table_is_detected(self, full_url: str) -> None:
        with use_database(full_url) as user, migration.transaction(full_url) as tx:
            tx.exec_driver_sql("LOCK TABLE sets")
            tx.exec_driver_sql(f"SELECT pg_sleep({LOCK_S})")
        assert user.longest_wait_s > LOCK_S / 2
