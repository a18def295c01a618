"""Tests of loading the catalogue: faults are named with the exercise and the field."""

import copy
import re
from dataclasses import astuple
from typing import Any

import pytest

from app.training.catalog import exercises, toml_files
from app.training.catalog.exercises import EXERCISES, LADDERS
from app.training.catalog.track_definitions import TRACKS


def parse_catalogue() -> exercises.ParsedCatalogue:
    """Return a copy of the parsed catalogue that a test may change."""
    files = copy.deepcopy(dict(toml_files.read_tracks()))
    return exercises.ParsedCatalogue(toml_files.read("shared.toml"), files, exercises.EVIDENCE_IDS)


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
            ({"alternatives": ["hop"]}, "alternatives has an unknown 'hop'"),
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
            ({"hold_s": [20, 30]}, "a hold has neither reps nor tempo"),
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

    @pytest.mark.parametrize(
        ("ends", "complaint"),
        [
            ([30, 20], "hold_s does not rise from low to high"),
            ([20, 28], "hold_s is no multiple of 5"),
            (["20", "30"], "plank: unsupported operand"),
        ],
    )
    def test_names_a_wrong_hold(self, ends: list[Any], complaint: str) -> None:
        catalogue = parse_catalogue()
        catalogue.tracks["plank"]["rung"][2]["hold_s"] = ends
        with pytest.raises((TypeError, ValueError), match=re.escape(complaint)):
            exercises.load(catalogue)

    @pytest.mark.parametrize(
        ("kind", "rungs", "complaint"),
        [
            ("alternative", [9], "has one that is not on the ladder"),
            ("alternative", [], "are for an alternative"),
            ("beside", [6], "are for an alternative"),
        ],
    )
    def test_names_wrong_rungs_of_an_alternative(
        self, kind: str, rungs: list[int], complaint: str
    ) -> None:
        catalogue = parse_catalogue()
        extra = {**catalogue.tracks["plank"]["beside"][0], "slug": "extra", "rungs": rungs}
        catalogue.tracks["plank"].setdefault(kind, []).append(extra)  # type: ignore[attr-defined]
        with pytest.raises(ValueError, match=f"^extra: rungs {complaint}"):
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
