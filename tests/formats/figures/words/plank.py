"""The words of the plank track, and what they demand of its pictures."""

import math

from app.formats.figures.geometry import measure_lean
from app.formats.figures.skeleton import Leg
from tests.formats.figures.repetition import Repetition
from tests.formats.figures.words.claims import Words
from tests.formats.figures.words.floor_claims import (
    elbows_are_under_shoulders,
    ends_in_line_to_knee,
    find_ear_and_eye,
    find_head,
    forearms_are_down,
    get_ground,
    hips_are_on_floor,
    hips_rise,
    hips_stay,
    is_line_to_ankle,
    is_over,
    is_upright,
    lies_on_back,
    measure_offset,
    returns_to_start,
    stays,
)


def arms_are_up(r: Repetition) -> bool:
    arms = r.start.near_arm, r.start.far_arm
    return all(is_upright(arm.shoulder, arm.palm) and arm.elbow_bend < 5 for arm in arms)


def hips_and_knees_are_at_right_angles(r: Repetition) -> bool:
    legs = r.start.near, r.start.far
    return all(abs(leg.knee_bend - 90) < 5 and is_upright(leg.hip, leg.knee) for leg in legs)


def lower_back_stays_down(r: Repetition) -> bool:
    level = all(abs(one.trunk + 90) < 1 for one in r.every)
    return level and r.start.hip[1] < get_ground(r) + 12 and hips_stay(r)


def far_arm_and_near_leg_reach(r: Repetition) -> bool:
    """One arm ends overhead, close to the floor; the leg of the other side ends straight."""
    arm, leg = r.end.far_arm, r.end.near
    overhead = arm.palm[0] < find_head(r.end)[0] - 15 and arm.palm[1] < get_ground(r) + 22
    kept = stays(one.near_arm.palm for one in r.every) and stays(one.far.knee for one in r.every)
    return overhead and leg.knee_bend < 5 and kept


def heel_is_just_off_floor(r: Repetition) -> bool:
    return 1 < r.end.near.foot.heel[1] - get_ground(r) < 8


def knees_are_down_and_bent(r: Repetition) -> bool:
    legs = [leg for one in r.every for leg in (one.near, one.far)]
    down = all(leg.knee[1] - get_ground(r) < 6 and leg.knee_bend > 30 for leg in legs)
    return down and stays(one.near.knee for one in r.every)


def is_tucked(leg: Leg, ground: float) -> bool:
    """The ball of the foot is on the floor or a towel, the heel above it, the toes bent."""
    foot = leg.foot
    return abs(foot.ball[1] - ground) < 2 and foot.pitch > 60 and foot.pitch - foot.toes > 50


def toes_are_tucked(r: Repetition) -> bool:
    return all(is_tucked(leg, get_ground(r)) for leg in (r.start.near, r.start.far))


def is_one_line(r: Repetition) -> bool:
    """At the end head, shoulder, hip, knee and heel are in one line."""
    one = r.end
    head = measure_offset(one.near.foot.ankle, one.shoulder, find_head(one))
    return is_line_to_ankle(one, one.near) and head < 8


def is_one_line_always(r: Repetition) -> bool:
    return all(is_line_to_ankle(one, one.near) for one in r.every)


def planks_from_start(r: Repetition) -> bool:
    return is_line_to_ankle(r.start, r.start.near) and toes_are_tucked(r)


def lifts_straight_leg(r: Repetition) -> bool:
    """The near foot rises by the length of a foot, 20 to 30 cm; that leg stays straight."""
    rise = r.end.near.foot.ball[1] - r.start.near.foot.ball[1]
    return 20 < rise < 30 and r.start.near.knee_bend < 10 and r.end.near.knee_bend < 3


def other_foot_stays(r: Repetition) -> bool:
    return is_tucked(r.end.far, get_ground(r)) and stays(one.far.foot.ball for one in r.every)


def stays_in_line_on_other_foot(r: Repetition) -> bool:
    return all(is_line_to_ankle(one, one.far) for one in r.every)


def elbows_move_under_eyes(r: Repetition) -> bool:
    """The elbows start under the shoulders and end below the eyes."""
    eye = find_ear_and_eye(r.end)[1]
    moved = r.end.near_arm.elbow[0] > r.start.near_arm.elbow[0] + 15
    started = is_over(r.start.near_arm.shoulder, r.start.near_arm.elbow, 3)
    return started and moved and is_over(eye, r.end.near_arm.elbow, 4)


