"""Tests of the catalogue: it equals the tables of the science and the article, and is validated."""

import copy
import re
import tomllib
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from app.training.catalog import exercises, toml_files
from app.training.catalog.exercises import EXERCISES, LADDERS, Exercise, Rung, StepHeight
from app.training.catalog.track_definitions import TRACKS, Track

DATA = Path(exercises.__file__).parent

# number, slug, legs at a time, equipment besides floor and wall (load: any loader), repetitions,
# tempo, coefficient, step heights in cm
TABLE: dict[Track, str] = {
    "straight_knee": """
1 | two-leg-calf-raise-floor      | bi  |      | 15-20 | 2-1-2-0 | 0.80 |
2 | straight-leg-calf-raise       | bi  | step | 15-20 | 2-1-3-0 | 1.00 |
3 | two-leg-calf-raise-slow-lower | bi  |      | 12-15 | 2-1-5-0 | 1.15 |
4 | two-up-one-down-calf-raise    | uni |      | 12-15 | 1-1-4-0 | 1.50 |
5 | single-leg-calf-raise-floor   | uni |      | 12-15 | 2-1-3-0 | 1.80 |
6 | single-leg-calf-raise-step    | uni | step | 12-15 | 2-1-3-0 | 2.00 |
7 | single-leg-calf-raise-loaded  | uni | load | 8-12  | 2-1-3-0 | 2.00 |
8 | single-leg-calf-raise-heavy   | uni | load | 6-8   | 2-1-3-0 | 2.00 |
""",
    "bent_knee": """
1 | seated-heel-raise                 | bi  | chair | 15-20 | 2-1-2-0 | 0.40 |
2 | bent-knee-calf-raise              | bi  |       | 15-20 | 2-1-3-0 | 1.00 |
3 | bent-knee-slow-lower              | bi  |       | 12-15 | 2-1-5-0 | 1.15 |
4 | bent-knee-two-up-one-down         | uni |       | 12-15 | 1-1-4-0 | 1.50 |
5 | single-leg-bent-knee-raise-wall   | uni |       | 12-15 | 2-1-3-0 | 1.80 |
6 | single-leg-bent-knee-raise-step   | uni | step  | 12-15 | 2-1-3-0 | 2.00 |
7 | single-leg-bent-knee-raise-loaded | uni | load  | 8-12  | 2-1-3-0 | 2.00 |
8 | single-leg-bent-knee-raise-heavy  | uni | load  | 6-8   | 2-1-3-0 | 2.00 |
""",
    "step_up": """
0 | standing-knee-drive  | uni |           | 15-20 | 1-2-1-0 | 0.60 |
1 | supported-step-up    | uni | step      | 15-20 | 2-0-2-0 | 0.85 | 8-21
2 | step-up              | uni | step      | 15-20 | 1-1-2-0 | 1.00 | 15-21
3 | step-up-slow-lower   | uni | step      | 12-15 | 1-1-4-0 | 1.15 | 15-21
4 | step-up-mid-box      | uni | step      | 12-15 | 1-1-2-0 | 1.35 | 22-35
5 | step-up-high-box     | uni | step      | 10-12 | 1-1-3-0 | 1.60 | 36-46
6 | step-up-loaded       | uni | step load | 8-12  | 1-1-2-0 | 1.65 | 15-35
7 | step-up-loaded-heavy | uni | step load | 6-8   | 1-1-2-0 | 1.90 | 22-46
""",
}

# The name in FIT files when the load is not known, and whether it is exact; then how many rungs
# in ladder order share it.
FIT: tuple[tuple[exercises.Fit | None, int], ...] = (
    (exercises.Fit("calf_raise", "standing_calf_raise", exact=True), 3),
    (exercises.Fit("calf_raise", "single_leg_standing_calf_raise", exact=False), 1),
    (exercises.Fit("calf_raise", "single_leg_standing_calf_raise", exact=True), 2),
    (exercises.Fit("calf_raise", "single_leg_standing_calf_raise", exact=False), 2),
    (exercises.Fit("calf_raise", "seated_calf_raise", exact=True), 1),
    (exercises.Fit("calf_raise", "standing_calf_raise", exact=False), 2),
    (exercises.Fit("calf_raise", "single_leg_bent_knee_calf_raise", exact=False), 1),
    (exercises.Fit("calf_raise", "single_leg_bent_knee_calf_raise", exact=True), 2),
    (exercises.Fit("calf_raise", "weighted_single_leg_bent_knee_calf_raise", exact=True), 2),
    (None, 1),
    (exercises.Fit("squat", "step_up", exact=True), 5),
    (exercises.Fit("squat", "weighted_step_up", exact=True), 2),
)
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


