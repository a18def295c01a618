"""The words of the side plank track, and what they demand of its pictures.

The runner faces the reader, the head to the left: `near` is the upper side, `far` the lower one.
"""

from app.formats.figures.geometry import measure_lean, mix_points
from app.formats.figures.skeleton import HIP_OUT, Leg, Skeleton
from tests.formats.figures.repetition import Repetition
from tests.formats.figures.words.claims import Words
from tests.formats.figures.words.floor_claims import (
    LINE,
    find_ear_and_eye,
    find_feet,
    get_ground,
    hips_are_on_floor,
    hips_rise,
    hips_stay,
    is_line,
    is_over,
    lies_on_forearm,
    measure_offset,
    returns_to_start,
    stays,
)


def is_on_side(r: Repetition) -> bool:
    """The upper hip is above the lower one, and the upper shoulder above the lower one, always."""
    return r.figure.facing == "reader" and all(
        one.near.hip[1] > one.far.hip[1] + 8
        and one.near_arm.shoulder[1] > one.far_arm.shoulder[1] + 15
        for one in r.every
    )


def props_on_forearm(r: Repetition) -> bool:
    """The lower forearm lies on the floor and stays; at the end its elbow is under the shoulder."""
    arms = [one.far_arm for one in r.every]
    down = all(lies_on_forearm(arm, get_ground(r)) for arm in arms)
    return down and stays(arm.elbow for arm in arms) and is_over(arms[-1].shoulder, arms[-1].elbow)


def elbow_ends_under_shoulder(r: Repetition) -> bool:
    return is_over(r.end.far_arm.shoulder, r.end.far_arm.elbow, 5)


def hand_is_on_upper_hip(r: Repetition) -> bool:
    """The free hand stays at the upper side of the pelvis."""
    return all(
        abs(measure_offset(one.hip, one.shoulder, one.near_arm.palm) - 15) < 4
        and one.near_arm.palm[1] > one.hip[1]
        for one in r.every
    )


def knees_are_bent_behind(r: Repetition) -> bool:
    """The shanks look short, as they lead away from the reader; the lower knee stays down."""
    legs = [leg for one in r.every for leg in (one.near, one.far)]
    knees = [one.far.knee for one in r.every]
    down = all(knee[1] < get_ground(r) + 7 for knee in knees)
    return down and stays(knees) and all(leg.shortening[1] < 0.6 for leg in legs)


def find_knees(skeleton: Skeleton) -> tuple[float, float]:
    return mix_points(skeleton.near.knee, skeleton.far.knee, 0.5)


def ends_in_line_to_knees(r: Repetition) -> bool:
    """Shoulder, hip and knees end in one line, and were none at the start."""
    lines = [is_line(one.shoulder, one.hip, find_knees(one)) for one in r.ends]
    return lines == [False, True]


def is_straight(leg: Leg) -> bool:
    return measure_offset(leg.hip, leg.foot.ankle, leg.knee) < 1


def legs_are_straight(r: Repetition) -> bool:
    return all(is_straight(leg) for one in r.every for leg in (one.near, one.far))


def feet_are_stacked(r: Repetition) -> bool:
    """The upper foot lies on the lower one, whose edge is on the floor."""
    upper, lower = r.start.near.foot.ankle, r.start.far.foot.ankle
    return is_over(upper, lower, 12) and upper[1] - lower[1] < 12 and is_foot_down(r)


def is_foot_down(r: Repetition) -> bool:
    ankles = [one.far.foot.ankle for one in r.every]
    return stays(ankles) and 3 < ankles[0][1] - get_ground(r) < 7


def ends_in_line_to_ankles(r: Repetition) -> bool:
    """Ear, shoulder, hip and ankles end in one line, and were none at the start."""
    lines = [
        is_line(find_ear_and_eye(one)[0], one.shoulder, one.hip, find_feet(one)) for one in r.ends
    ]
    return lines == [False, True]


def holds_side_plank(r: Repetition) -> bool:
    """Hips and lower foot stay, and shoulder, hip and lower leg are in line."""
    one = r.start
    feet = one.far.foot.ankle
    line = measure_offset(one.far.hip, feet, one.shoulder) - HIP_OUT
    return hips_stay(r) and is_foot_down(r) and abs(line) < LINE


def raises_upper_leg(r: Repetition) -> bool:
    """The feet end as far apart as hips are wide, 25 to 45 cm, and the leg stays straight."""
    gap = measure_offset(r.end.far.hip, r.end.far.foot.ankle, r.end.near.foot.ankle)
    return 25 < gap < 45 and all(is_straight(one.near) for one in r.every)


def chair_is_at_wall(r: Repetition) -> bool:
    chair, wall = r.figure.scene.chair, r.figure.scene.wall
    return chair is not None and wall is not None and 0 <= wall - chair.front - chair.depth < 6


def is_on_seat(r: Repetition, places: list[tuple[float, float]]) -> bool:
    chair = r.figure.scene.chair
    return chair is not None and all(
        chair.front <= x <= chair.front + chair.depth and 3 < y - chair.height < 7
        for x, y in places
    )


def knee_and_shin_are_on_seat(r: Repetition) -> bool:
    places = [place for one in r.every for place in (one.near.knee, one.near.foot.ankle)]
    return is_on_seat(r, places) and stays(one.near.knee for one in r.every)


def ankle_is_on_seat(r: Repetition) -> bool:
    """Ankle and no more: the knee is before the chair."""
    ankles, chair = [one.near.foot.ankle for one in r.every], r.figure.scene.chair
    before = all(chair is not None and one.near.knee[0] < chair.front for one in r.every)
    return is_on_seat(r, ankles) and stays(ankles) and before and is_straight(r.end.near)


