"""The lines of a FIT workout, built from a planned session.

A line is a set, a rest or a repeat; FIT calls it a workout step. workout writes the lines into
files, and matching compares them with the lines in an activity to find the session that was done.
The names and notes of lines are in workout_labels.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import groupby
from typing import Literal

from app.formats import steps
from app.formats.fit import exercise_codes
from app.formats.fit.exercise_codes import ExerciseCode
from app.formats.steps import Step
from app.training.planning.week import PlannedSet, Session

Layout = Literal["flat", "repeat"]

# Garmin Connect accepts no more. Longer workouts reach a watch over a cable only.
MAX_FLAT_LINES = 50


class DurationType(IntEnum):
    """What ends a line, by FIT's numbers."""

    TIME = 0
    REPEAT = 6
    REPS = 29


@dataclass(frozen=True, slots=True)
class WorkoutLine:
    """One line of a workout."""

    duration: DurationType
    """What ends the line."""
    value: int
    """Repetitions, milliseconds, or the index of the first line to repeat."""
    code: ExerciseCode | None = None
    """FIT's numbers of the exercise; None for rests and repeats, and if FIT has no name."""
    rounds: int | None = None
    """How often the lines from `value` on are done in total; only for repeats."""
    step: Step | None = None
    """The step of the line, or the first of the steps that are repeated; None for repeats."""


def build_lines(session: Session, layout: Layout | None = None) -> tuple[WorkoutLine, ...]:
    """Return the lines of a session.

    `flat` has a line for each set and rest. `repeat` has equal rounds once, with a repeat after
    them. Without a layout it is flat up to MAX_FLAT_LINES lines, and repeat beyond.
    """
    flat = steps.list_steps(session)
    if layout == "repeat" or (layout is None and len(flat) > MAX_FLAT_LINES):
        return _build_repeated_lines(session, flat)
    return tuple(_build_line(session, step) for step in flat)


def _build_line(session: Session, step: Step) -> WorkoutLine:
    if step.seconds is not None:
        return WorkoutLine(DurationType.TIME, 1000 * step.seconds, step=step)
    exercise, planned = step.find(session)
    # FIT has one number of repetitions: of a range it is the lower end.
    code = exercise_codes.encode(exercise.fit)
    return WorkoutLine(DurationType.REPS, planned.reps_target, code, step=step)


def _build_repeated_lines(session: Session, flat: Sequence[Step]) -> tuple[WorkoutLine, ...]:
    def build_key(steps: list[Step]) -> list[object]:
        return [_build_step_key(session, step) for step in steps]

    lines: list[WorkoutLine] = []
    for _, group in groupby(_split_rounds(flat), build_key):
        rounds, first = list(group), len(lines)
        lines += [_build_line(session, step) for step in rounds[0]]
        if len(rounds) > 1:
            lines.append(WorkoutLine(DurationType.REPEAT, first, rounds=len(rounds)))
    return tuple(lines)


def _split_rounds(flat: Sequence[Step]) -> Iterator[list[Step]]:
    """Yield the steps up to and including each rest. The last round has no rest."""
    current: list[Step] = []
    for step in flat:
        current.append(step)
        if step.kind == "rest":
            yield current
            current = []
    if current:
        yield current


def _build_step_key(session: Session, step: Step) -> tuple[int, int | None, PlannedSet | None]:
    """Return what the steps of two rounds are compared by: everything but their set's number."""
    _, planned = step.find(session)
    work = replace(planned, n=0) if step.kind == "work" else None
    return step.exercise, step.seconds, work
