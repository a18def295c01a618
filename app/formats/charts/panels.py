"""Draw the panels of a chart, each a strip over all weeks: volume, ladders, pain, marks, legend.

Takes plain values and returns SVG panels, which chart puts together. The x axis has one unit for
each week, so that 1 to 52 weeks need the same code. Which values are drawn is decided in chart, and
the alternative text is in alt_text.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.formats.charts import svg
from app.formats.charts.svg import Panel
from app.training.catalog.track_definitions import DEFINITIONS, Track
from app.training.log import limits
from app.training.planning.training_calendar import WeekKind

TRACK_NAMES: dict[Track, str] = {track: one.name for track, one in DEFINITIONS.items()}
# Letters, so that no kind of week is shown by colour or pattern alone.
WEEK_MARKS: dict[WeekKind, tuple[str, str]] = {
    "deload": ("D", "deload"),
    "taper": ("T", "taper"),
    "race": ("R", "race"),
    "transition": ("A", "after race"),
}
# The zones of pain out of 10: ink, label, and the zone's upper border on the scale.
PAIN_ZONES = (("mild", "0-2", 2.5), ("moderate", "3-5", 5.5), ("strong", "6-10", limits.SCORE.high))
# As in the engine, pain from 3 is moderate and pain above 5 is strong: 2.5 is mild, 5.5 strong.
_MIN_MODERATE_PAIN, _MAX_MODERATE_PAIN = 3, 5
_VOLUME_HEIGHT, _LADDER_HEIGHT, PAIN_HEIGHT = 150, 48, 66
# Everything has to fit into a chart of 320 pixels. A letter takes at most 7 on average, in the
# widest of the usual fonts.
MIN_WIDTH, _MARGIN, _LETTER_WIDTH = 320, 12, 7
_SMALL = ' font-size="11"'
_BOLD = ' font-weight="600"'
_CENTRED = ' text-anchor="middle"'
_RIGHT_ALIGNED = ' text-anchor="end"'
_SWATCH = '<rect width="12" height="10"/>'

# A name for the weeks from the second number to the third.
WeekSpan = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class _Scale:
    """A vertical scale from `low` at the bottom to `high` at the top of `height` pixels."""

    low: float
    high: float
    height: int

    def y(self, value: float) -> float:
        """Return a value's distance from the top in pixels."""
        return self.height * (self.high - value) / (self.high - self.low)


def build_scale(highest: float, height: int) -> tuple[_Scale, list[float]]:
    """Return a scale from 0 that includes `highest`, and at most six round numbers to label it."""
    rough = max(highest, 5) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    count = math.ceil(max(highest, 5) / step)
    return _Scale(0, step * count, height), [step * index for index in range(count + 1)]


def draw_header(title: str, subtitle: str) -> Panel:
    body = svg.text(title, _MARGIN, 24, ' font-size="16"' + _BOLD)
    return Panel(48, body + svg.fill("quiet", svg.text(subtitle, _MARGIN, 42)))


def draw_legend(kinds: Sequence[WeekKind], *samples: tuple[str, str]) -> Panel:
    """Explain the tracks, the `samples` of 12 by 10 pixels, and the marks of easier weeks."""
    tracks = [(svg.fill(track, _SWATCH), name) for track, name in TRACK_NAMES.items()]
    marks = [f"{letter} {words}" for kind, (letter, words) in WEEK_MARKS.items() if kind in kinds]
    hatched = svg.fill("ink", _SWATCH) + svg.hatch(_SWATCH)
    easier = [(hatched, "easier: " + ", ".join(marks))] if marks else []
    body, left, top = "", float(_MARGIN), 6
    for sample, words in (*tracks, *samples, *easier):
        width = 17 + _LETTER_WIDTH * len(words)
        if left > _MARGIN and left + width > MIN_WIDTH:
            left, top = _MARGIN, top + 18
        body += svg.translate(left, top, sample, svg.text(words, 17, 9.5))
        left += width + 8
    return Panel(top + 22, body)


def draw_spans(spans: Sequence[WeekSpan], weeks: int) -> Panel:
    """Draw a named box over each span; only the first letter if the name does not fit."""
    cells = []
    for name, first, last in spans:
        left, width = (first - 1) / weeks, (last - first + 1) / weeks
        label = next((one for one in (name, name[0].upper()) if _fits(one, width)), "")
        cells.append(svg.stroke("quiet", svg.rect(left, 0.5, width, 17)))
        cells.append(svg.text(label, svg.percent(left + width / 2), 13, _CENTRED + _SMALL))
    return Panel(24, svg.plot_area(0, 18, *cells))


def explain_short_names(spans: Sequence[WeekSpan], weeks: int) -> str:
    """Return what the letters of draw_spans mean, except those that mark a kind of week as well."""
    short = [n for n, first, last in spans if not _fits(n, (last - first + 1) / weeks)]
    marked = {letter for letter, _ in WEEK_MARKS.values()}
    words = [f"{name[0].upper()} {name}" for name in dict.fromkeys(short)]
    return ", ".join(word for word in words if word[0] not in marked)