def ends_in_line_to_seat(r: Repetition) -> bool:
    """Trunk and upper thigh end in one direction, within 8 degrees; they did not start so."""
    bends = [
        abs(measure_lean(one.near.knee, one.near.hip) - measure_lean(one.hip, one.shoulder))
        for one in r.ends
    ]
    return bends[1] < 8 < bends[0]


def lower_leg_hovers(r: Repetition) -> bool:
    """At the end the lower foot is off the floor and below the seat."""
    chair, ankle = r.figure.scene.chair, r.end.far.foot.ankle
    return chair is not None and get_ground(r) + 10 < ankle[1] < chair.height - 6


def legs_are_close(r: Repetition) -> bool:
    """At the end the lower leg is below the upper one, the seat between the ankles."""
    gap = r.end.near.foot.ankle[1] - r.end.far.foot.ankle[1]
    return 12 < gap < 32 and lower_leg_hovers(r)


def hip_comes_near_floor(r: Repetition) -> bool:
    """The flesh of the lower hip, 8 cm beyond its joint, ends within 6 cm of the floor."""
    return r.start.far.hip[1] - 8 < get_ground(r) + 6 and hips_rise(r)


def lower_knee_is_bent(r: Repetition) -> bool:
    """Bent towards the reader and back, the lower thigh and shank look short."""
    return all(max(one.far.shortening) < 0.8 for one in r.every)


def upper_leg_is_straight(r: Repetition) -> bool:
    """It is straight all the time, and starts in line with the trunk."""
    turn = measure_lean(r.start.near.knee, r.start.near.hip) - r.start.trunk
    return abs(turn) < 8 and all(is_straight(one.near) for one in r.every)


def raises_leg_with_still_pelvis(r: Repetition) -> bool:
    return hips_stay(r) and r.end.near.foot.ankle[1] > r.start.near.foot.ankle[1] + 25


def never_rests_leg(r: Repetition) -> bool:
    return all(one.near.foot.ankle[1] > one.far.foot.ankle[1] + 10 for one in r.every)


def toes_point_forward(r: Repetition) -> bool:
    """The toes point at the reader, whom the runner faces."""
    return all(one.near.foot.shortening == 0 for one in r.every)


WORDS: Words = {
    "side-plank-knees": [
        ("Lie on your side with both knees bent and your heels behind you", is_on_side),
        ("both knees bent and your heels behind you", knees_are_bent_behind),
        ("Prop yourself on the forearm", props_on_forearm),
        ("elbow under the shoulder", elbow_ends_under_shoulder),
        ("Rest the free hand on the upper hip", hand_is_on_upper_hip),
        ("Lift the hips until shoulder, hip and knee form one line", ends_in_line_to_knees),
        ("Lie on your side", hips_are_on_floor),
        ("Lift the hips", hips_rise),
    ],
    "side-plank": [
        ("Lie on your side with straight legs", is_on_side),
        ("with straight legs", legs_are_straight),
        ("on top of it", feet_are_stacked),
        ("Prop yourself on the forearm", props_on_forearm),
        ("elbow under the shoulder", elbow_ends_under_shoulder),
        ("until ear, shoulder, hip and ankle form one line", ends_in_line_to_ankles),
        ("Lie on your side", hips_are_on_floor),
        ("Lift the hips", hips_rise),
    ],
    "side-plank-leg-raise": [
        ("Come into a side plank", holds_side_plank),
        ("with the feet on top of each other", feet_are_stacked),
        ("Raise the upper leg to hip width", raises_upper_leg),
        ("toes pointing forward", toes_point_forward),
        ("Elbow under the shoulder", props_on_forearm),
    ],
    "copenhagen-plank-knee": [
        ("Put a sturdy chair against a wall", chair_is_at_wall),
        ("Lie on your side in front of it", is_on_side),
        ("rest the inside of the upper knee and shin on the seat", knee_and_shin_are_on_seat),
        ("Prop yourself on the forearm", props_on_forearm),
        ("elbow under the shoulder", elbow_ends_under_shoulder),
        ("until shoulder, hip and knee form one line", ends_in_line_to_seat),
        ("Let the lower leg hover below the seat", lower_leg_hovers),
        ("lift the hips", hips_rise),
    ],
    "copenhagen-plank": [
        ("Put a sturdy chair against a wall", chair_is_at_wall),
        ("Lie on your side", is_on_side),
        ("rest the inside of the upper ankle on the seat, knee straight", ankle_is_on_seat),
        ("Prop yourself on the forearm", props_on_forearm),
        ("elbow under the shoulder", elbow_ends_under_shoulder),
        ("until shoulder, hip and ankle form one line", ends_in_line_to_seat),
        ("Hold the lower leg close below the upper one", legs_are_close),
        ("lift the hips", hips_rise),
    ],
    "copenhagen-raise": [
        ("Come into a Copenhagen plank with the foot on the chair", ankle_is_on_seat),
        ("Come into a Copenhagen plank", props_on_forearm),
        ("Lower hips and lower leg over two seconds", returns_to_start),
        ("until the hip nearly touches the floor", hip_comes_near_floor),
        ("Press the foot into the seat and rise", hips_rise),
        ("Hold the line for one second", ends_in_line_to_seat),
    ],
    "side-lying-leg-raise": [
        ("Lie on your side", is_on_side),
        ("lower knee bent", lower_knee_is_bent),
        ("upper leg straight and in line with the trunk", upper_leg_is_straight),
        ("Raise the upper leg", raises_leg_with_still_pelvis),
        ("toes pointing forward", toes_point_forward),
        ("Lower it over two seconds without resting it", never_rests_leg),
        ("Lower it over two seconds", returns_to_start),
    ],
}
