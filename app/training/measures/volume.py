"""Effective volume: repetitions weighted by exercise and load, done beside planned."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from app.training.catalog.track_definitions import TRACKS, Track
from app.training.log import logbook
from app.training.log.logbook import OFF_LADDER
from app.training.measures.measure_input import RUNGS, TrackWork, WeekWork
from app.training.measures.rounding import round_figure, round_ratio
from app.training.measures.shared_fields import CAVEATS, Measure
from app.training.planning.plan_constants import PlanConstants


@dataclass(frozen=True, slots=True)
class TrackVolume:
    """Effective volume of a track in a week."""

    done: float
    """Volume done, in planning units."""
    planned: float
    """Volume planned, in planning units."""
    ratio: float | None
    """Done divided by planned, without a cap; null if nothing was planned."""


@dataclass(frozen=True, slots=True)
class VolumeWeek:
    """Effective volume of a week."""

    week: int
    """Number of the week."""
    ratio: float | None
    """Volume done divided by volume planned, over all tracks and without a cap; null if nothing
    was planned."""
    tracks: Mapping[Track, TrackVolume]
    """The volume of each track."""


@dataclass(frozen=True, slots=True)
class EffectiveVolume(Measure):
    """Repetitions weighted by how hard the exercise and the load make them."""

    unit: Literal["planning units"]
    """Unit of the volumes."""
    weeks: tuple[VolumeWeek, ...]
    """One entry for each week."""


def measure_volume(constants: PlanConstants, weeks: Sequence[WeekWork]) -> EffectiveVolume:
    """Compute the effective volume that was done and that was planned."""
    rows = []
    for work in weeks:
        planned = {t: _planned(constants, t, work.tracks[t]) for t in TRACKS}
        done = {t: _done(constants, work.tracks[t]) for t in TRACKS}
        tracks = {t: _compare(done[t], planned[t]) for t in TRACKS}
        ratio = round_ratio(sum(done.values()), sum(planned.values()))
        rows.append(VolumeWeek(work.week.index, ratio, tracks))
    return EffectiveVolume(*CAVEATS["volume"], unit="planning units", weeks=tuple(rows))


def _compare(done: Fraction, planned: Fraction) -> TrackVolume:
    return TrackVolume(round_figure(done), round_figure(planned), round_ratio(done, planned))


def _planned(constants: PlanConstants, track: Track, work: TrackWork) -> Fraction:
    sets = (
        (2 * one.sets, one.reps_target, RUNGS[track, one.rung].coef, one.load_ng)
        for one in work.prescribed.values()
    )
    return _sum_volume(constants, sets)


def _done(constants: PlanConstants, work: TrackWork) -> Fraction:
    # An exercise beside the ladder has no coefficient.
    sets = (
        (r.units, r.reps or 0, RUNGS[r.track, r.rung].coef, r.load_ng or 0)
        for r in work.done_as_planned
        if r.rung != OFF_LADDER
    )
    return _sum_volume(constants, sets)


def _sum_volume(constants: PlanConstants, sets: Iterable[tuple[int, int, int, int]]) -> Fraction:
    """Sum repetitions x coefficient x (1 + load / body mass) over sets, given as units (two make
    a set), repetitions, coefficient in hundredths and load in nanograms.
    """
    mass = logbook.body_mass_ng(constants)
    total = sum(units * reps * coef * (mass + load) for units, reps, coef, load in sets)
    return Fraction(total, 2 * 100 * mass)
