"""How much was done: sets, effective volume, time under tension, and the best loads.

Science part 5. Each function takes the weeks of a course and hands its measure to measures.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from app.training.adapting import outcome
from app.training.catalog.exercises import EXERCISES
from app.training.catalog.tracks import DEFINITIONS, TISSUES, TRACKS, Track
from app.training.log import logbook
from app.training.log.logbook import BELOW_ANY_RUNG, SCALE, Record
from app.training.measures.caveats import CAVEATS
from app.training.measures.progress import (
    EffectiveVolume,
    HardSets,
    HardSetsWeek,
    SystemLoad,
    TensionWeek,
    TimeUnderTension,
    TrackFigures,
    TrackVolume,
    VolumeWeek,
)
from app.training.measures.rounding import print_figure, print_ratio
from app.training.measures.week_work import RUNGS, TrackWork, WeekWork
from app.training.planning.plan_constants import UNIT, PlanConstants

# For a reference line (EV-06), never a goal.
REFERENCE_SETS = 10
FEWEST_REPS_OF_A_BEST = 6
# Seconds of one repetition of every exercise, those beside the ladders included.
TEMPOS: Mapping[tuple[Track, int], int] = {
    (one.track, BELOW_ANY_RUNG if one.rung is None else one.rung): one.tempo.seconds
    for one in EXERCISES.values()
}


def count_hard_sets(weeks: Sequence[WeekWork]) -> HardSets:
    """Sets done for each tissue."""

    def count(one: WeekWork, tissue: str) -> float:
        tracks = [track for track in TRACKS if DEFINITIONS[track].tissue == tissue]
        return float(sum(one.tracks[track].sets for track in tracks))

    return HardSets(
        *CAVEATS["hard_sets"],
        reference_sets=REFERENCE_SETS,
        weeks=tuple(
            HardSetsWeek(one.week.index, *(count(one, tissue) for tissue in TISSUES))
            for one in weeks
        ),
    )


def measure_volume(constants: PlanConstants, weeks: Sequence[WeekWork]) -> EffectiveVolume:
    """Effective volume done, beside what was planned."""
    rows = []
    for one in weeks:
        planned = {track: weigh_plan(constants, track, one.tracks[track]) for track in TRACKS}
        done = {track: weigh_work(constants, one.tracks[track]) for track in TRACKS}
        tracks = {
            track: TrackVolume(
                done=print_figure(done[track]),
                planned=print_figure(planned[track]),
                ratio=print_ratio(done[track], planned[track]),
            )
            for track in TRACKS
        }
        ratio = print_ratio(sum(done.values()), sum(planned.values()))
        rows.append(VolumeWeek(one.week.index, ratio, tracks))
    return EffectiveVolume(*CAVEATS["volume"], unit="planning units", weeks=tuple(rows))


def weigh_plan(constants: PlanConstants, track: Track, work: TrackWork) -> Fraction:
    """Effective volume that was planned."""
    return to_planning_units(
        constants,
        (
            (2 * one.sets, one.target, RUNGS[track, one.rung].coef, one.load)
            for one in work.asked.values()
        ),
    )


def weigh_work(constants: PlanConstants, work: TrackWork) -> Fraction:
    """Effective volume that was done. What stands beside the ladder has no coefficient."""
    return to_planning_units(
        constants,
        (
            (one.units, one.reps or 0, RUNGS[one.track, one.rung].coef, one.load or 0)
            for one in work.counted
            if one.rung != BELOW_ANY_RUNG
        ),
    )


def to_planning_units(
    constants: PlanConstants, sets: Iterator[tuple[int, int, int, int]]
) -> Fraction:
    """Sets as units, repetitions, coefficient and load: repetitions x coefficient x
    (1 + load / body mass), where two units make a set.
    """
    mass = weigh_body(constants)
    total = sum(units * reps * coef * (mass + load) for units, reps, coef, load in sets)
    return Fraction(total, 2 * 100 * mass)


def weigh_body(constants: PlanConstants) -> int:
    """Body mass in the unit of recorded loads."""
    return logbook.weigh(constants.body_mass * 100, UNIT[constants.spec.units])


def measure_tension(weeks: Sequence[WeekWork]) -> TimeUnderTension:
    """Seconds under tension, both sides added up."""
    rows = []
    for one in weeks:
        tracks = {track: sum(last(done) for _, done in one.tracks[track].done) for track in TRACKS}
        rows.append(TensionWeek(one.week.index, sum(tracks.values()), tracks))
    return TimeUnderTension(*CAVEATS["tension"], weeks=tuple(rows))


def last(done: Record) -> int:
    """Seconds that a set lasts by its tempo; one of both legs, one after the other, twice that."""
    sides = done.units if done.one_sided else 1
    return (done.reps or 0) * TEMPOS[done.track, done.rung] * sides


def find_best_loads(constants: PlanConstants, weeks: Sequence[WeekWork]) -> SystemLoad:
    """The most that was lifted, body mass included, in each week and of all."""
    found = [{track: find_best(constants, one.tracks[track]) for track in TRACKS} for one in weeks]
    best = {track: outcome.greatest(*(week[track] for week in found)) for track in TRACKS}
    unit = UNIT[constants.spec.units]

    def tell(loads: Mapping[Track, int | None]) -> dict[Track, float | None]:
        return {
            track: None
            if load is None
            else print_figure(Fraction(load, logbook.weigh(SCALE, unit)))
            for track, load in loads.items()
        }

    return SystemLoad(
        *CAVEATS["system_load"],
        unit=unit,
        body_mass_assumed=constants.spec.body_mass is None,
        best=tell(best),
        weeks=tuple(
            TrackFigures(one.week.index, tell(loads))
            for one, loads in zip(weeks, found, strict=True)
        ),
    )


def find_best(constants: PlanConstants, work: TrackWork) -> int | None:
    """The most of a week's sets that lift the body: seated ones do not."""
    return max(
        (
            weigh_body(constants) + (one.load or 0)
            for _, one in work.done
            if (one.reps or 0) >= FEWEST_REPS_OF_A_BEST and lifts_known(one)
        ),
        default=None,
    )


def lifts_known(done: Record) -> bool:
    """Whether a set lifts the body, with a load that is known; an unloaded rung needs none."""
    rung = RUNGS.get((done.track, done.rung))
    if rung is None or rung.chair:
        return False
    return done.load is not None or not rung.loaded
