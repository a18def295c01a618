"""Find what a picture shows of a scene, so that nothing is cut off and no sky is empty."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.formats.figures import machines
from app.formats.figures.geometry import go
from app.formats.figures.pose_files import Figure
from app.formats.figures.skeleton import Skeleton

LENS_RADIUS = 30.0
# How far the body reaches beyond its joints: head, trunk and limbs.
_HEAD_MIDDLE, _HEAD, _TRUNK, _LIMB = 20.0, 13.0, 12.0, 8.0
_MARGIN = 4.0
# Below the floor there is room for the line of the floor.
_BELOW = 3.0
_BACKPACK = 17.0


@dataclass(frozen=True, slots=True)
class Frame:
    """A part of the scene in centimetres. Its lower edge is a little below the floor."""

    left: float
    right: float
    top: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.top + _BELOW


def find_frame(figure: Figure, skeletons: Iterable[Skeleton], *, with_details: bool) -> Frame:
    """Return the frame of some poses; with details, the lens and the arrows have room, too."""
    spots = [spot for skeleton in skeletons for spot in _list_spots(figure, skeleton)]
    spots += _list_scene_spots(figure)
    if with_details:
        if figure.lens:
            spots.append((*figure.lens, LENS_RADIUS))
        spots += [(x, y, 3.0) for panel in figure.panels for x, y in panel.arrow]
    return Frame(
        left=min(x - reach for x, _, reach in spots) - _MARGIN,
        right=max(x + reach for x, _, reach in spots) + _MARGIN,
        top=max(y + reach for _, y, reach in spots) + _MARGIN,
    )


def _list_spots(figure: Figure, skeleton: Skeleton) -> Iterator[tuple[float, float, float]]:
    """Yield circles that contain the body."""
    yield (*go(skeleton.shoulder, _HEAD_MIDDLE, skeleton.head), _HEAD)
    yield (*skeleton.hip, _TRUNK)
    yield (*skeleton.shoulder, _TRUNK)
    if "backpack" in figure.props:
        back = go(go(skeleton.hip, 30, skeleton.trunk), -_BACKPACK, skeleton.trunk + 90)
        yield (*back, 10.0)
    for leg in (skeleton.near, skeleton.far):
        yield (*leg.knee, _LIMB)
        yield (*leg.foot.heel, 4.0)
        yield (*leg.foot.tip, 2.0)
    for arm in (skeleton.near_arm, skeleton.far_arm):
        yield (*arm.elbow, 5.0)
        yield (*arm.palm, 8.0)


def _list_scene_spots(figure: Figure) -> Iterator[tuple[float, float, float]]:
    scene = figure.scene
    if scene.wall is not None:
        yield scene.wall, 100.0, 5.0
    if scene.rail:
        yield (*scene.rail, 9.0)
    if scene.chair:
        yield scene.chair.front + scene.chair.depth, scene.chair.height + 46, 2.0
        yield scene.chair.front, scene.chair.height, 2.0
    yield from ((x, y, 1.0) for x, y in machines.list_corners(scene))
    for box in (scene.step, scene.mat):
        if box:
            yield from ((x, box.height, 0.0) for x in (max(box.left, -110), min(box.right, 110)))
