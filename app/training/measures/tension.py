"""Time under tension: how long the muscles worked, by the tempo of the exercises."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.training.catalog.exercises import EXERCISES, SECONDS_PER_COUNT
from app.training.catalog.track_definitions import Track
from app.training.log.set_records import OFF_LADDER, SetRecord
from app.training.measures.measure_input import RUNGS, WeekWork
from app.training.measures.shared_fields import CAVEATS, Measure


def _list_other_seconds() -> Mapping[Track, int]:
    """Return the seconds of a repetition beside each ladder. A record does not name its exercise,
    so where several stand there the quickest counts.
    """
    seconds: dict[Track, int] = {}
    for exercise in EXERCISES.values():
        if exercise.rung is None and not exercise.replaces_rungs:
            each = exercise.tempo.seconds if exercise.tempo else SECONDS_PER_COUNT
            seconds[exercise.track] = min(each, seconds.get(exercise.track, each))
    return seconds


_OTHER_SECONDS = _list_other_seconds()


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
        tracks = {
            track: sum(count_side_seconds(record) for record in one.done)
            for track, one in work.tracks.items()
        }
        rows.append(TensionWeek(work.number, sum(tracks.values()), tracks))
    return TimeUnderTension(*CAVEATS["tension"], weeks=tuple(rows))


def count_side_seconds(record: SetRecord) -> int:
    """Return the seconds of a set, left and right added up. A count of a hold is five seconds."""
    # A set of both sides takes twice as long if they work one after the other.
    sides = record.units if record.unilateral else 1
    if record.rung == OFF_LADDER:
        return record.reps * _OTHER_SECONDS[record.track] * sides
    return record.reps * RUNGS[record.track, record.rung].rep_s * sides
