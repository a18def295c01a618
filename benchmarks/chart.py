"""Draws the results as SVG: a bar for each figure, as a share of what its goal allows.

A bar that ends before the line reaches its goal. The colours and elements are those of
app/formats/charts.
"""

from app.formats.charts import svg
from app.formats.charts.svg import Panel
from benchmarks.measurements import Measurement

Rows = list[tuple[str, Measurement]]

TITLE = "What Pushoff costs, each figure beside its goal"
# The goal is in the middle. A bar that would exceed twice the goal ends in an arrow.
_GOAL_POSITION = 0.5
_MARGIN = 0.02
ROW_HEIGHT, _BAR_TOP, _BAR_HEIGHT, _LINE_HEIGHT = 34, 16, 8, 16


def draw(rows: Rows, described: dict[str, str]) -> bytes:
    """Return the SVG of figures with the names of their groups, and of the machine below them."""
    reached = sum(figure.reached for _, figure in rows)
    head = (
        svg.text(TITLE, "0%", 24, ' font-size="15"'),
        svg.text(f"{reached} of {len(rows)} reach it: their bars end before the line.", "0%", 44),
        svg.text(
            "Bars are medians; lines below them, from the lowest to the highest round.", "0%", 60
        ),
    )
    lines = (f"{name}: {text}" for name, text in described.items())
    notes = [svg.text(line, "0%", _LINE_HEIGHT * number) for number, line in enumerate(lines, 1)]
    return svg.document(
        "benchmarks",
        TITLE,
        "; ".join(f"{group} {figure.name}: {_format_value(figure)}" for group, figure in rows),
        [
            _frame(76, *head),
            *(_frame(ROW_HEIGHT, _draw_row(group, figure)) for group, figure in rows),
            _frame(_LINE_HEIGHT * (len(notes) + 1), svg.fill("quiet", *notes)),
        ],
    )


def _frame(height: int, *parts: str) -> Panel:
    """Return a panel with a margin on both sides."""
    position = f'x="{svg.percent(_MARGIN)}" width="{svg.percent(1 - 2 * _MARGIN)}"'
    body = "".join(parts)
    return Panel(height, f'<svg {position} height="{height}" overflow="visible">{body}</svg>')


def _format_value(figure: Measurement) -> str:
    """Return the value and the goal as text."""
    verdict = "" if figure.reached else ", missed"
    return f"{figure.value:.3g} {figure.unit} ({figure.goal_text}{verdict})".replace("  ", " ")


def _draw_row(group: str, figure: Measurement) -> str:
    """Return a figure's name and value, its bar, its range and its goal."""
    values = min(figure.values), figure.value, max(figure.values)
    low, middle, high = (bar_end(figure, value) for value in values)
    below = _BAR_TOP + _BAR_HEIGHT + 2
    right = ' text-anchor="end"'
    lines = (
        _draw_line(low, below, high, below),
        _draw_line(_GOAL_POSITION, _BAR_TOP - 3, _GOAL_POSITION, below + 3),
    )
    return "".join(
        (
            svg.text(f"{group}: {figure.name}", "0%", 11),
            svg.fill("quiet", svg.text(_format_value(figure), "100%", 11, right)),
            svg.fill("grid", svg.rect(0, _BAR_TOP, 1, _BAR_HEIGHT)),
            svg.fill(
                "step_up" if figure.reached else "strong",
                svg.rect(0, _BAR_TOP, middle, _BAR_HEIGHT),
            ),
            svg.stroke("ink", *lines, width=2),
            svg.text("▸", "100%", _BAR_TOP + _BAR_HEIGHT) if middle == 1 else "",
        )
    )


def bar_end(figure: Measurement, value: float) -> float:
    """Return the end of a value's bar as a share of the width: left of the goal if it is met."""
    ratio = figure.goal / value if figure.at_least else value / figure.goal
    return min(1.0, ratio * _GOAL_POSITION)


def _draw_line(left: float, top: float, right: float, bottom: float) -> str:
    """Return a line. `left` and `right` are shares of the width, `top` and `bottom` pixels."""
    ends = f'x1="{svg.percent(left)}" y1="{top}" x2="{svg.percent(right)}" y2="{bottom}"'
    return f"<line {ends}/>"
