"""The table as a picture: a bar for each figure, as a share of what its goal allows.

Bars that end before the line reach their goal. Colours and elements are those of the charts.
"""

from app.formats.charts import svg
from app.formats.charts.svg import Panel
from benchmarks.figures import Figure

Rows = list[tuple[str, Figure]]

TITLE = "What Pushoff costs, each figure beside its goal"
# The goal stands in the middle; a bar that is longer than twice the goal ends in an arrow.
GOAL_AT = 0.5
MARGIN = 0.02
ROW, BAR_TOP, BAR, LINE = 34, 16, 8, 16


def draw(rows: Rows, described: dict[str, str]) -> bytes:
    """The figures, each with the name of its group, over the machine that they are of."""
    reached = sum(figure.reached for _, figure in rows)
    head = (
        svg.text(TITLE, "0%", 24, ' font-size="15"'),
        svg.text(f"{reached} of {len(rows)} reach it: their bars end before the line.", "0%", 44),
        svg.text(
            "Bars are medians; lines below them, from the lowest to the highest round.", "0%", 60
        ),
    )
    words = (f"{name}: {told}" for name, told in described.items())
    notes = [svg.text(told, "0%", LINE * place) for place, told in enumerate(words, 1)]
    return svg.document(
        "benchmarks",
        TITLE,
        "; ".join(f"{group} {figure.name}: {spell(figure)}" for group, figure in rows),
        [
            frame(76, *head),
            *(frame(ROW, draw_row(group, figure)) for group, figure in rows),
            frame(LINE * (len(notes) + 1), svg.fill("quiet", *notes)),
        ],
    )


def frame(height: int, *parts: str) -> Panel:
    """A strip with a margin on both sides."""
    place = f'x="{svg.percent(MARGIN)}" width="{svg.percent(1 - 2 * MARGIN)}"'
    body = "".join(parts)
    return Panel(height, f'<svg {place} height="{height}" overflow="visible">{body}</svg>')


def spell(figure: Figure) -> str:
    """What came out and what is aimed for."""
    verdict = "" if figure.reached else ", missed"
    return f"{figure.value:.3g} {figure.unit} ({figure.bound}{verdict})".replace("  ", " ")


def draw_row(group: str, figure: Figure) -> str:
    """A figure's names and numbers, its bar, its whisker and its goal."""
    values = min(figure.values), figure.value, max(figure.values)
    low, middle, high = (reach(figure, value) for value in values)
    below = BAR_TOP + BAR + 2
    right = ' text-anchor="end"'
    lines = rule(low, below, high, below), rule(GOAL_AT, BAR_TOP - 3, GOAL_AT, below + 3)
    return "".join(
        (
            svg.text(f"{group}: {figure.name}", "0%", 11),
            svg.fill("quiet", svg.text(spell(figure), "100%", 11, right)),
            svg.fill("grid", svg.rect(0, BAR_TOP, 1, BAR)),
            svg.fill("step_up" if figure.reached else "strong", svg.rect(0, BAR_TOP, middle, BAR)),
            svg.stroke("ink", *lines, width=2),
            svg.text("▸", "100%", BAR_TOP + BAR) if middle == 1 else "",
        )
    )


def reach(figure: Figure, value: float) -> float:
    """Where a value ends, as a share of the width: what reaches the goal stays left of it."""
    used = figure.goal / value if figure.least else value / figure.goal
    return min(1.0, used * GOAL_AT)


def rule(left: float, top: float, right: float, bottom: float) -> str:
    """A straight line: shares of the width, and pixels."""
    ends = f'x1="{svg.percent(left)}" y1="{top}" x2="{svg.percent(right)}" y2="{bottom}"'
    return f"<line {ends}/>"
