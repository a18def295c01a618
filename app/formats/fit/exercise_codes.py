"""Map the catalogue's exercises to the exercise numbers of Garmin's FIT profile, and back.

workout and workout_lines encode exercises, matching decodes the numbers of recorded sets. Only the
profile's names for exercises of the catalogue are listed here; all other numbers stay numbers.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.training.catalog.exercises import EXERCISES, LADDERS, TRACKS, Exercise, Fit

CATEGORIES: Mapping[str, int] = {"calf_raise": 1, "squat": 28}
# A watch writes this category if it did not recognise the exercise.
UNKNOWN_CATEGORY = 65534
# Only names that mean a calf raise or a step-up: 8, 11 and 14 of calf_raise do not.
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
# Names that no exercise of the catalogue has, and the exercise with the same movement. They only
# add a weight, which is recorded with the set.
_WEIGHTED_VARIANTS: Mapping[str, str] = {
    "standing_barbell_calf_raise": "straight-leg-calf-raise",
    "weighted_standing_calf_raise": "straight-leg-calf-raise",
    "standing_dumbbell_calf_raise": "straight-leg-calf-raise",
    "barbell_step_up": "step-up-loaded",
    "lateral_dumbbell_step_up": "step-up-loaded",
}


@dataclass(frozen=True, slots=True)
class ExerciseCode:
    """An exercise by its numbers in the FIT profile."""

    category: int
    """Number of the category."""
    name: int | None = None
    """Number of the name within its category; None if only the category is known."""

    def __str__(self) -> str:
        return f"{self.category}/{'-' if self.name is None else self.name}"


def encode(fit: Fit | None) -> ExerciseCode | None:
    """Return the numbers of a FIT name; None for an exercise that has no FIT name.

    Watches show nothing for numbers that they do not know, so no number is ever made up.
    """
    if fit is None:
        return None
    return ExerciseCode(
        CATEGORIES[fit.category], None if fit.name is None else NAMES[fit.category][fit.name]
    )


def find_exercise(code: ExerciseCode, planned: Sequence[Exercise] = ()) -> Exercise | None:
    """Return the exercise that a code means, or None if that would be a guess.

    `planned` are the exercises of the programme that have this code. The first of them is returned
    if all belong to one track; straight-knee and bent-knee exercises may share a code. Without
    planned exercises it is the default exercise of the code; a category alone has none.
    """
    if planned:
        return planned[0] if len({one.track for one in planned}) == 1 else None
    return _DEFAULT_EXERCISES.get(code)


def _list_default_exercises() -> Iterator[tuple[ExerciseCode, Exercise]]:
    """Yield one exercise for each code that names it exactly: one of the three exercises of the
    original article if possible, else the easiest.
    """
    exact: defaultdict[ExerciseCode, list[Exercise]] = defaultdict(list)
    for exercise, fit in list_catalogue_names():
        code = encode(fit)
        if code and fit.exact:
            exact[code].append(exercise)
    for code, exercises in exact.items():
        yield code, next((one for one in exercises if one.seed), exercises[0])
    for category, names in NAMES.items():
        for name, number in names.items():
            if name in _WEIGHTED_VARIANTS:
                code = ExerciseCode(CATEGORIES[category], number)
                yield code, EXERCISES[_WEIGHTED_VARIANTS[name]]


def list_catalogue_names() -> Iterator[tuple[Exercise, Fit]]:
    """Yield each FIT name of the catalogue: exercises of ladders first, from easy to hard."""
    for exercise in EXERCISES.values():
        if exercise.fit:
            yield exercise, exercise.fit
    for rung in (rung for track in TRACKS for rung in LADDERS[track]):
        if rung.fit_dumbbell:
            yield rung.exercise, rung.fit_dumbbell


_DEFAULT_EXERCISES: Mapping[ExerciseCode, Exercise] = dict(_list_default_exercises())
