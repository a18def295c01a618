"""What stands around a person: floor, wall, step, rail, chair, mat, machine, all in centimetres.

`pose_files` reads it from the data, `pose_solver` puts hands on it, and `scenery` draws it.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from app.formats.figures.geometry import Point

Machine = Literal["standing_calf", "leg_press", "seated_calf"]
Prop = Literal[
    "dumbbell", "far_dumbbell", "kettlebell", "far_kettlebell",
    "backpack", "thigh_weight", "hip_weight", "towel",
]  # fmt: skip
PROPS: tuple[Prop, ...] = get_args(Prop)
MACHINES: tuple[Machine, ...] = get_args(Machine)


@dataclass(frozen=True, slots=True)
class Box:
    """A step, box or mat that stands on the floor."""

    left: float
    right: float
    height: float


@dataclass(frozen=True, slots=True)
class Chair:
    """A chair, seen from its side."""

    front: float
    """Where the front edge of the seat is."""
    height: float
    """The height of the seat."""
    faces: Literal["left", "right"]

    @property
    def depth(self) -> float:
        """The way from the front edge of the seat to its back: negative if that is to the left."""
        return -40.0 if self.faces == "right" else 40.0


@dataclass(frozen=True, slots=True)
class Scene:
    """What stands around a person. The floor is always there, at the height 0."""

    wall: float | None = None
    """Where the surface of the wall is; the person is to the left of it."""
    step: Box | None = None
    mat: Box | None = None
    rail: Point | None = None
    """Where the top of the rail is, seen from its end."""
    chair: Chair | None = None
    machine: Machine | None = None
