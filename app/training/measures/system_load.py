"""System load: the most that was lifted, body mass included."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.training.catalog.track_definitions import DEFINITIONS, Track
from app.training.log import set_records
from app.training.log.set_records import SetRecord
from app.training.measures.measure_input import RUNGS, TrackWork, WeekWork, list_tracks
from app.training.measures.rounding import round_figure
from app.training.measures.shared_fields import CAVEATS, Measure, TrackFigures
from app.training.planning.plan_constants import UNIT, LoadUnit, PlanConstants
from app.training.planning.spec import Spec
from app.training.planning.standing import SCALE

_MIN_REPS = 6


@dataclass(frozen=True, slots=True)
class SystemLoad(Measure):
    """The greatest sum of body mass and external load in a set of 6 repetitions or more."""

    unit: LoadUnit
    """Unit of the loads."""
    body_mass_assumed: bool
    """Whether the body mass is assumed, because the spec has none."""
    best: Mapping[Track, float | None]
    """The greatest load of all weeks for each track; null without such a set."""
    weeks: tuple[TrackFigures, ...]
    """The greatest load of each week for each track; null without such a set."""


def measure_system_load(spec: Spec, weeks: Sequence[WeekWork]) -> SystemLoad:
    """Find the greatest system load of each week and of all weeks, in the unit of a spec."""
    tracks = list_tracks(weeks)
    loads = [
        {track: _find_greatest(work.constants, one) for track, one in work.tracks.items()}
        for work in weeks
    ]
    unit = UNIT[spec.units]
    return SystemLoad(
        *CAVEATS["system_load"],
        unit=unit,
        body_mass_assumed=spec.body_mass is None,
        best=_convert({t: _find_max([week.get(t) for week in loads]) for t in tracks}, unit),
        weeks=tuple(
            TrackFigures(work.number, _convert(found, unit))
            for work, found in zip(weeks, loads, strict=True)
        ),
    )


def _find_max(loads: Sequence[int | None]) -> int | None:
    return max((load for load in loads if load is not None), default=None)


def _convert(loads_ng: Mapping[Track, int | None], unit: LoadUnit) -> dict[Track, float | None]:
    """Convert loads from nanograms to a unit."""
    one = set_records.to_nanograms(SCALE, unit)
    return {
        track: None if load is None else round_figure(Fraction(load, one))
        for track, load in loads_ng.items()
    }


def _find_greatest(constants: PlanConstants, work: TrackWork) -> int | None:
    long_sets = [record for record in work.done if record.reps >= _MIN_REPS]
    loads = [record.load_ng or 0 for record in long_sets if _lifts_known_load(record)]
    return set_records.body_mass_ng(constants) + max(loads) if loads else None


def _lifts_known_load(record: SetRecord) -> bool:
    """Whether a set lifts the body, which seated ones do not, and its load is known."""
    if DEFINITIONS[record.track].optional:
        # Lying, as in core exercises, the body is not lifted as a whole.
        return False
    rung = RUNGS.get((record.track, record.rung))
    # Most alternatives are machines, in which the body is held.
    if rung is None or rung.chair or record.is_alternative:
        return False
    # On an unloaded rung, no load is needed.
    return record.load_ng is not None or not rung.loaded
