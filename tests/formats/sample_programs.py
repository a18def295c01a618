"""Sample specs and programmes for the tests of formats."""

import datetime
from typing import Any, cast

import pytest

from app.formats.fit.exercise_codes import FitNames
from app.training import engine
from app.training.catalog.exercises import EXERCISES
from app.training.planning import plan_constants, spec_building
from app.training.planning.program import Program
from app.training.planning.spec import SpecFields

START = datetime.date(2026, 1, 5)
RACE = {"weeks": 12, "start_date": START, "race_date": datetime.date(2026, 3, 14)}
LOADED = {"equipment": ["chair", "dumbbell"], "step_heights_cm": [18, 30, 40], "level": "advanced"}
CORE = {"core": ["side_plank", "bridge", "plank"], "session_minutes": 90}
# Nothing but machines to load the calves with, so that alternatives are printed.
MACHINES = {
    "equipment": ["leg_press", "seated_calf_machine"],
    "step_heights_cm": [18],
    "level": "advanced",
    "weeks": 26,
}
SPECS: dict[str, dict[str, Any]] = {
    "1 week": {"weeks": 1},
    "1 week with a race": {"weeks": 1, "start_date": START, "race_date": START},
    "6 weeks": {"weeks": 6},
    "12 weeks": {},
    "12 weeks with a race": RACE,
    "26 loaded weeks": {"weeks": 26, "days_per_week": 6, "session_minutes": 120, **LOADED},
    "52 weeks with a race": {**RACE, "weeks": 52, "deload_every": 3},
    "all core tracks": {**CORE, "weeks": 12},
    "26 loaded weeks with core": {**LOADED, **CORE, "weeks": 26},
    "machines": MACHINES,
}
each_program = pytest.mark.parametrize("fields", SPECS.values(), ids=list(SPECS))


def plan(**fields: Any) -> Program:
    """Return the programme of some fields of a spec, with its real id."""
    return engine.identify(spec_building.build_spec(cast(SpecFields, fields))).plan()


def find_fit_names(**fields: Any) -> FitNames:
    """Return the FIT names of a programme's exercises, which depend on its equipment alone."""
    spec = spec_building.build_spec(cast(SpecFields, fields))
    return plan_constants.derive(spec).fit_names


# Those of all the programmes above: each has a dumbbell or no loaded rung at all.
FIT_NAMES: FitNames = {
    **{slug: exercise.fit for slug, exercise in EXERCISES.items()},
    **find_fit_names(**LOADED, **CORE),
}
