"""Tests of the definitions in the track files: their values, and the faults found at loading."""

import copy
import re
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import pytest

from app.training.catalog import exercises, toml_files, track_definitions
from app.training.catalog.exercises import LADDERS
from app.training.catalog.track_definitions import DEFINITIONS, TISSUES, TRACKS
from app.training.planning.spec import Level


def parse_files() -> dict[str, Any]:
    """Return a copy of the parsed track files that a test may change."""
    return copy.deepcopy(dict(toml_files.read_tracks()))


class TestDefinitions:
    def test_keeps_the_order_of_the_article(self) -> None:
        assert TRACKS == ("straight_knee", "bent_knee", "step_up")
        assert TISSUES == ("calf", "step")

    def test_keeps_the_bit_of_each_track_in_ids(self) -> None:
        bits = {track: definition.bit for track, definition in DEFINITIONS.items()}
        assert bits == {"straight_knee": 0, "bent_knee": 1, "step_up": 2}
        assert track_definitions.FULL_VOLUME_BIT == 3

    def test_rejects_a_change_of_the_definitions(self) -> None:
        with pytest.raises(TypeError, match="does not support item assignment"):
            DEFINITIONS["step_up"] = DEFINITIONS["bent_knee"]  # type: ignore[index]

    @pytest.mark.parametrize("track", TRACKS)
    def test_starts_each_level_on_a_rung_of_the_ladder(self, track: str) -> None:
        numbers = {rung.number for rung in LADDERS[track]}
        starts = DEFINITIONS[track].start_rungs
        assert {getattr(starts, level) for level in get_args(Level)} <= numbers

    def test_explains_each_field_in_the_documentation(self) -> None:
        page = (Path(__file__).parents[3] / "docs" / "adding-a-track.md").read_text()
        explained = set(re.findall(r"`\[?(\w+)[`.\]]", page))
        assert {field.name for field in fields(track_definitions.TrackDefinition)} <= explained


class TestLoad:
    def test_loads_the_track_files(self) -> None:
        assert track_definitions.load(parse_files()) == DEFINITIONS

    def test_sorts_tracks_by_order(self) -> None:
        files = parse_files()
        files["straight_knee"]["order"] = 9
        assert [*track_definitions.load(files)] == ["bent_knee", "step_up", "straight_knee"]

    @pytest.mark.parametrize(
        ("change", "complaint"),
        [
            ({"bit": 1}, "bit 1 is used twice"),
            ({"bit": 3}, "step_up: bit 3 is reserved"),
            ({"order": 1}, "order 1 is used twice"),
            ({"yields": 3}, "yields 3 is used twice"),
            ({"sibling": "plank"}, "step_up: sibling is unknown"),
            ({"sibling": "step_up"}, "step_up: sibling is unknown"),
            ({"sessions": ["F", "X"]}, "step_up: sessions has an unknown type"),
            ({"tissue": "Hip and thigh"}, "step_up: tissue is not in snake_case"),
            ({"tissue": "week"}, "step_up: the tissue is reserved"),
            ({"single_rung_notice": "NO_BOX"}, "step_up: single_rung_notice is unknown"),
            ({"colour": "green"}, "colour"),
            ({"colours": {"light": "#ffffff"}}, "step_up: "),
            ({"start_rungs": {"beginner": 1}}, "step_up: "),
            ({"other_names": {"step": ["step-up"]}}, "step_up: "),
        ],
    )
    def test_names_a_wrong_field(self, change: dict[str, Any], complaint: str) -> None:
        files = parse_files()
        files["step_up"].update(change)
        with pytest.raises(ValueError, match=re.escape(complaint)):
            track_definitions.load(files)

    @pytest.mark.parametrize("field", ["name", "bit", "sessions", "colours", "start_rungs"])
    def test_names_a_missing_field(self, field: str) -> None:
        files = parse_files()
        del files["bent_knee"][field]
        with pytest.raises(ValueError, match=rf"^bent_knee: .*{field}"):
            track_definitions.load(files)

    @pytest.mark.parametrize(
        ("code", "complaint"),
        [("Plank", "not in snake_case"), ("full_volume", "reserved"), ("of", "reserved")],
    )
    def test_rejects_a_code_that_is_no_field_name(self, code: str, complaint: str) -> None:
        files = parse_files()
        files[code] = files.pop("step_up")
        with pytest.raises(ValueError, match=rf"{code}: the code is {complaint}"):
            track_definitions.load(files)


class TestNamesOfOtherFormats:
    def test_rejects_another_name_for_an_unknown_exercise(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        files = parse_files()
        files["step_up"]["other_names"] = {"box step": ["step-up", "box-step"]}
        monkeypatch.setattr(exercises, "DEFINITIONS", track_definitions.load(files))
        with pytest.raises(ValueError, match="step_up: box-step is no exercise"):
            exercises.load(
                exercises.ParsedCatalogue(toml_files.read("shared.toml"), files, ["EV-44"])
            )

    def test_rejects_a_fit_name_without_a_number(self, monkeypatch: pytest.MonkeyPatch) -> None:
        files = parse_files()
        del files["step_up"]["fit"]["squat"]["names"]["dumbbell_step_up"]
        del files["step_up"]["fit"]["squat"]["names"]["step_up"]
        monkeypatch.setattr(exercises, "DEFINITIONS", track_definitions.load(files))
        with pytest.raises(ValueError, match="step-up: fit has an unknown 'squat/step_up'"):
            exercises.load(
                exercises.ParsedCatalogue(toml_files.read("shared.toml"), files, ["EV-44"])
            )
