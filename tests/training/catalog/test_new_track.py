"""Tests that one more file in the folder of tracks is enough to plan, adapt, draw and export."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import pytest

from app.training.catalog import toml_files
from app.training.catalog.exercises import EXERCISES
from app.training.catalog.track_definitions import BASE_TRACKS, TRACKS, StrengthTest
from app.training.planning import program_ids
from tests.training import golden

ROOT = Path(__file__).parents[3]
# The folder is set before anything imports the tracks.
RUN = """
import runpy, sys
from pathlib import Path
from app.training.catalog import toml_files
toml_files.TRACK_FOLDER = Path(sys.argv[1])
runpy.run_module("tests.training.catalog.new_track", run_name="__main__")
"""
# Examples of requests and files show an exercise or a track; nothing depends on them. An id names a
# preferred exercise by its place in a list that never changes.
NAMING = {
    "app/exercises/routes.py",
    "app/exercises/schemas.py",
    "app/programs/adapting_schemas.py",
    "app/sessions/schemas.py",
    "app/training/planning/program_ids.py",
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The results of new_track.py, with one more track in the catalogue."""
    folder = tmp_path_factory.mktemp("catalog") / "tracks"
    shutil.copytree(toml_files.TRACK_FOLDER, folder)
    shutil.copy(Path(__file__).with_name("lunge.toml"), folder)
    done = subprocess.run(
        [sys.executable, "-c", RUN, folder], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    results: dict[str, Any] = json.loads(done.stdout)
    return results


class TestIds:
    def test_decodes_old_ids_as_before_the_track_was_added(self, found: dict[str, Any]) -> None:
        before = [
            golden.SPEC.dump_python(program_ids.decode(one.id)[1], mode="json")
            for one in golden.load_goldens()
        ]
        assert found["specs of golden ids"] == before

    def test_encodes_the_start_of_the_new_track(self, found: dict[str, Any]) -> None:
        assert found["start survives an id"]
        assert found["start"]["lunge"] == {"rung": 2, "reps": 12, "hits": 0, "top": 0, "painful": 0}


class TestTraining:
    def test_lists_the_track_in_its_order(self, found: dict[str, Any]) -> None:
        assert found["tracks"] == ["lunge", *TRACKS]

    def test_plans_the_track_in_its_session_types(self, found: dict[str, Any]) -> None:
        assert found["first session"] == [
            "short-lunge",
            "straight-leg-calf-raise",
            "bent-knee-calf-raise",
            "step-up",
        ]
        assert found["session types"] == {
            "C": ["bent_knee", "straight_knee"],
            "S": ["lunge", "step_up"],
        }

    def test_adapts_the_track_to_a_log(self, found: dict[str, Any]) -> None:
        assert found["after a week"] == {
            "rung": "short-lunge",
            "reps": 18,
            "suspended": False,
            "reasons": dict.fromkeys(["lunge", *BASE_TRACKS], "ADD_REPS"),
        }

    def test_stops_the_track_for_pain_at_its_sites(self, found: dict[str, Any]) -> None:
        after = found["after a week with back pain"]
        assert after["suspended"]
        assert after["reasons"] == {
            "lunge": "PAIN_ABOVE_5",
            "straight_knee": "ADD_REPS",
            "bent_knee": "ADD_REPS",
            "step_up": "PAIN_ABOVE_5",
        }

    def test_counts_hard_sets_of_the_tissue_and_simulates_every_week(
        self, found: dict[str, Any]
    ) -> None:
        assert found["hard sets"] == {
            "week": 1,
            "hip": 6.0,
            "calf": 12.0,
            "step": 6.0,
            "trunk": None,
        }
        assert found["simulated weeks"] == 12


class TestWire:
    def test_accepts_the_tracks_of_the_catalogue_only(self, found: dict[str, Any]) -> None:
        assert found["rejects unknown tracks"]

    def test_accepts_a_start_with_the_highest_rung_and_repetitions(
        self, found: dict[str, Any]
    ) -> None:
        assert found["start from the wire"]


class TestFormats:
    def test_draws_the_track_in_its_colour(self, found: dict[str, Any]) -> None:
        assert "Lunge" in found["picture"]
        assert ".pushoff .lunge{color:#6b2fa0}" in found["picture"]

    def test_writes_a_fit_workout(self, found: dict[str, Any]) -> None:
        assert found["fit code"] == "17/32"
        assert found["workout"] == [[17, 32], [17, 32], [17, 32]]

    def test_imports_the_exercise_by_its_other_names(self, found: dict[str, Any]) -> None:
        assert found["fit code with a load"] == "short-lunge"
        assert found["split lunge"] == "short-lunge"

    def test_gives_companions_the_nearest_type(self, found: dict[str, Any]) -> None:
        assert found["health connect"] == "crunch"

    def test_names_the_exercises_in_calendars(self, found: dict[str, Any]) -> None:
        assert "lunges\\, calf raises and step-ups" in found["calendar"]


def test_finds_no_track_and_no_exercise_in_python_files() -> None:
    # A test of strength has the name of a track.
    searched = {*TRACKS, *EXERCISES} - {*get_args(StrengthTest)}
    names = re.compile(f"""["'`]({"|".join(searched)})["'`]""")
    naming = {
        file.relative_to(ROOT).as_posix()
        for file in (ROOT / "app").rglob("*.py")
        if names.search(file.read_text(encoding="utf-8"))
    }
    assert naming == NAMING
