"""Hard sets: the number of sets done in a week for each tissue."""

from collections.abc import Sequence
from dataclasses import dataclass, field, make_dataclass
from typing import Any

from app.training.catalog.track_definitions import DEFINITIONS, TISSUES, TRACKS
from app.training.measures.measure_input import WeekWork
from app.training.measures.shared_fields import CAVEATS, Measure

# For a reference line (EV-06), never a goal.
_REFERENCE_SETS = 10


def _describe_tissue(tissue: str) -> str:
    names = dict.fromkeys(one.plural for one in DEFINITIONS.values() if one.tissue == tissue)
    return f"Sets of {', '.join(names)}. A pair of sides counts once, a single side as a half."


# A field for each tissue of the catalogue. Any, because mypy cannot know these fields.
_TissueSets: Any = make_dataclass(
    "_TissueSets",
    [
        ("week", int, field(metadata={"description": "Number of the week."})),
        *(
            (tissue, float, field(metadata={"description": _describe_tissue(tissue)}))
            for tissue in TISSUES
        ),
    ],
    frozen=True,
    slots=True,
)


@dataclass(frozen=True, slots=True)
class HardSetsWeek(_TissueSets):  # type: ignore[misc]
    """Sets done in a week, for each tissue."""


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
            HardSetsWeek(work.week.index, *(_count_sets(work, tissue) for tissue in TISSUES))
            for work in weeks
        ),
    )


def _count_sets(work: WeekWork, tissue: str) -> float:
    tracks = [track for track in TRACKS if DEFINITIONS[track].tissue == tissue]
    return float(sum(work.tracks[track].sets for track in tracks))
