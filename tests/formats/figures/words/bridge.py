"""The words of the bridge track, and what they demand of its pictures."""

import math

from app.formats.figures.geometry import measure_lean, wrap
from app.formats.figures.skeleton import Arm
from tests.formats.figures.repetition import Repetition
from tests.formats.figures.words.claims import Claim, Words
from tests.formats.figures.words.floor_claims import (
    ends_in_line_to_knee,
    foot_is_flat,
    get_ground,
    hips_are_on_floor,
    hips_rise,
    hips_stay,
    is_over,
    is_trunk_thigh_line,
    lies_on_back,
    near_foot_is_flat,
    returns_to_start,
    stays,
    thigh_lean,
)


def feet_are_flat(r: Repetition) -> bool:
    """Both feet lie flat and stay, side by side."""
    far = all(foot_is_flat(one.far, get_ground(r)) for one in r.every)
    apart = abs(r.start.near.foot.ball[0] - r.start.far.foot.ball[0])
    return near_foot_is_flat(r) and far and apart < 6


def heels_are_near_seat(r: Repetition) -> bool:
    """The heel is 10 to 20 cm from the seat, which is 10 cm beyond the joint of the hip."""
    gap = r.start.near.foot.heel[0] - (r.start.hip[0] + 10)
    return 8 < gap < 20 and r.start.near.knee_bend > 90


def is_beside_trunk(arm: Arm, ground: float) -> bool:
    return arm.palm[1] < ground + 5 and arm.palm[0] > arm.shoulder[0] + 40


def arms_lie_beside(r: Repetition) -> bool:
    arms = [arm for one in r.every for arm in (one.near_arm, one.far_arm)]
    return all(is_beside_trunk(arm, get_ground(r)) for arm in arms)


def stays_up(r: Repetition) -> bool:
    """The hips do not move, and trunk and standing thigh are in line all the time."""
    return hips_stay(r) and is_trunk_thigh_line(r.start)


def raises_knee_over_hip(r: Repetition) -> bool:
    """One foot leaves the floor until its knee is over the hip; the other foot stays."""
    leg = r.end.near
    stands = all(foot_is_flat(one.far, get_ground(r)) for one in r.every)
    return is_over(leg.knee, leg.hip, 5) and foot_is_flat(r.start.near, get_ground(r)) and stands


def other_knee_is_over_hip(r: Repetition) -> bool:
    return all(is_over(one.far.knee, one.far.hip) and one.far.knee_bend > 80 for one in r.every)


def lifts_with_one_leg(r: Repetition) -> bool:
    """Only the near foot carries: the far one is in the air all the time."""
    return hips_rise(r) and all(one.far.foot.ball[1] > 30 for one in r.every)


def chair_is_at_wall(r: Repetition) -> bool:
    chair, wall = r.figure.scene.chair, r.figure.scene.wall
    return chair is not None and wall is not None and 0 <= wall - chair.front - chair.depth < 6


def heel_is_on_seat(r: Repetition) -> bool:
    """The heel lies on the seat and stays; the knee is bent a little."""
    chair, heels = r.figure.scene.chair, [one.near.foot.heel for one in r.every]
    if chair is None or not stays(heels):
        return False
    x, y = heels[0]
    on_seat = chair.front < x < chair.front + chair.depth and 0 < y - chair.height < 4
    return on_seat and all(10 < one.near.knee_bend < 60 for one in r.every)


def other_thigh_is_upright(r: Repetition) -> bool:
    return all(thigh_lean(one.far) < 10 for one in r.every)


def weight_rests_on_hip(r: Repetition) -> bool:
    """The weight moves with the hip, and both hands are on it: in front of the hip."""
    hands = [(one, arm.palm) for one in r.every for arm in (one.near_arm, one.far_arm)]
    return "hip_weight" in r.figure.props and all(
        12 < math.dist(one.hip, palm) < 26 and palm[1] > one.hip[1] for one, palm in hands
    )


def hands_are_under_shoulders(r: Repetition) -> bool:
    """Both palms are on the floor at the start, and the near one stays there."""
    arms = r.start.near_arm, r.start.far_arm
    down = all(arm.palm[1] < get_ground(r) + 3 for arm in arms)
    under = all(is_over(arm.shoulder, arm.palm, 12) for arm in arms)
    return down and under and stays(one.near_arm.palm for one in r.every)


def knees_are_under_hips(r: Repetition) -> bool:
    legs = r.start.near, r.start.far
    down = all(leg.knee[1] < get_ground(r) + 7 for leg in legs)
    return down and all(is_over(leg.hip, leg.knee, 4) for leg in legs)


def back_is_flat_and_still(r: Repetition) -> bool:
    return hips_stay(r) and all(75 < one.trunk < 92 for one in r.every)


