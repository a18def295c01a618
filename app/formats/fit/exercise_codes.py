"""Map the catalogue's exercises to the exercise numbers of Garmin's FIT profile, and back.

workout and workout_lines encode exercises, matching decodes the numbers of recorded sets. Only the
profile's names for exercises of the catalogue are listed here; all other numbers stay numbers.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.training.catalog.exercises import EXERCISES, LADDERS, Exercise, Fit
from app.training.catalog.track_definitions import DEFINITIONS, TRACKS

CATEGORIES: Mapping[str, int] = {
    category: numbers.number
    for definition in DEFINITIONS.values()
    for category, numbers in definition.fit.items()
}
# A watch writes this category if it did not recognise the exercise.
UNKNOWN_CATEGORY = 65534
# The numbers of the names in each category that mean an exercise of the catalogue.
NAMES: Mapping[str, Mapping[str, int]] = {
    category: {
        name: number
        for definition in DEFINITIONS.values()
        if category in definition.fit
        for name, number in definition.fit[category].names.items()
    }
    for category in CATEGORIES
}

FitNames = Mapping[str, Fit | None]
"""The FIT name of each exercise that a programme may prescribe, by slug. It may depend on the
equipment: FIT has names of its own for some exercises with a dumbbell."""


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
    name = None if fit.name is None else NAMES[fit.category][fit.name]
    return ExerciseCode(CATEGORIES[fit.category], name)


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
    for definition in DEFINITIONS.values():
        for category in definition.fit.values():
            for name, slug in category.imported.items():
                yield ExerciseCode(category.number, category.names[name]), EXERCISES[slug]


def list_catalogue_names() -> Iterator[tuple[Exercise, Fit]]:
    """Yield each FIT name of the catalogue: exercises of ladders first, from easy to hard."""
    for exercise in EXERCISES.values():
        if exercise.fit:
            yield exercise, exercise.fit
    for rung in (rung for track in TRACKS for rung in LADDERS[track]):
        if rung.fit_dumbbell:
            yield rung.exercise, rung.fit_dumbbell


_DEFAULT_EXERCISES: Mapping[ExerciseCode, Exercise] = dict(_list_default_exercises())
