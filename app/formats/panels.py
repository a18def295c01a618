"""The panels of a picture, each a strip over all weeks: columns, ladders, marks and scales.

Hands finished Panels to chart. A week is one unit wide whatever the picture's width, so 1 to 52
weeks take the same code. What is drawn, and what it means in words, is decided in chart.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.formats import svg
from app.formats.svg import Panel
from app.training.calendar import WeekKind
from app.training.exercise import Track

TRACK_NAMES: dict[Track, str] = {
    "straight_knee": "Straight knee",
    "bent_knee": "Bent knee",
    "step_up": "Step-up",
}
# Letters, so that no kind of week is told by colour or pattern alone.
MARKS: dict[WeekKind, tuple[str, str]] = {
    "deload": ("D", "deload"),
    "taper": ("T", "taper"),
    "race": ("R", "race"),
    "transition": ("A", "after the race"),
}
# The zones of pain out of 10: their ink, the last value in each, and their name on the scale.
ZONES = (("mild", 2, "0–2"), ("moderate", 5, "3–5"), ("strong", 10, "6–10"))
# A picture of 320 pixels is the narrowest that everything has to fit in. A letter is about 6.3
# pixels wide.
NARROW = 320 - svg.GUTTER - svg.MARGIN
LETTER = 6.3
VOLUME, LANE, PAIN = 150, 48, 66
SMALL = ' font-size="11"'
MIDDLE = ' text-anchor="middle"'
END = ' text-anchor="end"'
BOLD = ' font-weight="600"'


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from `low` at the foot to `high` at the head of a plot of `height` pixels."""

    low: float
    high: float
    height: int

    def place(self, value: float) -> float:
        """Pixels from the head."""
        return self.height * (self.high - value) / (self.high - self.low)


def head(title: str, subtitle: str) -> Panel:
    """What the picture shows."""
    body = svg.text(title, svg.MARGIN, 24, ' font-size="16"' + BOLD)
    return Panel(48, body + svg.paint("quiet", svg.text(subtitle, svg.MARGIN, 42)))


def legend(kinds: Sequence[WeekKind], *samples: tuple[str, str]) -> Panel:
    """What each sample of 12 by 10 pixels stands for, the tracks first and easier weeks last."""
    swatch = '<rect width="12" height="10"/>'
    known = [(svg.paint(track, swatch), name) for track, name in TRACK_NAMES.items()]
    marks = [f"{letter} {words}" for kind, (letter, words) in MARKS.items() if kind in kinds]
    hatched = svg.paint("ink", swatch) + '<rect width="12" height="10" fill="url(#pushoff-hatch)"/>'
    easier = [(hatched, "easier: " + ", ".join(marks))] if marks else []
    body, left, top = "", float(svg.MARGIN), 6
    for sample, words in (*known, *samples, *easier):
        wide = 17 + LETTER * len(words)
        if left > svg.MARGIN and left + wide > 320:
            left, top = svg.MARGIN, top + 18
        at = f'<g transform="translate({svg.number(left)} {top})">'
        body += f"{at}{sample}{svg.text(words, 17, 9.5)}</g>"
        left += wide + 10
    return Panel(top + 24, body)


def phases(spans: Sequence[tuple[str, int, int]], weeks: int) -> Panel:
    """A band of phases, each a name with its first and last week; short where it is narrow."""
    cells = []
    for name, first, last in spans:
        left, width = (first - 1) / weeks, (last - first + 1) / weeks
        frame = svg.box(left, 0.5, width, 17, ' class="grid" fill="none" stroke="currentColor"')
        fits = LETTER * len(name) + 4 < width * NARROW
        label = name if fits else name[0].upper()
        cells.append(frame + svg.text(label, svg.share(left + width / 2), 13, MIDDLE + SMALL))
    return Panel(24, svg.plot(0, 18, *cells))


def mark(kinds: Sequence[WeekKind]) -> Panel:
    """A letter over each special week; races on a row of their own, for their neighbours' sake."""
    letters = {"race": "", "other": ""}
    for place, kind in enumerate(kinds):
        if kind in MARKS:
            middle = svg.share((place + 0.5) / len(kinds))
            letters["race" if kind == "race" else "other"] += svg.text(MARKS[kind][0], middle, 10)
    rows = [row for row in letters.values() if row]
    placed = (f'<g transform="translate(0 {12 * n})">{row}</g>' for n, row in enumerate(rows))
    height = 12 * len(rows) + 4
    return Panel(height, svg.plot(0, height, svg.paint("ink", *placed, more=MIDDLE + SMALL + BOLD)))


def volume(
    kinds: Sequence[WeekKind],
    stacks: Sequence[Mapping[Track, float]],
    told: Sequence[str],
    planned: Sequence[float] | None = None,
) -> Panel:
    """Columns of what each week holds by track, and a line of what was planned if it is given.

    `told` says each week in words, for whoever points at it. Easier weeks are hatched.
    """
    totals = [sum(stack.values()) for stack in stacks]
    scale, steps = scale_up(max(*totals, *(planned or ()), 1), VOLUME)
    weeks = len(stacks)
    line = svg.path(steps_of(planned, scale)) if planned else ""
    body = svg.stretch(weeks, VOLUME, *columns(stacks, scale))
    hatched = [
        svg.box(*frame(place, weeks), VOLUME - scale.place(total), ' fill="url(#pushoff-hatch)"')
        for place, total in enumerate(totals)
        if kinds[place] in MARKS
    ]
    over = svg.stretch(weeks, VOLUME, svg.trace("ink", line, width=1.5)) if line else ""
    return Panel(
        VOLUME + 6, svg.plot(6, VOLUME, rule(scale, steps), body, *hatched, over, *point_at(told))
    )
