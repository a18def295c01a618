"""Put the shapes of a person where the skeleton has them, in the order of painting.

`still_views` and `motion_view` call list_parts() for what is painted, and place() for where each
part is at a moment. A part is rigid: it moves and turns, and its shapes stay what they are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app.formats.figures import body_shapes, props
from app.formats.figures.body_shapes import Shape
from app.formats.figures.geometry import Point, go, measure_lean, wrap
from app.formats.figures.pose_files import Figure
from app.formats.figures.skeleton import Arm, Leg, Skeleton
from app.formats.figures.svg_paths import fine_number, number
from app.training.catalog.track_definitions import Track


@dataclass(frozen=True, slots=True)
class Part:
    """A rigid part of a picture."""

    name: str
    shapes: tuple[Shape, ...]
    far: bool = False
    """Whether it is on the side away from the reader, and so darker."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a part is."""

    origin: Point
    """In centimetres, y up."""
    turn: float = 0.0
    """Degrees clockwise, as the reader sees it."""
    shortening: float = 1.0
    """The visible share of its length."""

    def to_svg(self) -> str:
        """Return the value of a transform attribute."""
        x, y = self.origin
        turn = f"rotate({number(self.turn)})" if round(self.turn, 1) else ""
        shrink = f"scale(1 {fine_number(self.shortening)})" if self.shortening < 1 else ""
        return f"translate({fine_number(x)} {fine_number(-y)}){turn}{shrink}"


@dataclass(frozen=True, slots=True)
class Emphasis:
    """What the catalogue says of an exercise and colours show."""

    track: Track
    """Its colour is that of arrows and numbers."""
    muscles: Sequence[str]
    """The muscles that are red."""
    both_legs: bool
    """Whether they are red in the far leg as well."""

    def color(self, shapes: Mapping[str, str]) -> tuple[Shape, ...]:
        """Return the red shapes of one part of the body."""
        return tuple(("muscle", shapes[name]) for name in self.muscles if name in shapes)


def list_parts(figure: Figure, emphasis: Emphasis) -> list[Part]:
    """List the parts of a person and of what they hold, in the order of painting."""
    if figure.facing == "reader":
        return _list_front_parts(figure, emphasis)
    held = props.list_held(figure.props)
    far_emphasis = emphasis if emphasis.both_legs else replace(emphasis, muscles=())
    *forearm, upper_arm = _list_arm(figure, "near")
    behind, before = (forearm, [upper_arm]) if figure.across else ([], [*forearm, upper_arm])
    return [
        *_list_held(held, "floor_prop"),
        *_list_held(held, "far_hand_prop"),
        *_list_arm(figure, "far"),
        *_list_leg("far", far_emphasis),
        *_list_held(held, "back"),
        *behind,
        Part("pelvis", body_shapes.PELVIS + emphasis.color(body_shapes.PELVIS_MUSCLES)),
        *_list_leg("near", emphasis),
        Part("head", body_shapes.HEAD),
        Part("trunk", body_shapes.SHIRT + emphasis.color(body_shapes.TRUNK_MUSCLES)),
        *_list_held(held, "straps"),
        *_list_held(held, "near_thigh_prop"),
        *_list_held(held, "hip_prop"),
        *_list_held(held, "near_hand_prop"),
        *before,
    ]


def _list_front_parts(figure: Figure, emphasis: Emphasis) -> list[Part]:
    """List the parts of a person who faces the reader, lying with the head to the left."""
    sides = body_shapes.FRONT_SIDES[figure.works]
    hip = [shape for side in sides for shape in emphasis.color(body_shapes.FRONT_HIP_MUSCLES[side])]
    waist = [
        shape for side in sides for shape in emphasis.color(body_shapes.FRONT_SIDE_MUSCLES[side])
    ]
    return [
        *_list_leg("far", replace(emphasis, muscles=()), front=True),
        *_list_leg("near", emphasis, front=True),
        Part("pelvis", (*body_shapes.FRONT_PELVIS, *hip)),
        Part("head", body_shapes.FRONT_HEAD),
        *_list_arm(figure, "far"),
        Part("trunk", (*body_shapes.FRONT_SHIRT, *waist)),
        *_list_arm(figure, "near"),
    ]


