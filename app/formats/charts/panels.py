"""Draw the panels of a chart that name things: header, legend, phases, marks and numbers of weeks.

Takes plain values and returns SVG panels, which chart puts together; week_panels draws the figures.
Which values are drawn is decided in chart, and the alternative text is in alt_text.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from app.formats.charts import svg, text_width
from app.formats.charts.plots import BOLD, CENTRED, RIGHT_ALIGNED, SMALL
from app.formats.charts.svg import MIN_WIDTH, WIDE_WIDTH, Panel
from app.formats.charts.text_width import measure_text
from app.training.catalog.track_definitions import DEFINITIONS, Track
from app.training.planning.training_calendar import WeekKind

TRACK_NAMES: Mapping[Track, str] = {track: one.name for track, one in DEFINITIONS.items()}
# Letters, so that no kind of week is shown by colour or pattern alone.
WEEK_MARKS: dict[WeekKind, tuple[str, str]] = {
    "deload": ("D", "deload"),
    "taper": ("T", "taper"),
    "race": ("R", "race"),
    "transition": ("A", "after race"),
    "pause": ("P", "pause"),
}
SWATCH = '<rect width="12" height="10"/>'
_PHASE_SAMPLE = svg.stroke("quiet", '<path d="M.5.5h11v9h-11z"/>')
_MARGIN = 12
_TITLE_SIZE, _SMALL_SIZE = 16, 11
# Between a sample and its words, and from there to the next sample.
_SAMPLE_WIDTH, _LEGEND_GAP = 17, 8
_ROW_HEIGHT = 18
# Letters of neighbouring weeks need this much room in pixels.
_MARK_WIDTH = 11

# A name for the weeks from the second number to the third.
WeekSpan = tuple[str, int, int]


def draw_header(title: str, short_title: str, subtitle: str) -> Panel:
    """Draw the title and a line below it. Narrow charts show the short title."""
    room = MIN_WIDTH - 2 * _MARGIN
    narrow = text_width.choose_fitting(room, title, short_title, size=_TITLE_SIZE, bold=True)
    size = f' font-size="{_TITLE_SIZE}"{BOLD}'
    head = svg.by_width(*(svg.text(words, _MARGIN, 24, size) for words in (title, narrow)))
    return Panel(48, head + svg.fill("quiet", svg.text(subtitle, _MARGIN, 42)))


def draw_legend(
    tracks: Sequence[Track],
    kinds: Sequence[WeekKind],
    samples: Sequence[tuple[str, str]] = (),
    phases: Sequence[str] = (),
) -> Panel:
    """Explain the tracks, the `samples` of 12 by 10 pixels, the marks of easier weeks, and the
    letters of phases, which only narrow charts have.
    """
    entries = [(svg.fill(track, SWATCH), TRACK_NAMES[track]) for track in tracks]
    entries += samples
    marks = [f"{letter} {words}" for kind, (letter, words) in WEEK_MARKS.items() if kind in kinds]
    if marks:
        hatched = svg.fill("ink", SWATCH) + svg.hatch(SWATCH)
        entries.append((hatched, f"easier: {marks[0]}"))
        entries += [("", mark) for mark in marks[1:]]
    common = len(entries)
    entries += [(_PHASE_SAMPLE, words) for words in phases]
    placed: list[str] = []
    left, top = float(_MARGIN), 6
    for sample, words in entries:
        before = _SAMPLE_WIDTH if sample else 0
        width = before + measure_text(words)
        if left > _MARGIN and left + width > MIN_WIDTH - _MARGIN:
            left, top = _MARGIN, top + _ROW_HEIGHT
        placed.append(svg.translate(left, top, sample, svg.text(words, before, 9.5)))
        left += width + _LEGEND_GAP
    narrow = svg.by_width("", "".join(placed[common:]))
    return Panel(top + 22, "".join(placed[:common]) + narrow)


def draw_spans(spans: Sequence[WeekSpan], weeks: int) -> Panel:
    """Draw a named box over each span; only the first letter if the name does not fit."""
    cells = []
    for name, first, last in spans:
        left, width = (first - 1) / weeks, (last - first + 1) / weeks
        cells.append(svg.stroke("quiet", svg.rect(left, 0.5, width, 17)))
        middle = svg.percent(left + width / 2)
        wide, narrow = (
            svg.text(_shorten(name, width, chart), middle, 13, CENTRED + SMALL)
            for chart in (WIDE_WIDTH, MIN_WIDTH)
        )
        cells.append(svg.by_width(wide, narrow))
    return Panel(24, svg.plot_area(0, 18, *cells))


def explain_short_names(spans: Sequence[WeekSpan], weeks: int) -> list[str]:
    """Return what the letters of draw_spans mean, except those that mark a kind of week as well."""
    short = [
        name
        for name, first, last in spans
        if _shorten(name, (last - first + 1) / weeks, MIN_WIDTH) != name
    ]
    marked = {letter for letter, _ in WEEK_MARKS.values()}
    return [
        f"{name[0].upper()} {name}"
        for name in dict.fromkeys(short)
        if name[0].upper() not in marked
    ]


def _shorten(name: str, width: float, chart: int) -> str:
    """Return a name, its first letter or nothing: what fits into a share of a chart's plot."""
    room = width * svg.PLOT_WIDTH * chart - 2
    return text_width.choose_fitting(room, name, name[0].upper(), "", size=_SMALL_SIZE)


def draw_week_marks(kinds: Sequence[WeekKind]) -> Panel:
    """Draw a letter over each run of special weeks, in more than one row where they are close."""
    rows: list[str] = []
    ends: list[float] = []
    for kind, first, last in _list_runs(kinds):
        middle = (first + last + 1) / 2 / len(kinds)
        at = middle * svg.PLOT_WIDTH * MIN_WIDTH
        free = (row for row, end in enumerate(ends) if at - end >= _MARK_WIDTH)
        row = next(free, len(ends))
        if row == len(ends):
            ends.append(at)
            rows.append("")
        ends[row] = at
        rows[row] += svg.text(WEEK_MARKS[kind][0], svg.percent(middle), 10)
    # The last row is next to the columns.
    placed = (svg.translate(0, 12 * place, row) for place, row in enumerate(reversed(rows)))
    height = 12 * len(rows) + 2
    letters = svg.fill("ink", *placed, more=CENTRED + SMALL + BOLD)
    return Panel(height, svg.plot_area(0, height, letters))


def _list_runs(kinds: Sequence[WeekKind]) -> Iterator[tuple[WeekKind, int, int]]:
    """Yield each run of special weeks of one kind, with its first and its last index."""
    for kind, run in groupby(enumerate(kinds), key=lambda item: item[1]):
        places = [place for place, _ in run]
        if kind in WEEK_MARKS:
            yield kind, places[0], places[-1]


def draw_week_numbers(numbers: Sequence[int]) -> Panel:
    """Draw the number of each week, or of every second, fourth or tenth if there is no room."""
    weeks = len(numbers)
    each = svg.PLOT_WIDTH * MIN_WIDTH / weeks
    room = measure_text(str(numbers[-1]), _SMALL_SIZE) + 2
    every = next(n for n in (1, 2, 4, 10, 20) if n * each >= room or n == 20)
    shown = [
        svg.text(str(number), svg.percent((place + 0.5) / weeks), 15, CENTRED)
        for place, number in enumerate(numbers)
        if number % every == 0
    ]
    body = svg.fill("quiet", svg.text("week", -6, 15, RIGHT_ALIGNED), *shown, more=SMALL)
    return Panel(26, svg.plot_area(0, 20, body))