def _fits(name: str, width: float) -> bool:
    """Return whether a name fits into a share of the plot in the narrowest chart."""
    return _LETTER_WIDTH * len(name) < width * svg.PLOT_WIDTH * MIN_WIDTH


def draw_week_marks(kinds: Sequence[WeekKind]) -> Panel:
    """Draw a letter over each special week, races in a second row, so that neighbours have room."""
    rows = {True: "", False: ""}
    for index, kind in enumerate(kinds):
        if kind in WEEK_MARKS:
            middle = svg.percent((index + 0.5) / len(kinds))
            rows[kind == "race"] += svg.text(WEEK_MARKS[kind][0], middle, 10)
    used = [row for row in rows.values() if row]
    placed = (svg.translate(0, 12 * index, row) for index, row in enumerate(used))
    height = 12 * len(used) + 2
    letters = svg.fill("ink", *placed, more=_CENTRED + _SMALL + _BOLD)
    return Panel(height, svg.plot_area(0, height, letters))


def draw_volume(
    kinds: Sequence[WeekKind],
    stacks: Sequence[Mapping[Track, float]],
    tooltips: Sequence[str],
    planned: Sequence[float] = (),
    known: int = 0,
) -> Panel:
    """Draw a column of each week's volume by track, and a line of the planned volume if given.

    `tooltips` has a text for each week. Special weeks are hatched. After the first `known` weeks
    the line is dashed.
    """
    totals = [sum(stack.values()) for stack in stacks]
    scale, steps = build_scale(max(*totals, *planned, 0), _VOLUME_HEIGHT)
    columns = svg.stretch_to_plot(len(stacks), _VOLUME_HEIGHT, *_draw_columns(stacks, scale))
    hatching = svg.hatch(*_draw_hatching(kinds, totals, scale))
    line = svg.stroke("ink", *_draw_step_line(planned, known, scale), width=1.5)
    over = svg.stretch_to_plot(len(stacks), _VOLUME_HEIGHT, line) if line else ""
    parts = _draw_scale_lines(scale, steps), columns, hatching, over, _draw_tooltips(tooltips)
    return Panel(_VOLUME_HEIGHT + 6, svg.plot_area(6, _VOLUME_HEIGHT, *parts))


def _draw_hatching(
    kinds: Sequence[WeekKind], totals: Sequence[float], scale: _Scale
) -> Iterator[str]:
    weeks, width = len(totals), _compute_column_width(len(totals))
    for index, total in enumerate(totals):
        if kinds[index] in WEEK_MARKS and total:
            top, left = scale.y(total), (index + (1 - width) / 2) / weeks
            yield svg.rect(left, top, width / weeks, scale.height - top)


def _draw_columns(stacks: Sequence[Mapping[Track, float]], scale: _Scale) -> Iterator[str]:
    """Yield one path for each ink. Each track is on top of those before it."""
    pieces: dict[Track, list[str]] = {track: [] for track in TRACK_NAMES}
    for index, stack in enumerate(stacks):
        bottom = 0.0
        for track, path in pieces.items():
            top = bottom + stack.get(track, 0)
            path.append(_build_column(index, scale.y(bottom), scale.y(top), len(stacks)))
            bottom = top
    for track, path in pieces.items():
        yield svg.fill(track, svg.path(path))


def _build_column(index: int, bottom: float, top: float, weeks: int) -> str:
    # A gap of one pixel separates pieces of a column, unless a piece is lower than two pixels.
    height = bottom - top - (1 if bottom - top > 2 else 0)
    if height <= 0:
        return ""
    width = _compute_column_width(weeks)
    left, h, w = (svg.number(one) for one in (index + (1 - width) / 2, height, width))
    return f"M{left} {svg.number(bottom)}v-{h}h{w}v{h}z"


def _compute_column_width(weeks: int) -> float:
    # Columns of a chart with few weeks are narrower, because they would look like walls.
    return min(0.72, 0.14 * weeks)


def _draw_step_line(values: Sequence[float | None], known: int, scale: _Scale) -> Iterator[str]:
    """Yield a line with one step for each week, dashed after the first `known`. None is a gap."""
    yield svg.path(_build_steps(values[:known], scale))
    if known < len(values):
        before = values[known - 1] if known else None
        path = _build_steps(values[known:], scale, known, before)
        yield svg.path(path, ' stroke-dasharray="4 3"')


def _build_steps(
    values: Sequence[float | None], scale: _Scale, first: int = 0, before: float | None = None
) -> Iterator[str]:
    """Yield the path from week `first` on, joined to the value `before` it."""
    drawing = before is not None
    if before is not None:
        yield f"M{first} {svg.number(scale.y(before))}"
    for index, value in enumerate(values, first):
        if value is not None:
            y = svg.number(scale.y(value))
            yield f"{f'V{y}' if drawing else f'M{index} {y}'}H{index + 1}"
        drawing = value is not None


