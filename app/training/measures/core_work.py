"""Core work: how long holds lasted, and the sets of the trunk. Only for core tracks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.training.catalog.track_definitions import DEFINITIONS
from app.training.log.set_records import OFF_LADDER, SetRecord
from app.training.measures.measure_input import RUNGS, TrackWork, WeekWork
from app.training.measures.rounding import round_figure
from app.training.measures.shared_fields import CAVEATS, Measure
from app.training.planning.dose import ExerciseSlot
from app.training.planning.spec import SECONDS_PER_COUNT


@dataclass(frozen=True, slots=True)
class CoreWeek:
    """Core work of a week."""

    week: int
    """Number of the week."""
    hold_s: float | None
    """Seconds of holds done, a pair of sides once, a single side as a half, without the extra set
    of a weak side: what plans call `total_hold_s`. Null in a week without core tracks."""
    side_hold_s: int | None
    """Seconds of all holds done, left and right added up. Null in a week without core tracks."""
    sets: float | None
    """Sets done of all core exercises, a pair of sides once, a single side as a half. Null in a
    week without core tracks."""


@dataclass(frozen=True, slots=True)
class CoreWork(Measure):
    """Core work, by week."""

    weeks: tuple[CoreWeek, ...]
    """One entry for each week."""


def measure_core(weeks: Sequence[WeekWork]) -> CoreWork | None:
    """Sum the holds and the sets of the core tracks; None if no week has any."""
    rows = tuple(_measure_week(work) for work in weeks)
    if all(row.sets is None for row in rows):
        return None
    return CoreWork(*CAVEATS["core"], weeks=rows)


def _measure_week(work: WeekWork) -> CoreWeek:
    core = [one for track, one in work.tracks.items() if DEFINITIONS[track].optional]
    if not core:
        return CoreWeek(work.number, None, None, None)
    return CoreWeek(
        week=work.number,
        hold_s=round_figure(sum((sum_holds(one) for one in core), Fraction(0))),
        side_hold_s=sum(_count_side_seconds(record) for one in core for record in one.done),
        sets=round_figure(sum((one.sets for one in core), Fraction(0))),
    )


def sum_holds(work: TrackWork) -> Fraction:
    """Return the seconds of holds done in a track's week, a pair of sides once."""
    holds = (record for record in work.done_as_planned if _is_hold(record))
    units = sum(record.units * record.reps for record in holds)
    return Fraction(units * SECONDS_PER_COUNT, 2)


def plan_holds(slots: Iterable[ExerciseSlot]) -> int:
    """Return the seconds of holds that some exercises prescribe, a pair of sides once."""
    return sum(slot.sets * slot.reps for slot in slots if slot.rung.hold) * SECONDS_PER_COUNT


def _count_side_seconds(record: SetRecord) -> int:
    if not _is_hold(record):
        return 0
    sides = record.units if record.unilateral else 1
    return record.reps * SECONDS_PER_COUNT * sides


def _is_hold(record: SetRecord) -> bool:
    return record.rung != OFF_LADDER and RUNGS[record.track, record.rung].hold
