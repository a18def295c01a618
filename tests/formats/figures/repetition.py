"""A repetition as skeletons at 25 moments, for tests of geometry and words."""

from dataclasses import dataclass
from functools import cache

from app.formats.figures import pose_moments
from app.formats.figures.pose_files import FIGURES, Figure, Phase
from app.formats.figures.skeleton import Skeleton
from app.training.catalog.exercises import EXERCISES, Exercise, Tempo

COUNT = 25


@dataclass(frozen=True)
class Repetition:
    """The skeletons of an exercise, in the order of time. A hold has its two poses only."""

    figure: Figure
    exercise: Exercise
    up: tuple[Skeleton, ...]
    hold: tuple[Skeleton, ...]
    down: tuple[Skeleton, ...]

    @property
    def start(self) -> Skeleton:
        return self.up[0]

    @property
    def top(self) -> Skeleton:
        """The end of the way up."""
        return self.up[-1]

    @property
    def end(self) -> Skeleton:
        """The end of the hold."""
        return self.hold[-1]

    @property
    def ends(self) -> tuple[Skeleton, Skeleton]:
        return self.start, self.end

    @property
    def every(self) -> tuple[Skeleton, ...]:
        return self.up + self.hold + self.down


@cache
def build_repetition(slug: str) -> Repetition:
    figure, exercise = FIGURES[slug], EXERCISES[slug]
    if exercise.tempo is None:
        poses = [pose_moments.solve_pose(figure, pose) for pose in (figure.start, figure.end)]
        return Repetition(figure, exercise, tuple(poses), (poses[1],), ())
    return Repetition(
        figure,
        exercise,
        up=_solve(figure, "up", exercise.tempo.up_s, exercise.tempo),
        hold=_solve(figure, "hold", exercise.tempo.hold_s, exercise.tempo),
        down=_solve(figure, "down", exercise.tempo.down_s, exercise.tempo),
    )


def _solve(figure: Figure, phase: Phase, seconds: int, tempo: Tempo) -> tuple[Skeleton, ...]:
    """Solve the moments of a phase: its share of the 25, and both of its ends."""
    count = max(2, round(COUNT * seconds / tempo.seconds) + 1)
    shares = (pose_moments.ease(index / (count - 1)) for index in range(count))
    return tuple(pose_moments.solve_at(figure, phase, share) for share in shares)
