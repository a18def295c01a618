"""What formats cannot say: one code for each loss, one sentence for each format, all documented."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from app.formats import unsupported
from app.formats.unsupported import FormatName, LossCode
from app.training.planning.week import PlannedSet, Prescription
from tests.formats.pictures import plan

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "wearables.md").read_text("utf-8")
TOLD = PAGE.partition("## What is told")[2]
REMARK = re.compile(r"\badd(?:_for_file)?\(\s*\"([a-z_]+)\"")
# What a calendar adds to are its events.
READERS = [f for f in sorted((ROOT / "app" / "formats").rglob("*.py")) if "ical" not in f.parts]


def an_exercise(slug: str = "straight-leg-calf-raise", **fields: Any) -> Prescription:
    first = plan(level="beginner", **fields).weeks[0].sessions[0]
    return next(one for one in first.exercises if one.slug == slug)


def a_set(**changes: Any) -> PlannedSet:
    plain = {"side": "both", "reps_target": 12, "reps_max": 12}
    return replace(an_exercise().sets[0], **{**plain, **changes})


class TestFindInSet:
    @pytest.mark.parametrize(
        ("changes", "lost"),
        [
            ({}, set()),
            ({"side": "left"}, {"side"}),
            ({"side": "right"}, {"side"}),
            ({"reps_max": 15}, {"rep_range"}),
            ({"load": 5, "load_unit": "lb"}, {"load_unit"}),
            ({"load": 5, "load_unit": "kg"}, set()),
        ],
    )
    def test_tells_what_fit_has_no_field_for(self, changes: dict[str, Any], lost: set[str]) -> None:
        found = unsupported.find_in_set(a_set(**changes))
        assert {loss.code for loss in found if loss.format == "fit"} == lost

    def test_tells_of_the_goal_and_the_load_that_workout_kit_has_not(self) -> None:
        found = unsupported.find_in_set(a_set(load=5, load_unit="kg", reps_max=15))
        told = {loss.code for loss in found if loss.format == "workout_kit"}
        assert told == {"reps", "load"}


class TestFindInExercise:
    def test_tells_a_near_name_from_an_exact_one(self) -> None:
        near = unsupported.find_in_exercise(an_exercise("bent-knee-calf-raise"))
        exact = unsupported.find_in_exercise(an_exercise())
        told = [
            [loss.detail for loss in found if (loss.format, loss.code) == ("fit", "no_exact_name")]
            for found in (near, exact)
        ]
        assert told == [["FIT has only a near name, Standing calf raise; the note has ours."], []]

    def test_tells_of_effort_where_there_is_no_target_for_it(self) -> None:
        found = unsupported.find_in_exercise(an_exercise())
        told = {loss.format for loss in found if loss.code == "effort"}
        assert told == {"fit", "workout_kit"}


class TestVocabulary:
    def test_has_a_sentence_for_each_code(self) -> None:
        assert list(unsupported.SENTENCES) == list(get_args(LossCode))
        for sentences in unsupported.SENTENCES.values():
            assert set(sentences) <= set(get_args(FormatName))
            assert all(sentence.endswith(".") for sentence in sentences.values())


class TestPage:
    @pytest.mark.parametrize("code", get_args(LossCode))
    def test_says_which_formats_lose_what(self, code: LossCode) -> None:
        row = re.search(rf"^\| `{code}` \|(.*)\|$", TOLD, re.MULTILINE)
        assert row is not None
        told = row[1].split("|")[1:]
        lost = [
            bool(unsupported.SENTENCES[code].get(name)) or (name, code) == ("fit", "no_exact_name")
            for name in get_args(FormatName)
        ]
        assert [bool(cell.strip()) for cell in told] == lost

    def test_names_every_remark_of_the_readers(self) -> None:
        codes = {code for file in READERS for code in REMARK.findall(file.read_text("utf-8"))}
        assert len(codes) > 20
        assert sorted(code for code in codes if f"`{code}`" not in TOLD) == []

    def test_leads_to_files_that_exist(self) -> None:
        links = re.findall(r"\]\(([^)#]+)\)", PAGE)
        assert links
        assert [link for link in links if not (ROOT / "docs" / link).exists()] == []
