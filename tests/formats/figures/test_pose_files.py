"""The pose data: what is inherited, and how wrong data are reported."""

import tomllib
from typing import Any

import pytest

from app.formats.figures import pose_files, pose_moments
from app.formats.figures.pose_files import Figure, WrongPose

SLUG, OTHER = "straight-leg-calf-raise", "single-leg-calf-raise-step"
STANDING = f"""
[{SLUG}]
description = "One. Two."
captions = ["Down", "Up in {{up_s}} s"]
[{SLUG}.start]
near = {{ ball = [0, 0], pitch = 0, shank = 5, knee = 3 }}
far = {{ same = true }}
trunk = 2
near_arm = {{ upper = 0, elbow = 10 }}
far_arm = {{ same = true }}
[{SLUG}.end]
near = {{ pitch = 40 }}
"""


def load(text: str) -> dict[str, Figure]:
    return dict(pose_files.load({"track": tomllib.loads(text)}))


def change(path: str, value: Any) -> dict[str, Any]:
    """Return the standing exercise with one value changed, or taken out if it is None."""
    content = tomllib.loads(STANDING)
    *parents, name = path.split(".")
    table = content[SLUG]
    for parent in parents:
        table = table[parent]
    if value is None:
        del table[name]
    else:
        table[name] = value
    return content


class TestLoad:
    def test_the_end_changes_the_start(self) -> None:
        figure = load(STANDING)[SLUG]
        near = figure.end.limbs["near"]
        assert (near.values["pitch"], near.values["shank"]) == (40, 5)
        assert figure.end.body == figure.start.body

    def test_another_way_to_place_a_limb_replaces_it(self) -> None:
        content = change("end.far", {"thigh": 4, "knee": 60})
        figure = pose_files.load({"track": content})[SLUG]
        assert figure.start.limbs["far"].kind == "same"
        assert figure.end.limbs["far"].kind == "hanging"

    def test_like_takes_over_what_is_not_given(self) -> None:
        figures = load(f'{STANDING}\n[{OTHER}]\nlike = "{SLUG}"\n[{OTHER}.start]\ntrunk = 9\n')
        assert figures[OTHER].start.body["trunk"] == 9
        assert figures[OTHER].start.limbs == figures[SLUG].start.limbs
        assert figures[OTHER].description == figures[SLUG].description

    def test_captions_have_the_seconds_of_the_catalogue(self) -> None:
        assert [panel.caption for panel in load(STANDING)[SLUG].panels] == ["Down", "Up in 2 s"]

    def test_a_far_limb_passes_nothing_on_the_way_between_two_kinds(self) -> None:
        figure = pose_files.load({"track": change("end.far", {"thigh": 4, "knee": 60})})[SLUG]
        halfway = pose_moments.solve_at(figure, "up", 0.5)
        assert 20 < halfway.far.knee_bend < 40


class TestFaults:
    @pytest.mark.parametrize(
        ("path", "value", "fault"),
        [
            ("description", None, "description is missing"),
            ("start.trunk", None, "trunk is missing"),
            ("start.far_arm", None, "far_arm is missing"),
            ("colour", "red", "colour is no word of a picture"),
            ("start.tail", 1, "tail is no word of a pose"),
            ("start.near", {"ball": [0, 0]}, "near: pitch is missing"),
            (
                "start.near",
                {"ball": [0, 0], "pitch": 0},
                "one of hip, shoulder, near or far carries the body",
            ),
            ("start.near", {"wings": 2}, "near has none of"),
            ("start.near", {"thigh": 1, "knee": 1, "wings": 2}, "wings does not belong"),
            ("start.near", {"ball": [0], "pitch": 0}, "not enough values"),
            ("captions", ["One"], "2 panels have 1 captions"),
            ("facing", "left", "facing is 'left'"),
            ("props", ["anvil"], "props has an unknown 'anvil'"),
            ("scene", {"moon": 1}, "moon is no part of a scene"),
            ("scene", {"machine": "mill"}, "machine is 'mill'"),
            ("via", [{"phase": "over", "at": 0.5, "pose": {}}], "phase is 'over'"),
            ("like", "handstand", "like names 'handstand'"),
            ("like", SLUG, "like leads back to itself"),
        ],
    )
    def test_names_the_exercise_and_what_is_wrong(self, path: str, value: Any, fault: str) -> None:
        with pytest.raises(WrongPose, match=rf"^{SLUG}: .*{fault}"):
            pose_files.load({"track": change(path, value)})

    def test_an_arm_that_is_too_short_is_named(self) -> None:
        content = change("start.near_arm", {"hand": [200, 100]})
        figure = pose_files.load({"track": content})[SLUG]
        with pytest.raises(WrongPose, match=f"^{SLUG}: near_arm: two links of 31.6 and 24.8 cm"):
            pose_moments.solve_pose(figure, figure.start)

    def test_a_slug_that_the_catalogue_does_not_have_is_refused(self) -> None:
        with pytest.raises(WrongPose, match=r"^handstand: "):
            load(STANDING.replace(SLUG, "handstand"))