def reaches_with_opposite_limbs(r: Repetition) -> bool:
    """The far arm ends level ahead and the near leg level behind, both straight."""
    arm, leg = r.end.far_arm, r.end.near
    level_arm = abs(measure_lean(arm.shoulder, arm.palm) - 82) < 10
    level_leg = abs(wrap(measure_lean(leg.hip, leg.foot.ankle) + 90)) < 10
    return level_arm and level_leg and arm.elbow_bend < 8 and leg.knee_bend < 8


def leg_is_below_trunk(r: Repetition) -> bool:
    """The leg does not rise above the line of the trunk."""
    return r.end.near.foot.ankle[1] < r.end.shoulder[1]


def toes_are_up(r: Repetition) -> bool:
    feet = [foot for one in r.every for foot in (one.near.foot, one.far.foot)]
    return all(foot.ball[1] > foot.heel[1] + 4 for foot in feet)


def walks_in_four_steps(r: Repetition) -> bool:
    """Near and far heel move in turn, twice each, and one of them is always on the floor."""
    movers = [
        "near" if math.dist(before.near.foot.heel, after.near.foot.heel) > 0.1 else "far"
        for before, after in zip(r.up, r.up[1:], strict=False)
    ]
    steps = [mover for mover, last in zip(movers, [None, *movers], strict=False) if mover != last]
    heels = [min(one.near.foot.heel[1], one.far.foot.heel[1]) for one in r.every]
    grounded = all(abs(height - get_ground(r)) < 0.5 for height in heels)
    return steps == ["near", "far", "near", "far"] and grounded


def walks_away_with_hips_up(r: Repetition) -> bool:
    away = r.end.near.foot.heel[0] - r.start.near.foot.heel[0]
    lowest = min(one.hip[1] for one in r.every)
    return away > 30 and lowest > get_ground(r) + 20


_ONE_LEG: list[Claim] = [
    ("Lie on your back, one foot flat near the seat", lies_on_back),
    ("one foot flat", near_foot_is_flat),
    ("near the seat", heels_are_near_seat),
    ("the other knee drawn over the hip", other_knee_is_over_hip),
    ("Lift the hips", lifts_with_one_leg),
    ("hip bones level", ends_in_line_to_knee),
    ("Lower over two seconds", returns_to_start),
]

WORDS: Words = {
    "bridge": [
        ("Lie on your back", lies_on_back),
        ("knees bent, feet flat", feet_are_flat),
        ("heels a hand's width from the seat", heels_are_near_seat),
        ("Arms beside you, palms down", arms_lie_beside),
        ("lift the hips over two seconds", hips_are_on_floor),
        ("until shoulder, hip and knee form one line", ends_in_line_to_knee),
        ("Lower over two seconds", returns_to_start),
    ],
    "marching-bridge": [
        ("Lift into a bridge and stay there for the whole set", stays_up),
        ("Lift into a bridge", lies_on_back),
        ("Raise one knee over the hip", raises_knee_over_hip),
        ("with the hip bones level", hips_stay),
        ("Put the foot down in one second", returns_to_start),
    ],
    "single-leg-bridge": _ONE_LEG,
    "single-leg-bridge-raised": [
        ("Put a sturdy chair against a wall", chair_is_at_wall),
        ("Lie on your back in front of it", lies_on_back),
        ("one heel on the seat, the knee bent a little", heel_is_on_seat),
        ("the other thigh upright", other_thigh_is_upright),
        ("lift the hips over two seconds", lifts_with_one_leg),
        ("until the trunk and thigh form one line", ends_in_line_to_knee),
        ("Lower over two seconds", returns_to_start),
    ],
    "single-leg-bridge-loaded": [
        *_ONE_LEG,
        ("Rest the weight on the hip bone of the standing leg", weight_rests_on_hip),
    ],
    "single-leg-bridge-heavy": [
        ("As the single-leg bridge with weight", weight_rests_on_hip),
        ("As the single-leg bridge", other_knee_is_over_hip),
        ("the single-leg bridge", near_foot_is_flat),
        ("Lift the hips over two seconds", lifts_with_one_leg),
        ("Lower over two seconds", returns_to_start),
    ],
    "bird-dog": [
        ("Hands under the shoulders", hands_are_under_shoulders),
        ("knees under the hips", knees_are_under_hips),
        ("back flat as a table", back_is_flat_and_still),
        ("Reach one arm forward and the opposite leg back", reaches_with_opposite_limbs),
        ("Reach long, not high", leg_is_below_trunk),
        ("Return over two seconds", returns_to_start),
    ],
    "hamstring-walkout": [
        ("Lift into a bridge with the toes up", toes_are_up),
        ("Lift into a bridge", lies_on_back),
        ("Walk the heels away in four small steps", walks_in_four_steps),
        ("without dropping the hips", walks_away_with_hips_up),
        ("Walk them back in four", returns_to_start),
    ],
}
