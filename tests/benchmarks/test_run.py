"""A run of the benchmarks: what it prints and keeps, and when it fails."""

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


def measure_little() -> Iterator[Measurement]:
    yield Measurement("import of 50 KB", (0.1,), 0.4, "s")


def break_down() -> Iterator[Measurement]:
    yield MISSED
    raise RuntimeError("the server did not come up")


@pytest.fixture
def latest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(run, "LATEST", tmp_path / "latest.json")
    return tmp_path / "latest.json"


def choose(monkeypatch: pytest.MonkeyPatch, **parts: object) -> None:
    monkeypatch.setattr(run, "PARTS", parts)


class TestLine:
    def test_has_the_goal_the_rounds_and_what_is_aimed_for(self) -> None:
        assert run.format_row("starting", MISSED).split() == (
            "S10 memory of a worker 119.00 118.00 120.00 ≤ 100 MB MISSED of two".split()
        )

    def test_names_the_part_of_what_belongs_to_no_goal(self) -> None:
        assert run.format_row("files", next(measure_little())).startswith(
            "files    import of 50 KB "
        )


class TestRun:
    def test_keeps_every_figure(self, latest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        choose(monkeypatch, all=measure_all, files=measure_little)
        assert run.main([]) == 0
        told = json.loads(latest.read_text())
        assert [one["goal"] for one in told["figures"]] == [*GOALS, "files"]
        assert told["figures"][0]["values"] == [1, 3, 2]
        assert told["seconds"].keys() == {"all", "files"}
        assert {"processor", "memory", "SQLite", "PostgreSQL", "load before"} <= {*told["machine"]}
        assert latest.with_suffix(".svg").read_text().startswith("<svg")

    def test_goes_on_after_a_part_that_failed_and_says_so(
        self, latest: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        choose(monkeypatch, broken=break_down, all=measure_all)
        assert run.main([]) == 1
        printed = capsys.readouterr()
        assert "broken failed: RuntimeError('the server did not come up')" in printed.out
        assert "Traceback" in printed.err
        assert len(json.loads(latest.read_text())["figures"]) == 1 + len(GOALS)

    def test_fails_when_a_goal_has_no_figure(
        self, latest: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        choose(monkeypatch, files=measure_little)
        assert run.main([]) == 1
        assert "S10 has no figure" in capsys.readouterr().out

    def test_of_one_part_measures_it_alone_and_keeps_nothing(
        self, latest: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        choose(monkeypatch, files=measure_little, broken=break_down)
        assert run.main(["files"]) == 0
        assert not latest.exists()

    def test_of_an_unknown_part_names_those_that_there_are(
        self, latest: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run.main(["fils"]) == 2
        assert "there are planning," in capsys.readouterr().err

    def test_succeeds_though_a_goal_was_missed(
        self, latest: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        choose(monkeypatch, all=measure_all, starting=lambda: iter([MISSED]))
        assert run.main([]) == 0
