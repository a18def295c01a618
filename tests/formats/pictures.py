"""What the tests of pictures share: programmes, athletes that follow them, and readers of SVG."""

import datetime
import re
from dataclasses import replace
from typing import Any, cast
from xml.etree import ElementTree

import pytest

from app.formats.charts.chart import ChartWeek
from app.training import engine
from app.training.catalog.tracks import TRACKS
from app.training.planning import spec
from app.training.planning.program import Program
from app.training.planning.spec import SpecFields

SVG = "{http://www.w3.org/2000/svg}"
START = datetime.date(2026, 1, 5)
RACE = {"weeks": 12, "start_date": START, "race_date": datetime.date(2026, 3, 14)}
LOADED = {"equipment": ["chair", "dumbbell"], "step_heights_cm": [18, 30, 40], "level": "advanced"}
SPECS: dict[str, dict[str, Any]] = {
    "1 week": {"weeks": 1},
    "1 week with a race": {"weeks": 1, "start_date": START, "race_date": START},
    "6 weeks": {"weeks": 6},
    "12 weeks": {},
    "12 weeks with a race": RACE,
    "26 loaded weeks": {"weeks": 26, "days_per_week": 6, "session_minutes": 120, **LOADED},
    "52 weeks with a race": {**RACE, "weeks": 52, "deload_every": 3},
}
each_program = pytest.mark.parametrize("fields", SPECS.values(), ids=list(SPECS))


def plan(**fields: Any) -> Program:
    return engine.CURRENT.plan(spec.build_spec(cast(SpecFields, fields)), "id")


def a_week(index: int = 1, **fields: Any) -> ChartWeek:
    volume = dict.fromkeys(TRACKS, 100.0)
    week = ChartWeek(index, "build", volume, volume, dict.fromkeys(TRACKS, 2.0), None)
    return replace(week, **fields)


def follow(planned: Program, over: int) -> list[ChartWeek]:
    """The weeks of somebody who does all of it but every fifth week."""
    return [
        ChartWeek(
            week.index,
            week.kind,
            week.effective_volume,
            None if week.index > over else {} if week.index % 5 == 0 else week.effective_volume,
            {"straight_knee": 2 + week.index / 10, "bent_knee": None},
            None if week.index > over else week.index % 11,
        )
        for week in planned.weeks
    ]


def read(picture: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(picture)


def description(picture: bytes) -> str:
    return read(picture).findtext(f"{SVG}desc") or ""


def words(picture: bytes) -> list[str]:
    return ["".join(element.itertext()) for element in read(picture).iter(f"{SVG}text")]


def told(picture: bytes) -> list[str]:
    """What each week says to whoever points at it."""
    return [element.findtext(f"{SVG}title") or "" for element in read(picture).iter(f"{SVG}rect")]


def painted(picture: bytes, ink: str) -> list[str]:
    """The paths that are filled or drawn with an ink and belong to the weeks."""
    groups = [g for g in read(picture).iter(f"{SVG}g") if g.get("class") == ink]
    return [p.get("d", "") for g in groups for p in g.findall(f"{SVG}path")]


def columns(route: str) -> dict[int, float]:
    """The heights of columns by place, gaps of a pixel included."""
    return {
        int(float(left)): float(tall) + 1
        for left, tall in re.findall(r"M([\d.]+) [\d.]+v-([\d.]+)", route)
    }
