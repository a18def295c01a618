"""The names, descriptions and notes in a FIT workout, and how to parse them again.

Each text comes as a pair: format_x() writes it for a person who reads it on a watch, and parse_x()
reads it from an activity that was recorded from the workout. The tag in brackets at the end of a
note is only for parsing. workout and companion.to_companion write the texts, matching parses them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from app.training.catalog.exercises import EXERCISES, Exercise, Fit, Tempo
from app.training.log import limits
from app.training.planning.spec import WEEKS
from app.training.planning.week import PlannedSets, Prescription, SetSide

# FIT stores the length of a text, its final zero byte included, in one byte.
MAX_BYTES = 254
MAX_CUES = 2
_SIDES: dict[str, SetSide] = {side: side for side in get_args(SetSide)}
_EXERCISES_BY_NAME = {exercise.name: exercise for exercise in EXERCISES.values()}

_NOTE_TAG = re.compile(r"\[([a-z0-9-]{1,100})/(both|left|right)\]\s*$")
_TITLE = re.compile(r"Pushoff W(\d{1,2})S(\d)")
_DESCRIPTION = re.compile(r"pushoff:([A-Za-z0-9_-]{1,254})/(\d{1,2})/(\d)")
_STEP_NAME = re.compile(r"(.+?)(?: \((left|right)\))?")
_POUNDS = re.compile(r"Load (\d{1,3}(?:\.\d{1,2})?) lb\.")


@dataclass(frozen=True, slots=True)
class WorkoutOrigin:
    """The planned session that a workout was written from."""

    week: int
    """The programme's week, 1 to 52."""
    session: int
    """The session's place in the full week, 1 to 7."""
    program_id: str | None = None
    """The programme; None if the workout does not name it."""


@dataclass(frozen=True, slots=True)
class Movement:
    """An exercise and the side that does it."""

    exercise: Exercise
    side: SetSide | None
    """None if it is unknown."""


def format_title(week: int, session: int) -> str:
    """Return the name of a session's workout, such as `Pushoff W1S2`."""
    return f"Pushoff W{week}S{session}"


def format_description(program_id: str, week: int, session: int) -> str | None:
    """Return the description, which names the planned session; None if it would be too long."""
    text = f"pushoff:{program_id}/{week}/{session}"
    return text if len(text.encode()) <= MAX_BYTES else None


def parse_origin(title: str | None, description: str | None) -> WorkoutOrigin | None:
    """Return the planned session that the description names, else the title; None if neither."""
    program_id, week, session = None, 0, 0
    if found := _DESCRIPTION.fullmatch(description or ""):
        program_id, week, session = found[1], int(found[2]), int(found[3])
    elif found := _TITLE.fullmatch(title or ""):
        week, session = int(found[1]), int(found[2])
    known = WEEKS.contain(week) and limits.SESSION_OF_WEEK.contain(session)
    return WorkoutOrigin(week, session, program_id) if known else None


def format_step_name(exercise: Prescription, side: SetSide) -> str:
    """Return the name of a step: the exercise's name, with the side in parentheses if it is one."""
    name = exercise.exercise.name
    return truncate(name if side == "both" else f"{name} ({side})", MAX_BYTES)


def format_step_note(exercise: Prescription, planned: PlannedSets, fit: Fit | None) -> str:
    """Return the note of a step: what its fields cannot express, up to two cues, and the tag."""
    tag = f"[{exercise.slug}/{planned.side}]"
    max_bytes = MAX_BYTES - len(tag.encode()) - 1
    sentences = _list_note_sentences(exercise, planned, exact=fit is not None and fit.exact)
    text = truncate(" ".join(sentences), max_bytes)
    cues = 0
    for cue in exercise.exercise.cues:
        longer = f"{text} {cue}"
        if cues < MAX_CUES and len(longer.encode()) <= max_bytes:
            text, cues = longer, cues + 1
    return f"{text} {tag}"


def _list_note_sentences(
    exercise: Prescription, planned: PlannedSets, *, exact: bool
) -> Iterator[str]:
    # The most important first, because the note may be cut.
    if not exact:
        yield f"{exercise.exercise.name}."
    if (planned.reps, planned.seconds) != (planned.reps_max, planned.seconds_max):
        yield f"{format_dose(planned, '-')}."
    if planned.load is not None and (planned.load.unit == "lb" or not exact):
        yield f"Load {planned.load.value:g} {planned.load.unit}."
    if exercise.step_height_cm is not None:
        yield f"Step {exercise.step_height_cm} cm."
    if (tempo := exercise.exercise.tempo) is not None:
        yield f"{_format_tempo(tempo)}."
    reserve = format_reserve(planned)
    if exercise.load_choice is None:
        yield f"Keep {reserve} in reserve."
    else:
        yield f"Take a weight that leaves {reserve} in reserve."


def _format_tempo(tempo: Tempo) -> str:
    phases = {"up": tempo.up_s, "hold": tempo.hold_s, "down": tempo.down_s, "pause": tempo.bottom_s}
    return ", ".join(f"{seconds} s {phase}" for phase, seconds in phases.items() if seconds)


def format_reserve(planned: PlannedSets) -> str:
    """Return what to keep in reserve: `3` repetitions, or `15 s` of a hold."""
    return f"{planned.rir}" if planned.reserve_s is None else f"{planned.reserve_s} s"


def format_dose(planned: PlannedSets, between: str, seconds: str = "s") -> str:
    """Return the repetitions or seconds of a set, such as `15-20 reps` or `20 s`."""
    least, most, unit = planned.reps, planned.reps_max, "reps"
    if planned.seconds is not None:
        least, most, unit = planned.seconds, planned.seconds_max, seconds
    return f"{least} {unit}" if most == least else f"{least}{between}{most} {unit}"


def parse_movement(name: str | None, note: str | None) -> Movement | None:
    """Return the exercise and side of a step of Pushoff's, by its note's tag, else by its name."""
    tag = _NOTE_TAG.search(note or "")
    if tag and tag[1] in EXERCISES:
        return Movement(EXERCISES[tag[1]], _SIDES[tag[2]])
    named = _STEP_NAME.fullmatch(name or "")
    if named and named[1] in _EXERCISES_BY_NAME:
        exercise = _EXERCISES_BY_NAME[named[1]]
        return Movement(exercise, _SIDES[named[2]] if named[2] else get_default_side(exercise))
    return None


def get_default_side(exercise: Exercise) -> SetSide | None:
    """Return the side of a set that does not name one: `both` if bilateral, else unknown."""
    return "both" if exercise.laterality == "bilateral" else None


def parse_pounds(note: str | None) -> float | None:
    """Return the planned load in pounds from a note. FIT itself stores kilograms."""
    found = _POUNDS.search(note or "")
    return float(found[1]) if found else None


def truncate(text: str, max_bytes: int) -> str:
    """Return at most so many UTF-8 bytes of a text, without splitting a character."""
    return text.encode()[:max_bytes].decode(errors="ignore")
