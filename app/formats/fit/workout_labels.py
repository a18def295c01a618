"""The names and notes of our workouts, written so that we know them again when they come back.

Everything here is a pair: what is written for a person to read on a wrist, and how it is read off
an activity that the workout was done from. Watches show the text; the brackets are for us.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.training.catalog.exercises import EXERCISES, Exercise
from app.training.planning.week import PlannedSet, Prescription, SetSide

# FIT counts a text's bytes in one byte, and one of them is the zero at its end.
MOST_BYTES = 254
MOST_CUES = 2
SIDES: dict[str, SetSide] = {"both": "both", "left": "left", "right": "right"}
NAMED = {exercise.name: exercise for exercise in EXERCISES.values()}

MARK = re.compile(r"\[([a-z0-9-]{1,100})/(both|left|right)\]\s*$")
TITLE = re.compile(r"Pushoff W(\d{1,2})S(\d)")
DESCRIPTION = re.compile(r"pushoff:([A-Za-z0-9_-]{1,200})/(\d{1,2})/(\d)")
STEP_NAME = re.compile(r"(.+?)(?: \((left|right)\))?")
POUNDS = re.compile(r"Load (\d{1,3}(?:\.\d{1,2})?) lb\.")


@dataclass(frozen=True, slots=True)
class Origin:
    """The planned session that a workout was written from."""

    week: int
    """The programme's week, 1 to 52."""
    session: int
    """Its place in the week, 1 to 7."""
    program_id: str | None = None
    """The programme; None where the workout does not say."""


@dataclass(frozen=True, slots=True)
class Movement:
    """An exercise, and the leg that it was for."""

    exercise: Exercise
    side: SetSide | None
    """None where it is not known."""


def title(week: int, session: int) -> str:
    """The name of a session's workout."""
    return f"Pushoff W{week}S{session}"


def describe(program_id: str, week: int, session: int) -> str | None:
    """Where a workout comes from; None if that does not fit in."""
    text = f"pushoff:{program_id}/{week}/{session}"
    return text if len(text.encode()) <= MOST_BYTES else None


def find_origin(name: str | None, description: str | None) -> Origin | None:
    """The planned session that a workout says it comes from."""
    if found := DESCRIPTION.fullmatch(description or ""):
        return locate(found[2], found[3], found[1])
    if found := TITLE.fullmatch(name or ""):
        return locate(found[1], found[2], None)
    return None


def locate(week: str, session: str, program_id: str | None) -> Origin | None:
    """An origin, if there can be such a week and session."""
    if 1 <= int(week) <= 52 and 1 <= int(session) <= 7:
        return Origin(int(week), int(session), program_id)
    return None


def name_step(exercise: Prescription, side: SetSide) -> str:
    """The name of a step."""
    return cut(exercise.name if side == "both" else f"{exercise.name} ({side})", MOST_BYTES)


def note_step(exercise: Prescription, planned: PlannedSet) -> str:
    """The note of a step: what its fields cannot say, a cue or two, and what it is."""
    mark = f"[{exercise.slug}/{planned.side}]"
    room = MOST_BYTES - len(mark.encode()) - 1
    text = cut(" ".join(tell(exercise, planned)), room)
    cues = 0
    for cue in exercise.cues:
        longer = f"{text} {cue}"
        if cues < MOST_CUES and len(longer.encode()) <= room:
            text, cues = longer, cues + 1
    return f"{text} {mark}"


def tell(exercise: Prescription, planned: PlannedSet) -> Iterator[str]:
    """What the fields of a step have no room for, the most important first."""
    exact = exercise.fit is not None and exercise.fit.exact
    if not exact:
        yield f"{exercise.name}."
    if planned.reps_max > planned.reps_target:
        yield f"{planned.reps_target}-{planned.reps_max} reps."
    if planned.load is not None and (planned.load_unit == "lb" or not exact):
        yield f"Load {planned.load:g} {planned.load_unit}."
    if exercise.step_height_cm is not None:
        yield f"Step {exercise.step_height_cm} cm."
    tempo = exercise.tempo
    phases = {"up": tempo.up_s, "hold": tempo.hold_s, "down": tempo.down_s, "pause": tempo.bottom_s}
    yield ", ".join(f"{seconds} s {phase}" for phase, seconds in phases.items() if seconds) + "."
    yield f"Keep {planned.rir_target} in reserve."


def find_movement(name: str | None, note: str | None) -> Movement | None:
    """The exercise and side of one of our steps, by its note, else by its name."""
    found = MARK.search(note or "")
    if found and found[1] in EXERCISES:
        return Movement(EXERCISES[found[1]], SIDES[found[2]])
    named = STEP_NAME.fullmatch(name or "")
    if named and named[1] in NAMED:
        exercise = NAMED[named[1]]
        return Movement(exercise, SIDES[named[2]] if named[2] else usual_side(exercise))
    return None


def usual_side(exercise: Exercise) -> SetSide | None:
    """Which leg an exercise is for if nothing tells: both of a two-legged one, else unknown."""
    return "both" if exercise.laterality == "bilateral" else None


def find_pounds(note: str | None) -> float | None:
    """The load in pounds that a note asks for: FIT itself keeps kilograms."""
    found = POUNDS.search(note or "")
    return float(found[1]) if found else None


def cut(text: str, most: int) -> str:
    """At most so many bytes of a text, never part of a character."""
    return text.encode()[:most].decode(errors="ignore")
