"""Hard sets: the number of sets done in a week for each tissue."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.training.adapting.fold import TISSUE
from app.training.catalog.exercises import TRACKS
from app.training.measures.caveats import CAVEATS, Measure
from app.training.measures.week_work import WeekWork

# For a reference line (EV-06), never a goal.
_REFERENCE_SETS = 10


@dataclass(frozen=True, slots=True)
class HardSetsWeek:
    """Sets done in a week, for each tissue."""

    week: int
    """Number of the week."""
    calf: float
    """Sets of both calf raises. A pair of sides counts as one set, a single side as a half."""
    step: float
    """Sets of step-ups, counted in the same way."""


@dataclass(frozen=True, slots=True)
class HardSets(Measure):
    """Sets done, for each tissue."""

    reference_sets: int
    """Weekly sets for a reference line in a chart."""
    weeks: tuple[HardSetsWeek, ...]
    """One entry for each week."""


def measure_hard_sets(weeks: Sequence[WeekWork]) -> HardSets:
    """Count the sets done for each tissue."""
    return HardSets(
        *CAVEATS["hard_sets"],
        reference_sets=_REFERENCE_SETS,
        weeks=tuple(
            HardSetsWeek(work.week.index, _count_sets(work, "calf"), _count_sets(work, "step"))
            for work in weeks
        ),
    )


def _count_sets(work: WeekWork, tissue: str) -> float:
    return float(sum(work.tracks[track].sets for track in TRACKS if TISSUE[track] == tissue))
