"""Pictures that cannot lie: what must hold of a person at every moment of every exercise."""

import math
from collections.abc import Iterator
from itertools import pairwise

import pytest

from app.formats.figures import pose_moments
from app.formats.figures.geometry import Point, go
from app.formats.figures.pose_files import FIGURES, Figure, Phase
from app.formats.figures.pose_values import LimbName, Pose
from app.formats.figures.scene_values import Box, Scene
from app.formats.figures.skeleton import FOREARM, PALM, SHANK, THIGH, TRUNK, UPPER_ARM, Skeleton
from app.training.catalog.exercises import EXERCISES
from tests.formats.figures.repetition import COUNT, build_repetition

each_figure = pytest.mark.parametrize("slug", sorted(FIGURES))
each_movement = pytest.mark.parametrize("slug", sorted(s for s in FIGURES if EXERCISES[s].tempo))
# Centimetres by which a soft body may seem to sink into something hard.
SINK = 0.5
# So many steps make a phase smooth.
FINE = 100
PHASES: tuple[Phase, ...] = ("up", "hold", "down")
RESTING = {"wall", "rail", "floor", "forearm"}


def list_legs(skeleton: Skeleton) -> Iterator[tuple[str, Point]]:
    """Yield the lowest points of both feet and of both knees."""
    for side, leg in (("near", skeleton.near), ("far", skeleton.far)):
        yield f"{side} heel", leg.foot.heel
        yield f"{side} ball", leg.foot.ball
        yield f"{side} toes", leg.foot.tip
        yield f"{side} knee", leg.knee


def list_points(skeleton: Skeleton) -> Iterator[tuple[str, Point]]:
    yield from list_legs(skeleton)
    yield "hip", skeleton.hip
    yield "shoulder", skeleton.shoulder
    yield "head", go(skeleton.shoulder, 22, skeleton.head)
    for side, arm in (("near", skeleton.near_arm), ("far", skeleton.far_arm)):
        yield f"{side} elbow", arm.elbow
        yield f"{side} wrist", arm.wrist
        yield f"{side} palm", arm.palm


def list_segments(skeleton: Skeleton) -> Iterator[tuple[str, float, float]]:
    """Yield each part of the body with its length as drawn and as it is."""
    yield "trunk", math.dist(skeleton.hip, skeleton.shoulder), TRUNK
    for side, leg in (("near", skeleton.near), ("far", skeleton.far)):
        thigh, shank = leg.shortening
        yield f"{side} thigh", math.dist(leg.hip, leg.knee), THIGH * thigh
        yield f"{side} shank", math.dist(leg.knee, leg.foot.ankle), SHANK * shank
    for side, arm in (("near", skeleton.near_arm), ("far", skeleton.far_arm)):
        upper, fore = arm.shortening
        yield f"{side} upper arm", math.dist(arm.shoulder, arm.elbow), UPPER_ARM * upper
        yield f"{side} forearm", math.dist(arm.elbow, arm.wrist), FOREARM * fore
        yield f"{side} hand", math.dist(arm.wrist, arm.palm), PALM


def is_inside(point: Point, box: Box) -> bool:
    x, y = point
    return box.left + SINK < x < box.right - SINK and y < box.height - SINK


def list_boxes(scene: Scene) -> Iterator[Box]:
    if scene.step:
        yield scene.step
    if scene.mat:
        yield scene.mat


def measure_drift(points: list[Point]) -> float:
    """Return how far a place moves, in centimetres."""
    return max(math.dist(points[0], point) for point in points)


class TestRepetition:
    @each_movement
    def test_has_25_moments(self, slug: str) -> None:
        assert len(build_repetition(slug).every) >= COUNT

    @each_movement
    def test_ends_where_it_begins(self, slug: str) -> None:
        repetition = build_repetition(slug)
        before, after = dict(list_points(repetition.start)), list_points(repetition.down[-1])
        assert all(math.dist(before[name], point) < 0.2 for name, point in after)

    @each_movement
    def test_moves_without_jumps(self, slug: str) -> None:
        for phase in PHASES:
            shares = [index / FINE for index in range(FINE + 1)]
            moments = [pose_moments.solve_at(FIGURES[slug], phase, share) for share in shares]
            for before, after in pairwise(moments):
                places = dict(list_points(before))
                ways = {name: math.dist(places[name], point) for name, point in list_points(after)}
                assert max(ways.values()) < 8, ways


