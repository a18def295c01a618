"""Figures and goals: every goal is measured by a part of the benchmark."""

from pathlib import Path

import pytest

from benchmarks.measurements import GOALS, Measurement, divide, interleave

FOLDER = Path(__file__).parents[2] / "benchmarks"


class TestMeasurement:
    def test_is_the_median_of_its_rounds(self) -> None:
        assert Measurement("plan of 12 weeks", (9, 1, 2), 5, "ms").value == 2

    @pytest.mark.parametrize(
        ("at_least", "value", "reached"),
        [(False, 5, True), (False, 6, False), (True, 5, True), (True, 4, False)],
    )
    def test_compares_its_value_with_the_goal(
        self, at_least: bool, value: float, reached: bool
    ) -> None:
        assert Measurement("", (value,), 5, "x", at_least=at_least).reached is reached

    def test_formats_its_goal(self) -> None:
        assert Measurement("", (1,), 1 / 0.7, "x").goal_text == "≤ 1.43"
        assert Measurement("", (1,), 0.5, "x", at_least=True).goal_text == "≥ 0.5"

    def test_finds_its_goal_by_its_name(self) -> None:
        assert Measurement("batch of 5,000 sets, SQLite", (1,), 0.5, "").goal_id == "S6"
        assert Measurement("import of 50 KB", (1,), 0.4, "s").goal_id == ""


class TestInterleave:
    def test_measures_both_in_turn(self) -> None:
        order: list[str] = []

        def record(word: str) -> float:
            order.append(word)
            return float(len(order))

        ours, ceiling = interleave(lambda: record("ours"), lambda: record("ceiling"), rounds=2)
        assert order == ["ours", "ceiling", "ours", "ceiling"]
        assert divide(ours, ceiling) == (1 / 2, 3 / 4)


class TestGoals:
    def test_are_complete(self) -> None:
        assert list(GOALS) == [f"S{number}" for number in range(1, 11)]

    def test_are_in_the_readme(self) -> None:
        rows = (FOLDER / "README.md").read_text().splitlines()
        assert [
            goal for goal in GOALS if not any(row.startswith(f"| {goal} ") for row in rows)
        ] == []

    def test_are_each_measured_by_a_part(self) -> None:
        parts = [file for file in FOLDER.glob("*.py") if file.name != "figures.py"]
        code = "".join(file.read_text() for file in parts)
        assert [name for names in GOALS.values() for name in names if f'"{name}' not in code] == []
