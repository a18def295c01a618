"""What words of the core tracks mean for a skeleton that lies, kneels or holds a plank.

The tables of side plank, bridge and plank share this vocabulary, as `claims` is that of all tracks.
Lengths are centimetres, angles degrees.
"""

import math
from collections.abc import Iterable

from app.formats.figures.body_shapes import NECK_UP
from app.formats.figures.geometry import Point, go, measure_lean, mix_points, wrap
from app.formats.figures.skeleton import Arm, Leg, Skeleton
from tests.formats.figures.repetition import Repetition

# A line of the body may be off by so much: flesh hides more.
LINE = 3.0
# From the elbow to the floor, and from palm or wrist: half of an arm lies in between.
FOREARM_THICK = 4.5


def get_ground(r: Repetition) -> float:
    """Return the height of what the body lies on."""
    mat = r.figure.scene.mat
    return mat.height if mat else 0.0


def measure_offset(begin: Point, end: Point, place: Point) -> float:
    """Return how far a place is from the straight line between two others."""
    turn = math.radians(measure_lean(begin, place) - measure_lean(begin, end))
    return abs(math.dist(begin, place) * math.sin(turn))


def is_line(*places: Point) -> bool:
    return all(measure_offset(places[0], places[-1], place) < LINE for place in places[1:-1])


def stays(places: Iterable[Point]) -> bool:
    first, *others = places
    return all(math.dist(first, place) < 0.2 for place in others)


def find_head(skeleton: Skeleton) -> Point:
    """Return the middle of the head."""
    return go(go(skeleton.shoulder, NECK_UP, skeleton.trunk), 18, skeleton.head)


def find_ear_and_eye(skeleton: Skeleton) -> tuple[Point, Point]:
    neck = go(skeleton.shoulder, NECK_UP, skeleton.trunk)
    ear = go(neck, 16.6, skeleton.head)
    return ear, go(go(neck, 18.2, skeleton.head), 6.9, skeleton.head + 90)


def is_over(above: Point, below: Point, reach: float = 6.0) -> bool:
    return above[1] > below[1] and abs(above[0] - below[0]) < reach


def lies_on_forearm(arm: Arm, ground: float) -> bool:
    heights = [arm.elbow[1], arm.wrist[1], arm.palm[1]]
    return all(0 < height - ground < FOREARM_THICK for height in heights)


def forearms_are_down(r: Repetition) -> bool:
    """Both forearms lie on the floor and stay where they are."""
    arms = [(one.near_arm, one.far_arm) for one in r.every]
    down = all(lies_on_forearm(arm, get_ground(r)) for pair in arms for arm in pair)
    return down and stays(near.elbow for near, _ in arms)


def elbows_are_under_shoulders(r: Repetition) -> bool:
    """In the hold, or where the movement begins, upper arms are upright."""
    one = r.end if r.exercise.tempo is None else r.start
    return is_over(one.near_arm.shoulder, one.near_arm.elbow, 3)


def hips_are_on_floor(r: Repetition) -> bool:
    return r.start.hip[1] < get_ground(r) + 16


def hips_rise(r: Repetition) -> bool:
    return r.top.hip[1] > r.start.hip[1] + 8


def hips_stay(r: Repetition) -> bool:
    return stays(one.hip for one in r.every)


def lies_on_back(r: Repetition) -> bool:
    """The shoulders stay on the floor, the head to the left, the face up."""
    flat = [one for one in r.every if one.shoulder[1] < get_ground(r) + 13]
    return len(flat) == len(r.every) and all(-130 < one.trunk < -80 for one in r.every)


def foot_is_flat(leg: Leg, ground: float) -> bool:
    return abs(leg.foot.ball[1] - ground) < 0.5 and abs(leg.foot.heel[1] - ground) < 0.5


def near_foot_is_flat(r: Repetition) -> bool:
    """The near foot lies flat all the time, and stays where it is."""
    flat = all(foot_is_flat(one.near, get_ground(r)) for one in r.every)
    return flat and stays(one.near.foot.ball for one in r.every)


def is_trunk_thigh_line(skeleton: Skeleton) -> bool:
    return is_line(skeleton.shoulder, skeleton.hip, skeleton.near.knee)


def ends_in_line_to_knee(r: Repetition) -> bool:
    """Shoulder, hip and knee are in line at the end, and were not at the start."""
    return is_trunk_thigh_line(r.end) and not is_trunk_thigh_line(r.start)


def is_line_to_ankle(skeleton: Skeleton, leg: Leg) -> bool:
    return is_line(skeleton.shoulder, skeleton.hip, leg.knee, leg.foot.ankle)


def find_feet(skeleton: Skeleton) -> Point:
    """Return the place between both ankles."""
    return mix_points(skeleton.near.foot.ankle, skeleton.far.foot.ankle, 0.5)


def is_upright(begin: Point, end: Point) -> bool:
    return abs(measure_lean(begin, end)) < 8


def thigh_lean(leg: Leg) -> float:
    """Return how far a thigh is from upright, knee above hip."""
    return abs(wrap(measure_lean(leg.hip, leg.knee)))


def returns_to_start(r: Repetition) -> bool:
    """The way down ends in the pose in which the way up begins, and both differ from the top."""
    first, last = r.start, r.down[-1]
    same = all(
        math.dist(before, after) < 0.2
        for before, after in (
            (first.hip, last.hip),
            (first.near.foot.ball, last.near.foot.ball),
            (first.far.foot.ball, last.far.foot.ball),
            (first.near_arm.palm, last.near_arm.palm),
            (first.far_arm.palm, last.far_arm.palm),
        )
    )
    top = r.top
    moved = max(
        math.dist(first.hip, top.hip),
        math.dist(first.near.foot.ball, top.near.foot.ball),
        math.dist(first.near_arm.palm, top.near_arm.palm),
    )
    return same and moved > 8
