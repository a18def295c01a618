"""What the durability tests share: a nursery of servers, and databases that promise to the disk."""

import secrets
from collections.abc import Iterator

import pytest

from app.database import migration
from tests.durability import nursery, postmaster
from tests.durability.nursery import Nursery
from tests.durability.postmaster import Postmaster


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Where the servers of these tests come from. Their log stays beside the test's files."""
    with nursery.opened(tmp_path_factory.mktemp("nursery") / "log") as opened:
        yield opened


@pytest.fixture(scope="session")
def synced_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postmaster]:
    """A PostgreSQL with fsync that may be killed."""
    with postmaster.running(tmp_path_factory.mktemp("durable")) as started:
        yield started


@pytest.fixture
def synced_postgres_url(synced_postgres: Postmaster) -> str:
    """A migrated, empty database on it."""
    url = synced_postgres.server.create(f"durable_{secrets.token_hex(8)}")
    migration.migrate(url)
    return url


@pytest.fixture(params=["sqlite_url", "synced_postgres_url"])
def durable_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database that keeps its promises to the disk, of either kind."""
    return str(request.getfixturevalue(request.param))
