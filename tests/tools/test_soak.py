"""The table of `make soak` lists every durability test and shows which promise was broken."""

from pathlib import Path

import pytest

from tools import soak
from tools.soak import PROMISES, Promise

ROOT = Path(__file__).parents[2]
REPORT = """<testsuites><testsuite>
<testcase classname="tests.x.TestKill" name="test_a[sqlite]" time="1.5">
  <properties><property name="kills" value="1000" /><property name="longest (s)" value="0.25" />
  </properties></testcase>
<testcase classname="tests.x.TestKill" name="test_b[sqlite]" time="2">
  <properties><property name="kills" value="500" /><property name="longest (s)" value="0.5" />
  </properties></testcase>
<testcase classname="tests.x.TestKillOnPostgres" name="test_a" time="3">
  <failure message="lost" /></testcase>
<testcase classname="tests.x.TestFlaw" name="test_c" time="1" />
</testsuite></testsuites>"""
KILLS = Promise("G1", "kills", ("tests/x.py",))


@pytest.fixture
def report(tmp_path: Path) -> Path:
    file = tmp_path / "G1.xml"
    file.write_text(REPORT)
    return file


class TestPromises:
    def test_name_files_that_exist(self) -> None:
        named = {test.partition("::")[0] for promise in PROMISES for test in promise.tests}
        assert [name for name in sorted(named) if not (ROOT / name).exists()] == []

    def test_include_every_durability_test(self) -> None:
        named = {test.partition("::")[0] for promise in PROMISES for test in promise.tests}
        files = (ROOT / "tests" / "durability").glob("test_*.py")
        # The first checks waiting times, the second the comparison that the other tests use.
        left_out = {str(file.relative_to(ROOT)) for file in files} - named
        assert left_out == {
            "tests/durability/test_crossing_locks.py",
            "tests/durability/test_acknowledgements.py",
        }


class TestTable:
    def test_sums_counts_and_keeps_maximums(self, report: Path) -> None:
        row = soak.read_report(KILLS, report)["SQLite"]
        assert row.cells() == "1,500 kills, longest (s): 0.50 | 2 | 4 | ok |"

    def test_shows_failed_tests(self, report: Path) -> None:
        assert soak.read_report(KILLS, report)["PostgreSQL"].cells().endswith("**1 broken** |")

    def test_has_a_row_for_each_database(self, report: Path) -> None:
        assert list(soak.read_report(KILLS, report)) == ["PostgreSQL", "SQLite", "either"]

    def test_marks_promises_that_were_not_run(
        self, report: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(soak, "REPORTS", report.parent)
        table = list(soak.format_rows())
        assert [line for line in table if "not run" in line] == table[3:]
        assert len(table) == len(PROMISES) + 2
