"""Sample weeks to draw, and functions that read the elements of an SVG chart."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple
from xml.etree import ElementTree

from app.formats.charts.svg import WIDE_WIDTH
from app.formats.charts.text_width import measure_text
from app.training.catalog.track_definitions import BASE_TRACKS
from app.training.measures.week_overview import WeekOverview
from app.training.planning.program import Program

SVG = "{http://www.w3.org/2000/svg}"
# The widths that a chart has to be readable at.
WIDTHS = (288, 360, 760, 1200)


def build_week(index: int = 1, **fields: Any) -> WeekOverview:
    volume = dict.fromkeys(BASE_TRACKS, 100.0)
    week = WeekOverview(index, "build", volume, volume, dict.fromkeys(BASE_TRACKS, 2.0), None)
    return replace(week, **fields)


def follow(program: Program, weeks_done: int) -> list[WeekOverview]:
    """Return the weeks of an athlete who does everything except every fifth week."""
    return [
        WeekOverview(
            index=week.index,
            kind=week.kind,
            planned=week.effective_volume,
            done=None
            if week.index > weeks_done
            else {}
            if week.index % 5 == 0
            else week.effective_volume,
            position={"straight_knee": 2 + week.index / 10},
            worst_pain=None if week.index > weeks_done else week.index % 11,
            planned_holds=None if week.total_hold_s is None else {"plank": week.total_hold_s},
            done_holds=None
            if week.total_hold_s is None or week.index > weeks_done
            else {"plank": week.total_hold_s / 2},
        )
        for week in program.weeks
    ]


def parse(chart: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(chart)


def find_description(chart: bytes) -> str:
    return parse(chart).findtext(f"{SVG}desc") or ""


def list_texts(chart: bytes) -> list[str]:
    return ["".join(element.itertext()) for element in parse(chart).iter(f"{SVG}text")]


def list_tooltips(chart: bytes) -> list[str]:
    """Return the title of each rectangle, "" if it has none."""
    return [element.findtext(f"{SVG}title") or "" for element in parse(chart).iter(f"{SVG}rect")]


def list_paths(chart: bytes, ink: str) -> list[str]:
    """Return the paths that are filled with an ink."""
    return [path.get("d", "") for path in _list_shapes(chart, ink, "path")]


class Line(NamedTuple):
    """A horizontal or vertical line, in shares of the width and in pixels."""

    left: float
    right: float
    top: float
    bottom: float
    dashed: bool


def list_lines(chart: bytes, ink: str) -> list[Line]:
    """Return the lines that are drawn with an ink, in order."""
    groups = [g for g in parse(chart).iter(f"{SVG}g") if g.get("class") == ink]
    return [
        Line(
            left=_to_share(line.get("x1", "")),
            right=_to_share(line.get("x2", "")),
            top=float(line.get("y1", "")),
            bottom=float(line.get("y2", "")),
            dashed=group.get("stroke-dasharray") is not None,
        )
        for group in groups
        for line in group.findall(f"{SVG}line")
    ]


def _to_share(percent: str) -> float:
    return round(float(percent.removesuffix("%")) / 100, 4)


def _list_shapes(chart: bytes, ink: str, tag: str) -> list[ElementTree.Element]:
    groups = [g for g in parse(chart).iter(f"{SVG}g") if g.get("class") == ink]
    return [shape for group in groups for shape in group.findall(f"{SVG}{tag}")]


def read_columns(path: str) -> dict[int, float]:
    """Return the heights of columns by week, the gap of a pixel above each included."""
    return {
        int(float(left)): float(height) + 1
        for left, height in re.findall(r"M([\d.]+) [\d.]+v-([\d.]+)", path)
    }


class Label(NamedTuple):
    """A text of a chart and the room that it takes, in pixels."""

    text: str
    left: float
    right: float
    top: float
    bottom: float

    def overlaps(self, other: "Label") -> bool:
        """Return whether two labels cover each other."""
        beside = self.right <= other.left or other.right <= self.left
        return not beside and self.top < other.bottom and other.top < self.bottom


class _Frame(NamedTuple):
    """Where the content of an element is, and the attributes that its texts inherit."""

    left: float
    top: float
    width: float
    style: dict[str, str]


_INHERITED = ("text-anchor", "font-size", "font-weight")


def list_labels(chart: bytes, width: int) -> list[Label]:
    """Return the labels that a chart of some pixels' width shows, in the widest of usual fonts."""
    hidden = "narrow" if width >= WIDE_WIDTH else "wide"
    return [*_find_labels(parse(chart), _Frame(0, 0, width, {}), hidden)]


def _find_labels(element: ElementTree.Element, frame: _Frame, hidden: str) -> Iterator[Label]:
    if element.get("class") == hidden:
        return
    inherited = {key: value for key, value in element.attrib.items() if key in _INHERITED}
    style = frame.style | inherited
    moved = re.match(r"translate\(([-\d.]+) ([-\d.]+)", element.get("transform", ""))
    dx, dy = map(float, moved.groups()) if moved else (0, 0)
    left, top, width = frame.left + dx, frame.top + dy, frame.width
    if element.tag == f"{SVG}svg":
        left += _to_pixels(element.get("x", "0"), width)
        top += float(element.get("y", "0"))
        width = _to_pixels(element.get("width", "100%"), width)
    if element.tag == f"{SVG}text":
        yield _measure_label(element, _Frame(left, top, width, style))
    for child in element:
        yield from _find_labels(child, _Frame(left, top, width, style), hidden)


def _measure_label(element: ElementTree.Element, frame: _Frame) -> Label:
    size = float(frame.style.get("font-size", 12))
    words = element.text or ""
    length = measure_text(words, size, bold="font-weight" in frame.style)
    at = frame.left + _to_pixels(element.get("x", "0"), frame.width)
    before = {"end": length, "middle": length / 2}.get(frame.style.get("text-anchor", ""), 0)
    base = frame.top + float(element.get("y", "0"))
    return Label(words, at - before, at - before + length, base - 0.75 * size, base)


def _to_pixels(share: str, width: float) -> float:
    return float(share[:-1]) * width / 100 if share.endswith("%") else float(share)
