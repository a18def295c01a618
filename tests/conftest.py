"""What every test may ask for: a seed, and a database of its own on SQLite and on PostgreSQL.

A missing PostgreSQL is an error and never a skip. Nothing here knows the application but for its
migrations, which make the one template that each test's database is a copy of.
"""

import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from app.database import migration
from tests import postgres, processes
from tests.client import anyone, api, app, postgres_app, sqlite_app, stranger  # noqa: F401

hypothesis.settings.register_profile("pushoff", deadline=None, print_blob=True)
hypothesis.settings.load_profile("pushoff")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Give the run one seed, from `--hypothesis-seed` or `SEED`, and services without limits; the
    environment hands both on.
    """
    given = config.getoption("--hypothesis-seed") or os.environ.get("SEED")
    os.environ["SEED"] = str(given or secrets.randbelow(2**32))
    config.option.hypothesis_seed = os.environ["SEED"]
    # For every service that a test makes with settings of its own, in this process or below it.
    for name, value in processes.UNLIMITED.items():
        os.environ.setdefault(f"PUSHOFF_{name.upper()}", str(value))


def pytest_report_header() -> str:
    return f"seed: {os.environ['SEED']} (this run again: SEED={os.environ['SEED']})"


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, exitstatus: pytest.ExitCode
) -> None:
    if exitstatus:
        terminalreporter.write_line(pytest_report_header())


@pytest.fixture
def seed() -> int:
    """The run's seed, for a test that draws its own numbers."""
    return int(os.environ["SEED"])


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The loop that the service runs on."""
    return "asyncio"


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgres.Server]:
    """The run's PostgreSQL: `TEST_POSTGRES_URL`, or one started from the bundled binaries."""
    with postgres.find_or_start_server(tmp_path_factory.mktemp("postgres"), fsync=False) as running:
        yield running


@pytest.fixture(scope="session")
def postgres_template(cluster: postgres.Server) -> Iterator[str]:
    """The name of a database that the real migrations made and that nobody is connected to."""
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
    """A SQLite file that the real migrations made."""
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
    """A migrated, empty database: each test that asks for it runs once on either kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


def _fresh_name(kind: str) -> str:
    # Several workers and several runs may share the server at TEST_POSTGRES_URL.
    return f"pushoff_{kind}_{secrets.token_hex(8)}"
