"""The machines of a gym: what of them stands, and what moves with the person.

`painting` adds their parts to the person; `scenery` has what anybody has at home. The parts are
rigid: place() has where they are at a moment. Paths are in centimetres, y down.
"""

from collections.abc import Iterator

from app.formats.figures.body_parts import Part, Placement
from app.formats.figures.body_shapes import Shape
from app.formats.figures.geometry import Point, go, measure_lean
from app.formats.figures.scene_values import Machine, Scene
from app.formats.figures.skeleton import Skeleton
from app.formats.figures.svg_paths import capsule, circle, line, rectangle

# The standing machine: a column in front of the person, and a carriage on it that rests on the
# shoulders and bears the plates.
_COLUMN, _COLUMN_HEIGHT = 54.0, 184.0
_PADS_ABOVE_SHOULDER = 5.5
_CARRIAGE: tuple[Shape, ...] = (
    ("post", line((2, -5), (28, -5), (36, 2), (_COLUMN + 2, 2)) + line((27, -4), (27, 20))),
    ("metal", rectangle(_COLUMN - 5, -10, _COLUMN + 5, 12)),
    ("weight", circle((_COLUMN + 20, 2), 15)),
    ("gleam", circle((_COLUMN + 20, 2), 3.4)),
)
_SHOULDER_PAD: tuple[Shape, ...] = (("pad", capsule((-8, -2.6), (7, -3.4), 3.6)),)
_STANDING_FRAME: tuple[Shape, ...] = (
    ("post", line((-34, -1), (_COLUMN + 24, -1))),
    ("column", rectangle(_COLUMN - 2.5, -_COLUMN_HEIGHT, _COLUMN + 2.5, 0)),
)

# The leg press: a reclined seat, and a sled with the foot plate on rails that rise at 45 degrees.
_SLED: tuple[Shape, ...] = (
    ("metal", "M2 3L-28 -27L-23 -32L12 3L19 10L14 15Z"),
    ("weight", circle((6, -18), 13)),
    ("gleam", circle((6, -18), 3)),
)
_PRESS_FRAME: tuple[Shape, ...] = (
    ("post", line((-6, -1), (96, -103), (96, -1)) + line((-58, -1), (104, -1))),
    ("post", line((-44, -1), (-44, -46)) + line((0, -1), (0, -18)) + line((9, -16), (9, -32))),
    ("pad", capsule((-6, -26), (-48, -63), 4.2) + capsule((-4, -20), (13, -24), 4.2)),
)

# The seated machine: a bench, a block, and a lever whose pad lies on the thighs.
_PIVOT: Point = (88.0, 60.0)
_LEVER: tuple[Shape, ...] = (
    ("post", line((0, 0), (0, 47))),
    ("weight", circle((-6, 24), 13)),
    ("gleam", circle((-6, 24), 3)),
)
_THIGH_PAD: tuple[Shape, ...] = (("pad", capsule((12.2, 28), (11.6, 38), 5.0)),)
_SEATED_FRAME: tuple[Shape, ...] = (
    ("post", line((-16, -1), (94, -1)) + line((-6, -1), (-6, -40))),
    ("column", rectangle(_PIVOT[0] - 2.5, -_PIVOT[1] - 3, _PIVOT[0] + 2.5, 0)),
    ("post", line((_PIVOT[0], -_PIVOT[1] + 4), (_PIVOT[0], -92), (54, -92))),
    ("pad", capsule((-18, -40), (12, -40), 4.0)),
)

_BEHIND: dict[Machine, tuple[tuple[str, tuple[Shape, ...]], ...]] = {
    "standing_calf": (("frame", _STANDING_FRAME), ("carriage", _CARRIAGE)),
    "leg_press": (("frame", _PRESS_FRAME), ("sled", _SLED)),
    "seated_calf": (("frame", _SEATED_FRAME), ("lever", _LEVER)),
}
_BEFORE: dict[Machine, tuple[tuple[str, tuple[Shape, ...]], ...]] = {
    "standing_calf": (("shoulder_pad", _SHOULDER_PAD),),
    "leg_press": (),
    "seated_calf": (("thigh_pad", _THIGH_PAD),),
}
_EXTENTS: dict[Machine, tuple[Point, ...]] = {
    "standing_calf": ((-36, 0), (_COLUMN + 37, _COLUMN_HEIGHT)),
    "leg_press": ((-60, 0), (106, 144)),
    "seated_calf": ((-24, 0), (96, 94)),
}


def list_behind(scene: Scene) -> tuple[Part, ...]:
    """Return the parts of a machine behind the person."""
    return _build_parts(_BEHIND, scene)


def list_before(scene: Scene) -> tuple[Part, ...]:
    """Return the parts of a machine in front of the person."""
    return _build_parts(_BEFORE, scene)


def list_corners(scene: Scene) -> tuple[Point, ...]:
    """Return corners of what a picture of the machine has to show, y up."""
    return _EXTENTS[scene.machine] if scene.machine else ()


def place(scene: Scene, skeleton: Skeleton) -> dict[str, Placement]:
    """Return where the parts of a machine are."""
    return dict(_place_parts(scene.machine, skeleton)) if scene.machine else {}


def _build_parts(
    table: dict[Machine, tuple[tuple[str, tuple[Shape, ...]], ...]], scene: Scene
) -> tuple[Part, ...]:
    if scene.machine is None:
        return ()
    return tuple(Part(name, shapes) for name, shapes in table[scene.machine])


def _place_parts(machine: Machine, skeleton: Skeleton) -> Iterator[tuple[str, Placement]]:
    yield "frame", Placement((0.0, 0.0))
    if machine == "standing_calf":
        height = skeleton.shoulder[1] + _PADS_ABOVE_SHOULDER
        yield "carriage", Placement((0.0, height))
        yield "shoulder_pad", Placement((skeleton.shoulder[0], height))
    elif machine == "leg_press":
        yield "sled", Placement(skeleton.near.foot.ball)
    else:
        leg = skeleton.near
        thigh = measure_lean(leg.hip, leg.knee)
        pad = go(go(leg.hip, 33, thigh), 12, thigh - 90)
        yield "lever", Placement(_PIVOT, measure_lean(_PIVOT, pad) - 180)
        yield "thigh_pad", Placement(leg.hip, thigh - 180)
