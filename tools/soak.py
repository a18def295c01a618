"""Runs the long form of the tests of each promise, and writes the table of docs/soak.md.

`python -m tools.soak` runs all promises, `python -m tools.soak G1 G3` some. The table shows the
last run of each promise, from pytest's reports in `.cache/soak`. The exit code is 1 when a promise
was broken.
"""

import os
import platform
import re
import secrets
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
REPORTS = ROOT / ".cache" / "soak"
_TABLE_FILE = ROOT / "docs" / "soak.md"
_DATABASES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
_HEAD = """# The soak

`make soak` runs the long form of the tests of every promise, one after the other, on SQLite and on
a real PostgreSQL. `make test` runs the same tests in a short form. `make soak` writes this table,
which shows the last run of each promise. The times are from a shared machine. The tests count the
figures themselves. Each promise about durability has a control in the same files: a service, a disk
or a setting with a flaw, which the same harness must detect. The audit, G20, is part of
`make check`. `make bench` measures the goodput and the waiting times under a lasting overload, G10.

Every run prints its seed. `SEED=… python -m tools.soak G1` repeats a run with the same random
numbers. A variable such as `KILLS=20` changes one size (see `tests/durability/run_sizes.py`).

"""
_COLUMNS = "| promise | | database | figures | tests | seconds | |\n|---|---|---|---|---|---|---|\n"


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise, and the tests that check it."""

    name: str
    description: str
    tests: tuple[str, ...]
    database: str = ""
    """The database of the tests whose names do not contain one."""


_DURABILITY = "tests/durability"
PROMISES = (
    Promise("G1", "kill -9 during ingest", (f"{_DURABILITY}/test_kill.py",)),
    Promise("G2", "power loss", (f"{_DURABILITY}/test_power_loss.py",), "SQLite"),
    Promise(
        "G3",
        "random histories against a reference model",
        (f"{_DURABILITY}/test_random_histories.py",),
    ),
    Promise("G4", "a fault at every statement", (f"{_DURABILITY}/test_statement_faults.py",)),
    Promise(
        "G5", "the same write many times at once", (f"{_DURABILITY}/test_concurrent_retries.py",)
    ),
    Promise("G6", "generated requests against openapi.yaml", ("tests/contract/test_fuzz.py",)),
    Promise(
        "G7", "bad inputs, each with the right problem", ("tests/contract/test_bad_inputs.py",)
    ),
    Promise(
        "G8",
        "primary killed or frozen",
        (f"{_DURABILITY}/test_failover.py::TestFailover",),
        "PostgreSQL",
    ),
    Promise(
        "G9",
        "a commit that was not replicated",
        (f"{_DURABILITY}/test_failover.py::TestUnreplicatedCommit",),
        "PostgreSQL",
    ),
    Promise("G10", "overload", ("tests/test_overload.py", "tests/web/layers/test_concurrency.py")),
    Promise("G11", "slow clients", ("tests/web/layers/test_protocol_limits.py",)),
    Promise(
        "G12",
        "small bodies that are expensive to read",
        (f"{_DURABILITY}/test_expensive_bodies.py",),
    ),
    Promise("G13", "tenants kept apart", ("tests/contract/test_tenancy.py",)),
    Promise(
        "G14",
        "disk full, database gone, read-only",
        (
            f"{_DURABILITY}/test_unavailable_resources.py::TestFullDisk",
            f"{_DURABILITY}/test_unavailable_resources.py::TestUnavailablePostgres",
            "tests/test_outages.py",
        ),
    ),
    Promise(
        "G15",
        "all connections stuck",
        (f"{_DURABILITY}/test_unavailable_resources.py::TestStuckConnections",),
    ),
    Promise("G16", "migrations", (f"{_DURABILITY}/test_migration_locks.py", "tests/migrations")),
    Promise(
        "G17",
        "rolling restart and shutdown",
        (f"{_DURABILITY}/test_rolling_restart.py", f"{_DURABILITY}/test_shutdown.py"),
    ),
    Promise(
        "G18",
        "no secrets in the log",
        ("tests/web/monitoring/test_logs.py", "tests/test_settings.py"),
    ),
    Promise(
        "G19",
        "pages while sessions are added and deleted",
        (f"{_DURABILITY}/test_pagination_under_churn.py",),
    ),
)


@dataclass(slots=True)
class PromiseResult:
    """The test results of a promise on one kind of database."""

    tests: int = 0
    broken: int = 0
    seconds: float = 0
    figures: dict[str, float] = field(default_factory=dict)

    def add(self, case: ET.Element) -> None:
        """Add one test. A figure is the maximum of all tests if its name says so, else the sum."""
        self.tests += 1
        self.broken += any(case.find(kind) is not None for kind in ("failure", "error"))
        self.seconds += float(case.get("time", 0))
        for recorded in case.iter("property"):
            name, value = str(recorded.get("name")), float(recorded.get("value", 0))
            before = self.figures.get(name, 0)
            self.figures[name] = max(before, value) if _is_maximum(name) else before + value

    def cells(self) -> str:
        figures = ", ".join(_format_figure(name, value) for name, value in self.figures.items())
        verdict = f"**{self.broken} broken**" if self.broken else "ok"
        return f"{figures} | {self.tests} | {self.seconds:.0f} | {verdict} |"


def main() -> int:
    """Run the promises that the command line names, or all; print the table and write it."""
    wanted = sys.argv[1:]
    seed = os.environ.get("SEED") or str(secrets.randbelow(2**32))
    codes = [
        _run_tests(promise, seed) for promise in PROMISES if not wanted or promise.name in wanted
    ]
    table = "".join(format_rows())
    _TABLE_FILE.write_text(f"{_HEAD}{_COLUMNS}{table}\n{_describe_run(seed)}\n")
    sys.stdout.write(f"\n{_COLUMNS}{table}\n{_describe_run(seed)}\n")
    return max(codes, default=0)


def _run_tests(promise: Promise, seed: str) -> int:
    """Run the long form of a promise's tests; return 1 if one failed."""
    sys.stdout.write(f"\n{promise.name}: {promise.description} (SEED={seed})\n")
    sys.stdout.flush()
    report = f"--junitxml={REPORTS / promise.name}.xml"
    command = [sys.executable, "-m", "pytest", "--quiet", "--override-ini=junit_family=xunit1"]
    command += [report, *promise.tests]
    environment = {"SOAK": "1", **os.environ, "SEED": seed}
    return int(subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode != 0)


