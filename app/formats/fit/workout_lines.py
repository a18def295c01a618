"""A session as the lines of a FIT workout: one line a step, or repeated rounds.

Workouts are written from these lines, and activities are compared with them to find out which
session somebody did. What a line is called and what its note says is in labels.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import groupby
from typing import Literal

from app.formats import steps
from app.formats.fit import exercise_codes
from app.formats.fit.exercise_codes import Code
from app.formats.steps import Step
from app.training.planning.week import PlannedSet, Session

Layout = Literal["flat", "repeat"]

# What Garmin Connect takes; more than that only reaches a watch over a cable.
MOST_LINES = 50


class Duration(IntEnum):
    """How a line ends, by FIT's numbers."""

    TIME = 0
    REPEAT = 6
    REPS = 29


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a workout."""

    duration: Duration
    """What ends it."""
    value: int
    """Repetitions, milliseconds, or the index of the first line to repeat."""
    code: Code | None = None
    """What FIT calls the exercise; None for rests, and where FIT has no name."""
    rounds: int | None = None
    """How often the lines from `value` on are done in all; of repeats only."""
    step: Step | None = None
    """The step it is, of repeated ones the first; None of repeats."""


def draw(session: Session, layout: Layout | None = None) -> tuple[Line, ...]:
    """The lines of a session; without a layout flat, unless that would be too many lines."""
    flat = steps.lay_out(session)
    if layout == "repeat" or (layout is None and len(flat) > MOST_LINES):
        return fold(session, flat)
    return tuple(draw_step(session, step) for step in flat)


def draw_step(session: Session, step: Step) -> Line:
    """A step as a line of its own. Of a range of repetitions only the lower end fits in."""
    if step.seconds is not None:
        return Line(Duration.TIME, 1000 * step.seconds, step=step)
    exercise, planned = step.find(session)
    return Line(Duration.REPS, planned.reps_target, exercise_codes.encode(exercise.fit), step=step)


def fold(session: Session, flat: Sequence[Step]) -> tuple[Line, ...]:
    """Steps with rounds that are alike written once. Repeated, they are the same steps again."""
    lines: list[Line] = []
    for _, alike in groupby(split(flat), key=lambda one: [tell(session, step) for step in one]):
        rounds = list(alike)
        first = len(lines)
        lines += [draw_step(session, step) for step in rounds[0]]
        if len(rounds) > 1:
            lines.append(Line(Duration.REPEAT, first, rounds=len(rounds)))
    return tuple(lines)


def split(flat: Sequence[Step]) -> Iterator[list[Step]]:
    """Rounds: what is done up to and with each rest. The last one has none, so it stands alone."""
    current: list[Step] = []
    for step in flat:
        current.append(step)
        if step.kind == "rest":
            yield current
            current = []
    if current:
        yield current


def tell(session: Session, step: Step) -> tuple[int, int | None, PlannedSet | None]:
    """All that makes a step differ from another in the same exercise, but its number."""
    _, planned = step.find(session)
    work = replace(planned, n=0) if step.kind == "work" else None
    return step.exercise, step.seconds, work
