"""Sample weeks to draw, and functions that read the elements of an SVG chart."""

import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

from app.formats.charts.chart_values import ChartWeek
from app.training.catalog.track_definitions import TRACKS
from app.training.planning.program import Program

SVG = "{http://www.w3.org/2000/svg}"


def build_week(index: int = 1, **fields: Any) -> ChartWeek:
    volume = dict.fromkeys(TRACKS, 100.0)
    week = ChartWeek(index, "build", volume, volume, dict.fromkeys(TRACKS, 2.0), None)
    return replace(week, **fields)


def follow(program: Program, weeks_done: int) -> list[ChartWeek]:
    """Return the weeks of an athlete who does everything except every fifth week."""
    return [
        ChartWeek(
            week.index,
            week.kind,
            week.effective_volume,
            None
            if week.index > weeks_done
            else {}
            if week.index % 5 == 0
            else week.effective_volume,
            {"straight_knee": 2 + week.index / 10, "bent_knee": None},
            None if week.index > weeks_done else week.index % 11,
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
    """Return the paths that are filled or drawn with an ink."""
    groups = [g for g in parse(chart).iter(f"{SVG}g") if g.get("class") == ink]
    return [p.get("d", "") for g in groups for p in g.findall(f"{SVG}path")]


def read_columns(path: str) -> dict[int, float]:
    """Return the heights of columns by week, the gap of a pixel above each included."""
    return {
        int(float(left)): float(height) + 1
        for left, height in re.findall(r"M([\d.]+) [\d.]+v-([\d.]+)", path)
    }