def _list_held(held: dict[str, tuple[Shape, ...]], place_name: str) -> list[Part]:
    return [Part(place_name, held[place_name])] if place_name in held else []


def _list_leg(side: str, emphasis: Emphasis, *, front: bool = False) -> Iterator[Part]:
    shapes = body_shapes.LEG_SHAPES
    far = side == "far"
    of_thigh = body_shapes.FRONT_THIGH_MUSCLES if front else body_shapes.THIGH_MUSCLES
    calf, thigh = emphasis.color(body_shapes.SHANK_MUSCLES), emphasis.color(of_thigh)
    heel = (("muscle", body_shapes.TENDON_AT_HEEL),) if calf else ()
    yield Part(f"{side}_shank", shapes["shank"] + calf, far)
    if front:
        yield Part(f"{side}_foot", body_shapes.FRONT_SHOE, far)
    else:
        yield Part(f"{side}_toes", shapes["toes"], far)
        yield Part(f"{side}_foot", (shapes["foot"][0], *heel, *shapes["foot"][1:]), far)
    yield Part(f"{side}_thigh", shapes["thigh"] + thigh, far)


def _list_arm(figure: Figure, side: str) -> Iterator[Part]:
    shapes = body_shapes.ARM_SHAPES
    far = side == "far" and figure.facing == "right"
    yield Part(f"{side}_hand", body_shapes.HANDS[props.choose_hand(figure, side)], far)
    yield Part(f"{side}_fore", shapes["fore"], far)
    yield Part(f"{side}_upper", shapes["upper"], far)


def place(skeleton: Skeleton, *, front: bool = False) -> dict[str, Placement]:
    """Return where each part of a person is, and of what they hold."""
    trunk, neck = skeleton.trunk, go(skeleton.shoulder, body_shapes.NECK_UP, skeleton.trunk)
    placed = {
        "trunk": Placement(skeleton.hip, trunk),
        "pelvis": Placement(skeleton.hip, trunk),
        "back": Placement(skeleton.hip, trunk),
        "straps": Placement(skeleton.hip, trunk),
        "hip_prop": Placement(skeleton.hip, trunk),
        "head": Placement(neck, skeleton.head),
        "floor_prop": Placement(skeleton.near.foot.ball),
        "near_hand_prop": Placement(skeleton.near_arm.palm),
        "far_hand_prop": Placement(skeleton.far_arm.palm),
    }
    for side, leg, arm in (("near", skeleton.near, skeleton.near_arm),
                           ("far", skeleton.far, skeleton.far_arm)):  # fmt: skip
        placed |= {f"{side}_{name}": spot for name, spot in _place_leg(leg, front=front)}
        placed |= {f"{side}_{name}": spot for name, spot in _place_arm(arm)}
    placed["near_thigh_prop"] = placed["near_thigh"]
    return placed


def _place_leg(leg: Leg, *, front: bool) -> Iterator[tuple[str, Placement]]:
    foot = leg.foot
    shank = _hang(leg.knee, foot.ankle, leg.shortening[1])
    yield "thigh", _hang(leg.hip, leg.knee, leg.shortening[0])
    yield "shank", shank
    yield "foot", Placement(foot.ankle, shank.turn) if front else Placement(foot.ball, foot.pitch)
    yield "toes", Placement(foot.ball, foot.toes)


def _place_arm(arm: Arm) -> Iterator[tuple[str, Placement]]:
    yield "upper", _hang(arm.shoulder, arm.elbow, arm.shortening[0])
    yield "fore", _hang(arm.elbow, arm.wrist, arm.shortening[1])
    yield "hand", _hang(arm.wrist, arm.palm, 1.0)


def _hang(joint: Point, end: Point, shortening: float) -> Placement:
    """Place a part that is drawn as it hangs straight down from its joint."""
    return Placement(joint, wrap(measure_lean(joint, end) - 180), shortening)
