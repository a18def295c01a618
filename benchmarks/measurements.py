"""A measured figure with its goal, the list of goals, and the measurement in interleaved rounds."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

ROUNDS = 5
# The figures of each goal, by the beginnings of their names. A figure that is not listed belongs to
# no goal, and is shown under the name of its part.
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
    """The rounds of one measurement, and its goal: an upper bound, or a lower one if `at_least`."""

    name: str
    values: tuple[float, ...]
    goal: float
    unit: str
    at_least: bool = False
    detail: str = ""

    @property
    def value(self) -> float:
        """The median of the rounds."""
        return median(self.values)

    @property
    def goal_id(self) -> str:
        """The id of its goal, S1 to S10; empty if it has none."""
        return next((goal for goal, names in GOALS.items() if self.name.startswith(names)), "")

    @property
    def goal_text(self) -> str:
        """The goal as it is printed: `≤ 1.2`."""
        return f"{'≥' if self.at_least else '≤'} {self.goal:.3g}"

    @property
    def reached(self) -> bool:
        """Whether the goal is met."""
        return self.value >= self.goal if self.at_least else self.value <= self.goal


def interleave(
    ours: Callable[[], float], ceiling: Callable[[], float], rounds: int = ROUNDS
) -> tuple[list[float], list[float]]:
    """Measure both in turn, so that a slow minute of the machine affects both."""
    pairs = [(ours(), ceiling()) for _ in range(rounds)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def divide(ours: list[float], ceiling: list[float]) -> tuple[float, ...]:
    """Return the ratio of each round."""
    return tuple(a / b for a, b in zip(ours, ceiling, strict=True))
