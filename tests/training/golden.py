"""Ids that have been given out: they stay what they are, so golden_ids.json only grows.

Run as a program it prints the id of each wish, worked out anew, and the SHA-256 of its
programme's JSON: what has to come out alike in every process and on every machine.
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

FILE = Path(__file__).with_name("golden_ids.json")
SPEC, PROGRAM = TypeAdapter(Spec), TypeAdapter(Program)


class Golden(NamedTuple):
    """A wish as JSON and the id that was given out for it."""

    name: str
    wish: dict[str, Any]
    id: str

    @property
    def spec(self) -> Spec:
        """The complete spec of the wish, which holds only the fields that differ from defaults."""
        read = SPEC.validate_python(self.wish)
        return spec.build_spec(cast(SpecFields, {name: getattr(read, name) for name in self.wish}))


def goldens() -> list[Golden]:
    """Every id of the file."""
    return [Golden(**entry) for entry in json.loads(FILE.read_text(encoding="utf-8"))]


def fingerprints() -> list[str]:
    """The id of each wish and the digest of its programme, worked out now."""
    found = []
    for golden in goldens():
        ref = engine.identify(golden.spec)
        program = PROGRAM.dump_json(ref.plan())
        found.append(f"{ref.program_id} {hashlib.sha256(program).hexdigest()}")
    return found


if __name__ == "__main__":
    sys.stdout.write("\n".join(fingerprints()))
