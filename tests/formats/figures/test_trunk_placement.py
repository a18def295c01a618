"""A trunk is where its pose puts it: given, or carried by legs and forearms."""

import math
from typing import Any

import pytest

from app.formats.figures import pose_files, pose_solver
from app.formats.figures.geometry import go
from app.formats.figures.pose_files import WrongPose
from app.formats.figures.scene_values import Scene
from app.formats.figures.skeleton import HIP_OUT, SHOULDER_OUT, TRUNK, UPPER_ARM, Skeleton

HANGING_LEG = {"thigh": 0, "knee": 90}
HANGING_ARM = {"upper": 0, "elbow": 0}
FAR = {"far": {"copy": [2, 0]}, "far_arm": {"copy": [2, 0]}}
PLANK = {
    "head": 78,
    "near": {"ball": [-100, 0], "pitch": 78, "shank": 80, "knee": 1},
    "near_arm": {"elbow_at": [33, 4]},
    **FAR,
}
SIDE_PLANK = {
    "head": -70,
    "near": {"beside": 10},
    "far": {"ankle": [94, 6], "shank": -74},
    "near_arm": HANGING_ARM,
    "far_arm": {"elbow_at": [-35, 5], "fore": -90},
}


def solve(start: dict[str, Any], *, facing: str = "right", **end: Any) -> Skeleton:
    """Solve the end of a figure whose start is given."""
    raw = {"description": "A. B.", "captions": ["a", "b"], "facing": facing}
    figure = pose_files.load({"plank": {"plank": {**raw, "start": start, "end": end}}})["plank"]
    return pose_solver.solve(figure.end, Scene(), facing_reader=facing == "reader")


class TestFindTrunk:
    def test_puts_the_hip_where_it_is_given(self) -> None:
        pose = {"hip": [3, 50], "trunk": 80, "near": HANGING_LEG, "near_arm": HANGING_ARM, **FAR}
        assert solve(pose).hip == pytest.approx((3, 50))

    def test_turns_about_a_given_shoulder(self) -> None:
        pose = {"shoulder": [-45, 12], "trunk": -90, "near": HANGING_LEG, "near_arm": HANGING_ARM}
        arms = [solve({**pose, **FAR}, trunk=lean).near_arm.shoulder for lean in (-90, -120)]
        assert arms == [pytest.approx((-45, 12)), pytest.approx((-45, 12))]

    @pytest.mark.parametrize("shank", [78, 80, 84])
    def test_leans_between_toes_and_elbow(self, shank: float) -> None:
        found = solve(PLANK, near={"shank": shank})
        assert found.near_arm.elbow == pytest.approx((33, 4))
        assert found.near.foot.ball == pytest.approx((-100, 0))
        assert math.dist(found.near_arm.shoulder, found.near_arm.elbow) == pytest.approx(UPPER_ARM)
        assert math.dist(found.hip, found.shoulder) == pytest.approx(TRUNK)

    def test_keeps_the_shoulder_above_the_elbow(self) -> None:
        assert solve(PLANK).shoulder[1] > 30
        assert solve(SIDE_PLANK, facing="reader").far_arm.shoulder[1] > 30

    def test_hangs_both_sides_of_a_person_who_faces_the_reader_on_the_trunk(self) -> None:
        found = solve(SIDE_PLANK, facing="reader")
        up = found.trunk + 90
        assert found.near.hip == pytest.approx(go(found.hip, HIP_OUT, up))
        assert found.far_arm.shoulder == pytest.approx(go(found.shoulder, -SHOULDER_OUT, up))
        assert found.far_arm.elbow == pytest.approx((-35, 5))
        assert found.far.foot.ankle == pytest.approx((94, 6))

    def test_turns_the_toes_of_a_person_who_faces_the_reader_to_the_reader(self) -> None:
        foot = solve(SIDE_PLANK, facing="reader").far.foot
        assert foot.heel == foot.ball == foot.tip

    def test_refuses_an_elbow_out_of_reach(self) -> None:
        with pytest.raises(ValueError, match="forearm: two links"):
            solve(PLANK, near_arm={"elbow_at": [80, 4]})


class TestCarriers:
    def test_refuses_two(self) -> None:
        with pytest.raises(WrongPose, match=r"plank: .* carries the body, not near and hip"):
            solve({**PLANK, "hip": [0, 50]})

    def test_refuses_none(self) -> None:
        pose = {"trunk": 0, "near": HANGING_LEG, "near_arm": HANGING_ARM, **FAR}
        with pytest.raises(WrongPose, match="carries the body, not nothing"):
            solve(pose)

    def test_refuses_a_forearm_on_the_floor_without_a_leg_that_carries(self) -> None:
        pose = {"hip": [0, 50], "near": HANGING_LEG, "near_arm": PLANK["near_arm"], **FAR}
        with pytest.raises(WrongPose, match="needs a leg that carries the hip"):
            solve(pose)

    def test_refuses_a_lean_that_the_forearm_decides(self) -> None:
        with pytest.raises(WrongPose, match="trunk follows from the forearm"):
            solve({**PLANK, "trunk": 80})

    def test_needs_a_lean_without_a_forearm_on_the_floor(self) -> None:
        pose = {"hip": [0, 50], "near": HANGING_LEG, "near_arm": HANGING_ARM, **FAR}
        with pytest.raises(WrongPose, match="trunk is missing"):
            solve(pose)
