"""One repetition of an exercise: the pose at every moment of it.

`still_views` asks for single poses, `motion_view` for those of a whole repetition, and the tests of
geometry for 25 of them.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from app.formats.figures import pose_solver
from app.formats.figures.geometry import measure_lean, wrap
from app.formats.figures.pose_files import Figure, Phase, WrongPose
from app.formats.figures.pose_values import CARRIERS, LIMBS, Limb, LimbName, Pose
from app.formats.figures.skeleton import Arm, Leg, Skeleton
from app.training.catalog.exercises import Tempo


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment of a repetition."""

    seconds: float
    """Since the repetition began."""
    skeleton: Skeleton


def solve_pose(figure: Figure, pose: Pose) -> Skeleton:
    """Return the joints of a pose. Raises WrongPose if a limb is too short for it."""
    try:
        return pose_solver.solve(pose, figure.scene, facing_reader=figure.facing == "reader")
    except ValueError as fault:
        raise WrongPose(f"{figure.slug}: {fault}") from None


def solve_at(figure: Figure, phase: Phase, share: float) -> Skeleton:
    """Return the joints when this share of a phase has passed.

    Up leads from the start to the end, hold stays there, and down leads back, unless stops say
    otherwise.
    """
    stops = _list_stops(figure, phase)
    for (begin, before), (finish, after) in pairwise(stops):
        if share <= finish:
            part = (share - begin) / (finish - begin) if finish > begin else 1.0
            return solve_pose(figure, _mix(figure, before, after, part))
    return solve_pose(figure, stops[-1][1])


def list_moments(figure: Figure, tempo: Tempo, samples: int) -> Iterator[Moment]:
    """Yield the moments of a repetition at its tempo, `samples` to the ways up and down."""
    begin = 0.0
    phases: tuple[tuple[Phase, int], ...] = (
        ("up", tempo.up_s), ("hold", tempo.hold_s), ("down", tempo.down_s),
    )  # fmt: skip
    # Where the way down is the way up reversed, its poses are known already.
    solved: dict[int, Skeleton] = {}
    mirrored = not any(stop.phase == "down" for stop in figure.stops)
    for phase, length in phases:
        count = samples if phase != "hold" else 4 if _moves_in_hold(figure) else 1
        for index in range(count if length else 0):
            share = index / count
            pose = solved.get(samples - index) if phase == "down" and mirrored else None
            pose = pose or solve_at(figure, phase, ease(share))
            if phase == "up":
                solved[index] = pose
            yield Moment(begin + length * share, pose)
        begin += length
    for moment in sorted({begin, float(tempo.seconds)}):
        yield Moment(moment, solve_at(figure, "down", 1.0))


def ease(share: float) -> float:
    """Return how far a limb has come: it begins and ends its way without a jerk."""
    return (1 - math.cos(math.pi * share)) / 2


def _moves_in_hold(figure: Figure) -> bool:
    return any(stop.phase == "hold" for stop in figure.stops) or _find_top(figure) is not figure.end


def _list_stops(figure: Figure, phase: Phase) -> list[tuple[float, Pose]]:
    """List the poses of a phase by their share of it; both ends are among them."""
    given = {stop.at: stop.pose for stop in figure.stops if stop.phase == phase}
    if phase == "hold":
        return sorted({0.0: _find_top(figure), 1.0: figure.end, **given}.items(), key=_by_share)
    if phase == "up":
        return sorted({0.0: figure.start, 1.0: _find_top(figure), **given}.items(), key=_by_share)
    if not given:
        given = {
            1 - stop.at: stop.pose for stop in figure.stops if stop.phase == "up" and stop.at < 1
        }
    return sorted({0.0: figure.end, 1.0: figure.start, **given}.items(), key=_by_share)


def _by_share(stop: tuple[float, Pose]) -> float:
    return stop[0]


def _find_top(figure: Figure) -> Pose:
    """Return the pose in which the hold begins: the end, or the last stop of the way up."""
    at_the_top = [stop.pose for stop in figure.stops if stop.phase == "up" and stop.at == 1]
    return at_the_top[0] if at_the_top else figure.end


def _mix(figure: Figure, before: Pose, after: Pose, share: float) -> Pose:
    """Mix two poses. A limb that is placed in another way in one of them turns by its angles."""
    differ = [name for name in LIMBS if before.limbs[name].kind != after.limbs[name].kind]
    if differ:
        before, after = (_turn_to_angles(figure, pose, differ) for pose in (before, after))
    return before.mix(after, share)


def _turn_to_angles(figure: Figure, pose: Pose, names: list[LimbName]) -> Pose:
    solved = solve_pose(figure, pose)
    if any(pose.limbs[name].kind in CARRIERS for name in names):
        raise WrongPose(f"{figure.slug}: {names[0]} carries the body in some poses only")
    angles: dict[LimbName, Limb] = {
        "near": _measure_leg(solved.near),
        "far": _measure_leg(solved.far),
        "near_arm": _measure_arm(solved.near_arm),
        "far_arm": _measure_arm(solved.far_arm),
    }
    return pose.replace(
        {name: angles[name] for name in names if pose.limbs[name].kind != "hanging"}
    )


def _measure_leg(leg: Leg) -> Limb:
    thigh = wrap(180 - measure_lean(leg.hip, leg.knee))
    toes = wrap(leg.foot.pitch - leg.foot.toes)
    values = {"thigh": thigh, "knee": leg.knee_bend, "foot": leg.ankle_bend, "toe_bend": toes}
    return Limb("hanging", {**values, "upper_depth": 0.0, "lower_depth": 0.0})


def _measure_arm(arm: Arm) -> Limb:
    upper = wrap(180 - measure_lean(arm.shoulder, arm.elbow))
    fore = wrap(measure_lean(arm.elbow, arm.wrist) - measure_lean(arm.wrist, arm.palm))
    values = {"upper": upper, "elbow": arm.elbow_bend, "wrist": fore}
    return Limb("hanging", {**values, "upper_depth": 0.0, "lower_depth": 0.0})
