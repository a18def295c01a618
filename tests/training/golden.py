"""Program ids and plans that must never change. golden_ids.json may only grow.

`plan` is the digest of what an id promises: the days, exercises, sets, reps and loads.

As a script, it prints the computed id of each spec and the SHA-256 of its programme's JSON. Both
must be equal in every process and on every machine.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any, NamedTuple, cast

from pydantic import TypeAdapter

from app.training import engine
from app.training.planning import spec
from app.training.planning.program import Program
from app.training.planning.spec import Spec, SpecFields
from app.training.planning.week import PlannedSet

FILE = Path(__file__).with_name("golden_ids.json")
SPEC, PROGRAM = TypeAdapter(Spec), TypeAdapter(Program)


class Golden(NamedTuple):
    """Fields of a spec as JSON, and the id that was published for them."""

    name: str
    wish: dict[str, Any]
    id: str
    plan: str

    @property
    def spec(self) -> Spec:
        """The complete spec. `wish` has only the fields that differ from their defaults."""
        read = SPEC.validate_python(self.wish)
        return spec.build_spec(cast(SpecFields, {name: getattr(read, name) for name in self.wish}))


def load_goldens() -> list[Golden]:
    """Return every entry of the file."""
    return [Golden(**entry) for entry in json.loads(FILE.read_text(encoding="utf-8"))]


def digest_plan(program: Program) -> str:
    """Return a digest of the numbers of a programme. Its names and sentences may be corrected."""
    numbers = [
        (week.index, session.weekday, str(session.date), exercise.slug, exercise.rest_s, *sets)
        for week in program.weeks
        for session in week.sessions
        for exercise in session.exercises
        for sets in [map(_list_numbers, exercise.sets)]
    ]
    return hashlib.sha256(json.dumps(numbers).encode()).hexdigest()[:16]


def _list_numbers(one: PlannedSet) -> tuple[object, ...]:
    return one.n, one.side, one.reps_target, one.reps_max, one.load, one.rir_target


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
