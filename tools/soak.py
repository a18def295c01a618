"""Runs the long form of each promise, one after the other, and writes what came of it.

`python -m tools.soak` runs all of them, `python -m tools.soak G1 G3` some; the table has the last
run of each, from pytest's own reports in `.cache/soak`. It ends with 1 when a promise was broken.
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
TABLE = ROOT / "docs" / "soak.md"
DATABASES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
HEAD = """# The soak

`make soak` runs the long form of every promise, one after the other, on SQLite and on a real
PostgreSQL; `make test` runs the same tests in a short form. This table is written by it, and has
the last run of each. Times are from a shared machine. Each figure is counted by the test itself,
and each promise about durability has a control in the same files: a service, a disk or a setting
with a flaw, which the same harness has to find out. The audit, G20, is a part of `make check`, and
what a lasting overload leaves of goodput and waits, G10, is measured by `make bench`.

Every run prints its seed; `SEED=… python -m tools.soak G1` draws the same numbers again, and a
variable such as `KILLS=20` changes one size (`tests/durability/run_sizes.py` knows how).

"""
COLUMNS = "| promise | | database | done | tests | seconds | |\n|---|---|---|---|---|---|---|\n"


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised, and the tests that hold it."""

    name: str
    words: str
    tests: tuple[str, ...]
    database: str = ""
    """Where it matters, unless a test's name says so."""


DURABILITY = "tests/durability"
PROMISES = (
    Promise("G1", "kill -9 during ingest", (f"{DURABILITY}/test_kill.py",)),
    Promise("G2", "power loss", (f"{DURABILITY}/test_power.py",), "SQLite"),
    Promise("G3", "any history against a plain model", (f"{DURABILITY}/test_histories.py",)),
    Promise("G4", "a fault at every statement", (f"{DURABILITY}/test_faults.py",)),
    Promise("G5", "the same write many times at once", (f"{DURABILITY}/test_retries.py",)),
    Promise("G6", "requests that nobody would write", ("tests/contract/test_fuzz.py",)),
    Promise("G7", "bad inputs, each with its problem", ("tests/contract/test_bad_inputs.py",)),
    Promise(
        "G8",
        "primary killed or frozen",
        (f"{DURABILITY}/test_failover.py::TestFailover",),
        "PostgreSQL",
    ),
    Promise(
        "G9",
        "a commit that was not replicated",
        (f"{DURABILITY}/test_failover.py::TestCommit",),
        "PostgreSQL",
    ),
    Promise(
        "G10", "more than fits", ("tests/test_overload.py", "tests/web/layers/test_concurrency.py")
    ),
    Promise("G11", "slow clients", ("tests/web/layers/test_protocol_limits.py",)),
    Promise("G12", "bombs", (f"{DURABILITY}/test_bombs.py",)),
    Promise("G13", "tenants kept apart", ("tests/contract/test_tenancy.py",)),
    Promise(
        "G14",
        "disk full, database gone, read-only",
        (
            f"{DURABILITY}/test_shortages.py::TestDisk",
            f"{DURABILITY}/test_shortages.py::TestServer",
            "tests/test_outages.py",
        ),
    ),
    Promise("G15", "all connections stuck", (f"{DURABILITY}/test_shortages.py::TestPool",)),
    Promise("G16", "migrations", (f"{DURABILITY}/test_migrating.py", "tests/migrations")),
    Promise(
        "G17",
        "rolling restart and shutdown",
        (f"{DURABILITY}/test_rolling.py", f"{DURABILITY}/test_shutdown.py"),
    ),
    Promise(
        "G18",
        "no secrets in the log",
        ("tests/web/monitoring/test_logs.py", "tests/test_settings.py"),
    ),
    Promise("G19", "pages while rows come and go", (f"{DURABILITY}/test_churn.py",)),
)


@dataclass(slots=True)
class Row:
    """What came of a promise on one kind of database."""

    tests: int = 0
    broken: int = 0
    seconds: float = 0
    figures: dict[str, float] = field(default_factory=dict)

    def add(self, case: ET.Element) -> None:
        """Count one test with its figures: the greatest of what is called so, else their sum."""
        self.tests += 1
        self.broken += any(case.find(kind) is not None for kind in ("failure", "error"))
        self.seconds += float(case.get("time", 0))
        for noted in case.iter("property"):
            name, value = str(noted.get("name")), float(noted.get("value", 0))
            before = self.figures.get(name, 0)
            self.figures[name] = max(before, value) if is_extreme(name) else before + value

    def cells(self) -> str:
        done = ", ".join(spell(name, value) for name, value in self.figures.items())
        verdict = f"**{self.broken} broken**" if self.broken else "ok"
        return f"{done} | {self.tests} | {self.seconds:.0f} | {verdict} |"


def main() -> int:
    """Run the promises that the command line names, or all; print and write the table."""
    wanted = sys.argv[1:]
    seed = os.environ.get("SEED") or str(secrets.randbelow(2**32))
    codes = [run(promise, seed) for promise in PROMISES if not wanted or promise.name in wanted]
    table = "".join(lines())
    TABLE.write_text(f"{HEAD}{COLUMNS}{table}\n{describe(seed)}\n")
    sys.stdout.write(f"\n{COLUMNS}{table}\n{describe(seed)}\n")
    return max(codes, default=0)


def run(promise: Promise, seed: str) -> int:
    """Run the long form of a promise; 1 when it was broken."""
    sys.stdout.write(f"\n{promise.name}: {promise.words} (SEED={seed})\n")
    sys.stdout.flush()
    report = f"--junitxml={REPORTS / promise.name}.xml"
    command = [sys.executable, "-m", "pytest", "--quiet", "--override-ini=junit_family=xunit1"]
    command += [report, *promise.tests]
    environment = {"SOAK": "1", **os.environ, "SEED": seed}
    return int(subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode != 0)


def lines() -> Iterator[str]:
    """The table, from the reports that there are."""
    for promise in PROMISES:
        report = REPORTS / f"{promise.name}.xml"
        if not report.exists():
            yield f"| {promise.name} | {promise.words} | | not run | | | |\n"
            continue
        for database, row in read(promise, report).items():
            yield f"| {promise.name} | {promise.words} | {database} | {row.cells()}\n"


def read(promise: Promise, report: Path) -> dict[str, Row]:
    """What a report says, by kind of database."""
    rows: dict[str, Row] = {}
    # Our own report, which pytest has just written.
    for case in ET.parse(report).getroot().iter("testcase"):  # noqa: S314
        named = re.search("sqlite|postgres", f"{case.get('classname')} {case.get('name')}".lower())
        database = DATABASES[named[0]] if named else promise.database or "either"
        rows.setdefault(database, Row()).add(case)
    return dict(sorted(rows.items()))


def is_extreme(name: str) -> bool:
    """Whether a figure is the greatest of its kind, and no sum."""
    return name.startswith(("longest", "most"))


def spell(name: str, value: float) -> str:
    """A figure as a reader wants it: `1,000 kills`, `most MiB: 3.42`."""
    number = f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"
    return f"{name}: {number}" if is_extreme(name) else f"{number} {name}"


def describe(seed: str) -> str:
    """What ran last, and on what."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return f"Last run: commit {commit()}, SEED={seed}, {machine}, {platform.system()}."


def commit() -> str:
    """The code that ran, by its first digits; a plus sign where it was changed since."""
    command = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


if __name__ == "__main__":
    sys.exit(main())
