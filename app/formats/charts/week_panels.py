"""Draw the panels of a chart that show figures of each week: volume, holds, ladders and pain.

Takes plain values and returns SVG panels, which chart puts together. Which values are drawn is
decided in chart, and the alternative text is in alt_text.
"""

import math
from collections.abc import Iterator, Mapping, Sequence

from app.formats.charts import plots, svg, text_width
from app.formats.charts.panels import SWATCH, TRACK_NAMES, WEEK_MARKS
from app.formats.charts.plots import BOLD, RIGHT_ALIGNED, SMALL, Scale
from app.formats.charts.svg import MIN_WIDTH, WIDE_WIDTH, Panel
from app.formats.charts.text_width import measure_text
from app.training.catalog.track_definitions import Track
from app.training.log import limits
from app.training.planning.training_calendar import WeekKind

# The zones of pain out of 10: ink, label, and the zone's upper border on the scale.
PAIN_ZONES = (("mild", "0-2", 2.5), ("moderate", "3-5", 5.5), ("strong", "6-10", limits.SCORE.high))
# As in the engine, pain from 3 is moderate and pain above 5 is strong: 2.5 is mild, 5.5 strong.
_MIN_MODERATE_PAIN, _MAX_MODERATE_PAIN = 3, 5
_VOLUME_HEIGHT, _LADDER_HEIGHT, _HOLD_HEIGHT, PAIN_HEIGHT = 150, 48, 66, 66
# The line of what was planned, and that of a ladder.
PLANNED_WIDTH, _LADDER_WIDTH = 1.5, 2.5
_CAPTION_GAP = 10


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
    scale, steps = plots.build_scale(max(*totals, *planned, 0), _VOLUME_HEIGHT)
    parts = (
        plots.draw_scale_lines(scale, steps),
        plots.draw_columns(stacks, [*TRACK_NAMES], scale),
        svg.hatch(*_draw_hatching(kinds, totals, scale)),
        plots.draw_step_line("ink", planned, known, scale, width=PLANNED_WIDTH),
        _draw_tooltips(tooltips),
    )
    return Panel(_VOLUME_HEIGHT + 6, svg.plot_area(6, _VOLUME_HEIGHT, *parts))


def _draw_hatching(
    kinds: Sequence[WeekKind], totals: Sequence[float], scale: Scale
) -> Iterator[str]:
    weeks, width = len(totals), plots.compute_column_width(len(totals))
    for index, total in enumerate(totals):
        if kinds[index] in WEEK_MARKS and total:
            top, left = scale.y(total), (index + (1 - width) / 2) / weeks
            yield svg.rect(left, top, width / weeks, scale.height - top)


def _draw_tooltips(tooltips: Sequence[str]) -> str:
    """Draw an invisible box for each week, whose title a browser shows when it is pointed at."""
    width = 1 / len(tooltips)
    titles = enumerate(map(svg.title, tooltips))
    boxes = (svg.rect(index * width, 0, width, _VOLUME_HEIGHT, title) for index, title in titles)
    return f'<g fill="none" pointer-events="all">{"".join(boxes)}</g>'


def draw_holds(
    stacks: Sequence[Mapping[Track, float]], planned: Sequence[float | None] = (), known: int = 0
) -> Panel:
    """Draw a column of each week's seconds of holds by track, and a line of those planned if given.

    After the first `known` weeks the line is dashed. It has a gap where nothing is known.
    """
    totals = [sum(stack.values()) for stack in stacks]
    highest = max(*totals, *(value for value in planned if value is not None), 0)
    scale, steps = plots.build_scale(highest, _HOLD_HEIGHT)
    parts = (
        plots.draw_scale_lines(scale, steps[:: math.ceil(len(steps) / 4)]),
        plots.draw_columns(stacks, [*TRACK_NAMES], scale),
        plots.draw_step_line("ink", planned, known, scale, width=PLANNED_WIDTH),
    )
    return _title_panel("Holds, seconds a week", _HOLD_HEIGHT, *parts)


def _title_panel(title: str, height: int, *parts: str) -> Panel:
    heading = svg.plot_area(2, 12, svg.text(title, 0, 9.5, BOLD))
    return Panel(height + 30, heading + svg.plot_area(20, height, *parts))


def draw_ladder(
    track: Track, captions: Sequence[str], values: Sequence[float | None], known: int
) -> Panel:
    """Draw a track's ladder position in each week, dashed after the first `known` weeks.

    The first of the `captions` that fits is shown, in narrow charts and in wide ones.
    """
    present = [value for value in values if value is not None] or [0.0]
    low, high = math.floor(min(present)), math.floor(max(present)) + 1
    scale = Scale(low, high, _LADDER_HEIGHT)
    step = math.ceil(13 * (high - low) / _LADDER_HEIGHT)
    name = TRACK_NAMES[track]
    title = svg.fill(track, SWATCH) + svg.text(name, 17, 9.5, BOLD)
    taken = 17 + measure_text(name, bold=True) + _CAPTION_GAP
    wide, narrow = (
        text_width.choose_fitting(chart * svg.PLOT_WIDTH - taken, *captions)
        for chart in (WIDE_WIDTH, MIN_WIDTH)
    )
    words = svg.by_width(*(svg.text(one, "100%", 9.5, RIGHT_ALIGNED) for one in (wide, narrow)))
    line = plots.draw_step_line(track, values, known, scale, width=_LADDER_WIDTH)
    plot = plots.draw_scale_lines(scale, range(low, high, step)) + line
    heading = svg.plot_area(2, 12, title, svg.fill("quiet", words))
    return Panel(_LADDER_HEIGHT + 32, heading + svg.plot_area(20, _LADDER_HEIGHT, plot))


def draw_pain(pains: Sequence[float | None]) -> Panel:
    """Draw each week's worst pain on a scale of 0 to 10 with its zones; nothing for None."""
    scale = Scale(*limits.SCORE, PAIN_HEIGHT)
    pieces: dict[str, list[str]] = {ink: [] for ink, _, _ in PAIN_ZONES}
    for index, pain in enumerate(pains):
        if pain is not None:
            ink = PAIN_ZONES[(pain >= _MIN_MODERATE_PAIN) + (pain > _MAX_MODERATE_PAIN)][0]
            # Two pixels at least, so that a reported pain of 0 is visible.
            top = min(scale.y(pain), PAIN_HEIGHT - 2)
            pieces[ink].append(plots.build_column(index, PAIN_HEIGHT, top, len(pains)))
    columns = [svg.fill(ink, svg.path(path)) for ink, path in pieces.items()]
    borders = [0.0, *(border for _, _, border in PAIN_ZONES)]
    labels = [
        svg.text(label, -6, scale.y((low + high) / 2) + 4)
        for (_, label, high), low in zip(PAIN_ZONES, borders, strict=False)
    ]
    return _title_panel(
        "Worst pain reported, 0 to 10",
        PAIN_HEIGHT,
        plots.draw_borders([scale.y(border) for border in borders]),
        svg.fill("quiet", *labels, more=RIGHT_ALIGNED + SMALL),
        svg.stretch_to_plot(len(pains), PAIN_HEIGHT, *columns),
    )
