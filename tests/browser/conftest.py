"""Fixtures of the browser tests: the service as a new user starts it, and a Chromium."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser.chromium import Browser, launch

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class RunningService:
    """A running service, and the key that it printed at its first start."""

    address: str
    key: str


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """`pushoff serve --migrate` on a new SQLite database. It prints when it listens."""
    file = tmp_path_factory.mktemp("service") / "pushoff.db"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PUSHOFF_")} | {
        "PUSHOFF_ACCESS_LOG": "false",
        # All tests come from one address, faster than any visitor.
        "PUSHOFF_ADDRESS_REQUESTS_PER_MINUTE": "0",
        "PUSHOFF_DATABASE_URL": f"sqlite:///{file}",
        "PUSHOFF_PORT": "0",
    }
    command = [sys.executable, "-m", "app", "serve", "--migrate"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        try:
            page, _, key = (process.stdout.readline().split() for _ in range(3))
            yield RunningService(page[-1].removesuffix("/"), key[-1])
        finally:
            process.terminate()


@pytest.fixture
def browser(service: RunningService, tmp_path: Path) -> Iterator[Browser]:
    """A Chromium with a new profile."""
    with launch(service.address, tmp_path / "chromium") as opened:
        yield opened


@pytest.fixture(scope="module")
def module_browser(
    service: RunningService, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """One Chromium for all tests of a file, which leave nothing behind that others would notice."""
    with launch(service.address, tmp_path_factory.mktemp("chromium")) as opened:
        yield opened
