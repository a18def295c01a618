"""What a person holds or wears: dumbbell, kettlebell, backpack, a weight on the thighs.

`body_parts` paints them as rigid parts: those in a hand hang straight down from it, the others move
with the trunk or the thigh. Shapes are in centimetres, y down.
"""

from collections.abc import Sequence

from app.formats.figures.body_shapes import Shape
from app.formats.figures.pose_files import Figure
from app.formats.figures.scene_values import Prop
from app.formats.figures.svg_paths import circle, outline, rectangle, smooth

_DUMBBELL: tuple[Shape, ...] = (
    ("metal", rectangle(-10, -1.3, 10, 1.3)),
    ("weight", rectangle(-14.5, -5.6, -8, 5.6) + rectangle(8, -5.6, 14.5, 5.6)),
    ("gleam", rectangle(-13.4, -4.6, -12, 4.6) + rectangle(9.1, -4.6, 10.5, 4.6)),
)
_KETTLEBELL: tuple[Shape, ...] = (
    ("ring", "M-5.4 7.4C-8.6 -3.6 -4.6 -2 0 -2S8.6 -3.6 5.4 7.4"),
    ("weight", circle((0, 14.6), 9.6)),
    ("gleam", "M-6.6 13.4A7 7 0 0 1 -2 8.2L-1.6 9.6A5.4 5.4 0 0 0 -5.2 13.6Z"),
)
_BACKPACK: tuple[Shape, ...] = (
    ("bag", smooth([(-8, -46), (-14, -48), (-23, -43), (-26, -30), (-25, -14), (-19, -10),
                    (-8, -12)])),
    ("bagpocket", smooth([(-14, -30), (-22, -30), (-24.4, -22), (-23, -14), (-14, -13)])),
)  # fmt: skip
_STRAPS: tuple[Shape, ...] = (("strap", "M-8.6 -46.4C-3 -53 6.6 -49 7.2 -40S2 -24 -8.6 -19"),)
_THIGH_WEIGHT: tuple[Shape, ...] = (
    ("towel", outline(((25, -6.6, 9.0), (26, -6.4, 9.8), (39, -5.2, 8.6), (40, -5.0, 7.6)))),
    ("weight", circle((15.4, 32.4), 7.0)),
    ("gleam", circle((15.4, 32.4), 2.2)),
)
_HIP_WEIGHT: tuple[Shape, ...] = (
    ("towel", outline(((-12, -7.4, 9.6), (-11, -7.2, 10.6), (6, -7.0, 10.4), (7, -7.0, 9.4)))),
    ("metal", circle((17.2, -2.5), 7.4)),
    ("weight", circle((17.2, -2.5), 5.9)),
    ("gleam", circle((17.2, -2.5), 2.0)),
)
# Under the toes, which slide with it.
_FLOOR_TOWEL: tuple[Shape, ...] = (("towel", rectangle(-9, -0.2, 17, 1.7)),)

_HELD: dict[Prop, tuple[tuple[str, tuple[Shape, ...]], ...]] = {
    "dumbbell": (("near_hand_prop", _DUMBBELL),),
    "far_dumbbell": (("far_hand_prop", _DUMBBELL),),
    "kettlebell": (("near_hand_prop", _KETTLEBELL),),
    "far_kettlebell": (("far_hand_prop", _KETTLEBELL),),
    "backpack": (("back", _BACKPACK), ("straps", _STRAPS)),
    "thigh_weight": (("near_thigh_prop", _THIGH_WEIGHT),),
    "hip_weight": (("hip_prop", _HIP_WEIGHT),),
    "towel": (("floor_prop", _FLOOR_TOWEL),),
}
_RESTING = {"wall", "floor", "thigh", "hip", "forearm"}


def list_held(names: Sequence[Prop]) -> dict[str, tuple[Shape, ...]]:
    """Return the shapes of what is held by the part that it moves with."""
    return {part: shapes for name in names for part, shapes in _HELD[name]}


def choose_hand(figure: Figure, side: str) -> str:
    """Return how a hand looks: a fist that holds something, open on a surface, or loose."""
    far = side == "far"
    limbs = figure.end.limbs
    kind = limbs["far_arm"].kind if far else limbs["near_arm"].kind
    if kind in {"same", "copy"}:
        kind = limbs["near_arm"].kind
    held = f"{side}_hand_prop" in list_held(figure.props)
    if held or figure.scene.machine or kind in {"rail", "grip"}:
        return "fist"
    return "open" if kind in _RESTING else "loose"
