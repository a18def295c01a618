"""The kinds of runners of the cohort, with what engine 1 made of the same runners.

Nothing of ours but `runners` is imported, so that the same kinds can be put before another
engine. Engine 1 is no longer in the tree: its figures were measured once (docs/cohort.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from benchmarks.cohort.runners import ORDINARY, PERFECT, TWICE, TWICE_IN_SETS, Habits

WEEKS = 16


class EngineOne(NamedTuple):
    """What engine 1 made of 200 runners of a kind."""

    rungs: str
    """Median rung of the three base tracks in week 16."""
    full_week: int | None
    """Median week from which all sets were prescribed; None for never."""
    progressing: int
    """Runners, of the 200, who were up a rung in both calf tracks."""

    @property
    def percent(self) -> float:
        """Their share, in percent."""
        return 100 * self.progressing / 200


@dataclass(frozen=True, slots=True)
class Kind:
    """Runners with the same spec and the same habits."""

    name: str
    habits: Habits
    engine_1: EngineOne | None = None
    """None for runners whom engine 1 could not plan for."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    """What their spec names; `{}` is a beginner with a chair and a step, twice a week."""


_STRONGER = {"level": "intermediate", "days_per_week": 3, "equipment": ("chair", "dumbbell")}
_CORE = {"core": ("side_plank", "bridge", "plank")}

BEGINNER = Kind("a beginner, everything as planned", PERFECT, EngineOne("6/6/3", 3, 200))
NOISY = Kind("a beginner with ordinary noise", ORDINARY, EngineOne("2/2/2", None, 0))
ONE_OF_TWO = Kind(
    "one of two sessions missed every week",
    Habits(misses_one_of_two=True),
    EngineOne("2/2/2", None, 0),
)
SEVENTY = Kind(
    "70 % of each target, nothing in reserve",
    Habits(percent=70, reserve=0),
    EngineOne("1/1/0", None, 0),
)
KINDS = (
    BEGINNER,
    NOISY,
    Kind(
        "one set in ten one repetition short", Habits(one_short=0.1), EngineOne("2/2/2", None, 31)
    ),
    Kind("twice the noise in sets and effort", TWICE_IN_SETS, EngineOne("2/2/2", None, 0)),
    Kind("twice as much of everything", TWICE, EngineOne("2/2/2", None, 0)),
    Kind(
        "ordinary noise, and pain of 3 once in 20 exercises",
        replace(ORDINARY, painful=0.05),
        EngineOne("2/2/2", None, 0),
    ),
    Kind("intermediate, 3 days, with loads", PERFECT, EngineOne("7/7/6", 3, 200), _STRONGER),
    Kind("the same with ordinary noise", ORDINARY, EngineOne("4/4/3", None, 0), _STRONGER),
    ONE_OF_TWO,
    Kind("90 % of each target", Habits(percent=90), EngineOne("2/2/2", None, 0)),
    SEVENTY,
    Kind("a beginner with all of core", PERFECT, None, _CORE),
    Kind("all of core with ordinary noise", ORDINARY, None, _CORE),
)

HARD_LIFE = Kind(
    "a hard life",
    replace(ORDINARY, painful=1 / 30, pains=(3, 4, 5, 6, 7), missed=0.15, away=0.08, retests=True),
    fields=_CORE,
)
"""Noise, pain, weeks away, tests and changes of plans: only for what must never happen."""
