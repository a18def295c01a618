"""Turn a pose into joints by trigonometry: legs and arms hang on the trunk, or carry it.

`pose_moments` and the tests of geometry call solve().
"""

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from app.formats.figures.geometry import Point, find_joint, go, measure_lean, mix_points
from app.formats.figures.pose_values import Limb, Numbers, Pose
from app.formats.figures.scene_values import Scene
from app.formats.figures.skeleton import (
    ANKLE_UP,
    FINGERS,
    FOREARM,
    HEEL_BACK,
    PALM,
    PALM_THICK,
    SHANK,
    THIGH,
    THIGH_THICK,
    UPPER_ARM,
    Arm,
    Foot,
    Leg,
    Skeleton,
)
from app.formats.figures.trunk_placement import Trunk, find_trunk


def solve(pose: Pose, scene: Scene, *, facing_reader: bool = False) -> Skeleton:
    """Return the joints of a pose. Raises ValueError if an arm or a leg is too short for it."""
    with _name_limb("forearm"):
        trunk = find_trunk(pose, facing_reader=facing_reader)
    near, far = _solve_legs(pose, trunk)
    if facing_reader:
        near, far = _face_reader(near), _face_reader(far)
    with _name_limb("near_arm"):
        near_arm = _solve_arm(pose.limbs["near_arm"], trunk.find("near_arm"), scene, near)
    with _name_limb("far_arm"):
        far_arm = _solve_far_arm(pose, trunk, scene, far, near_arm)
    return Skeleton(trunk.hip, trunk.shoulder, pose.body["head"], near, far, near_arm, far_arm)


@contextmanager
def _name_limb(name: str) -> Iterator[None]:
    try:
        yield
    except ValueError as fault:
        raise ValueError(f"{name}: {fault}") from None


def _plant(values: Numbers) -> Foot:
    ball = values["ball_x"], values["ball_y"]
    return Foot(ball, values["pitch"], values["toes"])


def _solve_legs(pose: Pose, trunk: Trunk) -> tuple[Leg, Leg]:
    near, far = pose.limbs["near"], pose.limbs["far"]
    if near.kind == "beside":
        other = _solve_leg(far, trunk.find("far"))
        return _rest_beside(near.values, trunk.find("near"), other), other
    with _name_limb("near"):
        leg = _solve_leg(near, trunk.find("near"))
    if far.kind == "copy":
        return leg, _copy_leg(leg, far.values)
    if far.kind == "same":
        far = replace(near, values=_shift(near, far.values["dx"]))
    with _name_limb("far"):
        return leg, _solve_leg(far, trunk.find("far"))


def _solve_leg(leg: Limb, hip: Point) -> Leg:
    return _LEG_SOLVERS[leg.kind](leg.values, hip)


def _copy_leg(leg: Leg, by: Numbers) -> Leg:
    hip, knee, ball = (_move(place, by) for place in (leg.hip, leg.knee, leg.foot.ball))
    return replace(leg, hip=hip, knee=knee, foot=replace(leg.foot, ball=ball))


def _move(place: Point, by: Numbers) -> Point:
    return place[0] + by["copy_x"], place[1] + by["copy_y"]


def _face_reader(leg: Leg) -> Leg:
    """Return a leg whose toes point at the reader."""
    ankle = leg.foot.ankle
    pitch = measure_lean(ankle, leg.knee)
    return replace(leg, foot=Foot(go(ankle, -ANKLE_UP, pitch), pitch, pitch, shortening=0.0))


def _shift(limb: Limb, dx: float) -> Numbers:
    """Return the values of a limb with its places moved to the front."""
    return {name: value + dx * name.endswith("_x") for name, value in limb.values.items()}


def _find_shortening(values: Numbers) -> Point:
    upper, lower = values.get("upper_depth", 0.0), values.get("lower_depth", 0.0)
    return math.cos(math.radians(upper)), math.cos(math.radians(lower))


def _stand(values: Numbers, hip: Point) -> Leg:
    """Solve a leg that stands, or one whose knee is where thigh and shank meet."""
    foot, shortening = _plant({"toes": 0.0, **values}), _find_shortening(values)
    lengths = SHANK * shortening[1], THIGH * shortening[0]
    return Leg(hip, find_joint(foot.ankle, hip, lengths, 1), foot, shortening)


def _dig_heel(values: Numbers, hip: Point) -> Leg:
    heel, pitch = (values["heel_x"], values["heel_y"]), values["pitch"]
    ball = go(heel, HEEL_BACK, pitch + 90)
    return _stand({**values, "ball_x": ball[0], "ball_y": ball[1], "toes": pitch}, hip)


def _press(values: Numbers, hip: Point) -> Leg:
    """Solve a leg whose foot is on a sled: the sled is where a leg with this bend puts it."""
    foot = Foot((values["press_x"], values["press_y"]), values["pitch"], values["toes"])
    reach = math.dist((0.0, 0.0), go((0.0, SHANK), THIGH, values["knee"]))
    turned = measure_lean(hip, foot.ankle) - values["slope"]
    away = math.dist(hip, foot.ankle)
    aside = away * math.sin(math.radians(turned))
    if abs(aside) > reach:
        raise ValueError("the line of the sled is out of reach")
    slide = math.sqrt(reach**2 - aside**2) - away * math.cos(math.radians(turned))
    ball = go(foot.ball, slide, values["slope"])
    return _stand({**values, "ball_x": ball[0], "ball_y": ball[1]}, hip)


