"""The words of the step-up track, and what they demand of its pictures."""

from itertools import pairwise

from app.formats.figures.skeleton import Leg, Skeleton
from tests.formats.figures.repetition import Repetition
from tests.formats.figures.words.claims import Words, touches_wall


def stands_whole_foot_on_step(r: Repetition) -> bool:
    """Heel and toes of the near foot are on the step, and it stays there all the time."""
    step = r.figure.scene.step
    return step is not None and all(
        step.left < foot.heel[0]
        and foot.tip[0] < step.right
        and abs(foot.heel[1] - step.height) < 0.5
        and abs(foot.ball[1] - step.height) < 0.5
        for foot in (one.near.foot for one in r.every)
    )


def starts_with_other_foot_on_floor(r: Repetition) -> bool:
    """Before the step, the ball of the far foot is on the floor when the way up begins."""
    foot, step = r.start.far.foot, r.figure.scene.step
    return abs(foot.ball[1]) < 0.5 and step is not None and foot.tip[0] < step.left


def steps_down_with_same_leg(r: Repetition) -> bool:
    """The near foot never moves, and the far one ends on the floor."""
    balls = {(round(one.near.foot.ball[0], 1), round(one.near.foot.ball[1], 1)) for one in r.every}
    return len(balls) == 1 and abs(r.down[-1].far.foot.ball[1]) < 0.5


def is_step_of(r: Repetition, lowest: float, highest: float) -> bool:
    step = r.figure.scene.step
    return step is not None and lowest <= step.height <= highest


def is_lowest_step(r: Repetition) -> bool:
    return is_step_of(r, 8, 21)


def is_stair(r: Repetition) -> bool:
    return is_step_of(r, 18, 20)


def is_about_stair(r: Repetition) -> bool:
    return is_step_of(r, 15, 21)


def is_mid_box(r: Repetition) -> bool:
    return is_step_of(r, 22, 35)


def is_high_box(r: Repetition) -> bool:
    return is_step_of(r, 36, 46)


def is_loaded_step(r: Repetition) -> bool:
    return is_step_of(r, 15, 35)


def is_heavy_box(r: Repetition) -> bool:
    return is_step_of(r, 22, 46)


def arms_run(r: Repetition) -> bool:
    """Elbows are bent, and the far hand is ahead of the near one while the near leg is in front."""
    arms = [arm for one in r.every for arm in (one.near_arm, one.far_arm)]
    ahead = r.start.far_arm.palm[0] > r.start.near_arm.palm[0] + 15
    return ahead and all(70 < arm.elbow_bend < 110 for arm in arms)


def near_arm_runs(r: Repetition) -> bool:
    """The free arm is back while the near leg is in front, and ahead at the end."""
    start, end = r.start.near_arm, r.end.near_arm
    return start.elbow[0] < start.shoulder[0] and end.palm[0] > end.shoulder[0] + 30


def stands_tall(r: Repetition) -> bool:
    """At the end near leg and trunk are straight and upright; at the start that knee was bent."""
    one = r.end
    return one.near.knee_bend < 6 and abs(one.trunk) < 6 and r.start.near.knee_bend > 30


def is_knee_drive(leg: Leg, hip: float) -> bool:
    return abs(leg.knee[1] - hip) < 4 and abs(leg.knee_bend - 90) < 6


def knee_ends_at_hip_height(r: Repetition) -> bool:
    """It is bent at a right angle there, and stays for the hold."""
    return all(is_knee_drive(one.far, one.hip[1]) for one in r.hold)


def opposite_arm_ends_forward(r: Repetition) -> bool:
    """The near arm is ahead of the trunk, the far one behind it: that of the lifted leg."""
    near, far = r.end.near_arm, r.end.far_arm
    return near.palm[0] > near.shoulder[0] + 30 and far.elbow[0] < far.shoulder[0] - 10


def weight_is_through_heel(r: Repetition) -> bool:
    """The shin leans by 25 degrees at most, so that the knee is not far beyond the toes."""
    return all(one.near.knee[0] < one.near.foot.tip[0] + 2 for one in r.every)


def shin_is_near_upright(r: Repetition) -> bool:
    return r.start.near.knee[0] - r.start.near.foot.ankle[0] < 12


def leans_a_little(r: Repetition) -> bool:
    return 20 < r.start.trunk < 45


def thigh_is_level_at_most(r: Repetition) -> bool:
    return r.start.near.knee[1] < r.start.hip[1] + 2


def is_split_stance(r: Repetition) -> bool:
    """On flat floor, the far foot is a short step, 25 to 55 cm, behind the near one."""
    near, far = r.start.near.foot.ball, r.start.far.foot.ball
    flat = r.figure.scene.step is None and abs(near[1]) < 0.5 and abs(far[1]) < 0.5
    return flat and 25 < near[0] - far[0] < 55


def back_heel_is_off(r: Repetition) -> bool:
    return r.start.far.foot.heel[1] > 5 and 15 < r.start.near.knee_bend < 45


def front_foot_is_whole(r: Repetition) -> bool:
    return all(abs(one.near.foot.heel[1]) < 0.5 for one in r.every)


def hand_rests_on_wall(r: Repetition) -> bool:
    return all(touches_wall(one.near_arm, r) for one in r.every)


def knee_is_over_toes(r: Repetition) -> bool:
    return abs(r.start.near.knee[0] - r.start.near.foot.ball[0]) < 6


def taps_step(r: Repetition) -> bool:
    """The far foot ends on the step beside the near one, and stands nowhere else on the way."""
    foot, step = r.end.far.foot, r.figure.scene.step
    ends = step is not None and abs(foot.ball[1] - step.height) < 0.5
    return ends and foot.ball[0] > r.end.near.foot.heel[0]


