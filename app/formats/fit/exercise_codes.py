"""Numbers of Garmin's FIT profile and our exercises, both ways.

Hands Codes to what writes workouts, and exercises to what reads activities. Only the exercises
that concern us are here; all other numbers stay numbers.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.training.catalog.exercises import EXERCISES, LADDERS, Exercise, Fit
from app.training.catalog.tracks import DEFINITIONS, TRACKS

CATEGORIES: Mapping[str, int] = {
    category: numbers.number
    for definition in DEFINITIONS.values()
    for category, numbers in definition.fit.items()
}
# What a watch writes that has no idea what it saw.
UNKNOWN = 65534
# Only names that mean an exercise of the catalogue; all other names of the profile are left out.
NAMES: Mapping[str, Mapping[str, int]] = {
    category: {
        name: number
        for definition in DEFINITIONS.values()
        if category in definition.fit
        for name, number in definition.fit[category].names.items()
    }
    for category in CATEGORIES
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
    for definition in DEFINITIONS.values():
        for category in definition.fit.values():
            for name, slug in category.imported.items():
                yield Code(category.number, category.names[name]), EXERCISES[slug]


def name_exercises() -> Iterator[tuple[Exercise, Fit]]:
    """Every name that the catalogue uses, ladders first and from easy to hard."""
    for exercise in EXERCISES.values():
        if exercise.fit:
            yield exercise, exercise.fit
    for rung in (rung for track in TRACKS for rung in LADDERS[track]):
        if rung.fit_dumbbell:
            yield rung.exercise, rung.fit_dumbbell


PLAINEST: Mapping[Code, Exercise] = dict(choose_plainest())
