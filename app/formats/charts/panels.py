"""The panels of a picture, each a strip over all weeks: columns, ladders, pain, marks and scales.

Hands finished Panels to chart. A week is one unit wide whatever the picture's width, so 1 to 52
weeks take the same code. What is drawn, and what it means in words, is decided in chart.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.formats.charts import svg
from app.formats.charts.svg import Panel
from app.training.catalog.tracks import DEFINITIONS, Track
from app.training.planning.training_days import WeekKind

TRACK_NAMES: dict[Track, str] = {track: one.name for track, one in DEFINITIONS.items()}
# Letters, so that no kind of week is told by colour or pattern alone.
MARKS: dict[WeekKind, tuple[str, str]] = {
    "deload": ("D", "deload"),
    "taper": ("T", "taper"),
    "race": ("R", "race"),
    "transition": ("A", "after race"),
}
# The zones of pain out of 10: ink, name, and where the zone ends on the scale, between the scores.
ZONES = (("mild", "0-2", 2.5), ("moderate", "3-5", 5.5), ("strong", "6-10", 10.0))
# Scores from which a half counts to the higher zone, as the engine has it.
WATCH, STOP = 3, 5
VOLUME, LANE, PAIN = 150, 48, 66
# Everything has to fit in a picture of 320 pixels. A letter takes at most 7 on
# average, in the widest of the usual fonts.
NARROWEST, MARGIN, LETTER = 320, 12, 7
SMALL = ' font-size="11"'
BOLD = ' font-weight="600"'
MIDDLE = ' text-anchor="middle"'
END = ' text-anchor="end"'
SWATCH = '<rect width="12" height="10"/>'

Span = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from `low` at the foot to `high` at the head of a plot of `height` pixels."""

    low: float
    high: float
    height: int

    def place(self, value: float) -> float:
        """Pixels from the head."""
        return self.height * (self.high - value) / (self.high - self.low)


def scale_up(most: float, height: int) -> tuple[Scale, list[float]]:
    """A scale from 0 that holds `most`, and at most six round numbers to write beside it."""
    rough = max(most, 5) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    count = math.ceil(max(most, 5) / step)
    return Scale(0, step * count, height), [step * place for place in range(count + 1)]


def head(title: str, subtitle: str) -> Panel:
    """What the picture shows."""
    body = svg.text(title, MARGIN, 24, ' font-size="16"' + BOLD)
    return Panel(48, body + svg.paint("quiet", svg.text(subtitle, MARGIN, 42)))


def legend(kinds: Sequence[WeekKind], *samples: tuple[str, str]) -> Panel:
    """What each sample of 12 by 10 pixels stands for: the tracks, `samples`, easier weeks."""
    known = [(svg.paint(track, SWATCH), name) for track, name in TRACK_NAMES.items()]
    marks = [f"{letter} {words}" for kind, (letter, words) in MARKS.items() if kind in kinds]
    hatched = svg.paint("ink", SWATCH) + svg.hatch(SWATCH)
    easier = [(hatched, "easier: " + ", ".join(marks))] if marks else []
    body, left, top = "", float(MARGIN), 6
    for sample, words in (*known, *samples, *easier):
        wide = 17 + LETTER * len(words)
        if left > MARGIN and left + wide > NARROWEST:
            left, top = MARGIN, top + 18
        body += svg.move(left, top, sample, svg.text(words, 17, 9.5))
        left += wide + 8
    return Panel(top + 22, body)


def band(spans: Sequence[Span], weeks: int) -> Panel:
    """Named runs of weeks, each with its first and last week; a letter where a name is too long."""
    cells = []
    for name, first, last in spans:
        left, width = (first - 1) / weeks, (last - first + 1) / weeks
        label = next((one for one in (name, name[0].upper()) if has_room(one, width)), "")
        cells.append(svg.trace("quiet", svg.box(left, 0.5, width, 17)))
        cells.append(svg.text(label, svg.share(left + width / 2), 13, MIDDLE + SMALL))
    return Panel(24, svg.plot(0, 18, *cells))


def shorten(spans: Sequence[Span], weeks: int) -> str:
    """What the letters in a band stand for, but for those over special weeks; empty if none."""
    short = [n for n, first, last in spans if not has_room(n, (last - first + 1) / weeks)]
    marked = {letter for letter, _ in MARKS.values()}
    words = [f"{name[0].upper()} {name}" for name in dict.fromkeys(short)]
    return ", ".join(word for word in words if word[0] not in marked)


