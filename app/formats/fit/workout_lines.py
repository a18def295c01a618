"""The lines of a FIT workout, built from a planned session.

A line is a set, a rest or a repeat; FIT calls it a workout step. A hold ends by time, as a rest
does. workout writes the lines into files, and matching compares them with the lines in an activity
to find the session that was done. The names and notes of lines are in workout_labels.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import groupby
from typing import Literal

from app.formats import steps
from app.formats.fit import exercise_codes
from app.formats.fit.exercise_codes import ExerciseCode, FitNames
from app.formats.steps import Step
from app.training.planning.week import Session

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


def build_lines(
    session: Session, fit_names: FitNames, layout: Layout | None = None
) -> tuple[WorkoutLine, ...]:
    """Return the lines of a session.

    `flat` has a line for each set and rest. `repeat` has equal rounds once, with a repeat after
    them. Without a layout it is flat up to MAX_FLAT_LINES lines, and repeat beyond.
    """
    flat = steps.list_steps(session)
    if layout == "repeat" or (layout is None and len(flat) > MAX_FLAT_LINES):
        return _build_repeated_lines(session, fit_names, flat)
    return tuple(_build_line(session, fit_names, step) for step in flat)


def _build_line(session: Session, fit_names: FitNames, step: Step) -> WorkoutLine:
    exercise, planned = step.find(session)
    work = step.kind == "work"
    code = exercise_codes.encode(fit_names[exercise.slug]) if work else None
    # FIT has one number of repetitions or seconds: of a range it is the lower end.
    if (seconds := step.find_seconds(session)) is not None:
        return WorkoutLine(DurationType.TIME, 1000 * seconds, code, step=step)
    assert planned.reps is not None  # noqa: S101  # a set without seconds has repetitions
    return WorkoutLine(DurationType.REPS, planned.reps, code, step=step)


def _build_repeated_lines(
    session: Session, fit_names: FitNames, flat: Sequence[Step]
) -> tuple[WorkoutLine, ...]:
    lines: list[WorkoutLine] = []
    for _, group in groupby(_split_rounds(flat), _build_round_key):
        rounds, first = list(group), len(lines)
        lines += [_build_line(session, fit_names, step) for step in rounds[0]]
        if len(rounds) > 1:
            lines.append(WorkoutLine(DurationType.REPEAT, first, rounds=len(rounds)))
    return tuple(lines)


def _build_round_key(steps: Sequence[Step]) -> list[tuple[str, int, int]]:
    """Return what two rounds are compared by: everything but the number of their sets."""
    return [(step.kind, step.exercise, step.sets) for step in steps]


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
