"""A planned session as a flat list of work and rest steps.

list_steps() takes a planned session and returns its steps in the order in which they are done.
fit.workout_lines and companion.to_companion turn them into their formats. Names, notes and codes
of a format do not belong here.
"""

from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from app.training.planning.week import PlannedSet, Prescription, Session

StepKind = Literal["work", "rest"]


@dataclass(frozen=True, slots=True)
class Step:
    """One set to do, or the rest after it."""

    kind: StepKind
    """`work` for a set, with left and right as separate steps; `rest` for a pause."""
    exercise: int
    """Index into the session's exercises; for a rest, of the exercise before it."""
    set: int
    """Index into that exercise's sets; for a rest, of the set before it."""
    seconds: int | None = None
    """Length of the rest in seconds; None for work, which ends with its repetitions."""

    def find(self, session: Session) -> tuple[Prescription, PlannedSet]:
        """Return the exercise and the set of the session that the step refers to."""
        exercise = session.exercises[self.exercise]
        return exercise, exercise.sets[self.set]

    @property
    def pointer(self) -> str:
        """JSON pointer into the session, to the step's set."""
        return f"/exercises/{self.exercise}/sets/{self.set}"


def list_steps(session: Session) -> tuple[Step, ...]:
    """Return the steps of a session in order: both sides of a pair back to back, then the rest.

    A rest follows each pair or two-legged set, also between exercises, but not after the last set.
    """
    steps: list[Step] = []
    for index, exercise in enumerate(session.exercises):
        # A pair shares one number.
        for _, pair in groupby(enumerate(exercise.sets), key=lambda item: item[1].n):
            steps += [Step("work", index, place) for place, _ in pair]
            steps.append(Step("rest", index, steps[-1].set, exercise.rest_s))
    return tuple(steps[:-1])
