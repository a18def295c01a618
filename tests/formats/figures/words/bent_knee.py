"""The words of the bent-knee track, and what they demand of its pictures."""

import math

from tests.formats.figures.repetition import Repetition
from tests.formats.figures.words.claims import (
    Words,
    feet_are_level,
    free_hand_is_on_wall,
    hands_are_on_rail,
    hands_are_on_wall,
    heel_hangs,
    heels_hang,
    hips_are_back,
    is_tucked,
    keeps_knee_bend,
    knee_moves_forward,
    other_foot_is_behind,
    returns,
    rises_on_both,
    rises_on_near,
    starts_on_flat_feet,
    starts_on_flat_foot,
    trunk_is_tall,
    weight_hangs_at_side,
)
from tests.formats.figures.words.straight_knee import lowers_on_near_alone, puts_far_foot_down


def knees_are_above_toes(r: Repetition) -> bool:
    foot = r.start.near.foot
    return foot.ball[0] - 6 < r.start.near.knee[0] < foot.tip[0] + 4


def sits_on_front_half(r: Repetition) -> bool:
    chair = r.figure.scene.chair
    return chair is not None and all(
        chair.front - 20 < one.hip[0] < chair.front and 8 < one.hip[1] - chair.height < 11
        for one in r.every
    )


def hands_are_on_thighs(r: Repetition) -> bool:
    """Each palm is within a thigh's thickness of the bone, all the time."""
    for one in r.every:
        for arm, leg in ((one.near_arm, one.near), (one.far_arm, one.far)):
            hip, knee, palm = leg.hip, leg.knee, arm.palm
            length = math.dist(hip, knee)
            away = (knee[0] - hip[0]) * (palm[1] - hip[1]) - (knee[1] - hip[1]) * (palm[0] - hip[0])
            if not 6 < away / length < 11:
                return False
    return True


def knees_rise(r: Repetition) -> bool:
    return r.end.near.knee[1] > r.start.near.knee[1] + 5


def only_heels_and_thighs_move(r: Repetition) -> bool:
    return all(one.hip == r.start.hip and one.shoulder == r.start.shoulder for one in r.every)


def is_in_seated_machine(r: Repetition) -> bool:
    return r.figure.scene.machine == "seated_calf" and knees_rise(r)


WORDS: Words = {
    "seated-heel-raise": [
        ("Sit tall on the front half of a firm chair", sits_on_front_half),
        ("Sit tall", trunk_is_tall),
        ("feet flat and hip-width apart", starts_on_flat_feet),
        ("until your knees are above your toes", knees_are_above_toes),
        ("Rest your hands on your thighs", hands_are_on_thighs),
        ("Lift both heels as high as they go", rises_on_both),
        ("only the heels and thighs move", only_heels_and_thighs_move),
        ("Let the knees rise", knees_rise),
        ("until the heels touch the floor", returns),
    ],
    "bent-knee-calf-raise": [
        ("put your hands on it at chest height", hands_are_on_wall),
        ("Place your feet hip-width apart", feet_are_level),
        ("Push your hips back as in a shallow squat", hips_are_back),
        ("heels still on the floor", starts_on_flat_feet),
        ("Lift both heels and rise onto tiptoe", rises_on_both),
        ("while your knees travel toward your toes", knee_moves_forward),
        ("knees as bent as before", keeps_knee_bend),
        ("until your heels touch the floor, hips still back", returns),
    ],
    "bent-knee-slow-lower": [
        ("hands on it at chest height", hands_are_on_wall),
        ("Push your hips back", hips_are_back),
        ("settle into the knee bend that you will keep", keeps_knee_bend),
        ("Lift both heels and rise onto tiptoe", rises_on_both),
        ("while your knees travel toward your toes", knee_moves_forward),
        ("Lower for a full five seconds", lambda r: r.figure.panels[1].phase == "down"),
        ("until the heels have landed", starts_on_flat_feet),
    ],
    "bent-knee-two-up-one-down": [
        ("hands on it at chest height", hands_are_on_wall),
        ("Place your feet close together", feet_are_level),
        ("Push your hips back as in a shallow squat, knees bent", hips_are_back),
        ("Rise onto tiptoe on both legs", rises_on_both),
        ("shift your weight onto one leg, lift the other foot", lambda r: is_tucked(r.end.far)),
        ("Lower on that one leg", lowers_on_near_alone),
        ("its knee bent", keeps_knee_bend),
        ("Put the other foot down", puts_far_foot_down),
    ],
    "single-leg-bent-knee-raise-wall": [
        ("hands on it at chest height", hands_are_on_wall),
        ("lift the other foot behind you", other_foot_is_behind),
        ("Push your hips back a little", hips_are_back),
        ("bend the standing knee until it is above your toes", knees_are_above_toes),
        ("Lift the heel and rise onto tiptoe", rises_on_near),
        ("the knee gliding toward the toes", knee_moves_forward),
        ("the knee as bent as before", keeps_knee_bend),
        ("until the heel touches the floor", returns),
    ],
    "single-leg-bent-knee-raise-step": [
        ("facing a wall or rail, hands on it", hands_are_on_rail),
        ("Set the ball of one foot on the step, heel over the edge", heel_hangs),
        ("lift the other foot behind you", other_foot_is_behind),
        ("Push your hips back a little", hips_are_back),
        ("Lift the heel and rise onto tiptoe", rises_on_near),
        ("the knee gliding toward the toes", knee_moves_forward),
        ("the knee as bent as before", keeps_knee_bend),
    ],
    "single-leg-bent-knee-raise-loaded": [
        ("at your side, on the side of the working leg", weight_hangs_at_side),
        ("Face a wall with the free hand on it", free_hand_is_on_wall),
        ("standing on flat floor", starts_on_flat_foot),
        ("bend that knee until it is above your toes", knees_are_above_toes),
        ("Shift onto one leg", other_foot_is_behind),
        ("Lift the heel and rise onto tiptoe", rises_on_near),
        ("the knee gliding toward the toes", knee_moves_forward),
        ("the knee as bent as before", keeps_knee_bend),
    ],
    "single-leg-bent-knee-raise-heavy": [
        ("hold the dumbbell or kettlebell at your side", weight_hangs_at_side),
        ("rest the free hand firmly on a wall", free_hand_is_on_wall),
        ("Stand on one leg on flat floor", starts_on_flat_foot),
        ("hips back a little", hips_are_back),
        ("lift the heel and rise onto tiptoe", rises_on_near),
        ("the knee gliding toward the toes", knee_moves_forward),
        ("the knee as bent as before", keeps_knee_bend),
    ],
    "seated-machine-calf-raise": [
        ("Sit tall", trunk_is_tall),
        ("the balls of both feet on the block", heels_hang),
        ("Lift both heels as high as they go", rises_on_both),
        ("only the heels and thighs move", only_heels_and_thighs_move),
        ("Let the knees rise", is_in_seated_machine),
        ("as far as your ankles allow", returns),
    ],
    "seated-loaded-calf-raise": [
        ("Sit tall on the front half of a firm chair", sits_on_front_half),
        ("knees above your toes", knees_are_above_toes),
        ("on a folded towel, and hold it there", hands_are_on_thighs),
        ("Rest the weight on your thighs", lambda r: "thigh_weight" in r.figure.props),
        ("Lift both heels as high as they go", rises_on_both),
        ("until the heels touch the floor", returns),
    ],
}
