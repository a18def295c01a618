"""Build SVG paths in centimetres: x to the front, y down, as SVG has it.

The drawing modules build every shape with it.
"""

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache

from app.formats.figures.geometry import Point


def number(value: float) -> str:
    """Format a number with at most one decimal, as short as SVG and CSS allow."""
    return _shorten(round(value, 1))


def fine_number(value: float) -> str:
    """Format a number with at most two decimals, for what is enlarged later."""
    return _shorten(round(value, 2))


# Most numbers of a movement occur again and again.
@lru_cache(maxsize=8192)
def _shorten(value: float) -> str:
    # Adding 0 turns a negative zero into 0.
    text = f"{value + 0:.6g}"
    return text.replace("0.", ".", 1) if -1 < value < 1 else text


def point(place: Point) -> str:
    return f"{number(place[0])} {number(place[1])}"


def line(*places: Point) -> str:
    """Build straight lines from place to place."""
    return "M" + "L".join(map(point, places))


def rectangle(left: float, top: float, right: float, bottom: float) -> str:
    return f"M{point((left, top))}H{number(right)}V{number(bottom)}H{number(left)}Z"


def circle(centre: Point, radius: float) -> str:
    return ellipse(centre, radius, radius)


def ellipse(centre: Point, across: float, along: float) -> str:
    """Build an ellipse from its half axes."""
    arc = f"a{number(across)} {number(along)} 0 1 1 "
    wide = number(2 * across)
    return f"M{point((centre[0] - across, centre[1]))}{arc}{wide} 0{arc}-{wide} 0Z"


def capsule(start: Point, end: Point, radius: float, end_radius: float | None = None) -> str:
    """Build the hull of two circles."""
    last = radius if end_radius is None else end_radius
    length = math.dist(start, end) or 1e-6
    base = math.atan2(end[1] - start[1], end[0] - start[0])
    off = math.acos(max(-1.0, min(1.0, (radius - last) / length)))
    corners = [
        (centre[0] + size * math.cos(angle), centre[1] + size * math.sin(angle))
        for angle, centre, size in (
            (base - off, start, radius), (base - off, end, last),
            (base + off, end, last), (base + off, start, radius),
        )
    ]  # fmt: skip
    wide = int(off > math.pi / 2)
    return (
        f"M{point(corners[0])}L{point(corners[1])}"
        f"A{number(last)} {number(last)} 0 {wide} 1 {point(corners[2])}L{point(corners[3])}"
        f"A{number(radius)} {number(radius)} 0 {1 - wide} 1 {point(corners[0])}Z"
    )


def smooth(places: Sequence[Point]) -> str:
    """Build a closed curve through places, without corners."""
    return f"M{point(places[0])}{_curve([places[-1], *places, *places[:2]])}Z"


def outline(profile: Iterable[tuple[float, float, float]]) -> str:
    """Build a limb that hangs down, from cuts through it: how far along, to the back, to the front.

    Both ends are cut straight.
    """
    cuts = list(profile)
    front = [(ahead, down) for down, _, ahead in cuts]
    back = [(-behind, down) for down, behind, _ in reversed(cuts)]
    curves = (_curve([side[0], *side, side[-1]]) for side in (front, back))
    return f"M{point(front[0])}{next(curves)}L{point(back[0])}{next(curves)}Z"


def rounded(profile: Iterable[tuple[float, float, float]]) -> str:
    """Build the same as outline(), with round ends."""
    cuts = list(profile)
    front = [(ahead, down) for down, _, ahead in cuts]
    return smooth(front + [(-behind, down) for down, behind, _ in reversed(cuts)])


def _curve(places: Sequence[Point]) -> str:
    """Build a curve from the second place to the last but one; the outer ones direct it."""
    pieces = []
    for before, here, there, after in zip(places, places[1:], places[2:], places[3:], strict=False):
        first = (there[0] - before[0]) / 6, (there[1] - before[1]) / 6
        way = there[0] - here[0], there[1] - here[1]
        second = way[0] - (after[0] - here[0]) / 6, way[1] - (after[1] - here[1]) / 6
        pieces.append(" ".join(map(point, (first, second, way))))
    return f"c{' '.join(pieces)}"
