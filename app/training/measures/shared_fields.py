"""The fields that several measures share: caveat and evidence, and one figure for each track.

Every measure has its caveat in the answer: what it does not say, with the evidence behind that.
docs/measures.md shows the same table, which a test checks.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.training.catalog import reasons
from app.training.catalog.track_definitions import Track

CAVEATS = reasons.read_rules("caveats")
"""The caveat and its evidence by the name of the measure in Progress."""


@dataclass(frozen=True, slots=True)
class Measure:
    """The fields that every measure has."""

    caveat: str
    """What the measure does not say."""
    evidence: tuple[str, ...]
    """Ids of the entries of the evidence table behind the measure."""


@dataclass(frozen=True, slots=True)
class TrackFigures:
    """One figure for each track in one week."""

    week: int
    """Number of the week."""
    tracks: Mapping[Track, float | None]
    """The figure of each track; null if a track has none."""
