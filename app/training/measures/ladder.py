"""Ladder position: how far up its ladder each track is prescribed."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.training.catalog.track_definitions import TRACKS, Track
from app.training.measures.measure_input import RUNGS, TrackWork, WeekWork
from app.training.measures.rounding import round_figure
from app.training.measures.shared_fields import CAVEATS, Measure, TrackFigures
from app.training.planning.plan_constants import PlanConstants


@dataclass(frozen=True, slots=True)
class LadderPosition(Measure):
    """How far up its ladder each track is prescribed."""

    weeks: tuple[TrackFigures, ...]
    """Number of the rung plus the share of its range of repetitions that is climbed; null if the
    track is not prescribed in the week."""


def measure_ladder(constants: PlanConstants, weeks: Sequence[WeekWork]) -> LadderPosition:
    """Return each week's prescribed rung, plus the share of its range that is reached."""
    rows = []
    for work in weeks:
        positions = {t: _find_position(constants, t, work.tracks[t]) for t in TRACKS}
        rows.append(TrackFigures(work.week.index, positions))
    return LadderPosition(*CAVEATS["ladder"], weeks=tuple(rows))


def _find_position(constants: PlanConstants, track: Track, work: TrackWork) -> float | None:
    if work.reps_target is None:
        return None
    rung = RUNGS[track, next(iter(work.prescribed.values())).rung]
    low, high = rung.reps_low, constants.top_reps(rung)
    return round_figure(rung.number + Fraction(work.reps_target - low, high - low + 1))
