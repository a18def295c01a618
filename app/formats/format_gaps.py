"""The parts of a planned session that FIT, Health Connect and WorkoutKit have no field for.

Takes planned exercises and sets, and yields one FormatGap for each thing that a format cannot
express. fit.workout and companion.to_companion add the JSON pointer into their own document. No
codec library is imported here, so that the server process can use this module.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from app.training.catalog.exercises import Exercise, Fit
from app.training.catalog.track_definitions import DEFINITIONS
from app.training.planning.week import PlannedSets, Prescription

FormatName = Literal["fit", "health_connect", "workout_kit"]
GapCode = Literal[
    "no_exact_name",
    "tempo",
    "effort",
    "side",
    "reps",
    "rep_range",
    "hold_range",
    "load",
    "load_unit",
    "load_choice",
    "pain",
]

# A format that is not listed under a code can express it. FIT's names are in find_in_exercise().
DETAILS: Mapping[GapCode, Mapping[FormatName, str]] = {
    "no_exact_name": {
        "health_connect": "Health Connect has no type for this exercise, only a similar one;"
        " the name is in the description.",
        "workout_kit": "WorkoutKit has no exercises; the name is in the display name.",
    },
    "tempo": {
        "fit": "FIT has no field for the tempo; it is in the note.",
        "health_connect": "Health Connect has no field for the tempo.",
        "workout_kit": "WorkoutKit has no field for the tempo.",
    },
    "effort": {
        "fit": "FIT has no field for the effort; the reserve to keep is in the note.",
        "workout_kit": "WorkoutKit has no effort target.",
    },
    "side": {
        "fit": "FIT has no field for the side; it is in the step's name and note.",
        "health_connect": "Health Connect has no field for the side; it is in the description.",
        "workout_kit": "WorkoutKit has no field for the side; it is in the display name.",
    },
    "reps": {
        "workout_kit": "WorkoutKit has no repetition goal; repetitions are in the display name, and"
        " the runner ends the step by hand.",
    },
    "rep_range": {
        "fit": "FIT takes a single number of repetitions: the lower one. The range is in the note.",
        "health_connect": "Health Connect takes a single number of repetitions: the lower one. The"
        " range is in the description.",
    },
    "hold_range": {
        "fit": "FIT takes a single duration: the lower one. The range is in the note.",
        "health_connect": "Health Connect takes a single duration: the lower one. The range is in"
        " the description.",
        "workout_kit": "WorkoutKit takes a single duration: the lower one. The range is in the"
        " display name.",
    },
    "load": {"workout_kit": "WorkoutKit has no field for the load; it is in the display name."},
    "load_unit": {"fit": "FIT stores loads in kilograms; the load in pounds is in the note."},
    "load_choice": {
        "fit": "FIT has no field for a load of the runner's choice; the note says how to choose.",
        "health_connect": "Health Connect has no field for a load of the runner's choice; the"
        " description says how to choose.",
        "workout_kit": "WorkoutKit has no field for a load of the runner's choice; the display"
        " name says how to choose.",
    },
    "pain": {
        "fit": "FIT has no field for pain; ask for it after the session.",
        "health_connect": "Health Connect has no field for pain; ask for it after the session.",
        "workout_kit": "WorkoutKit has no field for pain; ask for it after the session.",
    },
}


@dataclass(frozen=True, slots=True)
class FormatGap:
    """Something that a format cannot express."""

    format: FormatName
    code: GapCode
    detail: str
    """What is missing, as a sentence."""


def find_in_exercise(exercise: Prescription, fit: Fit | None) -> Iterator[FormatGap]:
    """Yield what the formats cannot express about an exercise, apart from its sets."""
    if fit is None:
        detail = "FIT has no name for this exercise; the step has Pushoff's name and no category."
        yield FormatGap("fit", "no_exact_name", detail)
    elif not fit.exact:
        detail = f"FIT has only a similar name, {fit.to_words()}; the actual name is in the note."
        yield FormatGap("fit", "no_exact_name", detail)
    for gap in _expand("no_exact_name"):
        if gap.format != "health_connect" or not has_exact_type(exercise.exercise):
            yield gap
    if exercise.exercise.tempo is not None:
        yield from _expand("tempo")
    yield from _expand("effort")
    if exercise.load_choice is not None:
        yield from _expand("load_choice")


def has_exact_type(exercise: Exercise) -> bool:
    """Return whether Health Connect's type for the track means exactly this exercise. Its names are
    coarser than those of FIT, so a name that FIT has as well is taken to mean the same.
    """
    fit, segment = exercise.fit, DEFINITIONS[exercise.track].health_connect
    return fit is not None and fit.exact and fit.name == segment.type


def find_in_set(planned: PlannedSets) -> Iterator[FormatGap]:
    """Yield what the formats cannot express about a set."""
    if planned.side != "both":
        yield from _expand("side")
    if planned.seconds is None:
        yield from _expand("reps")
    if planned.reps != planned.reps_max:
        yield from _expand("rep_range")
    if planned.seconds != planned.seconds_max:
        yield from _expand("hold_range")
    if planned.load is not None:
        yield from _expand("load")
        if planned.load.unit == "lb":
            yield from _expand("load_unit")


def find_in_results() -> Iterator[FormatGap]:
    """Yield what the formats cannot carry in a completed session."""
    return _expand("pain")


def _expand(*codes: GapCode) -> Iterator[FormatGap]:
    for code in codes:
        for name, detail in DETAILS[code].items():
            yield FormatGap(name, code, detail)