def toes_are_on_towel(r: Repetition) -> bool:
    return "towel" in r.figure.props and all(
        0 < one.near.foot.ball[1] < 2.5 and one.near.foot.pitch > 60 for one in r.every
    )


def slides_back(r: Repetition) -> bool:
    """Feet and shoulders go back together by 10 to 25 cm; the elbows stay."""
    feet = r.start.near.foot.ball[0] - r.end.near.foot.ball[0]
    shoulders = r.start.shoulder[0] - r.end.shoulder[0]
    kept = stays(one.near_arm.elbow for one in r.every)
    return kept and 10 < feet < 25 and abs(feet - shoulders) < 3


def is_on_straight_arms(r: Repetition) -> bool:
    """Hands are on the floor under the shoulders, the elbows nearly straight."""
    arms = r.start.near_arm, r.start.far_arm
    return is_line_to_ankle(r.start, r.start.near) and all(
        is_over(arm.shoulder, arm.palm, 10)
        and arm.palm[1] < get_ground(r) + 3
        and arm.elbow_bend < 45
        for arm in arms
    )


def taps_other_shoulder(r: Repetition) -> bool:
    """The near hand goes behind the trunk to the far shoulder and comes back."""
    reached = math.dist(r.end.near_arm.palm, r.end.far_arm.shoulder) < 14
    return r.figure.across and reached and returns_to_start(r)


def keeps_other_hand_down(r: Repetition) -> bool:
    return stays(one.far_arm.palm for one in r.every)


def looks_down(r: Repetition) -> bool:
    """The face is turned to the floor, a little ahead."""
    ear, eye = find_ear_and_eye(r.end)
    return 90 < measure_lean(ear, eye) < 170


WORDS: Words = {
    "dead-bug": [
        ("Lie on your back", lies_on_back),
        ("arms to the ceiling", arms_are_up),
        ("hips and knees bent at 90 degrees", hips_and_knees_are_at_right_angles),
        ("Press the lower back softly into the floor", lower_back_stays_down),
        ("Reach one arm overhead and straighten the opposite leg", far_arm_and_near_leg_reach),
        ("heel just off the floor", heel_is_just_off_floor),
        ("Return over two seconds", returns_to_start),
    ],
    "plank-knees": [
        ("Lie face down, forearms on the floor", forearms_are_down),
        ("Lie face down, forearms on the floor, elbows under the shoulders", hips_are_on_floor),
        ("elbows under the shoulders", elbows_are_under_shoulders),
        ("knees bent", knees_are_down_and_bent),
        ("Lift the hips until shoulder, hip and knee form one line", ends_in_line_to_knee),
        ("Lift the hips", hips_rise),
    ],
    "plank": [
        ("Lie face down, forearms on the floor", forearms_are_down),
        ("Lie face down", hips_are_on_floor),
        ("elbows under the shoulders", elbows_are_under_shoulders),
        ("toes tucked", toes_are_tucked),
        ("Lift the body until head, hip and heel form one line", is_one_line),
        ("Lift the body", hips_rise),
        ("Look at your thumbs", looks_down),
    ],
    "plank-leg-lift": [
        ("Come into a plank", stays_in_line_on_other_foot),
        ("Lift one straight leg by a foot's length", lifts_straight_leg),
        ("Lift one straight leg", other_foot_stays),
        ("Elbows under the shoulders, forearms heavy", forearms_are_down),
        ("Elbows under the shoulders", elbows_are_under_shoulders),
        ("Put it down without a wobble", hips_stay),
    ],
    "long-lever-plank": [
        ("Come into a plank", planks_from_start),
        ("move the elbows forward until they stand below your eyes", elbows_move_under_eyes),
        ("hold one line from head to heel", is_one_line),
        ("hold one line", is_one_line_always),
    ],
    "body-saw": [
        ("Come into a plank", planks_from_start),
        ("with your toes on a towel", toes_are_on_towel),
        ("Push yourself back from the elbows", slides_back),
        ("as far as the back stays flat", is_one_line_always),
        ("Elbows under the shoulders, forearms heavy", forearms_are_down),
        ("Pull yourself forward over two seconds", returns_to_start),
    ],
    "plank-shoulder-taps": [
        ("Come into a plank on straight arms", is_on_straight_arms),
        ("Hands under the shoulders", is_on_straight_arms),
        ("Tap one shoulder with the opposite hand and put it down again", taps_other_shoulder),
        ("hips stay still", hips_stay),
        ("Hips still: only the arm moves", keeps_other_hand_down),
    ],
}
