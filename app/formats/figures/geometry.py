"""Plane geometry in centimetres: x to the front, y up, angles in degrees.

A `lean` is an angle forward of straight up: 0 is up, 90 is to the front, 180 is down. `pose_solver`
places joints with it, and the drawing modules turn it into SVG, whose y points down.
"""

import math

Point = tuple[float, float]


def go(start: Point, length: float, lean: float) -> Point:
    """Return the point `length` away from a start in the direction of a lean."""
    angle = math.radians(lean)
    return start[0] + length * math.sin(angle), start[1] + length * math.cos(angle)


def measure_lean(start: Point, end: Point) -> float:
    """Return the direction from one point to another as a lean, -180 to 180."""
    return math.degrees(math.atan2(end[0] - start[0], end[1] - start[1]))


def mix_points(start: Point, end: Point, share: float) -> Point:
    """Return the point at a share of the way between two points."""
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def wrap(angle: float) -> float:
    """Return the same direction as an angle of -180 up to 180 degrees."""
    return (angle + 180) % 360 - 180


def find_joint(start: Point, end: Point, lengths: Point, side: int) -> Point:
    """Return where two links of these lengths meet that lead from a start to an end.

    Side 1 puts the joint clockwise of the straight line as the reader sees it, -1 on the other
    side. Raises ValueError if the links are too short.
    """
    first, second = lengths
    distance = math.dist(start, end)
    if distance > first + second or distance < abs(first - second):
        raise ValueError(
            f"two links of {first:.1f} and {second:.1f} cm do not span {distance:.1f} cm"
        )
    cosine = (first**2 + distance**2 - second**2) / (2 * first * distance)
    turn = math.degrees(math.acos(max(-1.0, min(1.0, cosine))))
    return go(start, first, measure_lean(start, end) + side * turn)
