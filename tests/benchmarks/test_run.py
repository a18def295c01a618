"""A run of the benchmarks: its output, its files and its exit code."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import __main__ as run
from benchmarks.measurements import GOALS, Measurement

MISSED = Measurement("memory of a worker", (120.0, 118.0, 119.0), 100, "MB", detail="of two")


def measure_all() -> Iterator[Measurement]:
    for names in GOALS.values():
        yield Measurement(names[0], (1.0, 3.0, 2.0), 3, "x")


def measure_files() -> Iterator[Measurement]:
    yield Measurement("import of 50 KB", (0.1,), 0.4, "s")


def fail() -> Iterator[Measurement]:
    yield MISSED
    raise RuntimeError("the server did not start")


@pytest.fixture
def latest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(run, "LATEST", tmp_path / "latest.json")
    return tmp_path / "latest.json"


def set_parts(monkeypatch: pytest.MonkeyPatch, **parts: object) -> None:
    monkeypatch.setattr(run, "PARTS", parts)


class TestFormatRow:
    def test_shows_the_goal_id_the_rounds_and_the_goal(self) -> None:
        assert run.format_row("worker_start", MISSED).split() == (
            "S10 memory of a worker 119.00 118.00 120.00 ≤ 100 MB MISSED of two".split()
        )

    def test_shows_the_part_of_a_figure_without_a_goal(self) -> None:
        assert run.format_row("files", next(measure_files())).startswith(
            "files    import of 50 KB "
        )


class TestMain:
    def test_writes_every_figure(self, latest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        set_parts(monkeypatch, all=measure_all, files=measure_files)
        assert run.main([]) == 0
        results = json.loads(latest.read_text())
        assert [one["goal"] for one in results["figures"]] == [*GOALS, "files"]
        assert results["figures"][0]["values"] == [1, 3, 2]
        assert results["seconds"].keys() == {"all", "files"}
        assert {"processor", "memory", "SQLite", "PostgreSQL", "load before"} <= {
            *results["machine"]
        }
        assert latest.with_suffix(".svg").read_text().startswith("<svg")

    def test_continues_after_a_failed_part_and_reports_it(
        self, latest: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        set_parts(monkeypatch, broken=fail, all=measure_all)
        assert run.main([]) == 1
        printed = capsys.readouterr()
        assert "broken failed: RuntimeError('the server did not start')" in printed.out
        assert "Traceback" in printed.err
        assert len(json.loads(latest.read_text())["figures"]) == 1 + len(GOALS)

    def test_fails_when_a_goal_has_no_figure(
        self, latest: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        set_parts(monkeypatch, files=measure_files)
        assert run.main([]) == 1
        assert "S10 has no figure" in capsys.readouterr().out

    def test_of_one_part_measures_only_that_and_writes_nothing(
        self, latest: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        set_parts(monkeypatch, files=measure_files, broken=fail)
        assert run.main(["files"]) == 0
        assert not latest.exists()

    def test_of_an_unknown_part_lists_the_known_ones(
        self, latest: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run.main(["fils"]) == 2
        assert "there are planning," in capsys.readouterr().err

    def test_succeeds_when_a_goal_is_missed(
        self, latest: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        set_parts(monkeypatch, all=measure_all, worker_start=lambda: iter([MISSED]))
        assert run.main([]) == 0
