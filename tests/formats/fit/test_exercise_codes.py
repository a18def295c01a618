"""Numbers of the FIT profile: those of two libraries, and what they come to as exercises."""

import fitdecode.profile
import pytest
from fit_tool.profile.profile_type import (
    CalfRaiseExerciseName,
    ExerciseCategory,
    SquatExerciseName,
)

from app.formats.fit import exercise_codes
from app.formats.fit.exercise_codes import Code
from app.training.catalog.exercises import EXERCISES, Fit

TYPES = fitdecode.profile.FIELD_TYPES
AUTHORS = {"calf_raise": CalfRaiseExerciseName, "squat": SquatExerciseName}


class TestNumbers:
    def test_are_those_of_the_library_that_reads(self) -> None:
        for category, number in exercise_codes.CATEGORIES.items():
            assert TYPES["exercise_category"].enum[number] == category
            for name, value in exercise_codes.NAMES[category].items():
                assert TYPES[f"{category}_exercise_name"].enum[value] == name

    def test_are_those_of_the_library_that_writes(self) -> None:
        for category, number in exercise_codes.CATEGORIES.items():
            assert ExerciseCategory[category.upper()].value == number
            for name, value in exercise_codes.NAMES[category].items():
                assert AUTHORS[category][name.upper()].value == value

    def test_say_unknown_as_the_profile_does(self) -> None:
        assert TYPES["exercise_category"].enum[exercise_codes.UNKNOWN] == "unknown"

    def test_cover_every_name_of_the_catalogue(self) -> None:
        named = list(exercise_codes.name_exercises())
        assert all(exercise_codes.encode(fit) for _, fit in named)
        assert {one.slug for one, _ in named} == {
            slug for slug, one in EXERCISES.items() if one.fit is not None
        }


class TestEncode:
    def test_has_no_code_for_what_fit_has_no_name_for(self) -> None:
        assert EXERCISES["standing-knee-drive"].fit is None
        assert exercise_codes.encode(None) is None

    def test_keeps_a_category_alone(self) -> None:
        assert exercise_codes.encode(Fit("squat", None, exact=False)) == Code(28)

    def test_spells_a_name_in_words(self) -> None:
        assert Fit("squat", "step_up", exact=True).to_words() == "Step up"


class TestFind:
    @pytest.mark.parametrize(
        ("code", "slug"),
        [
            (Code(1, 18), "straight-leg-calf-raise"),
            (Code(1, 17), "straight-leg-calf-raise"),
            (Code(1, 15), "single-leg-calf-raise-floor"),
            (Code(1, 16), "single-leg-calf-raise-loaded"),
            (Code(1, 6), "seated-heel-raise"),
            (Code(1, 7), "seated-loaded-calf-raise"),
            (Code(1, 9), "single-leg-bent-knee-raise-wall"),
            (Code(1, 10), "single-leg-bent-knee-raise-loaded"),
            (Code(28, 66), "step-up"),
            (Code(28, 67), "step-up-loaded"),
            (Code(28, 32), "step-up-loaded"),
        ],
        ids=str,
    )
    def test_gives_the_plainest_exercise_of_a_name(self, code: Code, slug: str) -> None:
        assert exercise_codes.find(code) is EXERCISES[slug]

    @pytest.mark.parametrize(
        "code",
        [Code(1), Code(1, 8), Code(1, 11), Code(1, 14), Code(28), Code(28, 61), Code(65534)],
        ids=str,
    )
    def test_guesses_nothing(self, code: Code) -> None:
        assert exercise_codes.find(code) is None

    def test_prefers_what_a_programme_asks_for(self) -> None:
        asked = (EXERCISES["single-leg-calf-raise-step"],)
        assert exercise_codes.find(Code(1, 15), asked) is asked[0]

    def test_does_not_choose_between_straight_and_bent_knees(self) -> None:
        asked = (EXERCISES["straight-leg-calf-raise"], EXERCISES["bent-knee-calf-raise"])
        assert exercise_codes.find(Code(1, 18), asked) is None


class TestCode:
    def test_is_written_as_two_numbers(self) -> None:
        assert (str(Code(28, 4)), str(Code(1))) == ("28/4", "1/-")
