"""Tests of the texts of the catalogue: the facts of the article, and what each exercise says."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from app.training.catalog import exercises, reasons
from app.training.catalog.exercises import EXERCISES, LADDERS, Exercise, Rung, StepHeight
from app.training.catalog.track_definitions import (
    BASE_TRACKS,
    DEFINITIONS,
    OPTIONAL_TRACKS,
    TRACKS,
    Track,
)

DATA = Path(exercises.__file__).parent
RUNGS = [rung for track in TRACKS for rung in LADDERS[track]]
# Facts of the article on its three exercises: number of the exercise, field that has the facts.
ARTICLE = """
0 | why_it_matters | gastrocnemius, starts above the knee, crosses the knee, achilles, heel bone
0 | setup    | edge of a step, hip-width, balls of both feet, heels hang over, legs straight
0 | setup    | knees not locked
0 | movement | rise onto tiptoe, hold briefly, lower slowly, as far as your ankle mobility allows
1 | why_it_matters | stays below the knee, tibia, fibula, in running the soleus contributes more
1 | setup    | facing a wall, hands on it, hips back, shallow squat, knees bend
1 | movement | lift both heels, onto tiptoe, knees travel toward your toes, lower slowly
2 | summary  | single-leg stability, control of pelvis and trunk
2 | why_it_matters | pattern of running
2 | setup    | step or box, whole foot, weight through the heel
2 | movement | drive up with the front leg, other knee to hip height, 90 degrees, as in running
2 | movement | opposite arm and leg, step back down slowly, with the same leg that stepped up
"""
FACTS = [
    (int(place), part.strip(), fact.strip())
    for place, part, facts in (row.split("|") for row in ARTICLE.strip().splitlines())
    for fact in facts.split(",")
]
SEEDS = ("straight-leg-calf-raise", "bent-knee-calf-raise", "step-up")


def join_texts(found: Exercise) -> str:
    """Join all texts of an exercise that people read."""
    lists = (found.setup, found.movement, found.cues, found.common_faults, found.safety)
    return " ".join(
        [
            found.name,
            found.summary,
            found.why_it_matters,
            *(line for part in lists for line in part),
        ]
    )


class TestSeeds:
    """The three exercises of the article, with every fact that it gives."""

    def test_marks_the_three_exercises_of_the_article_as_seeds(self) -> None:
        assert tuple(found.slug for found in EXERCISES.values() if found.seed) == SEEDS

    @pytest.mark.parametrize("slug", SEEDS)
    def test_gives_seeds_three_sets_of_15_to_20_and_coefficient_1(self, slug: str) -> None:
        dose = EXERCISES[slug].dose
        assert (dose.sets, dose.reps_low, dose.reps_high) == (3, 15, 20)
        assert [rung.coef for rung in RUNGS if rung.slug == slug] == [100]

    @pytest.mark.parametrize(("place", "part", "fact"), FACTS)
    def test_contains_each_fact_of_the_article(self, place: int, part: str, fact: str) -> None:
        text = getattr(EXERCISES[SEEDS[place]], part)
        assert fact in (text if isinstance(text, str) else " ".join(text)).lower()

    @pytest.mark.parametrize("slug", SEEDS)
    def test_advises_to_raise_the_intensity_gradually(self, slug: str) -> None:
        line = (
            "Start slowly, and raise the intensity gradually as your strength and endurance grow."
        )
        assert line in EXERCISES[slug].safety

    def test_lists_the_main_muscle_of_each_seed(self) -> None:
        assert [EXERCISES[slug].muscles.primary[0] for slug in SEEDS] == [
            "gastrocnemius",
            "soleus",
            "gluteus_maximus",
        ]

    def test_marks_and_explains_the_lost_upper_height(self) -> None:
        step_up = EXERCISES["step-up"]
        assert step_up.step_height_cm == StepHeight(18, 20, "missing")
        assert LADDERS["step_up"][2].height_band == (15, 21)
        for part in ("upper bound is lost", "7 or 8 inches", "unknown height", "15-21 cm"):
            assert part in step_up.why_it_matters


class TestCatalogue:
    def test_has_the_height_band_of_each_other_rung_without_a_lost_bound(self) -> None:
        for rung in RUNGS:
            if rung.slug != "step-up":
                height = rung.exercise.step_height_cm
                expected = rung.height_band and StepHeight(*rung.height_band, None)
                assert height == expected, rung.slug

    @pytest.mark.parametrize("slug", ["step-up-mid-box", "step-up-high-box"])
    def test_describes_higher_boxes_as_our_own_progression(self, slug: str) -> None:
        assert "our own progression" in EXERCISES[slug].summary

    def test_says_that_a_bent_knee_shifts_work_to_the_soleus(self) -> None:
        for rung in LADDERS["bent_knee"]:
            assert "shifts the share of work toward the soleus" in rung.exercise.why_it_matters
            assert "EV-20" in rung.exercise.evidence

    def test_says_that_a_step_up_does_not_replace_calf_raises(self) -> None:
        for rung in LADDERS["step_up"][1:]:
            assert "does not take the place of your calf raises" in rung.exercise.why_it_matters
            assert "EV-21" in rung.exercise.evidence

    @pytest.mark.parametrize(
        "rung", [rung for track in BASE_TRACKS for rung in LADDERS[track]], ids=lambda r: r.slug
    )
    def test_cites_our_own_choice_for_each_base_rung_except_seeds(self, rung: Rung) -> None:
        assert ("EV-44" in rung.exercise.evidence) is not rung.exercise.seed

    def test_promises_speed_and_protection_in_no_optional_track(self) -> None:
        texts = {DEFINITIONS[t].shorthand: LADDERS[t][0].exercise for t in OPTIONAL_TRACKS}
        assert "Whether it makes you faster is not known" in texts["SP"].why_it_matters
        assert "whether training it protects is not settled" in texts["BR"].why_it_matters
        assert "the studies are small and do not agree" in texts["PL"].why_it_matters

    @pytest.mark.parametrize("found", EXERCISES.values(), ids=lambda found: found.slug)
    def test_describes_setup_and_movement_in_one_to_five_sentences(self, found: Exercise) -> None:
        assert 1 <= len(found.setup) <= 5
        assert 2 <= len(found.movement) <= 5
        told = (found.summary, found.why_it_matters, *found.setup, *found.movement, *found.cues)
        for line in told:
            assert re.fullmatch(r"[A-Z].*\.", line), line
        assert len(set(found.evidence)) == len(found.evidence)

    def test_describes_each_exercise_differently(self) -> None:
        for part in ("name", "summary", "movement"):
            told = [getattr(found, part) for found in EXERCISES.values()]
            if part == "movement":
                told.remove(EXERCISES["single-leg-bridge-heavy"].movement)
            assert len(set(told)) == len(told), part

    @pytest.mark.parametrize(
        "found",
        [found for found in EXERCISES.values() if found.tempo],
        ids=lambda found: found.slug,
    )
    def test_names_the_seconds_of_the_tempo(self, found: Exercise) -> None:
        counted = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
        told = {
            counted[count]
            for count in re.findall(r"(\w+)(?: even)? seconds?", " ".join(found.movement))
        }
        tempo = found.tempo
        assert tempo
        phases = {tempo.up_s, tempo.hold_s, tempo.down_s} - {0}
        assert told <= phases if found.rung is None else told == phases

    @pytest.mark.parametrize("found", EXERCISES.values(), ids=lambda found: found.slug)
    def test_promises_nothing_about_health(self, found: Exercise) -> None:
        assert not re.search(r"\b(treat|cure|rehab|prevent|heal)", join_texts(found), re.IGNORECASE)

    def test_has_the_safety_notes_of_demanding_rungs(self) -> None:
        def safety(slug: str) -> str:
            return " ".join(EXERCISES[slug].safety)

        assert "10 seconds" in safety("two-up-one-down-calf-raise")
        assert "after a long break" in safety("two-leg-calf-raise-floor").lower()
        assert "hip crease" in safety("step-up-high-box")
        assert all(
            "under 18" in safety(found.slug) for found in EXERCISES.values() if found.loadable
        )
        assert "towel" in " ".join(EXERCISES["single-leg-bridge-loaded"].setup)
        assert "A sore groin" in safety("copenhagen-plank-knee")

    @pytest.mark.parametrize("track", OPTIONAL_TRACKS)
    def test_has_lines_of_its_own_on_the_ground_and_on_help_in_core_tracks(
        self, track: Track
    ) -> None:
        for found in (one for one in EXERCISES.values() if one.track == track):
            text = " ".join(found.safety)
            assert "On a mat or carpet, clear of furniture." in found.safety
            assert "bladder or bowel control" in text
            assert "snap in the calf" not in text
            assert "Shoes on" not in text
            assert "Pain up to 2 out of 10" in text

    @pytest.mark.parametrize("track", BASE_TRACKS)
    def test_names_the_calf_in_the_line_on_help_in_base_tracks(self, track: Track) -> None:
        for found in (one for one in EXERCISES.values() if one.track == track):
            assert "snap in the calf" in found.safety[-1]

    def test_weighs_what_is_carried_and_not_a_machine(self) -> None:
        weighed = {one.slug for one in EXERCISES.values() if "Weigh what" in " ".join(one.safety)}
        carried = {one.slug for one in EXERCISES.values() if one.loadable}
        assert carried - weighed == {
            one.slug for one in EXERCISES.values() if set(exercises.MACHINES) & set(one.equipment)
        }


class TestEvidence:
    def test_has_77_complete_rows_with_their_status(self) -> None:
        rows = tomllib.loads((DATA / "evidence.toml").read_text(encoding="utf-8"))["evidence"]
        columns = ["id", "rule", "value", "source", "status", "confidence", "engine_use"]
        assert [row["id"] for row in rows] == [f"EV-{number:02}" for number in range(1, 78)]
        assert all(list(row) == columns and all(row.values()) for row in rows)
        assert tuple(row["id"] for row in rows) == exercises.EVIDENCE_IDS

        assert all(re.match(r"(V2?|M|E)\b", row["status"]) for row in rows)
        own = {row["id"] for row in rows if row["status"] == "E"}
        assert own == reasons.ENGINEERING_IDS


class TestWire:
    def test_has_the_schemas_of_the_contract(self) -> None:
        schema = TypeAdapter(Exercise).json_schema(mode="serialization")
        assert set(schema["$defs"]) == {"Tempo", "Dose", "Muscles", "StepHeight", "Fit"}

    def test_has_its_fields_in_the_order_of_the_contract(self) -> None:
        assert " ".join(field.name for field in fields(Exercise)) == (
            "slug name track rung seed summary why_it_matters muscles laterality unit equipment"
            " setup movement cues common_faults safety tempo dose step_height_cm loadable easier"
            " harder alternatives replaces_rungs fit evidence"
        )

    @pytest.mark.parametrize("found", EXERCISES.values(), ids=lambda found: found.slug)
    def test_is_restored_from_json(self, found: Exercise) -> None:
        adapter = TypeAdapter(Exercise)
        assert adapter.validate_json(adapter.dump_json(found), strict=True) == found
