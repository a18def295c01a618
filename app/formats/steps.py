"""A planned session as a flat list of work and rest steps.

list_steps() takes a planned session and returns its steps in the order in which they are done.
fit.workout_lines and companion.to_companion turn them into their formats. Names, notes and codes
of a format do not belong here.
"""

from dataclasses import dataclass
from typing import Literal

from app.training.planning.week import PlannedSets, Prescription, Session

StepKind = Literal["work", "rest"]


@dataclass(frozen=True, slots=True)
class Step:
    """One set to do, or the rest after it."""

    kind: StepKind
    """`work` for a set, with left and right as separate steps; `rest` for a pause."""
    exercise: int
    """Index into the session's exercises; for a rest, of the exercise before it."""
    sets: int
    """Index into that exercise's sets, each of which stands for several that are alike; for a
    rest, of the set before it."""
    number: int
    """Number of the set, from 1, among those of its side; for a rest, of the set before it."""

    def find(self, session: Session) -> tuple[Prescription, PlannedSets]:
        """Return the exercise and the sets of the session that the step refers to."""
        exercise = session.exercises[self.exercise]
        return exercise, exercise.sets[self.sets]

    def find_seconds(self, session: Session) -> int | None:
        """Return the length of a rest or of a hold, for which it is the time to reach; None for
        work that ends with its repetitions.
        """
        exercise, planned = self.find(session)
        return exercise.rest_s if self.kind == "rest" else planned.seconds


def list_steps(session: Session) -> tuple[Step, ...]:
    """Return the steps of a session in order: both sides of a pair back to back, then the rest.

    A rest follows each pair or two-legged set, also between exercises, but not after the last set.
    """
    steps: list[Step] = []
    for index, exercise in enumerate(session.exercises):
        most = max(planned.count for planned in exercise.sets)
        for number in range(1, most + 1):
            # The sides are done in turn. One of them may have an extra set.
            for place, planned in enumerate(exercise.sets):
                if number <= planned.count:
                    steps.append(Step("work", index, place, number))
            steps.append(Step("rest", index, steps[-1].sets, number))
    return tuple(steps[:-1])
