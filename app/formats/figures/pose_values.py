"""A pose as values, and how to get from one pose to the next.

`pose_files` builds them from the data, `pose_moments` mixes them, and `pose_solver` turns them into
joints. The kinds of limbs say what is known of a limb: the rest follows from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

LimbName = Literal["near", "far", "near_arm", "far_arm"]
LEGS: tuple[LimbName, ...] = ("near", "far")
ARMS: tuple[LimbName, ...] = ("near_arm", "far_arm")
LIMBS = LEGS + ARMS

Numbers = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to say where a limb is."""

    needs: tuple[str, ...]
    """What has to be given. The first one tells the kind."""
    defaults: Numbers
    """What may be given as well."""


_DEPTHS = {"upper_depth": 0.0, "lower_depth": 0.0}
_FOOT = {"toe_bend": 0.0}
_HAND = {"palm": 0.0, "bend": 1.0}
# A point is two numbers, such as ball_x and ball_y. docs of every number: poses/README.md.
LEG_KINDS: Mapping[str, Kind] = MappingProxyType({
    # The leg stands, kneels or lies, and the hip is wherever the leg carries it.
    "lying": Kind(("ankle_x", "ankle_y", "shank"), {}),
    "stance": Kind(("shank", "ball_x", "ball_y", "pitch", "knee"), {"toes": 0.0}),
    "kneeling": Kind(
        ("knee_at_x", "knee_at_y", "thigh", "knee"), {"foot": 40.0, **_FOOT, **_DEPTHS},
    ),
    # The hip is elsewhere, and the knee is where thigh and shank meet.
    "planted": Kind(("ball_x", "ball_y", "pitch"), {"toes": 0.0, **_DEPTHS}),
    "heel": Kind(("heel_x", "heel_y", "pitch"), _DEPTHS),
    # The foot presses against a sled that moves on a line, and the knee keeps its bend.
    "press": Kind(("press_x", "press_y", "slope", "pitch", "knee", "toes"), {}),
    # The leg hangs from the hip.
    "hanging": Kind(("thigh", "knee"), {"foot": 15.0, **_FOOT, **_DEPTHS}),
    # The straight upper leg rests beside the lower one, the ankles so far apart.
    "beside": Kind(("beside",), {}),
    # The far leg does what the near leg does, or is a copy of it.
    "same": Kind(("same",), {"dx": 4.0}),
    "copy": Kind(("copy_x", "copy_y"), {}),
})  # fmt: skip
ARM_KINDS: Mapping[str, Kind] = MappingProxyType({
    # The forearm is on the floor, and the trunk leans as the upper arm allows.
    "forearm": Kind(("elbow_at_x", "elbow_at_y"), {"fore": 90.0, "wrist": 0.0, **_DEPTHS}),
    "hanging": Kind(("upper", "elbow"), {"wrist": 0.0, **_DEPTHS}),
    "hand": Kind(("hand_x", "hand_y"), {**_HAND, **_DEPTHS}),
    "wall": Kind(("wall",), {**_HAND, "palm": 4.0}),
    "rail": Kind(("rail",), {**_HAND, "palm": 118.0}),
    "floor": Kind(("floor",), {**_HAND, "palm": 90.0}),
    "thigh": Kind(("thigh",), {**_HAND, "palm": 6.0}),
    "hip": Kind(("hip",), {**_HAND, "palm": 120.0, "out": 0.0, **_DEPTHS}),
    "grip": Kind(("grip_x", "grip_y"), {**_HAND, "palm": 90.0}),
    "same": Kind(("same",), {"dx": 3.0}),
    "copy": Kind(("copy_x", "copy_y"), {}),
})  # fmt: skip

CARRIERS = frozenset({"stance", "kneeling", "lying"})


@dataclass(frozen=True, slots=True)
class Limb:
    """What is known of an arm or a leg."""

    kind: str
    values: Numbers

    def mix(self, other: "Limb", share: float) -> "Limb":
        """Return the limb at a share of the way to another of the same kind."""
        return Limb(self.kind, _mix_numbers(self.values, other.values, share))


@dataclass(frozen=True, slots=True)
class Pose:
    """A person at one moment."""

    body: Numbers
    """`trunk` and `head` as leans; and `hip_x` and `hip_y`, or `shoulder_x` and `shoulder_y`,
    unless a limb that stands says where the body is."""
    limbs: Mapping[LimbName, Limb]

    def mix(self, other: "Pose", share: float) -> "Pose":
        """Return the pose at a share of the way to another whose limbs are of the same kinds."""
        limbs = {name: self.limbs[name].mix(other.limbs[name], share) for name in LIMBS}
        return Pose(_mix_numbers(self.body, other.body, share), limbs)

    def replace(self, limbs: Mapping[LimbName, Limb]) -> "Pose":
        """Return the pose with other limbs."""
        return Pose(self.body, {**self.limbs, **limbs})


def _mix_numbers(start: Numbers, end: Numbers, share: float) -> Numbers:
    return {name: value + (end[name] - value) * share for name, value in start.items()}
