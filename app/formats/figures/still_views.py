"""Draw single poses: one figure for thumbnails, or the numbered panels of the view `both`.

`illustration` calls it. A panel shows the person in its scene, an arrow for the movement, and the
foot enlarged in a ring where a movement of centimetres would be lost.
"""

import math
from dataclasses import replace
from html import escape

from app.formats.charts.text_width import measure_text
from app.formats.figures import painting, pose_moments
from app.formats.figures.body_parts import Emphasis
from app.formats.figures.frame import LENS_RADIUS, find_frame
from app.formats.figures.geometry import Point, go, measure_lean
from app.formats.figures.painting import Picture
from app.formats.figures.pose_files import Figure
from app.formats.figures.skeleton import Skeleton
from app.formats.figures.svg_paths import line, number
from app.training.catalog.track_definitions import Track

# Pixels of the view `both`. In a phone 320 pixels wide, the captions are 11 pixels high.
_WIDTH, _MAX_HEIGHT, _MARGIN = 720.0, 430.0, 6.0
_FONT, _LINE_HEIGHT, _BADGE = 25.0, 30.0, 17.0
# Pixels of a thumbnail, and of a centimetre at most.
_THUMBNAIL, _MAX_SCALE = 340.0, 2.9
_LENS_SCALE = 1.75
# What is in the middle of the lens, from the ball of the foot.
_LENS_BEHIND, _LENS_ABOVE = 4.0, 5.0
# How far from there the thread ends that leads from the lens to the foot.
_THREAD_ENDS = 15.0


def draw_panels(figure: Figure, emphasis: Emphasis, prefix: str) -> Picture:
    """Return the view `both`. `prefix` makes its ids unique on a page."""
    skeletons = [pose_moments.solve_at(figure, panel.phase, panel.at) for panel in figure.panels]
    frame = find_frame(figure, skeletons, with_details=True)
    width = _WIDTH / len(figure.panels)
    scale = min((width - 2 * _MARGIN) / frame.width, _MAX_HEIGHT / frame.height, _MAX_SCALE)
    height = math.ceil(frame.height * scale + _MARGIN)
    captions = [_wrap(panel.caption, width - 3 * _BADGE) for panel in figure.panels]
    lines = max(map(len, captions))
    parts = painting.list_all_parts(figure, emphasis)
    body = [f"<defs>{painting.define_parts(parts, prefix)}</defs>"]
    for index, skeleton in enumerate(skeletons):
        left = index * width
        corner = left + (width - frame.width * scale) / 2, height
        placed = painting.place_all(figure, skeleton)
        drawn = painting.paint_scenery(figure, frame) + painting.use_parts(parts, placed, prefix)
        panel = _finish_panel(figure, index, f"{prefix}-{index}", drawn, emphasis)
        body.append(painting.place_scene(frame, scale, corner, panel))
        body.append(_draw_caption(index + 1, captions[index], (left + _MARGIN, height), emphasis))
    return Picture(_WIDTH, height + lines * _LINE_HEIGHT + 16, "".join(body))


def draw_pose(figure: Figure, skeleton: Skeleton, emphasis: Emphasis) -> Picture:
    """Return one figure without words, for a thumbnail. All poses have the same frame."""
    poses = (figure.start, figure.end, *(stop.pose for stop in figure.stops))
    skeletons = [pose_moments.solve_pose(figure, pose) for pose in poses]
    frame = find_frame(figure, skeletons, with_details=False)
    scale = min(_THUMBNAIL / frame.width, _THUMBNAIL / frame.height)
    size = math.ceil(frame.width * scale), math.ceil(frame.height * scale)
    parts = painting.list_all_parts(figure, emphasis)
    drawn = painting.paint_scenery(figure, frame) + painting.paint_parts(
        parts, painting.place_all(figure, skeleton)
    )
    return Picture(*size, painting.place_scene(frame, scale, (0, size[1]), drawn))


def _finish_panel(figure: Figure, index: int, name: str, drawn: str, emphasis: Emphasis) -> str:
    """Add the arrow and the lens to what is drawn of a panel."""
    arrow = figure.panels[index].arrow
    body = f'<g id="{name}">{drawn}</g>{_draw_arrow(arrow, emphasis.track) if arrow else ""}'
    return _draw_lens(figure, figure.lens, name, body) if figure.lens else body


def _draw_lens(figure: Figure, centre: Point, name: str, body: str) -> str:
    """Draw the foot of the first pose enlarged, and behind the person a thread that leads there.

    What moves, moves within the ring.
    """
    toes = pose_moments.solve_pose(figure, figure.start).near.foot
    foot = replace(toes, pitch=toes.toes).find(_LENS_BEHIND, _LENS_ABOVE)
    lean, way = measure_lean(centre, foot), math.dist(centre, foot)
    thread = [go(centre, length, lean) for length in (LENS_RADIUS, way - _THREAD_ENDS)]
    x, y = number(centre[0]), number(-centre[1])
    ring = f'cx="{x}" cy="{y}" r="{number(LENS_RADIUS)}"'
    zoom = f"translate({x} {y})scale({_LENS_SCALE})translate({number(-foot[0])} {number(foot[1])})"
    return (
        f'<path {painting.mark("callout")} d="{line(*((x, -y) for x, y in thread))}"/>{body}'
        f'<clipPath id="{name}-lens"><circle {ring}/></clipPath>'
        f'<circle {painting.mark("paper")} {ring}/><g clip-path="url(#{name}-lens)">'
        f'<use href="#{name}" transform="{zoom}"/></g><circle {painting.mark("outline")} {ring}/>'
    )


def _draw_arrow(places: tuple[Point, ...], track: Track) -> str:
    """Draw an arrow through places, its head at the last one."""
    end, lean = places[-1], measure_lean(places[-2], places[-1])
    wings = go(end, -6.5, lean + 36), go(end, -6.5, lean - 36)
    drawn = [[(x, -y) for x, y in stroke] for stroke in (places, (wings[0], end, wings[1]))]
    strokes = "".join(line(*stroke) for stroke in drawn)
    return f'<path {painting.mark(f"arrow-{track}")} d="{strokes}"/>'


def _draw_caption(badge: int, lines: list[str], corner: Point, emphasis: Emphasis) -> str:
    left, middle = corner[0], corner[1] + 12 + _BADGE
    words_left, badge_size = number(left + 2 * _BADGE + 8), number(_BADGE)
    spans = "".join(
        f'<tspan x="{words_left}" y="{number(middle + 9 + index * _LINE_HEIGHT)}">'
        f"{escape(words)}</tspan>"
        for index, words in enumerate(lines)
    )
    x = number(left + _BADGE)
    return (
        f'<circle {painting.mark(emphasis.track)} cx="{x}" cy="{number(middle)}" r="{badge_size}"/>'
        f'<text {painting.mark("paper")} x="{x}" y="{number(middle + 8)}" text-anchor="middle"'
        f' font-size="23" font-weight="700">{badge}</text><text {painting.mark("ink")}'
        f' font-size="{number(_FONT)}">{spans}</text>'
    )


def _wrap(caption: str, room: float) -> list[str]:
    """Break a caption into lines that fit into so many pixels."""
    lines: list[str] = []
    for word in caption.split():
        if lines and measure_text(f"{lines[-1]} {word}", _FONT) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
