"""Turn parts and scenes into SVG elements.

`still_views` and `motion_view` paint with it. Everything of the scene is in centimetres and is
scaled once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.formats.figures import machines, scenery
from app.formats.figures.body_parts import Emphasis, Part, Placement, list_parts, place
from app.formats.figures.body_shapes import Shape
from app.formats.figures.frame import Frame
from app.formats.figures.geometry import Point
from app.formats.figures.inks import INKS, Theme, name_class
from app.formats.figures.pose_files import Figure
from app.formats.figures.skeleton import Skeleton
from app.formats.figures.svg_paths import fine_number, number


@dataclass(frozen=True, slots=True)
class Picture:
    """The inside of an SVG and its size in pixels."""

    width: float
    height: float
    body: str
    style: str = ""
    """CSS that only this picture needs."""


def mark(ink: str) -> str:
    """Return the class attribute of an ink. apply_theme() turns it into that of a theme."""
    return f'class="ink-{ink}"'


def apply_theme(body: str, theme: Theme) -> str:
    """Return painted elements in the colours of a theme. Text cannot look like an attribute."""
    return body.replace('class="ink-', f'class="{name_class(theme, "")}')


def paint(shapes: Iterable[Shape], *, far: bool = False) -> str:
    """Paint shapes; those on the far side are darker."""
    return "".join(
        f'<path {mark(f"far-{ink}" if far and f"far-{ink}" in INKS else ink)} d="{path}"/>'
        for ink, path in shapes
    )


def list_all_parts(figure: Figure, emphasis: Emphasis) -> tuple[Part, ...]:
    """Return the parts of a person and of the machine, in the order of painting."""
    scene = figure.scene
    person = list_parts(figure, emphasis)
    return (*machines.list_behind(scene), *person, *machines.list_before(scene))


def define_parts(parts: Iterable[Part], prefix: str) -> str:
    """Return the shapes of parts under names, so that they can be painted more than once."""
    return "".join(
        f'<g id="{prefix}-{part.name}">{paint(part.shapes, far=part.far)}</g>' for part in parts
    )


def use_parts(parts: Iterable[Part], placed: Mapping[str, Placement], prefix: str) -> str:
    """Paint defined parts where they are."""
    return "".join(
        f'<use href="#{prefix}-{part.name}" transform="{placed[part.name].to_svg()}"/>'
        for part in parts
    )


def paint_parts(parts: Iterable[Part], placed: Mapping[str, Placement]) -> str:
    """Paint parts where they are."""
    return "".join(
        f'<g transform="{placed[part.name].to_svg()}">{paint(part.shapes, far=part.far)}</g>'
        for part in parts
    )


def paint_scenery(figure: Figure, frame: Frame) -> str:
    """Paint what stands around a person, in centimetres."""
    return paint(scenery.draw(figure.scene, frame.left, frame.right))


def place_all(figure: Figure, skeleton: Skeleton) -> dict[str, Placement]:
    """Return where each moving part is: of the person, and of the machine."""
    person = place(skeleton, front=figure.facing == "reader")
    return person | machines.place(figure.scene, skeleton)


def place_scene(frame: Frame, scale: float, corner: Point, body: str) -> str:
    """Scale a frame of the scene into the picture; the corner is its lower left one, in pixels."""
    x, y = corner[0] - frame.left * scale, corner[1] - (frame.height - frame.top) * scale
    where = f"translate({number(x)} {number(y)})scale({fine_number(scale)})"
    return f'<g transform="{where}">{body}</g>'