def _draw_scale_lines(scale: _Scale, steps: Sequence[float]) -> str:
    heights = [scale.y(step) for step in steps]
    lines = svg.path(f"M0 {svg.number(y)}H1" for y in heights)
    labels = [svg.text(f"{s:,.0f}", -6, y + 4) for s, y in zip(steps, heights, strict=True)]
    numbers = svg.fill("quiet", *labels, more=_RIGHT_ALIGNED + _SMALL)
    return svg.stretch_to_plot(1, scale.height, svg.stroke("grid", lines)) + numbers


def _draw_tooltips(tooltips: Sequence[str]) -> str:
    """Draw an invisible box for each week, whose title a browser shows when it is pointed at."""
    width = 1 / len(tooltips)
    titles = enumerate(map(svg.title, tooltips))
    boxes = (svg.rect(index * width, 0, width, _VOLUME_HEIGHT, title) for index, title in titles)
    return f'<g fill="none" pointer-events="all">{"".join(boxes)}</g>'


def draw_week_numbers(weeks: int) -> Panel:
    """Draw the number of each week, or of every second or fourth week if there is no room."""
    every = next(n for n in (1, 2, 4) if n * svg.PLOT_WIDTH * MIN_WIDTH / weeks >= 15 or n == 4)
    numbers = [
        svg.text(str(week), svg.percent((week - 0.5) / weeks), 15, _CENTRED)
        for week in range(every, weeks + 1, every)
    ]
    body = svg.fill("quiet", svg.text("week", -6, 15, _RIGHT_ALIGNED), *numbers, more=_SMALL)
    return Panel(26, svg.plot_area(0, 20, body))


def draw_ladder(
    track: Track, aside: str, caption: str, values: Sequence[float | None], known: int
) -> Panel:
    """Draw a track's ladder position in each week, dashed after the first `known` weeks.

    `aside` comes before the caption, in wide charts only.
    """
    present = [value for value in values if value is not None] or [0.0]
    low, high = math.floor(min(present)), math.floor(max(present)) + 1
    scale = _Scale(low, high, _LADDER_HEIGHT)
    step = math.ceil(13 * (high - low) / _LADDER_HEIGHT)
    title = svg.fill(track, _SWATCH) + svg.text(TRACK_NAMES[track], 17, 9.5, _BOLD)
    words = svg.fill("quiet", svg.text(caption, "100%", 9.5, _RIGHT_ALIGNED, aside))
    line = svg.stroke(track, *_draw_step_line(values, known, scale), width=2.5)
    scale_lines = _draw_scale_lines(scale, range(low, high, step))
    plot = scale_lines + svg.stretch_to_plot(len(values), _LADDER_HEIGHT, line)
    body = svg.plot_area(2, 12, title, words) + svg.plot_area(20, _LADDER_HEIGHT, plot)
    return Panel(_LADDER_HEIGHT + 32, body)


def draw_pain(pains: Sequence[float | None]) -> Panel:
    """Draw each week's worst pain on a scale of 0 to 10 with its zones; nothing for None."""
    scale = _Scale(*limits.SCORE, PAIN_HEIGHT)
    pieces: dict[str, list[str]] = {ink: [] for ink, _, _ in PAIN_ZONES}
    for index, pain in enumerate(pains):
        if pain is not None:
            ink = PAIN_ZONES[(pain >= _MIN_MODERATE_PAIN) + (pain > _MAX_MODERATE_PAIN)][0]
            # Two pixels at least, so that a reported pain of 0 is visible.
            top = min(scale.y(pain), PAIN_HEIGHT - 2)
            pieces[ink].append(_build_column(index, PAIN_HEIGHT, top, len(pains)))
    columns = [svg.fill(ink, svg.path(path)) for ink, path in pieces.items()]
    borders = [0.0, *(border for _, _, border in PAIN_ZONES)]
    lines = svg.path(f"M0 {svg.number(scale.y(border))}H1" for border in borders)
    labels = [
        svg.text(label, -6, scale.y((low + high) / 2) + 4)
        for (_, label, high), low in zip(PAIN_ZONES, borders, strict=False)
    ]
    plot = svg.stretch_to_plot(1, PAIN_HEIGHT, svg.stroke("grid", lines))
    plot += svg.fill("quiet", *labels, more=_RIGHT_ALIGNED + _SMALL)
    plot += svg.stretch_to_plot(len(pains), PAIN_HEIGHT, *columns)
    title = svg.text("Worst pain reported, 0 to 10", 0, 9.5, _BOLD)
    body = svg.plot_area(2, 12, title) + svg.plot_area(20, PAIN_HEIGHT, plot)
    return Panel(PAIN_HEIGHT + 26, body)