def format_rows() -> Iterator[str]:
    """Yield the rows of the table, from the reports of the last runs."""
    for promise in PROMISES:
        report = REPORTS / f"{promise.name}.xml"
        if not report.exists():
            yield f"| {promise.name} | {promise.description} | | not run | | | |\n"
            continue
        for database, row in read_report(promise, report).items():
            yield f"| {promise.name} | {promise.description} | {database} | {row.cells()}\n"


def read_report(promise: Promise, report: Path) -> dict[str, PromiseResult]:
    """Return the results in a report, by kind of database."""
    results: dict[str, PromiseResult] = {}
    # The XML is safe to parse: pytest has just written it.
    for case in ET.parse(report).getroot().iter("testcase"):  # noqa: S314
        named = re.search("sqlite|postgres", f"{case.get('classname')} {case.get('name')}".lower())
        database = _DATABASES[named[0]] if named else promise.database or "either"
        results.setdefault(database, PromiseResult()).add(case)
    return dict(sorted(results.items()))


def _is_maximum(name: str) -> bool:
    """Return whether a figure is a maximum, and not a sum."""
    return name.startswith(("longest", "most"))


def _format_figure(name: str, value: float) -> str:
    """Format a figure for the table: `1,000 kills`, `most MiB: 3.42`."""
    number = f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"
    return f"{name}: {number}" if _is_maximum(name) else f"{number} {name}"


def _describe_run(seed: str) -> str:
    """Describe the code, the seed and the machine of the last run."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return f"Last run: commit {_find_commit()}, SEED={seed}, {machine}, {platform.system()}."


def _find_commit() -> str:
    """Return the abbreviated commit, with a plus sign if files were changed since."""
    command = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


if __name__ == "__main__":
    sys.exit(main())