def has_room(name: str, width: float) -> bool:
    """Whether a name fits in a share of the narrowest plot."""
    return LETTER * len(name) < width * svg.WIDTH * NARROWEST


def mark(kinds: Sequence[WeekKind]) -> Panel:
    """A letter over each special week; races on a row of their own, for their neighbours' sake."""
    rows = {True: "", False: ""}
    for place, kind in enumerate(kinds):
        if kind in MARKS:
            middle = svg.share((place + 0.5) / len(kinds))
            rows[kind == "race"] += svg.text(MARKS[kind][0], middle, 10)
    used = [row for row in rows.values() if row]
    placed = (svg.move(0, 12 * place, row) for place, row in enumerate(used))
    height = 12 * len(used) + 2
    return Panel(height, svg.plot(0, height, svg.paint("ink", *placed, more=MIDDLE + SMALL + BOLD)))


def volume(
    kinds: Sequence[WeekKind],
    stacks: Sequence[Mapping[Track, float]],
    told: Sequence[str],
    planned: Sequence[float] = (),
    known: int = 0,
) -> Panel:
    """Columns of what each week holds by track, and a line of what was planned if it is given.

    `told` is each week in words, for whoever points at it. Easier weeks are hatched. After the
    first `known` weeks the line is dashed.
    """
    totals = [sum(stack.values()) for stack in stacks]
    scale, steps = scale_up(max(*totals, *planned, 0), VOLUME)
    columns = svg.stretch(len(stacks), VOLUME, *stack_up(stacks, scale))
    stripes = svg.hatch(*cover(kinds, totals, scale))
    line = svg.trace("ink", *step_through(planned, known, scale), width=1.5)
    over = svg.stretch(len(stacks), VOLUME, line) if line else ""
    return Panel(
        VOLUME + 6,
        svg.plot(6, VOLUME, rule(scale, steps), columns, stripes, over, point_at(told)),
    )


def cover(kinds: Sequence[WeekKind], totals: Sequence[float], scale: Scale) -> Iterator[str]:
    """Boxes over the columns of special weeks."""
    weeks, width = len(totals), width_of_column(len(totals))
    for place, total in enumerate(totals):
        if kinds[place] in MARKS and total:
            top, left = scale.place(total), (place + (1 - width) / 2) / weeks
            yield svg.box(left, top, width / weeks, scale.height - top)


def stack_up(stacks: Sequence[Mapping[Track, float]], scale: Scale) -> Iterator[str]:
    """The columns, ink by ink, each track on top of the ones before it."""
    pieces: dict[Track, list[str]] = {track: [] for track in TRACK_NAMES}
    for place, stack in enumerate(stacks):
        foot = 0.0
        for track, route in pieces.items():
            top = foot + stack.get(track, 0)
            route.append(column(place, scale.place(foot), scale.place(top), len(stacks)))
            foot = top
    for track, route in pieces.items():
        yield svg.paint(track, svg.path(route))


def column(place: int, bottom: float, top: float, weeks: int) -> str:
    """A piece of a week's column, with a pixel of air above it where there is room for that."""
    tall = bottom - top - (1 if bottom - top > 2 else 0)
    if tall <= 0:
        return ""
    width = width_of_column(weeks)
    left, high, wide = (svg.number(one) for one in (place + (1 - width) / 2, tall, width))
    return f"M{left} {svg.number(bottom)}v-{high}h{wide}v{high}z"


def width_of_column(weeks: int) -> float:
    """The part of a week's room that its column takes: a lone week gets no wall for a column."""
    return min(0.72, 0.14 * weeks)


def step_through(values: Sequence[float | None], known: int, scale: Scale) -> Iterator[str]:
    """A line of one step for each week, dashed after the first `known`; None leaves a gap."""
    yield svg.path(climb(values[:known], scale))
    if known < len(values):
        before = values[known - 1] if known else None
        route = climb(values[known:], scale, known, before)
        yield svg.path(route, ' stroke-dasharray="4 3"')


