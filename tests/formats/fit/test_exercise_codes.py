"""Numbers of the FIT profile: equal to those of two libraries, and mapped to exercises."""

import fitdecode.profile
import pytest
from fit_tool.profile import profile_type
from fit_tool.profile.profile_type import ExerciseCategory

from app.formats.fit import exercise_codes
from app.formats.fit.exercise_codes import ExerciseCode
from app.training.catalog.exercises import EXERCISES, Fit

TYPES = fitdecode.profile.FIELD_TYPES


class TestNumbers:
    def test_equals_the_numbers_of_the_reading_library(self) -> None:
        for category, number in exercise_codes.CATEGORIES.items():
            assert TYPES["exercise_category"].enum[number] == category
            for name, value in exercise_codes.NAMES[category].items():
                assert TYPES[f"{category}_exercise_name"].enum[value] == name

    def test_equals_the_numbers_of_the_writing_library(self) -> None:
        for category, number in exercise_codes.CATEGORIES.items():
            assert ExerciseCategory[category.upper()].value == number
            for name, value in exercise_codes.NAMES[category].items():
                enum = getattr(profile_type, f"{category.title().replace('_', '')}ExerciseName")
                assert enum[name.upper()].value == value

    def test_has_the_unknown_category_of_the_profile(self) -> None:
        assert TYPES["exercise_category"].enum[exercise_codes.UNKNOWN_CATEGORY] == "unknown"

    def test_includes_every_name_of_the_catalogue(self) -> None:
        named = list(exercise_codes.list_catalogue_names())
        assert all(exercise_codes.encode(fit) for _, fit in named)
        assert {one.slug for one, _ in named} == {
            slug for slug, one in EXERCISES.items() if one.fit is not None
        }


class TestEncode:
    def test_returns_none_without_a_fit_name(self) -> None:
        assert EXERCISES["standing-knee-drive"].fit is None
        assert exercise_codes.encode(None) is None

    def test_encodes_a_category_without_a_name(self) -> None:
        assert exercise_codes.encode(Fit("squat", None, exact=False)) == ExerciseCode(28)

    def test_formats_a_name_in_words(self) -> None:
        assert Fit("squat", "step_up", exact=True).to_words() == "Step up"


class TestFindExercise:
    @pytest.mark.parametrize(
        ("code", "slug"),
        [
            (ExerciseCode(1, 18), "straight-leg-calf-raise"),
            (ExerciseCode(1, 17), "straight-leg-calf-raise"),
            (ExerciseCode(1, 15), "single-leg-calf-raise-floor"),
            (ExerciseCode(1, 16), "single-leg-calf-raise-loaded"),
            (ExerciseCode(1, 6), "seated-heel-raise"),
            (ExerciseCode(1, 7), "seated-loaded-calf-raise"),
            (ExerciseCode(1, 9), "single-leg-bent-knee-raise-wall"),
            (ExerciseCode(1, 10), "single-leg-bent-knee-raise-loaded"),
            (ExerciseCode(28, 66), "step-up"),
            (ExerciseCode(28, 67), "step-up-loaded"),
            (ExerciseCode(28, 32), "step-up-loaded"),
            (ExerciseCode(19, 66), "side-plank"),
            (ExerciseCode(19, 67), "side-plank"),
            (ExerciseCode(19, 80), "side-plank-leg-raise"),
            (ExerciseCode(10, 11), "bridge"),
            (ExerciseCode(10, 24), "marching-bridge"),
            (ExerciseCode(10, 30), "single-leg-bridge"),
            (ExerciseCode(10, 31), "single-leg-bridge-loaded"),
            (ExerciseCode(10, 32), "single-leg-bridge-raised"),
            (ExerciseCode(11, 1), "dead-bug"),
            (ExerciseCode(19, 22), "plank-knees"),
            (ExerciseCode(19, 43), "plank"),
            (ExerciseCode(11, 21), "side-lying-leg-raise"),
            (ExerciseCode(5, 48), "bird-dog"),
            (ExerciseCode(19, 94), "plank-shoulder-taps"),
        ],
        ids=str,
    )
    def test_returns_the_default_exercise_of_a_code(self, code: ExerciseCode, slug: str) -> None:
        assert exercise_codes.find_exercise(code) is EXERCISES[slug]

    @pytest.mark.parametrize(
        "code",
        [
            ExerciseCode(1),
            ExerciseCode(1, 8),
            ExerciseCode(1, 11),
            ExerciseCode(1, 14),
            ExerciseCode(28),
            ExerciseCode(28, 61),
            ExerciseCode(19),
            ExerciseCode(19, 74),
            ExerciseCode(19, 133),
            ExerciseCode(65534),
        ],
        ids=str,
    )
    def test_returns_none_instead_of_a_guess(self, code: ExerciseCode) -> None:
        assert exercise_codes.find_exercise(code) is None

    def test_prefers_the_planned_exercise(self) -> None:
        planned = (EXERCISES["single-leg-calf-raise-step"],)
        assert exercise_codes.find_exercise(ExerciseCode(1, 15), planned) is planned[0]

    def test_returns_none_for_straight_and_bent_knees_with_one_code(self) -> None:
        planned = (EXERCISES["straight-leg-calf-raise"], EXERCISES["bent-knee-calf-raise"])
        assert exercise_codes.find_exercise(ExerciseCode(1, 18), planned) is None


class TestExerciseCode:
    def test_formats_as_two_numbers(self) -> None:
        assert (str(ExerciseCode(28, 4)), str(ExerciseCode(1))) == ("28/4", "1/-")
