"""Fixtures of the durability tests: servers that can be killed, and databases with fsync."""

import secrets
from collections.abc import Iterator

import pytest

from app.database import migration
from tests.durability import forked_server, killable_postgres
from tests.durability.forked_server import ForkServer
from tests.durability.killable_postgres import KillablePostgres


@pytest.fixture(scope="session")
def fork_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkServer]:
    """The process that forks the servers of these tests."""
    with forked_server.run_fork_server(tmp_path_factory.mktemp("fork_server") / "log") as running:
        yield running


@pytest.fixture(scope="session")
def synced_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KillablePostgres]:
    """A PostgreSQL with fsync that a test may kill."""
    with killable_postgres.run_killable_postgres(tmp_path_factory.mktemp("durable")) as started:
        yield started


@pytest.fixture
def synced_postgres_url(synced_postgres: KillablePostgres) -> str:
    """A migrated, empty database on it."""
    url = synced_postgres.server.create(f"durable_{secrets.token_hex(8)}")
    migration.migrate(url)
    return url


@pytest.fixture(params=["sqlite_url", "synced_postgres_url"])
def durable_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database that syncs its commits to the disk, of each kind."""
    return str(request.getfixturevalue(request.param))