def format_row(rung: Rung) -> list[str]:
    """Format a rung in the columns of TABLE."""
    tempo = rung.exercise.tempo
    needs = " ".join(thing for thing in rung.exercise.equipment if thing not in {"floor", "wall"})
    return [
        str(rung.number),
        rung.slug,
        "uni" if rung.unilateral else "bi",
        needs.replace(" ".join(exercises.LOADERS), "load"),
        f"{rung.reps_low}-{rung.reps_high}",
        f"{tempo.up_s}-{tempo.hold_s}-{tempo.down_s}-{tempo.bottom_s}",
        f"{rung.coef / 100:.2f}",
        "-".join(map(str, rung.height_band or ())),
    ]


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


def parse_catalogue() -> exercises.ParsedCatalogue:
    """Return a copy of the parsed catalogue that a test may change."""
    files = copy.deepcopy(dict(toml_files.read_tracks()))
    return exercises.ParsedCatalogue(toml_files.read("shared.toml"), files, exercises.EVIDENCE_IDS)


class TestLadders:
    @pytest.mark.parametrize("track", TRACKS)
    def test_has_the_rungs_of_the_science_tables(self, track: Track) -> None:
        rows = [
            [cell.strip() for cell in row.split("|")] for row in TABLE[track].split("\n") if row
        ]
        assert [format_row(rung) for rung in LADDERS[track]] == rows

    def test_has_24_rungs_and_one_exercise_beside_the_ladders(self) -> None:
        assert list(EXERCISES) == [rung.slug for rung in RUNGS] + ["seated-loaded-calf-raise"]
        assert len(RUNGS) == 24

    def test_rests_longer_after_fewer_repetitions(self) -> None:
        rest = {(rung.reps_low, rung.rest_s) for rung in RUNGS}
        assert rest == {(15, 60), (12, 60), (10, 90), (8, 90), (6, 120)}

    def test_marks_the_exercises_on_a_step_edge(self) -> None:
        edges = {rung.slug for rung in RUNGS if rung.step_edge}
        assert edges == {
            "straight-leg-calf-raise",
            "single-leg-calf-raise-step",
            "single-leg-bent-knee-raise-step",
        }

    def test_marks_the_two_top_rungs_as_loaded_and_one_as_seated(self) -> None:
        loaded = [(rung.track, rung.number) for rung in RUNGS if rung.loaded]
        tops = {"straight_knee": (7, 8), "bent_knee": (7, 8), "step_up": (6, 7)}
        assert loaded == [(track, number) for track, top in tops.items() for number in top]
        assert [rung.slug for rung in RUNGS if rung.chair] == ["seated-heel-raise"]

    def test_uses_the_lowest_step_for_the_supported_step_up_only(self) -> None:
        assert [rung.slug for rung in RUNGS if rung.lowest] == ["supported-step-up"]

    def test_has_the_fit_names_of_the_science(self) -> None:
        expected = [fit for fit, count in FIT for _ in range(count)]
        assert [rung.exercise.fit for rung in RUNGS] == expected

    def test_has_the_dumbbell_names_of_fit(self) -> None:
        calf = exercises.Fit("calf_raise", "single_leg_standing_dumbbell_calf_raise", exact=True)
        step = exercises.Fit("squat", "dumbbell_step_up", exact=True)
        named = {rung.slug: rung.fit_dumbbell for rung in RUNGS if rung.fit_dumbbell}
        assert named == {
            "single-leg-calf-raise-loaded": calf,
            "single-leg-calf-raise-heavy": calf,
            "step-up-loaded": step,
            "step-up-loaded-heavy": step,
        }

    @pytest.mark.parametrize("track", TRACKS)
    def test_links_each_rung_to_its_neighbours(self, track: Track) -> None:
        slugs = [rung.slug for rung in LADDERS[track]]
        assert [rung.exercise.harder for rung in LADDERS[track]] == [*slugs[1:], None]
        assert [rung.exercise.easier for rung in LADDERS[track]] == [None, *slugs[:-1]]

    def test_rejects_a_change_of_the_ladders(self) -> None:
        with pytest.raises(TypeError, match="does not support item assignment"):
            LADDERS["step_up"] = ()  # type: ignore[index]


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

    def test_has_the_loaded_seated_raise_beside_the_ladder(self) -> None:
        seated = EXERCISES["seated-loaded-calf-raise"]
        assert (seated.track, seated.rung) == ("bent_knee", None)
        assert (seated.easier, seated.harder) == (None, None)
        assert seated.fit == exercises.Fit("calf_raise", "weighted_seated_calf_raise", exact=True)
        assert (seated.dose.reps_low, seated.dose.reps_high, seated.loadable) == (8, 12, True)
        listing = [found.slug for found in EXERCISES.values() if seated.slug in found.alternatives]
        assert listing == [rung.slug for rung in LADDERS["bent_knee"][-2:]]

    def test_says_that_a_bent_knee_shifts_work_to_the_soleus(self) -> None:
        for rung in LADDERS["bent_knee"]:
            assert "shifts the share of work toward the soleus" in rung.exercise.why_it_matters
            assert "EV-20" in rung.exercise.evidence

    def test_says_that_a_step_up_does_not_replace_calf_raises(self) -> None:
        for rung in LADDERS["step_up"][1:]:
            assert "does not take the place of your calf raises" in rung.exercise.why_it_matters
            assert "EV-21" in rung.exercise.evidence

    @pytest.mark.parametrize("rung", RUNGS, ids=lambda rung: rung.slug)
    def test_cites_our_own_choice_for_each_rung_except_seeds(self, rung: Rung) -> None:
        assert ("EV-44" in rung.exercise.evidence) is not rung.exercise.seed

    @pytest.mark.parametrize("found", EXERCISES.values(), ids=lambda found: found.slug)
    def test_describes_setup_and_movement_in_two_to_five_sentences(self, found: Exercise) -> None:
        assert 2 <= len(found.setup) <= 5
        assert 2 <= len(found.movement) <= 5
        told = (found.summary, found.why_it_matters, *found.setup, *found.movement, *found.cues)
        for line in told:
            assert re.fullmatch(r"[A-Z].*\.", line), line
        assert len(set(found.evidence)) == len(found.evidence)

    def test_describes_each_exercise_differently(self) -> None:
        for part in ("name", "summary", "movement"):
            assert len({getattr(found, part) for found in EXERCISES.values()}) == 25, part

    @pytest.mark.parametrize("found", EXERCISES.values(), ids=lambda found: found.slug)
    def test_names_the_seconds_of_the_tempo(self, found: Exercise) -> None:
        counted = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
        told = {
            counted[count]
            for count in re.findall(r"(\w+)(?: even)? seconds?", " ".join(found.movement))
        }
        tempo = found.tempo
        assert told == {tempo.up_s, tempo.hold_s, tempo.down_s} - {0}

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


