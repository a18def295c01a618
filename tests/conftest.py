"""The settings of a test run: one seed, hypothesis' profile, and the fixtures of the service.

The folders in PURE test functions of values. They run without the fixtures of the service, because
importing the service takes longer than most of these tests.
"""

import os
import secrets
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).parents[1]
PURE = (ROOT / "tests" / "training", ROOT / "tests" / "formats")

hypothesis.settings.register_profile("pushoff", deadline=None, print_blob=True)
# For `make quick`. Tests that ask for a number of examples ask through properties.at_most().
hypothesis.settings.register_profile("quick", deadline=None, print_blob=True, max_examples=5)
hypothesis.settings.load_profile("pushoff")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Give the run one seed, from `--hypothesis-seed` or `SEED`, and load the fixtures of the
    service unless only pure tests were asked for. The environment hands the seed to workers.
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
    """The run's seed, for a test that draws its own numbers."""
    return int(os.environ["SEED"])


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The loop that the service runs on."""
    return "asyncio"
