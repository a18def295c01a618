"""The words of the straight-knee track, and what they demand of its pictures."""

from tests.formats.figures.repetition import Repetition
from tests.formats.figures.words.claims import (
    Words,
    feet_are_level,
    free_hand_is_on_wall,
    hands_are_on_rail,
    hands_are_on_wall,
    heel_hangs,
    heels_hang,
    is_tucked,
    knee_is_long,
    knees_are_long,
    other_foot_is_behind,
    returns,
    rises_on_both,
    rises_on_near,
    starts_on_flat_feet,
    starts_on_flat_foot,
    weight_hangs_at_side,
)


def lowers_on_near_alone(r: Repetition) -> bool:
    """Until the near heel has landed, the far foot is in the air."""
    lowering = [one for one in r.down if one.near.foot.heel[1] > 0.5]
    return len(lowering) > 5 and all(one.far.foot.tip[1] > 3 for one in lowering)


def puts_far_foot_down(r: Repetition) -> bool:
    return abs(r.down[-1].far.foot.heel[1]) < 0.5


def pads_are_on_shoulders(r: Repetition) -> bool:
    """The shoulders, which carry the pads, rise with the heel and hardly lean."""
    rises = r.end.shoulder[1] - r.start.shoulder[1]
    return r.figure.scene.machine == "standing_calf" and rises > 8 and abs(r.end.trunk) < 3


def reclines(r: Repetition) -> bool:
    return r.figure.scene.machine == "leg_press" and all(-60 < one.trunk < -35 for one in r.every)


def other_foot_is_on_floor(r: Repetition) -> bool:
    return all(abs(one.far.foot.heel[1]) < 0.5 for one in r.every)


def keeps_soft_knee(r: Repetition) -> bool:
    return all(5 < one.near.knee_bend < 12 for one in r.every)


def pushes_sled_straight(r: Repetition) -> bool:
    """The ball, and with it the plate, moves more than 6 cm away along the rails."""
    (x0, y0), *balls = [one.near.foot.ball for one in r.every]
    along = [((x - x0) + (y - y0)) / 2**0.5 for x, y in balls]
    aside = [abs((x - x0) - (y - y0)) / 2**0.5 for x, y in balls]
    return max(along) > 6 and max(aside) < 0.2


def heel_is_free(r: Repetition) -> bool:
    """At the start the heel is beyond the plane of the plate, below its edge."""
    return r.start.near.ankle_bend < -5


WORDS: Words = {
    "two-leg-calf-raise-floor": [
        ("Stand on flat floor facing a wall", starts_on_flat_feet),
        ("rest your fingertips on it at chest height", hands_are_on_wall),
        ("toes pointing forward, weight shared evenly", feet_are_level),
        ("Keep your legs straight with the knees not locked", knees_are_long),
        ("Press through the balls of both feet and rise onto tiptoe", rises_on_both),
        ("until your heels touch the floor", returns),
    ],
    "straight-leg-calf-raise": [
        ("Stand on the edge of a step with a rail", hands_are_on_rail),
        ("the balls of both feet on the step and let your heels hang over the edge", heels_hang),
        ("Keep your legs straight, with the knees not locked", knees_are_long),
        ("Rise onto tiptoe over two seconds, both feet sharing the work", rises_on_both),
        ("letting your heels sink below the step", returns),
    ],
    "two-leg-calf-raise-slow-lower": [
        ("flat floor serves too", starts_on_flat_feet),
        ("with a rail or wall within reach", hands_are_on_wall),
        ("Keep your legs straight with the knees not locked", knees_are_long),
        ("both feet sharing the work", rises_on_both),
        ("Lower for a full five seconds", lambda r: r.figure.panels[1].phase == "down"),
    ],
    "two-up-one-down-calf-raise": [
        ("Stand on flat floor facing a wall", starts_on_flat_feet),
        ("fingertips on it at chest height", hands_are_on_wall),
        ("Place your feet close together", feet_are_level),
        ("Keep both legs straight with the knees not locked", knee_is_long),
        ("Rise onto tiptoe on both legs", rises_on_both),
        ("shift your weight onto one leg, lift the other foot", lambda r: is_tucked(r.end.far)),
        ("Lower on that one leg over four seconds until the heel touches", lowers_on_near_alone),
        ("Put the other foot down", puts_far_foot_down),
    ],
    "single-leg-calf-raise-floor": [
        ("fingertips of both hands on it", hands_are_on_wall),
        ("Stand on flat floor facing a wall", starts_on_flat_foot),
        ("that leg straight with the knee not locked", knee_is_long),
        ("tuck the other foot behind you", other_foot_is_behind),
        ("Rise onto tiptoe over two seconds", rises_on_near),
        ("until the heel touches the floor", returns),
    ],
    "single-leg-calf-raise-step": [
        ("Stand on the edge of a step with a rail", hands_are_on_rail),
        ("Set the ball of one foot on the step, heel over the edge", heel_hangs),
        ("tuck the other foot behind you", other_foot_is_behind),
        ("Keep the standing leg straight with the knee not locked", knee_is_long),
        ("Rise onto tiptoe over two seconds, as high as you can", rises_on_near),
        ("until the heel is as far below the step as you can control", returns),
    ],
    "single-leg-calf-raise-loaded": [
        ("at your side, on the side of the working leg", weight_hangs_at_side),
        ("Stand on flat floor", starts_on_flat_foot),
        ("rest the free hand on a wall", free_hand_is_on_wall),
        ("straight with the knee not locked", knee_is_long),
        ("tuck the other foot behind you", other_foot_is_behind),
        ("Rise onto tiptoe over two seconds", rises_on_near),
    ],
    "single-leg-calf-raise-heavy": [
        ("hold the dumbbell or kettlebell at your side", weight_hangs_at_side),
        ("rest the free hand firmly on a wall", free_hand_is_on_wall),
        ("Stand on one leg on flat floor", starts_on_flat_foot),
        ("straight with the knee not locked", knee_is_long),
        ("rise onto tiptoe over two seconds", rises_on_near),
    ],
    "standing-machine-calf-raise": [
        ("Stand under the pads of the machine, shoulders square", pads_are_on_shoulders),
        ("on the block and the heels over its edge", heel_hangs),
        ("tuck one foot behind you", other_foot_is_behind),
        ("the standing leg is straight with the knee not locked", knee_is_long),
        ("Rise onto tiptoe over two seconds", rises_on_near),
        ("until the heel is as far below the block as you can control", returns),
    ],
    "leg-press-calf-raise": [
        ("Sit with your back and seat against the pad", reclines),
        ("heel free", heel_is_free),
        ("the other foot on the floor", other_foot_is_on_floor),
        ("until the knee is long but soft; it stays so for the whole set", keeps_soft_knee),
        ("Press the plate away with the ball of the foot", pushes_sled_straight),
        ("Let it come back over three seconds", returns),
    ],
}
