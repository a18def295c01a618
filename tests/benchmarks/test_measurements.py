"""A figure, its goal, and that every goal is measured by something."""

from pathlib import Path

import pytest

from benchmarks.measurements import GOALS, Measurement, divide, interleave

FOLDER = Path(__file__).parents[2] / "benchmarks"


class TestFigure:
    def test_is_the_median_of_its_rounds(self) -> None:
        assert Measurement("plan of 12 weeks", (9, 1, 2), 5, "ms").value == 2

    @pytest.mark.parametrize(
        ("least", "value", "reached"),
        [(False, 5, True), (False, 6, False), (True, 5, True), (True, 4, False)],
    )
    def test_reaches_its_goal_from_the_right_side(
        self, least: bool, value: float, reached: bool
    ) -> None:
        assert Measurement("", (value,), 5, "x", least=least).reached is reached

    def test_says_what_it_aims_for(self) -> None:
        assert Measurement("", (1,), 1 / 0.7, "x").bound == "≤ 1.43"
        assert Measurement("", (1,), 0.5, "x", least=True).bound == "≥ 0.5"

    def test_knows_its_goal_by_its_name(self) -> None:
        assert Measurement("batch of 5,000 sets, SQLite", (1,), 0.5, "").promise == "S6"
        assert Measurement("import of 50 KB", (1,), 0.4, "s").promise == ""


class TestRounds:
    def test_meet_both_in_turn(self) -> None:
        order: list[str] = []

        def note(word: str) -> float:
            order.append(word)
            return float(len(order))

        ours, ceiling = interleave(lambda: note("ours"), lambda: note("ceiling"), rounds=2)
        assert order == ["ours", "ceiling", "ours", "ceiling"]
        assert divide(ours, ceiling) == (1 / 2, 3 / 4)


class TestGoals:
    def test_are_all_of_them(self) -> None:
        assert list(GOALS) == [f"S{number}" for number in range(1, 11)]

    def test_stand_in_the_readme(self) -> None:
        rows = (FOLDER / "README.md").read_text().splitlines()
        assert [
            goal for goal in GOALS if not any(row.startswith(f"| {goal} ") for row in rows)
        ] == []

    def test_are_measured_by_a_part(self) -> None:
        parts = [file for file in FOLDER.glob("*.py") if file.name != "figures.py"]
        code = "".join(file.read_text() for file in parts)
        assert [name for names in GOALS.values() for name in names if f'"{name}' not in code] == []
