"""Effort accuracy: logged against planned reserve at the end of a set."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.training.catalog.track_definitions import DEFINITIONS, Track
from app.training.measures.measure_input import TrackWork, WeekWork, list_tracks
from app.training.measures.rounding import round_ratio
from app.training.measures.shared_fields import CAVEATS, Measure
from app.training.planning.standing import SCALE


@dataclass(frozen=True, slots=True)
class EffortWeek:
    """Logged against planned reserve in a week."""

    week: int
    """Number of the week."""
    mean: float | None
    """Mean of logged minus planned repetitions in reserve, over all sets with a logged reserve.
    Above 0 is easier than planned. In a hold, five seconds are one. Null if no reserve was
    logged."""
    tracks: Mapping[Track, float | None]
    """The same for each track."""


@dataclass(frozen=True, slots=True)
class EffortAccuracy(Measure):
    """How closely the effort matched the plan."""

    weeks: tuple[EffortWeek, ...]
    """One entry for each week."""


def measure_effort(weeks: Sequence[WeekWork]) -> EffortAccuracy:
    """Compute the mean of logged minus planned reserve."""
    rows = []
    for work in weeks:
        gaps = {track: [*_reserve_gaps(one)] for track, one in work.tracks.items()}
        all_gaps = [gap for found in gaps.values() for gap in found]
        tracks = {track: _mean(found) for track, found in gaps.items()}
        rows.append(EffortWeek(work.number, _mean(all_gaps), tracks))
    # Only core tracks have holds, whose reserve says less.
    has_core = any(DEFINITIONS[track].optional for track in list_tracks(weeks))
    caveat = CAVEATS["effort_with_core" if has_core else "effort"]
    return EffortAccuracy(*caveat, weeks=tuple(rows))


def _reserve_gaps(work: TrackWork) -> Iterator[int]:
    """Yield logged minus planned reserve, in ten-thousandths, of each set whose session
    prescribes the track.
    """
    for record in work.done:
        slot = work.find_slot(record)
        if record.rir is not None and slot is not None:
            yield record.rir - slot.rir * SCALE


def _mean(gaps: Sequence[int]) -> float | None:
    """Return the mean in repetitions; None without gaps."""
    return round_ratio(sum(gaps), len(gaps) * SCALE)