def lets_knee_be(r: Repetition) -> bool:
    """There is no knee drive: the far knee stays well below the hip."""
    return all(one.far.knee[1] < one.hip[1] - 25 for one in r.every)


def lowers_evenly(r: Repetition) -> bool:
    """The hip sinks all the way down, and the panels show it."""
    heights = [one.hip[1] for one in r.down]
    sinks = all(after <= before + 0.1 for before, after in pairwise(heights))
    return sinks and any(panel.phase == "down" for panel in r.figure.panels)


def is_weight_opposite(one: Skeleton) -> bool:
    return one.far_arm.elbow_bend < 15 and abs(one.far_arm.palm[0] - one.shoulder[0]) < 15


def weight_hangs_opposite(r: Repetition) -> bool:
    """The weight hangs from the far hand: the near leg is the front one."""
    held = {"far_dumbbell", "far_kettlebell"} & set(r.figure.props)
    return bool(held) and all(is_weight_opposite(one) for one in r.every)


def wears_backpack(r: Repetition) -> bool:
    return "backpack" in r.figure.props


WORDS: Words = {
    "standing-knee-drive": [
        ("Stand in a small split stance on flat floor", is_split_stance),
        ("its knee a little bent, the back heel off the floor", back_heel_is_off),
        ("Bend your elbows as in running", arms_run),
        ("stand up tall on that leg", stands_tall),
        ("Bring the other knee to hip height, bent at 90 degrees", knee_ends_at_hip_height),
        ("with the opposite arm forward", opposite_arm_ends_forward),
        ("Step back to the split stance", steps_down_with_same_leg),
        ("Whole front foot on the floor", front_foot_is_whole),
    ],
    "supported-step-up": [
        ("from 8 to 21 cm", is_lowest_step),
        ("Rest one hand lightly on the rail or wall", hand_rests_on_wall),
        ("Put your whole front foot on the step", stands_whole_foot_on_step),
        ("knee over the toes", knee_is_over_toes),
        ("Stand up with the front leg", stands_tall),
        ("Tap the step with the other foot", taps_step),
        ("A tap, not a stand", lets_knee_be),
        ("until the other foot is on the floor", steps_down_with_same_leg),
    ],
    "step-up": [
        ("a step or box of about 18 to 20 cm", is_stair),
        ("Put your whole foot on it", stands_whole_foot_on_step),
        ("with your weight through the heel", weight_is_through_heel),
        ("Bend your elbows as in running, the arm opposite the front leg ahead", arms_run),
        ("until you stand tall on it", stands_tall),
        ("bring the other knee to hip height, bent at 90 degrees", knee_ends_at_hip_height),
        ("swing opposite arm and leg together", opposite_arm_ends_forward),
        ("with the same leg that stepped up", steps_down_with_same_leg),
        ("until the other foot is on the floor", starts_with_other_foot_on_floor),
    ],
    "step-up-slow-lower": [
        ("a step or box of 15 to 21 cm", is_about_stair),
        ("Put your whole foot on it", stands_whole_foot_on_step),
        ("Bend your elbows as in running", arms_run),
        ("the other knee to hip height", knee_ends_at_hip_height),
        ("the opposite arm forward", opposite_arm_ends_forward),
        ("Lower yourself with the same leg over four even seconds", lowers_evenly),
        ("until the other foot meets the floor", steps_down_with_same_leg),
    ],
    "step-up-mid-box": [
        ("a sturdy box or bench of 22 to 35 cm", is_mid_box),
        ("Put your whole foot on it", stands_whole_foot_on_step),
        ("the shin near upright", shin_is_near_upright),
        ("lean forward from the hips", leans_a_little),
        ("until you stand tall on it", stands_tall),
        ("Bring the other knee to hip height", knee_ends_at_hip_height),
        ("opposite arm forward", opposite_arm_ends_forward),
        ("with the same leg, until the other foot is on the floor", steps_down_with_same_leg),
    ],
    "step-up-high-box": [
        ("a sturdy box or bench of 36 to 46 cm", is_high_box),
        ("Put your whole foot on it", stands_whole_foot_on_step),
        ("level with the hip crease at most", thigh_is_level_at_most),
        ("Lean forward a little from the hips", leans_a_little),
        ("without a push from the floor", starts_with_other_foot_on_floor),
        ("Stand tall", stands_tall),
        ("the other knee at hip height", knee_ends_at_hip_height),
        ("the opposite arm forward", opposite_arm_ends_forward),
        ("with the same leg, until the other foot is on the floor", steps_down_with_same_leg),
    ],
    "step-up-loaded": [
        ("a sturdy step or box of 15 to 35 cm", is_loaded_step),
        ("in the hand opposite the front leg", weight_hangs_opposite),
        ("Put your whole foot on the step", stands_whole_foot_on_step),
        ("the other knee to hip height", knee_ends_at_hip_height),
        ("an arm that is free swings as in running", near_arm_runs),
        ("with the same leg, until the other foot is on the floor", steps_down_with_same_leg),
    ],
    "step-up-loaded-heavy": [
        ("on a sturdy box of 22 to 46 cm", is_heavy_box),
        ("Put on the backpack or vest", wears_backpack),
        ("Put your whole foot on the box", stands_whole_foot_on_step),
        ("thigh no higher than level with the hip crease", thigh_is_level_at_most),
        ("Stand tall", stands_tall),
        ("the other knee at hip height", knee_ends_at_hip_height),
        ("with the same leg, until the other foot is on the floor", steps_down_with_same_leg),
    ],
}
