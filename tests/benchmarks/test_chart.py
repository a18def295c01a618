"""The chart of a run: a bar for each figure, which ends before the goal if it is reached."""

from xml.etree import ElementTree

import pytest

from benchmarks import chart
from benchmarks.measurements import Measurement

SVG = "{http://www.w3.org/2000/svg}"
SLOW = Measurement("list <of> sets", (1.4, 1.5, 1.6), 1, "x the driver")
FAST = Measurement("batch", (0.9, 1.0, 1.1), 0.5, "of the driver", at_least=True)


def draw(*figures: Measurement) -> ElementTree.Element:
    rows = [("S7", figure) for figure in figures]
    # The SVG is safe to parse: this process has just drawn it.
    return ElementTree.fromstring(chart.draw(rows, {"processor": "two & a half cores"}))


class TestDraw:
    def test_shows_figures_goals_and_machine_as_text(self) -> None:
        drawn = draw(SLOW, FAST)
        texts = [*drawn.itertext()]
        assert "S7: list <of> sets" in texts
        assert "1.5 x the driver (≤ 1, missed)" in texts
        assert "1 of the driver (≥ 0.5)" in texts
        assert "processor: two & a half cores" in texts

    def test_has_a_title_and_a_description(self) -> None:
        drawn = draw(SLOW)
        assert drawn.findtext(f"{SVG}title") == chart.TITLE
        assert drawn.findtext(f"{SVG}desc") == "S7 list <of> sets: 1.5 x the driver (≤ 1, missed)"

    def test_has_a_row_for_each_figure(self) -> None:
        heights = [float(draw(*[SLOW] * number).get("height", 0)) for number in (1, 2, 3)]
        assert heights[2] - heights[1] == heights[1] - heights[0] == chart.ROW_HEIGHT

    @pytest.mark.parametrize(
        ("figure", "value", "end"),
        [(SLOW, 0.5, 0.25), (SLOW, 1, 0.5), (SLOW, 9, 1), (FAST, 1, 0.25), (FAST, 0.5, 0.5)],
    )
    def test_ends_a_bar_before_the_goal_if_it_is_reached(
        self, figure: Measurement, value: float, end: float
    ) -> None:
        assert chart.bar_end(figure, value) == end
