"""What each format cannot say of a planned session, in one vocabulary of codes.

Hands Losses to the FIT workouts and to the planned sessions of companions, which know where in
their own document each of them belongs. It loads no codec, so that the server process may use it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from app.training.planning.week import PlannedSet, Prescription

FormatName = Literal["fit", "health_connect", "workout_kit"]
LossCode = Literal[
    "no_exact_name", "tempo", "effort", "side", "reps", "rep_range", "load", "load_unit", "pain"
]

# A format that is not listed under a code can say the thing.
SENTENCES: Mapping[LossCode, Mapping[FormatName, str]] = {
    "no_exact_name": {
        "health_connect": "Health Connect has no type for this exercise, only one that comes near;"
        " the description has our name.",
        "workout_kit": "WorkoutKit has no exercises; the display name has ours.",
    },
    "tempo": {
        "fit": "FIT has no field for the tempo; it is in the note.",
        "health_connect": "Health Connect has no field for the tempo.",
        "workout_kit": "WorkoutKit has no field for the tempo.",
    },
    "effort": {
        "fit": "FIT has no field for the reserve; it is in the note.",
        "workout_kit": "WorkoutKit has no target of effort.",
    },
    "side": {
        "fit": "FIT has no field for the side; it is in the step's name and its note.",
        "health_connect": "Health Connect has no field for the side; the description has it.",
        "workout_kit": "WorkoutKit has no field for the side; the display name has it.",
    },
    "reps": {
        "workout_kit": "WorkoutKit has no goal of repetitions; the display name has them, and the"
        " runner ends the step.",
    },
    "rep_range": {
        "fit": "FIT takes one number of repetitions, the lower one; the range is in the note.",
        "health_connect": "Health Connect takes one number of repetitions, the lower one; the"
        " description has the range.",
    },
    "load": {"workout_kit": "WorkoutKit has no field for the load; the display name has it."},
    "load_unit": {
        "fit": "FIT keeps loads in kilograms; the load in pounds is in the note.",
    },
    "pain": {
        "fit": "FIT has no field for pain; ask after the session.",
        "health_connect": "Health Connect has no field for pain; ask after the session.",
        "workout_kit": "WorkoutKit has no field for pain; ask after the session.",
    },
}


@dataclass(frozen=True, slots=True)
class Unsupported:
    """Something that a format cannot say."""

    format: FormatName
    code: LossCode
    detail: str
    """What is the matter, in a whole sentence."""


def find_in_exercise(exercise: Prescription) -> Iterator[Unsupported]:
    """What gets lost of an exercise as such."""
    if exercise.fit is None:
        told = "FIT has no name for this exercise; the step has ours, and no category."
        yield Unsupported("fit", "no_exact_name", told)
    elif not exercise.fit.exact:
        told = f"FIT has only a near name, {exercise.fit.to_words()}; the note has ours."
        yield Unsupported("fit", "no_exact_name", told)
    yield from tell("no_exact_name", "tempo", "effort")


def find_in_set(planned: PlannedSet) -> Iterator[Unsupported]:
    """What gets lost of a set."""
    if planned.side != "both":
        yield from tell("side")
    yield from tell("reps")
    if planned.reps_max > planned.reps_target:
        yield from tell("rep_range")
    if planned.load is not None:
        yield from tell("load")
    if planned.load_unit == "lb":
        yield from tell("load_unit")


def find_in_results() -> Iterator[Unsupported]:
    """What will be missing from whatever comes back."""
    return tell("pain")


def tell(*codes: LossCode) -> Iterator[Unsupported]:
    """These losses, in every format that has them."""
    for code in codes:
        for name, sentence in SENTENCES[code].items():
            yield Unsupported(name, code, sentence)
