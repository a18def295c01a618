"""A figure for each track in one week, which several measures list."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.training.catalog.tracks import Track


@dataclass(frozen=True, slots=True)
class TrackFigures:
    """One figure for each track in one week."""

    week: int
    """Number of the week."""
    tracks: Mapping[Track, float | None]
    """The figure of each track; null if a track has none."""
