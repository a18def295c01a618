"""Tests of the definitions in the track files: their values, and the faults found at loading."""

import copy
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from app.training.catalog import exercises, toml_files, track_definitions
from app.training.catalog.exercises import LADDERS
from app.training.catalog.track_definitions import (
    BASE_TRACKS,
    DEFINITIONS,
    OPTIONAL_TRACKS,
    TISSUES,
    TRACKS,
    StartRungs,
)

# Shorthand of a track: place, bit, tissue, session types, top of the last unloaded rung, first rung
# of each level, sites of morning pain, FIT categories, segment type of Health Connect.
TABLE = """
SK | 1 | 0 | calf  | FC | 25 | 2 4 6 | calf achilles foot ankle | calf_raise 1               | 65
BK | 2 | 1 | calf  | FC | 25 | 2 4 6 | calf achilles foot ankle | calf_raise 1               | 65
SU | 3 | 2 | step  | FS | 20 | 2 3 4 | knee hip back            | squat 28                   | 51
SP | 4 | 4 | trunk | FS | 12 | 1 2 3 | hip groin back shoulder  | plank 19 hip_stability 11  | 41
BR | 5 | 5 | trunk | FS | 25 | 1 3 4 | hip thigh back           | hip_raise 10 core 5        | 25
PL | 6 | 6 | trunk | FS | 15 | 2 3 4 | back shoulder            | plank 19 hip_stability 11  | 41
"""


def parse_files() -> dict[str, Any]:
    """Return a copy of the parsed track files that a test may change."""
    return copy.deepcopy(dict(toml_files.read_tracks()))


def format_row(one: track_definitions.TrackDefinition) -> list[str]:
    """Format a definition in the columns of TABLE."""
    starts = one.start_rungs
    return [
        one.shorthand,
        str(one.order),
        str(one.bit),
        one.tissue,
        "".join(one.sessions),
        str(one.top_reps),
        f"{starts.beginner} {starts.intermediate} {starts.advanced}",
        " ".join(one.pain_sites),
        " ".join(f"{name} {category.number}" for name, category in one.fit.items()),
        str(one.health_connect.code),
    ]


class TestDefinitions:
    def test_lists_the_articles_three_tracks_first(self) -> None:
        assert BASE_TRACKS == ("straight_knee", "bent_knee", "step_up")
        assert OPTIONAL_TRACKS == ("side_plank", "bridge", "plank")
        assert TRACKS == BASE_TRACKS + OPTIONAL_TRACKS
        assert TISSUES == ("calf", "step", "trunk")

    def test_has_the_values_of_the_science(self) -> None:
        rows = [[cell.strip() for cell in row.split("|")] for row in TABLE.strip().splitlines()]
        assert [format_row(one) for one in DEFINITIONS.values()] == rows

    def test_keeps_bit_3_free(self) -> None:
        assert track_definitions.FULL_VOLUME_BIT == 3
        assert 3 not in {one.bit for one in DEFINITIONS.values()}

    def test_sets_the_first_rung_by_a_test_in_three_tracks(self) -> None:
        tests = {one.shorthand: (one.test, one.test_rungs) for one in DEFINITIONS.values()}
        heel_rise = ("heel_rise", (5, 10, 15, 20, 25))
        none = (None, ())
        assert tests == {
            "SK": heel_rise, "BK": heel_rise, "SU": none,
            "SP": ("side_plank", (40, 60, 90)), "BR": none, "PL": none,
        }  # fmt: skip
        lowered = {one.shorthand: one.start_rung_after_low_test for one in DEFINITIONS.values()}
        assert lowered == {**dict.fromkeys(lowered), "SU": 1}

    @pytest.mark.parametrize("track", TRACKS)
    def test_has_a_rung_for_each_result_of_its_test(self, track: str) -> None:
        results = DEFINITIONS[track].test_rungs
        assert len(results) < len(LADDERS[track])

    def test_cites_evidence_for_the_order_of_each_ladder(self) -> None:
        cited = {one.shorthand: " ".join(one.order_evidence) for one in DEFINITIONS.values()}
        assert cited == {
            "SK": "EV-21 EV-22", "BK": "EV-21 EV-22", "SU": "EV-43",
            "SP": "EV-62 EV-63 EV-64 EV-69", "BR": "EV-62 EV-70", "PL": "EV-65 EV-66 EV-67",
        }  # fmt: skip

    def test_cites_evidence_for_the_first_rung_of_optional_tracks(self) -> None:
        cited = {one.shorthand: " ".join(one.start_evidence) for one in DEFINITIONS.values()}
        assert cited == {
            "SK": "", "BK": "", "SU": "", "SP": "EV-03 EV-57 EV-58 EV-77",
            "BR": "EV-03 EV-54 EV-77", "PL": "EV-03 EV-60 EV-77",
        }  # fmt: skip

    def test_says_what_a_side_is_where_it_is_not_the_working_leg(self) -> None:
        assert {one.shorthand for one in DEFINITIONS.values() if one.side_is} == {"SP", "BR"}

    def test_rejects_a_change_of_the_definitions(self) -> None:
        with pytest.raises(TypeError, match="does not support item assignment"):
            DEFINITIONS["step_up"] = DEFINITIONS["bent_knee"]  # type: ignore[index]

    @pytest.mark.parametrize("track", TRACKS)
    def test_starts_each_level_on_a_rung_of_the_ladder(self, track: str) -> None:
        numbers = {rung.number for rung in LADDERS[track]}
        starts = DEFINITIONS[track].start_rungs
        assert {getattr(starts, level.name) for level in fields(StartRungs)} <= numbers

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
        assert [*track_definitions.load(files)] == [*TRACKS[1:], "straight_knee"]

    @pytest.mark.parametrize(
        ("change", "complaint"),
        [
            ({"bit": 1}, "bit 1 is used twice"),
            ({"bit": 3}, "step_up: bit 3 is reserved"),
            ({"order": 1}, "order 1 is used twice"),
            ({"shorthand": "SK"}, "shorthand SK is used twice"),
            ({"test": "jump", "test_rungs": [1]}, "step_up: test is unknown"),
            ({"test": "heel_rise"}, "step_up: test_rungs are for a track with a test"),
            ({"test_rungs": [5]}, "step_up: test_rungs are for a track with a test"),
            ({"test": "heel_rise", "test_rungs": [5, 5]}, "step_up: test_rungs do not rise"),
            ({"order_evidence": []}, "step_up: order_evidence is empty"),
            ({"order_evidence": ["EV-999"]}, "step_up: cites unknown evidence"),
            ({"start_evidence": ["EV-03"]}, "step_up: start_evidence is for an optional track"),
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

    @pytest.mark.parametrize(
        "field", ["name", "bit", "sessions", "colours", "start_rungs", "order_evidence"]
    )
    def test_names_a_missing_field(self, field: str) -> None:
        files = parse_files()
        del files["bent_knee"][field]
        with pytest.raises(ValueError, match=rf"^bent_knee: .*{field}"):
            track_definitions.load(files)

    @pytest.mark.parametrize(
        ("code", "complaint"),
        [("Dip", "not in snake_case"), ("full_volume", "reserved"), ("of", "reserved")],
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
