"""A training session unrolled into steps of work and rest, one after the other.

Hands flat steps to the workout files and to the planned sessions of companions. What a step is
called, and how a format writes it down, is theirs to say.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from app.training.planning.week import PlannedSet, Prescription, Session

StepKind = Literal["work", "rest"]


@dataclass(frozen=True, slots=True)
class Step:
    """One set to do, or the rest after it."""

    kind: StepKind
    """`work`: a set, left and right each their own; `rest`: a pause."""
    exercise: int
    """Index into the session's exercises; of a rest, the exercise it follows."""
    set: int
    """Index into that exercise's sets; of a rest, the set it follows."""
    seconds: int | None = None
    """How long to rest; None for work, which takes as long as its repetitions do."""

    def find(self, session: Session) -> tuple[Prescription, PlannedSet]:
        """The exercise and the set of a session that the step is about."""
        exercise = session.exercises[self.exercise]
        return exercise, exercise.sets[self.set]

    @property
    def pointer(self) -> str:
        """The step's set as a JSON pointer into the session."""
        return f"/exercises/{self.exercise}/sets/{self.set}"


def lay_out(session: Session) -> tuple[Step, ...]:
    """Everything a session asks for, in order: both sides of a pair back to back, then the rest.

    There is a rest between exercises as between sets, and none after the last set of all.
    """
    steps = tuple(unroll(session))
    return steps[:-1] if steps and steps[-1].kind == "rest" else steps


def unroll(session: Session) -> Iterator[Step]:
    """The steps, with a rest after every pair or two-legged set. A pair shares one number."""
    for place, exercise in enumerate(session.exercises):
        numbered = groupby(enumerate(exercise.sets), key=lambda item: item[1].n)
        for _, pair in numbered:
            last = 0
            for last, _ in pair:
                yield Step("work", place, last)
            yield Step("rest", place, last, exercise.rest_s)
