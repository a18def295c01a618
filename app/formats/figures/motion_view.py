"""Draw an exercise that moves at its own tempo: CSS keyframes on the rigid parts of a person.

`illustration` calls it. Who does not want motion sees the end pose at rest, and so do programs that
know no CSS animation. A hold does not move: a clock counts ten seconds, again and again.
"""

import math
from collections.abc import Mapping

from app.formats.figures import painting, pose_moments
from app.formats.figures.body_parts import Emphasis, Placement
from app.formats.figures.frame import find_frame
from app.formats.figures.geometry import Point, wrap
from app.formats.figures.painting import Picture
from app.formats.figures.pose_files import Figure
from app.formats.figures.svg_paths import fine_number, number
from app.training.catalog.exercises import Tempo
from app.training.catalog.track_definitions import Track

_SIZE = 440.0
# Poses per phase. Between two of them limbs go straight on, and stay together to millimetres.
_SAMPLES = 7
_CLOCK_S, _CLOCK_RADIUS = 10, 26.0


def draw(figure: Figure, emphasis: Emphasis, tempo: Tempo | None) -> Picture:
    """Return the view `motion`; without a tempo that of a hold."""
    if tempo is None:
        return _draw_hold(figure, emphasis)
    moments = list(pose_moments.list_moments(figure, tempo, _SAMPLES))
    frame = find_frame(figure, [moment.skeleton for moment in moments], with_details=False)
    scale = min(_SIZE / frame.width, _SIZE / frame.height)
    end = pose_moments.solve_pose(figure, figure.end)
    rest = painting.place_all(figure, end)
    tracks = [(moment.seconds / tempo.seconds, painting.place_all(figure, moment.skeleton))
              for moment in moments]  # fmt: skip
    rules: dict[str, str] = {}
    body = [painting.paint_scenery(figure, frame)]
    for part in painting.list_all_parts(figure, emphasis):
        keyframes = _build_keyframes([(share, placed[part.name]) for share, placed in tracks])
        drawn = painting.paint_parts([part], rest)
        if keyframes:
            name = rules.setdefault(keyframes, f"{figure.slug}-{len(rules)}")
            drawn = f'<g class="{name}"{drawn.removeprefix("<g")}'
        body.append(drawn)
    size = math.ceil(frame.width * scale), math.ceil(frame.height * scale)
    scene = painting.place_scene(frame, scale, (0, size[1]), "".join(body))
    return Picture(*size, scene, _build_style(rules, tempo.seconds))


def _build_keyframes(track: list[tuple[float, Placement]]) -> str:
    """Return the keyframes of a part; empty if it stays where it is.

    It never turns the long way round. What is the same on the way up and down is written once.
    """
    frames: dict[str, list[str]] = {}
    turn = track[0][1].turn
    for share, placement in track:
        turn += wrap(placement.turn - turn)
        x, y = placement.origin
        place = f"translate:{number(x)}px {number(-y)}px;rotate:{number(turn)}deg"
        if placement.shortening < 1:
            place += f";scale:1 {fine_number(placement.shortening)}"
        frames.setdefault(place, []).append(f"{fine_number(share * 100)}%")
    if len(frames) == 1:
        return ""
    return "".join(f"{','.join(shares)}{{{place}}}" for place, shares in frames.items())


def _build_style(rules: Mapping[str, str], seconds: float) -> str:
    """Return the CSS of keyframes by name. Each takes the place of the part's own transform."""
    every = ",".join(f".{name}" for name in rules.values())
    timing = f"{number(seconds)}s linear infinite"
    moving = "".join(f".{name}{{animation-name:{name}}}" for name in rules.values())
    frames = "".join(f"@keyframes {name}{{{keyframes}}}" for keyframes, name in rules.items())
    return (
        f"@media (prefers-reduced-motion:no-preference){{{every}{{transform:none;"
        f"animation:{timing}}}{moving}{frames}}}"
    )


def _draw_hold(figure: Figure, emphasis: Emphasis) -> Picture:
    end = pose_moments.solve_pose(figure, figure.end)
    frame = find_frame(figure, [end], with_details=False)
    # The clock has its own room above the person, on the side where no wall is.
    room = 2 * _CLOCK_RADIUS + 12
    scale = min(_SIZE / frame.width, (_SIZE - room) / frame.height)
    width, height = math.ceil(frame.width * scale), math.ceil(frame.height * scale + room)
    parts = painting.list_all_parts(figure, emphasis)
    drawn = painting.paint_scenery(figure, frame) + painting.paint_parts(
        parts, painting.place_all(figure, end)
    )
    body = painting.place_scene(frame, scale, (0, height), drawn)
    centre = _CLOCK_RADIUS + 8, _CLOCK_RADIUS + 8
    clock, style = _draw_clock(centre, figure.slug, emphasis.track)
    return Picture(width, height, body + clock, style)


def _draw_clock(centre: Point, slug: str, track: Track) -> tuple[str, str]:
    """Return a ring that fills in ten seconds, with a tick and a number for each, and its CSS."""
    around = number(2 * math.pi * _CLOCK_RADIUS)
    x, y = (number(place) for place in centre)
    ring = f'cx="{x}" cy="{y}" r="{number(_CLOCK_RADIUS)}"'
    ticks = "".join(
        f'<path {painting.mark("clock")} d="M{x} {number(centre[1] - 18)}v3"'
        f' transform="rotate({36 * second} {x} {y})"/>'
        for second in range(_CLOCK_S)
    )
    names = {second: f"{slug}-{second}" for second in range(1, _CLOCK_S + 1)}
    # Without animation no number is seen: a clock that stands still counts nothing.
    numbers = "".join(
        f'<text class="{name}" opacity="0" x="{x}" y="{number(centre[1] + 5)}">{second}</text>'
        for second, name in names.items()
    )
    drawn = (
        f"<circle {painting.mark('clock')} {ring}/>{ticks}"
        f'<g class="{slug}-0" stroke-dasharray="{around}"><circle'
        f' {painting.mark(f"clock-{track}")} {ring} transform="rotate(-90 {x} {y})"/></g>'
        f'<g {painting.mark("ink")} aria-hidden="true" text-anchor="middle" font-size="15"'
        f' font-weight="700">{numbers}</g>'
    )
    delays = "".join(f".{name}{{animation-delay:{second - 1}s}}" for second, name in names.items())
    style = (
        f"@media (prefers-reduced-motion:no-preference){{.{slug}-0{{animation:{slug}-0"
        f" {_CLOCK_S}s linear infinite}}{','.join(f'.{name}' for name in names.values())}"
        f"{{animation:{slug}-1 {_CLOCK_S}s step-end infinite}}{delays}"
        f"@keyframes {slug}-0{{0%{{stroke-dashoffset:{around}}}100%{{stroke-dashoffset:0}}}}"
        f"@keyframes {slug}-1{{0%{{opacity:1}}{number(100 / _CLOCK_S)}%,100%{{opacity:0}}}}}}"
    )
    return drawn, style
