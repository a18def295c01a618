"""The runners of the cohort: what they do with a planned session, and how they report it.

A Runner gets what is planned and decides at random, from a seed, what is left out, how many
repetitions are done, and which reserve and pain are told. It knows no engine and imports nothing of
ours, so that the same runners can be put before another engine. `courses` trains them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import NamedTuple

HIGHEST_RESERVE = 10


class DoneSet(NamedTuple):
    """A set as it is logged."""

    reps: int
    """Repetitions, or counts of five seconds in a hold."""
    reserve: int
    """What the runner believes to have left, in the same counts."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How a kind of runner trains. Without any, everything is done and told as planned."""

    one_short: float = 0
    """Probability that a set ends one repetition early."""
    more_short: float = 0
    """Probability that it ends two or three repetitions early."""
    effort_sd: float = 0
    """Standard deviation of the reserve that is told, in repetitions."""
    missed: float = 0
    """Probability that a session is left out."""
    unlogged: float = 0
    """Probability that a set is done and not logged."""
    misses_one_of_two: bool = False
    """Whether one session of each week is left out, now this one and now that one."""
    percent: int = 100
    """Share of each target that is done, rounded down."""
    reserve: int | None = None
    """The reserve that is told whatever was asked; None for the one that was asked."""
    painful: float = 0
    """Probability that an exercise hurts."""
    pains: tuple[int, ...] = (3,)
    """How much it may hurt, 0 to 10."""
    away: float = 0
    """Probability that a whole week is missed."""
    retests: bool = False
    """Whether a heel-rise test is logged in lighter weeks."""


PERFECT = Habits()
ORDINARY = Habits(one_short=0.1, more_short=0.03, effort_sd=1, missed=0.1, unlogged=0.05)
# Twice as many short sets, and reserves told twice as badly.
TWICE_IN_SETS = replace(ORDINARY, one_short=0.2, more_short=0.06, effort_sd=2)
TWICE = replace(TWICE_IN_SETS, missed=0.2, unlogged=0.1)


class Runner:
    """One runner. The same seed gives the same decisions for the same plan."""

    def __init__(self, habits: Habits, seed: int) -> None:
        self.habits = habits
        self.random = Random(seed)

    def choose_sessions(self, numbers: Sequence[int]) -> set[int]:
        """Return which sessions of a week are done."""
        habits = self.habits
        if habits.away and self.random.random() < habits.away:
            return set()
        if habits.misses_one_of_two:
            return {*numbers} - {self.random.choice(numbers)} if numbers else set()
        return {number for number in numbers if self.random.random() >= habits.missed}

    def feel_pain(self) -> int:
        """Return the pain of an exercise."""
        hurts = self.random.random() < self.habits.painful
        return self.random.choice(self.habits.pains) if hurts else 0

    def do_set(self, target: int, reserve: int) -> DoneSet | None:
        """Return what is logged of a set; None for a set that is not logged."""
        habits = self.habits
        unlogged = self.random.random() < habits.unlogged
        chance = self.random.random()
        missing = 0
        if chance < habits.more_short:
            missing = self.random.choice((2, 3))
        elif chance < habits.more_short + habits.one_short:
            missing = 1
        told = reserve if habits.reserve is None else habits.reserve
        told = round(told + self.random.gauss(0, habits.effort_sd))
        if unlogged:
            return None
        reps = max(1, target * habits.percent // 100 - missing)
        return DoneSet(reps, min(HIGHEST_RESERVE, max(0, told)))

    def take_test(self) -> tuple[int, int] | None:
        """Return the heel rises of both legs in a lighter week; None for no test."""
        if not self.habits.retests:
            return None
        return self.random.randint(4, 30), self.random.randint(4, 30)
