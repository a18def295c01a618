"""The values that charts are drawn from and described by."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.training.catalog.track_definitions import Track
from app.training.planning.training_calendar import WeekKind


@dataclass(frozen=True, slots=True)
class ChartPosition:
    """Where a track is on its ladder."""

    rung: int
    exercise: str
    """The exercise's name."""
    load: float
    """External load in the programme's unit, 0 for none."""
    position: float
    """The rung, plus the share of the way to the next rung that its repetitions have reached."""


@dataclass(frozen=True, slots=True)
class ChartWeek:
    """One week of a programme as an athlete follows it. Volumes are in planning units."""

    index: int
    kind: WeekKind
    planned: Mapping[Track, float]
    done: Mapping[Track, float] | None
    """None for a future week."""
    position: Mapping[Track, float | None]
    """Ladder position, planned for future weeks; None for a track without exercises."""
    worst_pain: float | None
    """The worst pain reported, 0 to 10."""
