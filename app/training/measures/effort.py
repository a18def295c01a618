"""Effort accuracy: logged against planned repetitions in reserve."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.training.catalog.track_definitions import TRACKS, Track
from app.training.log.logbook import SCALE
from app.training.measures.measure_input import TrackWork, WeekWork
from app.training.measures.rounding import round_ratio
from app.training.measures.shared_fields import CAVEATS, Measure


@dataclass(frozen=True, slots=True)
class EffortWeek:
    """Logged against planned reserve in a week."""

    week: int
    """Number of the week."""
    mean: float | None
    """Mean of logged minus planned repetitions in reserve, over all sets with a logged reserve.
    Above 0 is easier than planned. Null if no reserve was logged."""
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
        gaps = {track: [*_reserve_gaps(work.tracks[track])] for track in TRACKS}
        tracks = {track: _mean(gaps[track]) for track in TRACKS}
        all_gaps = [gap for track in TRACKS for gap in gaps[track]]
        rows.append(EffortWeek(work.week.index, _mean(all_gaps), tracks))
    return EffortAccuracy(*CAVEATS["effort"], weeks=tuple(rows))


def _reserve_gaps(work: TrackWork) -> Iterator[int]:
    """Yield logged minus planned reserve, in ten-thousandths, of each set whose session
    prescribes the track.
    """
    for index, record in work.done:
        if record.rir is not None and index in work.prescribed:
            yield record.rir - work.prescribed[index].rir_target * SCALE


def _mean(gaps: Sequence[int]) -> float | None:
    """Return the mean in repetitions; None without gaps."""
    return round_ratio(sum(gaps), len(gaps) * SCALE)
