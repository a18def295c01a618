"""A measured figure and its goal, and how rounds become one."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """What came of one measurement; `value` is to stay at or below `goal`, or above if `least`."""

    name: str
    values: tuple[float, ...]
    goal: float
    unit: str
    least: bool = False
    detail: str = ""

    @property
    def value(self) -> float:
        """The median of the rounds."""
        return median(self.values)

    @property
    def reached(self) -> bool:
        """Whether the goal is met."""
        return self.value >= self.goal if self.least else self.value <= self.goal


def interleave(
    ours: Callable[[], float], ceiling: Callable[[], float], rounds: int = ROUNDS
) -> tuple[list[float], list[float]]:
    """Measures both in turn, so that a slow minute of the machine meets both."""
    pairs = [(ours(), ceiling()) for _ in range(rounds)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def divide(ours: list[float], ceiling: list[float]) -> tuple[float, ...]:
    """The ratio of each round."""
    return tuple(a / b for a, b in zip(ours, ceiling, strict=True))
