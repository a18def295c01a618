"""The settings of a test run: one seed, hypothesis' profile, and the fixtures of the service.

The folders in PURE contain tests of pure functions. They run without the fixtures of the service,
because importing the service takes longer than most of these tests.
"""

import os
import secrets
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).parents[1]
PURE = (ROOT / "tests" / "training", ROOT / "tests" / "formats")

hypothesis.settings.register_profile("pushoff", deadline=None, print_blob=True)
# For `make quick`. Tests that set a number of examples set it with properties.at_most().
hypothesis.settings.register_profile("quick", deadline=None, print_blob=True, max_examples=5)
# Fifty times as many examples, for a change of the rules. It takes about an hour.
hypothesis.settings.register_profile("thorough", deadline=None, print_blob=True, max_examples=5000)
hypothesis.settings.load_profile("pushoff")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Set the seed of the run, and load the fixtures of the service if they are needed.

    The seed comes from `--hypothesis-seed`, `SEED`, or chance. Workers get it from the environment.
    The fixtures are loaded unless only pure tests are selected.
    """
    given = config.getoption("--hypothesis-seed") or os.environ.get("SEED")
    os.environ["SEED"] = str(given or secrets.randbelow(2**32))
    config.option.hypothesis_seed = os.environ["SEED"]
    if not all(_is_pure(config.invocation_params.dir / asked) for asked in config.args):
        config.pluginmanager.import_plugin("tests.service_fixtures")


def _is_pure(asked: Path) -> bool:
    file = Path(str(asked).partition("::")[0])
    return any(file.is_relative_to(folder) for folder in PURE)


def pytest_report_header() -> str:
    return f"seed: {os.environ['SEED']} (this run again: SEED={os.environ['SEED']})"


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, exitstatus: pytest.ExitCode
) -> None:
    if exitstatus:
        terminalreporter.write_line(pytest_report_header())


@pytest.fixture
def seed() -> int:
    """The seed of the run, for tests with their own random numbers."""
    return int(os.environ["SEED"])


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The event loop of the service."""
    return "asyncio"