class TestEvidence:
    def test_has_44_complete_rows_with_their_status(self) -> None:
        rows = tomllib.loads((DATA / "evidence.toml").read_text(encoding="utf-8"))["evidence"]
        columns = ["id", "rule", "value", "source", "status", "confidence", "engine_use"]
        assert [row["id"] for row in rows] == [f"EV-{number:02}" for number in range(1, 45)]
        assert all(list(row) == columns and all(row.values()) for row in rows)
        assert tuple(row["id"] for row in rows) == exercises.EVIDENCE_IDS

        assert all(re.match(r"(V2?|M|E)\b", row["status"]) for row in rows)
        assert [row["id"] for row in rows if row["status"] == "E"] == ["EV-44"]


class TestWire:
    def test_has_the_schemas_of_the_contract(self) -> None:
        schema = TypeAdapter(Exercise).json_schema(mode="serialization")
        assert set(schema["$defs"]) == {"Tempo", "Dose", "Muscles", "StepHeight", "Fit"}

    def test_has_its_fields_in_the_order_of_the_contract(self) -> None:
        assert " ".join(field.name for field in fields(Exercise)) == (
            "slug name track rung seed summary why_it_matters muscles laterality equipment setup"
            " movement cues common_faults safety tempo dose step_height_cm loadable easier harder"
            " alternatives fit evidence"
        )

    @pytest.mark.parametrize("found", EXERCISES.values(), ids=lambda found: found.slug)
    def test_is_restored_from_json(self, found: Exercise) -> None:
        adapter = TypeAdapter(Exercise)
        assert adapter.validate_json(adapter.dump_json(found), strict=True) == found


