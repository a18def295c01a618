"""Effective volume: repetitions weighted by exercise and load, done beside planned."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from app.training.catalog.track_definitions import Track
from app.training.log import set_records
from app.training.log.set_records import OFF_LADDER, SetRecord
from app.training.measures.measure_input import RUNGS, TrackWork, WeekWork
from app.training.measures.rounding import round_figure, round_ratio
from app.training.measures.shared_fields import CAVEATS, Measure
from app.training.planning.dose import ExerciseSlot
from app.training.planning.plan_constants import UNIT, PlanConstants


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
    """Repetitions weighted by how hard the exercise and the load make them.

    A hold counts one repetition for each five seconds.
    """

    unit: Literal["planning units"]
    """Unit of the volumes."""
    weeks: tuple[VolumeWeek, ...]
    """One entry for each week."""


def measure_volume(weeks: Sequence[WeekWork]) -> EffectiveVolume:
    """Compute the effective volume that was done and that was planned."""
    rows = []
    for work in weeks:
        planned = sum_planned_volumes(work)
        done = sum_done_volumes(work)
        tracks = {track: _compare(done[track], planned[track]) for track in work.tracks}
        ratio = round_ratio(sum(done.values()), sum(planned.values()))
        rows.append(VolumeWeek(work.number, ratio, tracks))
    return EffectiveVolume(*CAVEATS["volume"], unit="planning units", weeks=tuple(rows))


def _compare(done: Fraction, planned: Fraction) -> TrackVolume:
    return TrackVolume(round_figure(done), round_figure(planned), round_ratio(done, planned))


def sum_planned_volumes(work: WeekWork) -> dict[Track, Fraction]:
    """Return the volume that a week prescribes, by track."""
    return {t: sum_slots(work.constants, one.slots.values()) for t, one in work.tracks.items()}


def sum_done_volumes(work: WeekWork) -> dict[Track, Fraction]:
    """Return the volume that was done in a week, by track."""
    return {t: _sum_done(work.constants, one) for t, one in work.tracks.items()}


def sum_slots(constants: PlanConstants, slots: Iterable[ExerciseSlot]) -> Fraction:
    """Return the volume that some exercises prescribe."""
    sets = (
        (slot.units, slot.reps, slot.rung.coef, _plan_load_ng(constants, slot.load))
        for slot in slots
    )
    return _sum_volume(constants, sets)


def _sum_done(constants: PlanConstants, work: TrackWork) -> Fraction:
    # An exercise beside the ladder has no coefficient.
    sets = (
        (r.units, r.reps, RUNGS[r.track, r.rung].coef, _find_load_ng(constants, work, r))
        for r in work.done_as_planned
        if r.rung != OFF_LADDER
    )
    return _sum_volume(constants, sets)


def _find_load_ng(constants: PlanConstants, work: TrackWork, record: SetRecord) -> int:
    """Return the load of a set. That of a machine says nothing here, so an alternative counts with
    the load that the plan has for its rung.
    """
    if not record.is_alternative:
        return record.load_ng or 0
    slot = work.find_slot(record)
    return _plan_load_ng(constants, work.state.load if slot is None else slot.load)


def _plan_load_ng(constants: PlanConstants, hundredths: int) -> int:
    return set_records.to_nanograms(hundredths * 100, UNIT[constants.spec.units])


def _sum_volume(constants: PlanConstants, sets: Iterable[tuple[int, int, int, int]]) -> Fraction:
    """Sum repetitions x coefficient x (1 + load / body mass) over sets, given as units (two make
    a set), repetitions, coefficient in hundredths and load in nanograms.
    """
    mass = set_records.body_mass_ng(constants)
    total = sum(units * reps * coef * (mass + load) for units, reps, coef, load in sets)
    return Fraction(total, 2 * 100 * mass)
