"""Numbers of Garmin's FIT profile and our exercises, both ways.

Hands Codes to what writes workouts, and exercises to what reads activities. Only the exercises
that concern us are here; all other numbers stay numbers.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.training.catalog.exercises import EXERCISES, LADDERS, TRACKS, Exercise, Fit

CATEGORIES: Mapping[str, int] = {"calf_raise": 1, "squat": 28}
# What a watch writes that has no idea what it saw.
UNKNOWN = 65534
# Only names that mean a calf raise or a step-up: 8, 11 and 14 of the first category do not.
NAMES: Mapping[str, Mapping[str, int]] = {
    "calf_raise": {
        "seated_calf_raise": 6,
        "weighted_seated_calf_raise": 7,
        "single_leg_bent_knee_calf_raise": 9,
        "weighted_single_leg_bent_knee_calf_raise": 10,
        "single_leg_standing_calf_raise": 15,
        "single_leg_standing_dumbbell_calf_raise": 16,
        "standing_barbell_calf_raise": 17,
        "standing_calf_raise": 18,
        "weighted_standing_calf_raise": 19,
        "standing_dumbbell_calf_raise": 20,
    },
    "squat": {
        "barbell_step_up": 17,
        "dumbbell_step_up": 32,
        "lateral_dumbbell_step_up": 41,
        "step_up": 66,
        "weighted_step_up": 67,
    },
}
# Names that the catalogue gives to none of its exercises, and the exercise that they come to: the
# same movement with a weight, which the set itself carries.
KINDRED: Mapping[str, str] = {
    "standing_barbell_calf_raise": "straight-leg-calf-raise",
    "weighted_standing_calf_raise": "straight-leg-calf-raise",
    "standing_dumbbell_calf_raise": "straight-leg-calf-raise",
    "barbell_step_up": "step-up-loaded",
    "lateral_dumbbell_step_up": "step-up-loaded",
}


@dataclass(frozen=True, slots=True)
class Code:
    """What FIT calls an exercise."""

    category: int
    """Number of the category."""
    name: int | None = None
    """Number of the name within its category; None where only the category is known."""

    def __str__(self) -> str:
        return f"{self.category}/{'-' if self.name is None else self.name}"


def encode(fit: Fit | None) -> Code | None:
    """The numbers of a name; None where FIT has none for the exercise.

    Watches blank what they do not know, so a near miss is never made up here.
    """
    if fit is None:
        return None
    return Code(
        CATEGORIES[fit.category], None if fit.name is None else NAMES[fit.category][fit.name]
    )


def find(code: Code, asked: Sequence[Exercise] = ()) -> Exercise | None:
    """The exercise that a code means: of those that a programme asks for under it the first, else
    the plainest that has the name.

    None where that would be a guess: for a category alone, and where the programme asks for both a
    straight-knee and a bent-knee exercise under the code.
    """
    if asked:
        return asked[0] if len({one.track for one in asked}) == 1 else None
    return PLAINEST.get(code)


def choose_plainest() -> Iterator[tuple[Code, Exercise]]:
    """One exercise for each code that names it exactly: one of the article's three, if it can be,
    else the easiest.
    """
    exact: defaultdict[Code, list[Exercise]] = defaultdict(list)
    for exercise, fit in name_exercises():
        code = encode(fit)
        if code and fit.exact:
            exact[code].append(exercise)
    for code, exercises in exact.items():
        yield code, next((one for one in exercises if one.seed), exercises[0])
    for category, names in NAMES.items():
        for name, number in names.items():
            if name in KINDRED:
                yield Code(CATEGORIES[category], number), EXERCISES[KINDRED[name]]


def name_exercises() -> Iterator[tuple[Exercise, Fit]]:
    """Every name that the catalogue uses, ladders first and from easy to hard."""
    for exercise in EXERCISES.values():
        if exercise.fit:
            yield exercise, exercise.fit
    for rung in (rung for track in TRACKS for rung in LADDERS[track]):
        if rung.fit_dumbbell:
            yield rung.exercise, rung.fit_dumbbell


PLAINEST: Mapping[Code, Exercise] = dict(choose_plainest())
