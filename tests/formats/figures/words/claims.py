"""What words of the catalogue mean for a skeleton: the vocabulary of the tables in this folder.

A table has a list of claims for each slug: words of the exercise's setup, movement or cues, and
what they demand of the picture.
"""

from collections.abc import Callable

from app.formats.figures.skeleton import Arm, Leg, Skeleton
from tests.formats.figures.repetition import Repetition

Claim = tuple[str, Callable[[Repetition], bool]]
Words = dict[str, list[Claim]]


def get_floor_of(repetition: Repetition) -> float:
    """Return the height of what the near foot stands on."""
    step = repetition.figure.scene.step
    return step.height if step else 0.0


def heel_is_down(skeleton: Skeleton) -> bool:
    return abs(skeleton.near.foot.heel[1]) < 0.5


def heels_are_down(skeleton: Skeleton) -> bool:
    return heel_is_down(skeleton) and abs(skeleton.far.foot.heel[1]) < 0.5


def starts_on_flat_foot(r: Repetition) -> bool:
    return heel_is_down(r.start)


def starts_on_flat_feet(r: Repetition) -> bool:
    return heels_are_down(r.start)


def heel_hangs(r: Repetition) -> bool:
    """The heel is behind the edge and at least 2 cm below it at the start."""
    step = r.figure.scene.step
    heel = r.start.near.foot.heel
    return step is not None and heel[0] < step.left and heel[1] < step.height - 2


def heels_hang(r: Repetition) -> bool:
    return heel_hangs(r) and r.start.far.foot.heel[1] < get_floor_of(r) - 2


def rises_on_near(r: Repetition) -> bool:
    """The near heel is at least 8 cm above what the ball stands on."""
    return r.top.near.foot.heel[1] > get_floor_of(r) + 8


def rises_on_both(r: Repetition) -> bool:
    return rises_on_near(r) and r.top.far.foot.heel[1] > get_floor_of(r) + 8


def knee_is_long(r: Repetition) -> bool:
    """The near knee is straight but not locked, all the time."""
    return all(0.5 < one.near.knee_bend < 6 for one in r.every)


def knees_are_long(r: Repetition) -> bool:
    """Both are straight; the far one may bend a little more, being seen from the side."""
    return knee_is_long(r) and all(one.far.knee_bend < 10 for one in r.every)


def keeps_knee_bend(r: Repetition) -> bool:
    """The near knee is bent by 30 to 60 degrees, and changes by less than 5."""
    bends = [one.near.knee_bend for one in r.every]
    return max(bends) - min(bends) < 5 and min(bends) > 30 and max(bends) < 60


def knee_moves_forward(r: Repetition) -> bool:
    return r.end.near.knee[0] > r.start.near.knee[0] + 3


def hips_are_back(r: Repetition) -> bool:
    """The hip is behind the ankle at the start."""
    return r.start.hip[0] < r.start.near.foot.ankle[0] + 2


def is_tucked(leg: Leg) -> bool:
    """A foot is off the floor behind the body."""
    return leg.foot.ball[1] > 10 and leg.foot.ball[0] < leg.hip[0] - 10


def other_foot_is_behind(r: Repetition) -> bool:
    return all(is_tucked(one.far) for one in r.every)


def touches_wall(arm: Arm, r: Repetition) -> bool:
    """The palm, or the fingertips that end 9 cm further, are on the wall."""
    wall = r.figure.scene.wall
    return wall is not None and 0 <= wall - arm.palm[0] <= 9


def hands_are_on_wall(r: Repetition) -> bool:
    """Both hands are on the wall between waist and shoulders, all the time."""
    arms = [arm for one in r.every for arm in (one.near_arm, one.far_arm)]
    heights = [(one.hip[1], one.near_arm.palm[1], one.shoulder[1]) for one in r.every]
    return all(touches_wall(arm, r) for arm in arms) and all(
        waist < hand < shoulder for waist, hand, shoulder in heights
    )


def free_hand_is_on_wall(r: Repetition) -> bool:
    return all(touches_wall(one.far_arm, r) for one in r.every)


def hands_are_on_rail(r: Repetition) -> bool:
    rail = r.figure.scene.rail
    arms = [arm for one in r.every for arm in (one.near_arm, one.far_arm)]
    return rail is not None and all(
        abs(arm.palm[0] - rail[0]) < 6 and abs(arm.palm[1] - rail[1]) < 3 for arm in arms
    )


def weight_hangs_at_side(r: Repetition) -> bool:
    """The near hand holds the weight below the hip, straight under the shoulder."""
    held = {"dumbbell", "kettlebell"} & set(r.figure.props)
    return bool(held) and all(
        one.near_arm.palm[1] < one.hip[1] and abs(one.near_arm.palm[0] - one.shoulder[0]) < 10
        for one in r.every
    )


def trunk_is_tall(r: Repetition) -> bool:
    return all(abs(one.trunk) < 5 for one in r.every)


def feet_are_level(r: Repetition) -> bool:
    """Side by side, the feet look one ahead of the other by a few centimetres only."""
    return abs(r.start.near.foot.ball[0] - r.start.far.foot.ball[0]) < 8


def returns(r: Repetition) -> bool:
    """The heel is back where it began."""
    return abs(r.down[-1].near.foot.heel[1] - r.start.near.foot.heel[1]) < 0.2
