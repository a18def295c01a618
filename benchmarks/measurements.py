"""A measured figure and its goal, and how rounds become one."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

ROUNDS = 5
# The figures of each goal, by how their names begin. What is named nowhere here holds another
# promise, and goes by the name of its part.
GOALS = {
    "S1": ("GET /exercises", "repeated GET /programs"),
    "S2": ("plan of", "adapting at week 26"),
    "S3": ("planning's share",),
    "S4": ("PUT of nine sets",),
    "S5": ("the same with next",),
    "S6": ("batch of 5,000 sets",),
    "S7": ("list of 450 sets",),
    "S8": ("storing a session", "list of sessions", "today", "progress"),
    "S9": ("two workers", "two processes"),
    "S10": ("memory of a worker", "start to ready", "pushoff --help"),
}


@dataclass(frozen=True, slots=True)
class Measurement:
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
    def promise(self) -> str:
        """The id of its goal, S1 to S10; empty for what is none of them."""
        return next((goal for goal, names in GOALS.items() if self.name.startswith(names)), "")

    @property
    def bound(self) -> str:
        """What is aimed for, as it is written: `≤ 1.2`."""
        return f"{'≥' if self.least else '≤'} {self.goal:.3g}"

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
