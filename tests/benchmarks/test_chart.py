"""The picture of a run: a bar for each figure, on the right side of the line."""

from xml.etree import ElementTree

import pytest

from benchmarks import chart
from benchmarks.measurements import Measurement

SVG = "{http://www.w3.org/2000/svg}"
SLOW = Measurement("list <of> sets", (1.4, 1.5, 1.6), 1, "x the driver")
FAST = Measurement("batch", (0.9, 1.0, 1.1), 0.5, "of the driver", least=True)


def draw(*figures: Measurement) -> ElementTree.Element:
    rows = [("S7", figure) for figure in figures]
    # Our own picture, which has just been drawn.
    return ElementTree.fromstring(chart.draw(rows, {"processor": "two & a half cores"}))


class TestPicture:
    def test_tells_figures_goals_and_machine_in_words(self) -> None:
        drawn = draw(SLOW, FAST)
        said = [*drawn.itertext()]
        assert "S7: list <of> sets" in said
        assert "1.5 x the driver (≤ 1, missed)" in said
        assert "1 of the driver (≥ 0.5)" in said
        assert "processor: two & a half cores" in said

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
    def test_puts_what_reaches_its_goal_before_the_line(
        self, figure: Measurement, value: float, end: float
    ) -> None:
        assert chart.bar_end(figure, value) == end
