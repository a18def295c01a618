"""Tests of the cohort's tables and chart, and that docs/cohort.md has them."""

from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from benchmarks.cohort import __main__ as run
from benchmarks.cohort import chart
from benchmarks.cohort.chart import Row
from benchmarks.cohort.goals import Goal
from benchmarks.cohort.kinds import HARD_LIFE, KINDS
from benchmarks.cohort.results import RunnerResult

DOCS = Path(__file__).parents[3] / "docs"
ROWS = [Row("with both", 15.5, 99.5), Row("with core", None, 100.0)]


@pytest.fixture(scope="module")
def results() -> Mapping[str, list[RunnerResult]]:
    return {kind.name: [run.train(kind, 1)] for kind in (*KINDS, HARD_LIFE)}


class TestFormatTable:
    def test_sets_engine_1_beside_engine_2(self, results: Mapping[str, list[RunnerResult]]) -> None:
        lines = [*run.format_table(results)]
        recorded = measured = "6/6/3 | week 3 | 100 %"
        assert lines[2] == f"| a beginner, everything as planned | {recorded} | {measured} |"

    def test_has_all_kinds_and_as_many_cells_in_each_row(
        self, results: Mapping[str, list[RunnerResult]]
    ) -> None:
        lines = [*run.format_table(results)]
        assert len(lines) == len(KINDS) + 2
        assert {line.count("|") for line in lines} == {8}


class TestFormatGoals:
    def test_marks_what_was_missed(self) -> None:
        lines = [*run.format_goals([Goal("G-a", "aim", "3", reached=False)])]
        assert lines[-1] == "| G-a | aim | 3 | MISSED |"


class TestDraw:
    def test_has_a_bar_for_each_share(self) -> None:
        drawn = ET.fromstring(chart.draw(ROWS))
        bars = [one for one in drawn.iter() if one.tag.endswith("rect")]
        assert [bar.get("class") for bar in bars] == ["old", "new", "new"]

    def test_says_the_shares_in_words_too(self) -> None:
        drawn = ET.fromstring(chart.draw(ROWS))
        texts = [one.text for one in drawn.iter() if one.tag.endswith("text")]
        assert {"15.5 %", "99.5 %", "100 %"} <= {*texts}
        assert "15.5 % with engine 1, 99.5 % with engine 2" in "".join(drawn.itertext())


class TestPage:
    def test_has_the_recorded_figures_of_engine_1(
        self, results: Mapping[str, list[RunnerResult]]
    ) -> None:
        page = (DOCS / "cohort.md").read_text(encoding="utf-8")
        for line in run.format_table(results):
            name_and_engine_1 = "|".join(line.split("|")[:5])
            assert name_and_engine_1 in page

    def test_reached_all_goals(self) -> None:
        page = (DOCS / "cohort.md").read_text(encoding="utf-8")
        assert page.count("| reached |") == 8
        assert "MISSED" not in page

    def test_has_a_chart_with_all_kinds(self) -> None:
        drawn = (DOCS / "cohort.svg").read_text(encoding="utf-8")
        assert [kind.name for kind in KINDS if kind.name not in drawn] == []
