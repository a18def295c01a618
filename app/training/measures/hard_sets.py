"""Hard sets: the number of sets done in a week for each tissue."""

from collections.abc import Sequence
from dataclasses import dataclass, field, make_dataclass
from typing import Any

from app.training.catalog.omission import omit_if_empty
from app.training.catalog.track_definitions import BASE_TRACKS, DEFINITIONS, TISSUES
from app.training.measures.measure_input import WeekWork
from app.training.measures.shared_fields import CAVEATS, Measure

# For a reference line (EV-06), never a goal.
_REFERENCE_SETS = 10
_BASE_TISSUES = tuple(dict.fromkeys(DEFINITIONS[track].tissue for track in BASE_TRACKS))
_OPTIONAL_TISSUES = tuple(tissue for tissue in TISSUES if tissue not in _BASE_TISSUES)


def _describe_tissue(tissue: str) -> str:
    names = dict.fromkeys(one.plural for one in DEFINITIONS.values() if one.tissue == tissue)
    text = f"Sets of {', '.join(names)}. A pair of sides counts once, a single side as a half."
    return text + (" Only with core tracks." if tissue in _OPTIONAL_TISSUES else "")


# A field for each tissue of the catalogue. Any, because mypy cannot know these fields.
_TissueSets: Any = make_dataclass(
    "_TissueSets",
    [
        ("week", int, field(metadata={"description": "Number of the week."})),
        *(
            (tissue, float, field(metadata={"description": _describe_tissue(tissue)}))
            for tissue in _BASE_TISSUES
        ),
        *(
            (
                tissue,
                float | None,
                field(default=None, metadata={"description": _describe_tissue(tissue)}),
            )
            for tissue in _OPTIONAL_TISSUES
        ),
    ],
    frozen=True,
    slots=True,
)


@dataclass(frozen=True, slots=True)
class HardSetsWeek(_TissueSets):  # type: ignore[misc]
    """Sets done in a week, for each tissue."""

    __get_pydantic_core_schema__ = omit_if_empty(*_OPTIONAL_TISSUES)


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
        weeks=tuple(HardSetsWeek(week=work.number, **_count_sets(work)) for work in weeks),
    )


def _count_sets(work: WeekWork) -> dict[str, float]:
    """Return the sets of each tissue that the programme of a week loads."""
    sets: dict[str, float] = dict.fromkeys(_BASE_TISSUES, 0.0)
    for track, one in work.tracks.items():
        tissue = DEFINITIONS[track].tissue
        sets[tissue] = sets.get(tissue, 0.0) + float(one.sets)
    return sets
