"""Draw what stands around a person: floor, wall, step, rail, chair and mat.

`still_views` and `motion_view` paint it behind the person; `machines` adds what moves. Paths are in
centimetres, y down.
"""

from collections.abc import Iterator

from app.formats.figures.body_shapes import Shape
from app.formats.figures.scene_values import Box, Chair, Scene
from app.formats.figures.svg_paths import line, rectangle

_WALL_HEIGHT, _WALL_THICK = 195.0, 6.0


def draw(scene: Scene, left: float, right: float) -> Iterator[Shape]:
    """Yield the shapes of a scene between two places, in the order of painting."""
    if scene.wall is not None:
        edge = min(scene.wall + _WALL_THICK, right)
        yield "ground", rectangle(scene.wall, -_WALL_HEIGHT, edge, 0)
        yield "outline", line((scene.wall, -_WALL_HEIGHT), (scene.wall, 0))
    if scene.mat:
        yield "mat", rectangle(scene.mat.left, -scene.mat.height, scene.mat.right, 0)
    if scene.step:
        yield from _draw_box(scene.step, right)
    if scene.rail:
        x, y = scene.rail
        yield "post", line((x, 0 if not scene.step else -scene.step.height), (x, -y))
        yield "post", line((x - 8, -y), (x + 8, -y))
    if scene.chair:
        yield from _draw_chair(scene.chair)
    yield "outline", line((left, 0), (right, 0))


def _draw_box(box: Box, right: float) -> Iterator[Shape]:
    edge = min(box.right, right)
    yield "ground", rectangle(box.left, -box.height, edge, 0)
    end = [(edge, 0.0)] if box.right < right else []
    yield "outline", line((box.left, 0), (box.left, -box.height), (edge, -box.height), *end)


def _draw_chair(chair: Chair) -> Iterator[Shape]:
    back, top = chair.front + chair.depth, -chair.height
    inner = 2.0 if chair.depth > 0 else -2.0
    yield "post", line((chair.front + inner, 0), (chair.front + inner, top + 2))
    yield "post", line((back, 0), (back, top - 46))
    yield "seat", rectangle(min(chair.front, back), top, max(chair.front, back), top + 3.4)
