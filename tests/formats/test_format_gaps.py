"""What formats cannot express: a code for each field, a sentence for each format, and the docs."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from app.formats import format_gaps
from app.formats.format_gaps import FormatGap, FormatName, GapCode
from app.training.catalog.exercises import EXERCISES
from app.training.planning.load import Load
from app.training.planning.week import PlannedSets, Prescription
from tests.formats.sample_programs import CORE, FIT_NAMES, MACHINES, plan

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "wearables.md").read_text("utf-8")
WARNINGS = PAGE.partition("## Warnings")[2]
WARNING_CALL = re.compile(r"\badd(?:_for_file)?\(\s*\"([a-z_]+)\"")
# Calendars add events, not warnings.
READERS = [f for f in sorted((ROOT / "app" / "formats").rglob("*.py")) if "ical" not in f.parts]


def find_exercise(slug: str = "straight-leg-calf-raise", **fields: Any) -> Prescription:
    return next(
        exercise
        for week in plan(**{"level": "beginner", **fields}).weeks
        for session in week.sessions
        for exercise in session.exercises
        if exercise.slug == slug
    )


def find_gaps(exercise: Prescription) -> list[FormatGap]:
    return [*format_gaps.find_in_exercise(exercise, FIT_NAMES[exercise.slug])]


def build_set(**changes: Any) -> PlannedSets:
    plain = {"side": "both", "reps": 12, "reps_max": 12}
    return replace(find_exercise().sets[0], **{**plain, **changes})


def build_hold(**changes: Any) -> PlannedSets:
    hold = find_exercise("plank-knees", **CORE).sets[0]
    return replace(hold, **{"seconds": 30, "seconds_max": 30, **changes})


class TestFindInSet:
    @pytest.mark.parametrize(
        ("changes", "lost"),
        [
            ({}, set()),
            ({"side": "left"}, {"side"}),
            ({"side": "right"}, {"side"}),
            ({"reps_max": 15}, {"rep_range"}),
            ({"load": Load(5, "lb")}, {"load_unit"}),
            ({"load": Load(5, "kg")}, set()),
        ],
    )
    def test_finds_what_fit_has_no_field_for(self, changes: dict[str, Any], lost: set[str]) -> None:
        found = format_gaps.find_in_set(build_set(**changes))
        assert {one.code for one in found if one.format == "fit"} == lost

    def test_finds_the_goal_and_the_load_for_workout_kit(self) -> None:
        found = format_gaps.find_in_set(build_set(load=Load(5, "kg"), reps_max=15))
        codes = {one.code for one in found if one.format == "workout_kit"}
        assert codes == {"reps", "load"}

    def test_finds_no_gap_in_a_hold_because_every_format_has_a_time(self) -> None:
        assert [*format_gaps.find_in_set(build_hold())] == []

    def test_finds_the_range_of_a_hold_in_every_format(self) -> None:
        found = [*format_gaps.find_in_set(build_hold(seconds=20))]
        assert {one.code for one in found} == {"hold_range"}
        assert [one.format for one in found] == list(get_args(FormatName))


class TestFindInExercise:
    def test_distinguishes_a_similar_name_from_an_exact_one(self) -> None:
        similar = find_gaps(find_exercise("bent-knee-calf-raise"))
        exact = find_gaps(find_exercise())
        details = [
            [one.detail for one in found if (one.format, one.code) == ("fit", "no_exact_name")]
            for found in (similar, exact)
        ]
        expected = (
            "FIT has only a similar name, Standing calf raise; the actual name is in the note."
        )
        assert details == [[expected], []]

    def test_finds_effort_in_formats_without_an_effort_target(self) -> None:
        found = find_gaps(find_exercise())
        formats = {one.format for one in found if one.code == "effort"}
        assert formats == {"fit", "workout_kit"}

    def test_finds_a_tempo_only_where_there_is_one(self) -> None:
        codes = [
            {one.code for one in find_gaps(exercise)}
            for exercise in (find_exercise(), find_exercise("plank-knees", **CORE))
        ]
        assert ["tempo" in found for found in codes] == [True, False]

    def test_finds_a_load_of_the_runners_choice_in_every_format(self) -> None:
        found = find_gaps(find_exercise("leg-press-calf-raise", **MACHINES))
        assert [one.format for one in found if one.code == "load_choice"] == list(
            get_args(FormatName)
        )


class TestHasExactType:
    def test_is_true_of_the_plank_alone(self) -> None:
        exact = {slug for slug, one in EXERCISES.items() if format_gaps.has_exact_type(one)}
        assert exact == {"plank"}


class TestDetails:
    def test_has_a_sentence_for_each_code(self) -> None:
        assert list(format_gaps.DETAILS) == list(get_args(GapCode))
        for sentences in format_gaps.DETAILS.values():
            assert set(sentences) <= set(get_args(FormatName))
            assert all(sentence.endswith(".") for sentence in sentences.values())


class TestWearablesPage:
    @pytest.mark.parametrize("code", get_args(GapCode))
    def test_lists_the_formats_of_each_code(self, code: GapCode) -> None:
        row = re.search(rf"^\| `{code}` \|(.*)\|$", WARNINGS, re.MULTILINE)
        assert row is not None
        cells = row[1].split("|")[1:]
        lost = [
            bool(format_gaps.DETAILS[code].get(name)) or (name, code) == ("fit", "no_exact_name")
            for name in get_args(FormatName)
        ]
        assert [bool(cell.strip()) for cell in cells] == lost

    def test_lists_every_warning_of_the_readers(self) -> None:
        codes = {code for file in READERS for code in WARNING_CALL.findall(file.read_text("utf-8"))}
        assert len(codes) > 20
        assert sorted(code for code in codes if f"`{code}`" not in WARNINGS) == []

    def test_links_to_existing_files(self) -> None:
        links = re.findall(r"\]\(([^)#]+)\)", PAGE)
        assert links
        assert [link for link in links if not (ROOT / "docs" / link).exists()] == []
