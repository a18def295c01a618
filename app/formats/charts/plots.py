"""Draw in a plot over all weeks: lines of a scale, columns, and lines with a step for each week.

week_panels puts them together. The x axis has one unit for each week, so that 1 to 52 weeks and
more need the same code.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.formats.charts import svg

SMALL, BOLD = ' font-size="11"', ' font-weight="600"'
CENTRED, RIGHT_ALIGNED = ' text-anchor="middle"', ' text-anchor="end"'
_DASHED = ' stroke-dasharray="4 3"'
# Closes the corners where a horizontal line meets a vertical one.
_SQUARE = ' stroke-linecap="square"'


@dataclass(frozen=True, slots=True)
class Scale:
    """A vertical scale from `low` at the bottom to `high` at the top of `height` pixels."""

    low: float
    high: float
    height: int

    def y(self, value: float) -> float:
        """Return a value's distance from the top in pixels."""
        return self.height * (self.high - value) / (self.high - self.low)


def build_scale(highest: float, height: int) -> tuple[Scale, list[float]]:
    """Return a scale from 0 that includes `highest`, and at most six round numbers to label it."""
    rough = max(highest, 5) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    count = math.ceil(max(highest, 5) / step)
    return Scale(0, step * count, height), [step * index for index in range(count + 1)]


def draw_scale_lines(scale: Scale, steps: Sequence[float]) -> str:
    """Draw a line for each step of a scale, with its number to the left."""
    heights = [scale.y(step) for step in steps]
    labels = [svg.text(f"{s:.0f}", -6, y + 4) for s, y in zip(steps, heights, strict=True)]
    return draw_borders(heights) + svg.fill("quiet", *labels, more=RIGHT_ALIGNED + SMALL)


def draw_borders(heights: Sequence[float]) -> str:
    """Draw a thin line over the whole plot at each height."""
    return svg.stroke("grid", *(svg.horizontal(0, 1, y) for y in heights))


def draw_columns(stacks: Sequence[Mapping[str, float]], inks: Sequence[str], scale: Scale) -> str:
    """Draw a column for each week, its pieces on top of one another in the order of their inks."""
    pieces: dict[str, list[str]] = {ink: [] for ink in inks}
    for index, stack in enumerate(stacks):
        bottom = 0.0
        for ink, path in pieces.items():
            top = bottom + stack.get(ink, 0)
            path.append(build_column(index, scale.y(bottom), scale.y(top), len(stacks)))
            bottom = top
    drawn = (svg.fill(ink, svg.path(path)) for ink, path in pieces.items())
    return svg.stretch_to_plot(len(stacks), scale.height, *drawn)


def build_column(index: int, bottom: float, top: float, weeks: int) -> str:
    """Return the path of one piece of a column, from its bottom to its top in pixels."""
    # A gap of one pixel separates pieces of a column, unless a piece is lower than two pixels.
    height = bottom - top - (1 if bottom - top > 2 else 0)
    if height <= 0:
        return ""
    width = compute_column_width(weeks)
    left, h, w = (svg.number(one) for one in (index + (1 - width) / 2, height, width))
    return f"M{left} {svg.number(bottom)}v-{h}h{w}v{h}z"


def compute_column_width(weeks: int) -> float:
    """Return the width of a column as a share of a week."""
    # Columns of a chart with few weeks are narrower, because they would look like walls.
    return min(0.72, 0.14 * weeks)


def draw_step_line(
    ink: str, values: Sequence[float | None], known: int, scale: Scale, *, width: float
) -> str:
    """Draw a line with one step for each week, dashed after the first `known`. None is a gap."""
    past = [*_build_steps(values, range(known), scale)]
    future = [*_build_steps(values, range(known, len(values)), scale)]
    return svg.stroke(ink, *past, width=width, more=_SQUARE) + svg.stroke(
        ink, *future, width=width, more=_DASHED
    )


def _build_steps(values: Sequence[float | None], weeks: range, scale: Scale) -> Iterator[str]:
    """Yield a horizontal line for each run of equal values, and a vertical one before it where the
    week before has another value.
    """
    count = len(values)
    first = weeks.start
    for week in weeks:
        value, following = values[week], values[week + 1] if week + 1 < weeks.stop else None
        if value is None or value == following:
            first = first if value is not None else week + 1
            continue
        before = values[first - 1] if first else None
        if before is not None and before != value:
            yield svg.vertical(first / count, *sorted((scale.y(before), scale.y(value))))
        yield svg.horizontal(first / count, (week + 1) / count, scale.y(value))
        first = week + 1
