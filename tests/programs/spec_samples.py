"""Specs for tests of /programs: together they have every field of a spec, and they block.

`to_query` returns a spec as the query string that means the same.
"""

import json
from typing import Any

import pytest

from tests.client import Json

# Together they have every field of a spec, each with a value that changes the programme.
SPECS: list[Json] = [
    {},
    {"weeks": 5},
    {"days_per_week": 4},
    {"weekdays": [1, 3, 5]},
    {"level": "advanced", "ramp": "direct"},
    {"heel_rise_test": {"left": 18, "right": 25}},
    {"heel_rise_test": {"left": 8, "right": 9, "surface": "wedge", "date": "2026-04-30"}},
    {"age": 47, "sex": "female"},
    {"step_heights_cm": [15, 30, 46]},
    {"step_heights_cm": []},
    {"step_heights_in": [7.5, 12]},
    {"equipment": ["chair", "dumbbell"], "load_increment": 2.5, "body_mass": 71.25},
    {"equipment": []},
    {"units": "imperial", "body_mass": 150},
    {"start_date": "2026-05-04"},
    {"start_date": "2026-05-04", "race_date": "2026-06-28", "timezone": "Europe/Berlin"},
    {"run_schedule": ["rest", "easy", "hard", "rest", "easy", "long", "rest"]},
    {"pain_now": 2, "injury_last_3_months": True},
    {"avoid_below_level": True, "session_minutes": 30, "deload_every": 0},
    {"core": ["plank", "side_plank", "bridge"], "side_plank_test": {"left": 55, "right": 95}},
    {
        "core": ["side_plank"],
        "side_plank_test": {"left": 40, "right": 60, "date": "2026-04-30"},
    },
    {"equipment": ["chair", "dumbbell"], "level": "advanced", "loads": [8, 4, 12.5, 20]},
    {"equipment": ["leg_press", "calf_machine"], "prefer": ["leg-press-calf-raise"]},
    {
        "start_date": "2026-05-04",
        "races": [{"date": "2026-07-26", "taper": True}, {"date": "2026-06-07", "taper": False}],
        "pauses": [
            {"from": "2026-06-15", "to": "2026-06-24"},
            {"from": "2026-05-21", "to": "2026-05-21"},
        ],
    },
    {"pause_weeks": [9, 5], "lighter_weeks": [3]},
    {
        "equipment": ["kettlebell"],
        "load_increment": 2.5,
        "start": {
            "straight_knee": {"rung": 7, "reps": 9, "load": 12.5, "sets": 5},
            "bent_knee": {"rung": 2, "reps": 12},
            "step_up": {"rung": 2},
        },
    },
    {
        "core": ["side_plank", "plank"],
        "start": {"side_plank": {"rung": 2, "seconds": 25}, "plank": {"rung": 3, "sets": 6}},
    },
]
BLOCKED: list[Json] = [
    {"pain_now": 6},
    {"red_flags": ["hot_swollen_calf"]},
    {"red_flags": ["something_that_we_do_not_know"]},
]
specs = pytest.mark.parametrize("spec", SPECS, ids=json.dumps)
ALL_CORE: Json = {"core": ["side_plank", "bridge", "plank"]}


def to_query(value: Any, name: str = "") -> list[tuple[str, str]]:
    """Return a spec as query parameters: dots for objects, repeated names for lists."""
    if name == "races":
        return [(name, one["date"] + ("" if one["taper"] else ":no-taper")) for one in value]
    if name == "pauses":
        return [(name, f"{one['from']}/{one['to']}") for one in value]
    if isinstance(value, dict):
        dot = f"{name}." if name else ""
        return [pair for key, part in value.items() for pair in to_query(part, f"{dot}{key}")]
    if isinstance(value, list):
        return [pair for part in value for pair in to_query(part, name)] or [(name, "")]
    return [(name, value if isinstance(value, str) else json.dumps(value))]
