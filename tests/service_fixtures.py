"""Fixtures of the service: a database for each test on SQLite and on PostgreSQL, and its clients.

conftest loads this module if a test outside of the pure folders is selected. A missing PostgreSQL
is an error and never a skip. The migrations make one template, and the database of each test is a
copy of it.
"""

import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.database import migration
from tests import postgres, processes
from tests.client import anyone, api, app, postgres_app, sqlite_app, stranger

__all__ = ["anyone", "api", "app", "postgres_app", "sqlite_app", "stranger"]

# Services that tests start have no limits, in this process and in its child processes.
for _name, _value in processes.UNLIMITED.items():
    os.environ.setdefault(f"PUSHOFF_{_name.upper()}", str(_value))


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgres.Server]:
    """The PostgreSQL of this run: `TEST_POSTGRES_URL`, or one started from bundled binaries."""
    with postgres.find_or_start_server(tmp_path_factory.mktemp("postgres"), fsync=False) as running:
        yield running


@pytest.fixture(scope="session")
def postgres_template(cluster: postgres.Server) -> Iterator[str]:
    """The name of a migrated database without connections, to copy from."""
    name = _fresh_name("template")
    migration.migrate(cluster.create(name))
    yield name
    cluster.drop(name)


@pytest.fixture
def postgres_url(cluster: postgres.Server, postgres_template: str) -> Iterator[str]:
    """A migrated PostgreSQL database that only this test uses."""
    name = _fresh_name("test")
    yield cluster.create(name, postgres_template)
    cluster.drop(name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to copy from."""
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    migration.migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated SQLite file that only this test uses."""
    file = tmp_path / "pushoff.db"
    shutil.copyfile(sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database. A test that uses it runs once on each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


def _fresh_name(kind: str) -> str:
    # Several workers and several runs may share the server at TEST_POSTGRES_URL.
    return f"pushoff_{kind}_{secrets.token_hex(8)}"
