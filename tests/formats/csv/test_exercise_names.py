"""Tests of finding exercises by the names that apps use."""

import pytest

from app.formats.csv import exercise_names
from app.training.catalog.exercises import EXERCISES


class TestFind:
    @pytest.mark.parametrize("slug", EXERCISES)
    def test_finds_every_exercise_by_name_and_slug(self, slug: str) -> None:
        name = EXERCISES[slug].name
        found = {
            exercise_names.find(written, loaded=False)
            for written in (slug, name, name.upper(), slug.replace("-", "_"), f" {name}. ")
        }
        assert found == {slug}

    @pytest.mark.parametrize(
        ("title", "bare", "loaded"),
        [
            ("Standing Calf Raise", "straight-leg-calf-raise", "straight-leg-calf-raise"),
            ("Standing Calf Raises", "straight-leg-calf-raise", "straight-leg-calf-raise"),
            ("Standing Calf Raise (Machine)", "straight-leg-calf-raise", "straight-leg-calf-raise"),
            (
                "Single Leg Standing Calf Raise",
                "single-leg-calf-raise-floor",
                "single-leg-calf-raise-loaded",
            ),
            (
                "Single Leg Standing Calf Raise (Dumbbell)",
                "single-leg-calf-raise-loaded",
                "single-leg-calf-raise-loaded",
            ),
            ("Seated Calf Raise", "seated-heel-raise", "seated-loaded-calf-raise"),
            (
                "Seated Calf Raise (Plate Loaded)",
                "seated-loaded-calf-raise",
                "seated-loaded-calf-raise",
            ),
            ("Bent Knee Calf Raise", "bent-knee-calf-raise", "bent-knee-calf-raise"),
            ("Step Up", "step-up", "step-up-loaded"),
            ("step-ups", "step-up", "step-up-loaded"),
            ("Dumbbell Step Up", "step-up-loaded", "step-up-loaded"),
            ("Step Up (Bodyweight)", "step-up", "step-up-loaded"),
            ("Plank", "plank", "plank"),
            ("Plank (Weighted)", "plank", "plank"),
            ("Side Plank", "side-plank", "side-plank"),
            ("Dead Bug", "dead-bug", "dead-bug"),
            ("Glute Bridge", "bridge", "bridge"),
            ("Single Leg Glute Bridge", "single-leg-bridge", "single-leg-bridge-loaded"),
        ],
    )
    def test_finds_the_names_of_apps(self, title: str, bare: str, loaded: str) -> None:
        assert exercise_names.find(title, loaded=False) == bare
        assert exercise_names.find(title, loaded=True) == loaded

    @pytest.mark.parametrize(
        "title",
        [
            "Calf Raise",
            "Calf Raises",
            "Calf Raise (Machine)",
            "Single Leg Calf Raise",
            "Heel Raise",
            "Calf Press",
            "Donkey Calf Raise",
            "Lateral Step Up",
            "Russian Twist",
            "",
            "()",
            "Step",
        ],
    )
    def test_returns_none_for_an_ambiguous_name(self, title: str) -> None:
        assert exercise_names.find(title, loaded=False) is None
        assert exercise_names.find(title, loaded=True) is None


class TestKnownNames:
    def test_contains_only_slugs_of_the_catalogue(self) -> None:
        slugs = {slug for pair in exercise_names.KNOWN_NAMES.values() for slug in pair}
        assert slugs <= set(EXERCISES)

    def test_has_normalised_keys(self) -> None:
        assert [
            name for name in exercise_names.KNOWN_NAMES if exercise_names.normalise(name) != name
        ] == []


class TestSplitSide:
    @pytest.mark.parametrize("title", ["Step Up", "Left", "(left)", "Upright Row", "Left Lunge"])
    def test_keeps_a_name_without_a_side(self, title: str) -> None:
        assert exercise_names.split_side(title) == (title, None)
