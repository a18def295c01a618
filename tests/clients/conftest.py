"""Fixture of the tests of generated clients: the service as a process, with its first key."""

from collections.abc import Iterator

import pytest

from tests import processes
from tests.processes import RunningServer


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """`pushoff serve` on a new SQLite database."""
    with processes.serving(tmp_path_factory.mktemp("service")) as running:
        yield running