def climb(
    values: Sequence[float | None], scale: Scale, first: int = 0, before: float | None = None
) -> Iterator[str]:
    """The steps from place `first` on, joined to the height `before` them."""
    drawing = before is not None
    if before is not None:
        yield f"M{first} {svg.number(scale.place(before))}"
    for place, value in enumerate(values, first):
        if value is not None:
            y = svg.number(scale.place(value))
            yield f"{f'V{y}' if drawing else f'M{place} {y}'}H{place + 1}"
        drawing = value is not None


def rule(scale: Scale, steps: Sequence[float]) -> str:
    """Hairlines across a plot, and their numbers left of it."""
    heights = [scale.place(step) for step in steps]
    lines = svg.path(f"M0 {svg.number(y)}H1" for y in heights)
    numbers = [svg.text(f"{s:,.0f}", -6, y + 4) for s, y in zip(steps, heights, strict=True)]
    return svg.stretch(1, scale.height, svg.trace("grid", lines)) + svg.paint(
        "quiet", *numbers, more=END + SMALL
    )


def point_at(told: Sequence[str]) -> str:
    """Each week's room with its words, which a browser shows to whoever points at it."""
    width = 1 / len(told)
    rooms = (
        svg.box(place * width, 0, width, VOLUME, svg.title(words))
        for place, words in enumerate(told)
    )
    return f'<g fill="none" pointer-events="all">{"".join(rooms)}</g>'


def number_weeks(weeks: int) -> Panel:
    """The numbers of the weeks; of many weeks every second or every fourth."""
    every = next(n for n in (1, 2, 4) if n * svg.WIDTH * NARROWEST / weeks >= 15 or n == 4)
    numbers = [
        svg.text(str(week), svg.share((week - 0.5) / weeks), 15, MIDDLE)
        for week in range(every, weeks + 1, every)
    ]
    body = svg.paint("quiet", svg.text("week", -6, 15, END), *numbers, more=SMALL)
    return Panel(26, svg.plot(0, 20, body))


def ladder(
    track: Track, aside: str, caption: str, values: Sequence[float | None], known: int
) -> Panel:
    """Where a track stands on its ladder, week by week; after the first `known` weeks dashed.

    `aside` stands before the caption where there is room for it.
    """
    present = [value for value in values if value is not None] or [0.0]
    low, high = math.floor(min(present)), math.floor(max(present)) + 1
    scale = Scale(low, high, LANE)
    apart = math.ceil(13 * (high - low) / LANE)
    title = svg.paint(track, SWATCH) + svg.text(TRACK_NAMES[track], 17, 9.5, BOLD)
    words = svg.paint("quiet", svg.text(caption, "100%", 9.5, END, aside))
    line = svg.trace(track, *step_through(values, known, scale), width=2.5)
    drawn = svg.stretch(len(values), LANE, line)
    return Panel(
        LANE + 32,
        svg.plot(2, 12, title, words)
        + svg.plot(20, LANE, rule(scale, range(low, high, apart)), drawn),
    )


def ache(pains: Sequence[float | None]) -> Panel:
    """The worst pain of each week on a scale of 0 to 10 with its zones; nothing where none is."""
    scale = Scale(0, 10, PAIN)
    pieces: dict[str, list[str]] = {ink: [] for ink, _, _ in ZONES}
    for place, pain in enumerate(pains):
        if pain is not None:
            ink = ZONES[(pain >= WATCH) + (pain > STOP)][0]
            # A pain of 0 was reported, too: it gets a foot of two pixels.
            top = min(scale.place(pain), PAIN - 2)
            pieces[ink].append(column(place, PAIN, top, len(pains)))
    columns = [svg.paint(ink, svg.path(route)) for ink, route in pieces.items()]
    ends = [0.0, *(end for _, _, end in ZONES)]
    borders = svg.path(f"M0 {svg.number(scale.place(end))}H1" for end in ends)
    names = [
        svg.text(name, -6, scale.place((start + end) / 2) + 4)
        for (_, name, end), start in zip(ZONES, ends, strict=False)
    ]
    plot = svg.plot(
        20,
        PAIN,
        svg.stretch(1, PAIN, svg.trace("grid", borders)),
        svg.paint("quiet", *names, more=END + SMALL),
        svg.stretch(len(pains), PAIN, *columns),
    )
    return Panel(
        PAIN + 26, svg.plot(2, 12, svg.text("Worst pain reported, 0 to 10", 0, 9.5, BOLD)) + plot
    )