class TestBody:
    @each_figure
    def test_keeps_its_lengths(self, slug: str) -> None:
        for skeleton in build_repetition(slug).every:
            for name, drawn, length in list_segments(skeleton):
                assert drawn == pytest.approx(length, rel=0.001), name

    # Seen from the front, a bend is no angle of the picture.
    @pytest.mark.parametrize("slug", sorted(s for s in FIGURES if FIGURES[s].facing == "right"))
    def test_bends_no_joint_beyond_its_limits(self, slug: str) -> None:
        for skeleton in build_repetition(slug).every:
            for leg in (skeleton.near, skeleton.far):
                assert 0 <= leg.knee_bend <= 150
                assert -30 <= leg.ankle_bend <= 60
            for arm in (skeleton.near_arm, skeleton.far_arm):
                assert -0.5 <= arm.elbow_bend <= 150

    @each_figure
    def test_bends_the_neck_by_40_degrees_at_most(self, slug: str) -> None:
        for skeleton in build_repetition(slug).every:
            assert abs((skeleton.head - skeleton.trunk + 180) % 360 - 180) <= 40


class TestSurroundings:
    @each_figure
    def test_nothing_is_below_the_floor(self, slug: str) -> None:
        for index, skeleton in enumerate(build_repetition(slug).every):
            for name, (_, y) in list_points(skeleton):
                assert y >= -SINK, (index, name)

    @each_figure
    def test_nobody_is_inside_a_step_or_a_mat(self, slug: str) -> None:
        for index, skeleton in enumerate(build_repetition(slug).every):
            for box in list_boxes(FIGURES[slug].scene):
                for name, point in list_points(skeleton):
                    assert not is_inside(point, box), (index, name)

    @each_figure
    def test_nobody_is_inside_the_wall(self, slug: str) -> None:
        wall = FIGURES[slug].scene.wall
        if wall is None:
            return
        for skeleton in build_repetition(slug).every:
            assert all(x <= wall + SINK for _, (x, _) in list_points(skeleton))

    @each_figure
    def test_nobody_is_inside_the_seat_of_a_chair(self, slug: str) -> None:
        chair = FIGURES[slug].scene.chair
        if chair is None:
            return
        left, right = sorted((chair.front, chair.front + chair.depth))
        for index, skeleton in enumerate(build_repetition(slug).every):
            for name, (x, y) in list_points(skeleton):
                inside = left + SINK < x < right - SINK
                assert not (inside and chair.height - 3 < y < chair.height - SINK), (index, name)


class TestPlaces:
    @each_figure
    def test_planted_feet_stay(self, slug: str) -> None:
        repetition = build_repetition(slug)
        if is_planted(repetition.figure, "near"):
            assert measure_drift([one.near.foot.ball for one in repetition.every]) < 0.2
        if is_planted(repetition.figure, "far"):
            assert measure_drift([one.far.foot.ball for one in repetition.every]) < 0.2

    # The elbows walk forward into a long-lever plank.
    @pytest.mark.parametrize("slug", sorted(FIGURES.keys() - {"long-lever-plank"}))
    def test_hands_on_wall_rail_or_floor_stay(self, slug: str) -> None:
        repetition = build_repetition(slug)
        poses = list_poses(repetition.figure)
        if all(pose.limbs["near_arm"].kind in RESTING for pose in poses):
            assert measure_drift([one.near_arm.palm for one in repetition.every]) < 0.2
        if all(pose.limbs["far_arm"].kind in RESTING for pose in poses):
            assert measure_drift([one.far_arm.palm for one in repetition.every]) < 0.2


def list_poses(figure: Figure) -> list[Pose]:
    return [figure.start, figure.end, *(stop.pose for stop in figure.stops)]


def is_planted(figure: Figure, name: LimbName) -> bool:
    """Return whether the data have a foot at one place in all poses."""
    limbs = [pose.limbs[name] for pose in list_poses(figure)]
    if all(limb.kind == "same" for limb in limbs):
        return is_planted(figure, "near")
    places = {tuple(limb.values.get(f"ball_{axis}") for axis in "xy") for limb in limbs}
    return len(places) == 1 and None not in places.pop()
