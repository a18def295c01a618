"""What a browser test may ask for: the service as a newcomer starts it, and a Chromium."""

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
class Running:
    """A service that answers, and the key that it printed at its first start."""

    address: str
    key: str


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """`pushoff serve --migrate` on a new SQLite database. It listens before it prints."""
    file = tmp_path_factory.mktemp("service") / "pushoff.db"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PUSHOFF_")} | {
        "PUSHOFF_ACCESS_LOG": "false",
        "PUSHOFF_DATABASE_URL": f"sqlite:///{file}",
        "PUSHOFF_PORT": "0",
    }
    command = [sys.executable, "-m", "app", "serve", "--migrate"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        try:
            docs, key = (process.stdout.readline().split() for _ in range(2))
            yield Running(docs[-1].removesuffix("/docs"), key[-1])
        finally:
            process.terminate()


@pytest.fixture
def browser(service: Running, tmp_path: Path) -> Iterator[Browser]:
    """A Chromium that has seen nothing yet."""
    with launch(service.address, tmp_path / "chromium") as opened:
        yield opened