def _lie(values: Numbers, hip: Point) -> Leg:
    return _stretch(hip, (values["ankle_x"], values["ankle_y"]))


def _rest_beside(values: Numbers, hip: Point, other: Leg) -> Leg:
    ankle = other.foot.ankle
    lean = measure_lean(ankle, other.knee)
    side = 90 if lean < 0 else -90
    return _stretch(hip, go(ankle, values["beside"], lean + side))


def _stretch(hip: Point, ankle: Point) -> Leg:
    """Return a straight leg from a hip in the direction of an ankle."""
    return _hang({"thigh": 180 - measure_lean(hip, ankle), "knee": 0.0, "foot": 0.0}, hip)


def _hang(values: Numbers, hip: Point) -> Leg:
    shortening = _find_shortening(values)
    knee = go(hip, THIGH * shortening[0], 180 - values["thigh"])
    shank = values["thigh"] - values["knee"]
    ankle = go(knee, SHANK * shortening[1], 180 - shank)
    pitch = values["foot"] - shank
    offset = Foot((0.0, 0.0), pitch, pitch).ankle
    ball = ankle[0] - offset[0], ankle[1] - offset[1]
    toes = pitch - values.get("toe_bend", 0.0)
    return Leg(hip, knee, Foot(ball, pitch, toes), shortening)


_LEG_SOLVERS: Mapping[str, Callable[[Numbers, Point], Leg]] = {
    "stance": _stand, "planted": _stand, "heel": _dig_heel, "kneeling": _hang, "hanging": _hang,
    "press": _press, "lying": _lie,
}  # fmt: skip


def _solve_far_arm(pose: Pose, trunk: Trunk, scene: Scene, leg: Leg, near: Arm) -> Arm:
    arm, model = pose.limbs["far_arm"], pose.limbs["near_arm"]
    if arm.kind == "copy":
        joints = near.shoulder, near.elbow, near.wrist, near.palm
        shoulder, elbow, wrist, palm = (_move(joint, arm.values) for joint in joints)
        return Arm(shoulder, elbow, wrist, palm, near.shortening)
    if arm.kind == "same":
        shifted = dict(_shift(model, arm.values["dx"]))
        if model.kind in {"rail", "floor"}:
            shifted[model.kind] += arm.values["dx"]
        arm = replace(model, values=shifted)
    return _solve_arm(arm, trunk.find("far_arm"), scene, leg)


def _solve_arm(arm: Limb, shoulder: Point, scene: Scene, leg: Leg) -> Arm:
    values = arm.values
    shortening = _find_shortening(values)
    if arm.kind in {"hanging", "forearm"}:
        return _reach(values, shoulder, shortening)
    palm = _find_palm(arm, shoulder, scene, leg)
    direction = values["palm"]
    if arm.kind == "thigh":
        direction += measure_lean(leg.hip, leg.knee)
    wrist = go(palm, -PALM, direction)
    lengths = UPPER_ARM * shortening[0], FOREARM * shortening[1]
    # A natural elbow lets the forearm turn to the front.
    elbow = find_joint(shoulder, wrist, lengths, 1 if values["bend"] > 0 else -1)
    return Arm(shoulder, elbow, wrist, palm, shortening)


def _reach(values: Numbers, shoulder: Point, shortening: Point) -> Arm:
    """Return an arm that ends where its angles lead, or whose forearm lies on the floor."""
    if "elbow_at_x" in values:
        elbow, fore = (values["elbow_at_x"], values["elbow_at_y"]), values["fore"]
    else:
        elbow = go(shoulder, UPPER_ARM * shortening[0], 180 - values["upper"])
        fore = 180 - values["upper"] - values["elbow"]
    wrist = go(elbow, FOREARM * shortening[1], fore)
    palm = go(wrist, PALM, fore - values["wrist"])
    return Arm(shoulder, elbow, wrist, palm, shortening)


def _find_palm(arm: Limb, shoulder: Point, scene: Scene, leg: Leg) -> Point:
    """Return the middle of a hand that rests on something."""
    values = arm.values
    if arm.kind == "wall":
        fingers = FINGERS * math.sin(math.radians(values["palm"]))
        return (scene.wall or 0.0) - max(PALM_THICK, fingers), values["wall"]
    if arm.kind == "rail":
        x, y = scene.rail or (0.0, 0.0)
        return x + values["rail"], y + PALM_THICK
    if arm.kind == "floor":
        top = scene.mat.height if scene.mat else 0.0
        return values["floor"], top + PALM_THICK
    if arm.kind == "thigh":
        on_bone = mix_points(leg.hip, leg.knee, values["thigh"])
        thick = THIGH_THICK[0] + (THIGH_THICK[1] - THIGH_THICK[0]) * values["thigh"] + PALM_THICK
        return go(on_bone, thick, measure_lean(leg.hip, leg.knee) - 90)
    if arm.kind == "hip":
        up = measure_lean(leg.hip, shoulder)
        return go(go(leg.hip, values["hip"], up), values["out"], up + 90)
    prefix = arm.kind
    return values[f"{prefix}_x"], values[f"{prefix}_y"]
