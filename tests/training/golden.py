"""Program ids and plans that must never change. golden_ids.json may only grow.

`plan` is the digest of what an id promises: the days, exercises, sets, reps, seconds and loads.
retired_ids.json holds ids of engines that are no longer served: they still mean the same spec.

As a script, it prints the computed id of each spec and the SHA-256 of its programme's JSON. Both
must be equal in every process and on every machine.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from app.programs.schemas import SpecIn
from app.training import engine
from app.training.planning import spec_building
from app.training.planning.program import Program
from app.training.planning.spec import Spec
from app.training.planning.week import PlannedSets, Prescription

FILE = Path(__file__).with_name("golden_ids.json")
RETIRED_FILE = Path(__file__).with_name("retired_ids.json")
SPEC, PROGRAM = TypeAdapter(Spec), TypeAdapter(Program)


class Golden(NamedTuple):
    """Fields of a spec as JSON, and the id that was published for them."""

    name: str
    wish: dict[str, Any]
    id: str
    plan: str = ""
    """Empty for a retired id, whose plan nobody can get any more."""

    @property
    def spec(self) -> Spec:
        """The complete spec. `wish` has only the fields that differ from their defaults."""
        return spec_building.build_spec(SpecIn.model_validate(self.wish).to_fields())


def load_goldens() -> list[Golden]:
    """Return every id of the engines that are served."""
    return _load(FILE)


def load_retired() -> list[Golden]:
    """Return ids of engines that are no longer served."""
    return _load(RETIRED_FILE)


def _load(file: Path) -> list[Golden]:
    return [Golden(**entry) for entry in json.loads(file.read_text(encoding="utf-8"))]


def digest_plan(program: Program) -> str:
    """Return a digest of the numbers of a programme. Its names and sentences may be corrected."""
    numbers = [
        (week.index, session.index, session.weekday, str(session.date), *_list_dose(exercise))
        for week in program.weeks
        for session in week.sessions
        for exercise in session.exercises
    ]
    return hashlib.sha256(json.dumps(numbers).encode()).hexdigest()[:16]


def _list_dose(exercise: Prescription) -> Iterator[object]:
    yield from (exercise.slug, exercise.rung, exercise.rest_s, exercise.step_height_cm)
    yield exercise.load_choice
    yield from map(_list_numbers, exercise.sets)


def _list_numbers(sets: PlannedSets) -> tuple[object, ...]:
    load = sets.load and (sets.load.value, sets.load.unit)
    reps, seconds = (sets.reps, sets.reps_max, sets.rir), (sets.seconds, sets.seconds_max)
    return sets.side, sets.count, *reps, *seconds, sets.reserve_s, load


def compute_fingerprints() -> list[str]:
    """Compute the id of each spec and the digest of its programme."""
    found = []
    for golden in load_goldens():
        ref = engine.identify(golden.spec)
        program = PROGRAM.dump_json(ref.plan())
        found.append(f"{ref.program_id} {hashlib.sha256(program).hexdigest()}")
    return found


if __name__ == "__main__":
    sys.stdout.write("\n".join(compute_fingerprints()))