class TestLoad:
    def test_loads_the_catalogue(self) -> None:
        ladders, loaded = exercises.load(parse_catalogue())
        assert loaded == EXERCISES
        for track in TRACKS:
            assert [astuple(r) for r in ladders[track]] == [astuple(r) for r in LADDERS[track]]

    @pytest.mark.parametrize(
        ("change", "complaint"),
        [
            ({"evidence": ["EV-99"]}, "evidence has an unknown 'EV-99'"),
            ({"equipment": ["step", "trampoline"]}, "equipment has an unknown 'trampoline'"),
            ({"alternatives": ["plank"]}, "alternatives has an unknown 'plank'"),
            ({"laterality": "both"}, "laterality has an unknown 'both'"),
            ({"setup": []}, "setup is empty"),
            ({"cues": [" "]}, "cues is empty"),
            ({"summary": ""}, "summary is empty"),
            ({"reps": [20, 15]}, "reps do not rise from low to high"),
            ({"step_height_cm": {"min": 20, "max": 8, "upper_bound_in_source": "missing"}},
             "step_height_cm does not rise from min to max"),
            ({"muscles": {"primary": ["gluteus"], "secondary": [], "stabilisers": []}},
             "muscles has an unknown 'gluteus'"),
            ({"muscles": {"primary": [], "secondary": [], "stabilisers": []}},
             "muscles name no primary one"),
            ({"muscles": {"primary": ["calf"], "stabilizers": []}}, "stabilizers"),
            ({"tempo": [1, 1, 2]}, "bottom_s"),
            ({"number": 5}, "number leaves a gap in the ladder"),
            ({"cue": ["Up."]}, "cue is no field of the catalogue"),
            ({"easier": "plank"}, "easier is no field of the catalogue"),
        ],
    )  # fmt: skip
    def test_names_a_wrong_field(self, change: dict[str, Any], complaint: str) -> None:
        catalogue = parse_catalogue()
        catalogue.tracks["step_up"]["rung"][2].update(change)
        with pytest.raises(ValueError, match=rf"\bstep-up: .*{re.escape(complaint)}"):
            exercises.load(catalogue)

    @pytest.mark.parametrize(
        "field", ["name", "summary", "movement", "coef", "height_band", "tempo"]
    )
    def test_names_a_missing_field(self, field: str) -> None:
        catalogue = parse_catalogue()
        del catalogue.tracks["step_up"]["rung"][2][field]
        with pytest.raises(ValueError, match=f"^step-up: {field} is missing$"):
            exercises.load(catalogue)

    def test_rejects_a_slug_that_is_used_twice(self) -> None:
        catalogue = parse_catalogue()
        catalogue.tracks["bent_knee"]["rung"][3]["slug"] = "step-up"
        with pytest.raises(ValueError, match=r"^step-up: slug is used twice$"):
            exercises.load(catalogue)

    def test_rejects_a_ladder_without_one_of_its_rungs(self) -> None:
        catalogue = parse_catalogue()
        del catalogue.tracks["straight_knee"]["rung"][4]
        with pytest.raises(ValueError, match=r"^single-leg-calf-raise-step: number leaves a gap"):
            exercises.load(catalogue)

    def test_lets_a_rung_replace_or_extend_shared_cues(self) -> None:
        changed = parse_catalogue()
        changed.tracks["bent_knee"]["shared"]["cues"] = ["Shared."]
        changed.tracks["bent_knee"]["rung"][1]["more_cues"] = ["Added."]
        changed.tracks["bent_knee"]["rung"][2]["cues"] = ["Replaced."]
        bent = exercises.load(changed)[0]["bent_knee"]
        assert [rung.exercise.cues for rung in bent[1:4]] == [
            ("Shared.", "Added."), ("Replaced.",), ("Shared.",),
        ]  # fmt: skip
