"""Sample specs and programmes for the tests of formats."""

import datetime
from typing import Any, cast

import pytest

from app.training import engine
from app.training.planning import spec
from app.training.planning.program import Program
from app.training.planning.spec import SpecFields

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
