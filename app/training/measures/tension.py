"""Time under tension: how long the muscles worked, by the tempo of the exercises."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.training.catalog.exercises import EXERCISES
from app.training.catalog.track_definitions import TRACKS, Track
from app.training.log.logbook import OFF_LADDER, SetRecord
from app.training.measures.measure_input import WeekWork
from app.training.measures.shared_fields import CAVEATS, Measure

# Seconds of one repetition of every exercise, those beside the ladders included.
REP_SECONDS: Mapping[tuple[Track, int], int] = {
    (exercise.track, OFF_LADDER if exercise.rung is None else exercise.rung): exercise.tempo.seconds
    for exercise in EXERCISES.values()
}


@dataclass(frozen=True, slots=True)
class TensionWeek:
    """Time under tension in a week."""

    week: int
    """Number of the week."""
    seconds: int
    """Seconds of all tracks, left and right added up."""
    tracks: Mapping[Track, int]
    """Seconds of each track."""


@dataclass(frozen=True, slots=True)
class TimeUnderTension(Measure):
    """How long the muscles worked, computed from the tempo of the exercises."""

    weeks: tuple[TensionWeek, ...]
    """One entry for each week."""


def measure_tension(weeks: Sequence[WeekWork]) -> TimeUnderTension:
    """Sum the seconds under tension of all done sets, left and right added up."""
    rows = []
    for work in weeks:
        tracks = {t: sum(_set_seconds(r) for _, r in work.tracks[t].done) for t in TRACKS}
        rows.append(TensionWeek(work.week.index, sum(tracks.values()), tracks))
    return TimeUnderTension(*CAVEATS["tension"], weeks=tuple(rows))


def _set_seconds(record: SetRecord) -> int:
    # A set of both legs takes twice as long if they work one after the other.
    sides = record.units if record.unilateral else 1
    return (record.reps or 0) * REP_SECONDS[record.track, record.rung] * sides
