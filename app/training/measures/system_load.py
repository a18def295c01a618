"""System load: the most that was lifted, body mass included."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.training.adapting import track_outcome
from app.training.catalog.track_definitions import TRACKS, Track
from app.training.log import logbook
from app.training.log.logbook import SCALE, SetRecord
from app.training.measures.measure_input import RUNGS, TrackWork, WeekWork
from app.training.measures.rounding import round_figure
from app.training.measures.shared_fields import CAVEATS, Measure, TrackFigures
from app.training.planning.plan_constants import UNIT, LoadUnit, PlanConstants

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


def measure_system_load(constants: PlanConstants, weeks: Sequence[WeekWork]) -> SystemLoad:
    """Find the greatest system load of each week and of all weeks."""
    loads = [{t: _find_greatest(constants, work.tracks[t]) for t in TRACKS} for work in weeks]
    best = {track: track_outcome.max_known(*(week[track] for week in loads)) for track in TRACKS}
    unit = UNIT[constants.spec.units]
    return SystemLoad(
        *CAVEATS["system_load"],
        unit=unit,
        body_mass_assumed=constants.spec.body_mass is None,
        best=_convert(best, unit),
        weeks=tuple(
            TrackFigures(work.week.index, _convert(tracks, unit))
            for work, tracks in zip(weeks, loads, strict=True)
        ),
    )


def _convert(loads_ng: Mapping[Track, int | None], unit: LoadUnit) -> dict[Track, float | None]:
    """Convert loads from nanograms to a unit."""
    one = logbook.to_nanograms(SCALE, unit)
    return {
        track: None if load is None else round_figure(Fraction(load, one))
        for track, load in loads_ng.items()
    }


def _find_greatest(constants: PlanConstants, work: TrackWork) -> int | None:
    long_sets = [record for _, record in work.done if (record.reps or 0) >= _MIN_REPS]
    loads = [record.load_ng or 0 for record in long_sets if _lifts_known_load(record)]
    return logbook.body_mass_ng(constants) + max(loads) if loads else None


def _lifts_known_load(record: SetRecord) -> bool:
    """Whether a set lifts the body, which seated ones do not, and its load is known."""
    rung = RUNGS.get((record.track, record.rung))
    if rung is None or rung.chair:
        return False
    # On an unloaded rung, no load is needed.
    return record.load_ng is not None or not rung.loaded
