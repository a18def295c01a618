"""Find where the trunk is: its place is given, or limbs on the floor carry it.

`pose_solver` calls find_trunk() first, and hangs legs and arms on the trunk.
"""

import math
from dataclasses import dataclass, replace

from app.formats.figures.geometry import Point, find_joint, go, measure_lean, wrap
from app.formats.figures.pose_values import ARMS, CARRIERS, LEGS, Limb, LimbName, Numbers, Pose
from app.formats.figures.skeleton import HIP_OUT, SHANK, SHOULDER_OUT, THIGH, TRUNK, UPPER_ARM, Foot

# Arms begin a little below the neck.
_SOCKET_DOWN = 3.0
# The far side is a little ahead, so that it can be seen beside the near one.
_FAR_HIP, _FAR_SHOULDER = 2.5, 2.0


@dataclass(frozen=True, slots=True)
class Trunk:
    """A trunk, and where on it the limbs begin."""

    hip: Point
    lean: float
    sockets: dict[LimbName, Point]
    """By limb: how far up from the hip it begins, and how far to the side, at the lean + 90."""

    @property
    def shoulder(self) -> Point:
        return go(self.hip, TRUNK, self.lean)

    def find(self, limb: LimbName) -> Point:
        """Return where a limb begins."""
        return _leave(self.hip, self.lean, self.sockets[limb])

    def hang(self, limb: LimbName, place: Point) -> "Trunk":
        """Return the trunk moved so that a limb begins in a place."""
        up, out = self.sockets[limb]
        return replace(self, hip=_leave(place, self.lean, (-up, -out)))


def _leave(start: Point, lean: float, way: Point) -> Point:
    up, out = way
    return go(go(start, up, lean), out, lean + 90)


def find_trunk(pose: Pose, *, facing_reader: bool) -> Trunk:
    """Return the trunk of a pose. Raises ValueError if an upper arm is too short for it."""
    body, sockets = pose.body, _place_sockets(pose, facing_reader)
    trunk = Trunk((body.get("hip_x", 0.0), body.get("hip_y", 0.0)), body.get("trunk", 0.0), sockets)
    if "shoulder_x" in body:
        return trunk.hang("near_arm", (body["shoulder_x"], body["shoulder_y"]))
    carrier = next((name for name in LEGS if pose.limbs[name].kind in CARRIERS), None)
    if carrier is None:
        return trunk
    hip = _find_carried_hip(pose.limbs[carrier])
    elbow = next((name for name in ARMS if pose.limbs[name].kind == "forearm"), None)
    if elbow:
        lean = _lean_on_elbow(hip, pose.limbs[elbow].values, sockets[carrier], sockets[elbow])
        trunk = replace(trunk, lean=lean)
    return trunk.hang(carrier, hip)


def _place_sockets(pose: Pose, facing_reader: bool) -> dict[LimbName, Point]:
    if not facing_reader:
        up = TRUNK - _SOCKET_DOWN
        return {"near": (0.0, 0.0), "far": (0.0, _FAR_HIP),
                "near_arm": (up, 0.0), "far_arm": (up, _FAR_SHOULDER)}  # fmt: skip
    # The near side of a person who faces the reader is the upper one.
    side = 1 if pose.body["head"] < 0 else -1
    hip, shoulder = side * HIP_OUT, side * SHOULDER_OUT
    return {"near": (0.0, hip), "far": (0.0, -hip),
            "near_arm": (TRUNK, shoulder), "far_arm": (TRUNK, -shoulder)}  # fmt: skip


def _find_carried_hip(leg: Limb) -> Point:
    values = leg.values
    if leg.kind == "kneeling":
        return go((values["knee_at_x"], values["knee_at_y"]), -THIGH, 180 - values["thigh"])
    if leg.kind == "lying":
        return go((values["ankle_x"], values["ankle_y"]), SHANK + THIGH, values["shank"])
    foot = Foot((values["ball_x"], values["ball_y"]), values["pitch"], values["toes"])
    knee = go(foot.ankle, SHANK, values["shank"])
    return go(knee, THIGH, values["shank"] - values["knee"])


def _lean_on_elbow(hip: Point, forearm: Numbers, hip_socket: Point, arm_socket: Point) -> float:
    """Return the lean of a trunk between a hip and an upper arm whose elbow stays in its place."""
    up, out = arm_socket[0] - hip_socket[0], arm_socket[1] - hip_socket[1]
    elbow = forearm["elbow_at_x"], forearm["elbow_at_y"]
    # The shoulder is above the straight line from the hip to the elbow.
    side = 1 if elbow[0] < hip[0] else -1
    shoulder = find_joint(hip, elbow, (math.hypot(up, out), UPPER_ARM), side)
    return wrap(measure_lean(hip, shoulder) - math.degrees(math.atan2(out, up)))
