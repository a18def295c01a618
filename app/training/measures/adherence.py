"""Adherence: how much of what was prescribed was done, and for how many weeks in a row."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.training.measures.measure_input import WeekWork, last_four_weeks
from app.training.measures.rounding import round_percent_of
from app.training.measures.shared_fields import CAVEATS, Measure

_KEPT_PERCENT = 80


@dataclass(frozen=True, slots=True)
class AdherenceWeek:
    """How much of a week's work was done."""

    week: int
    """Number of the week."""
    done_units: int
    """Units done: a set of both sides is two, a set of one side is one."""
    prescribed_units: int
    """Units prescribed, without the extra set of a weak side. What pain took out counts only so far
    as it was done."""
    percent: int | None
    """Units done as a percentage of those prescribed, at most 100; null if none was prescribed."""
    four_week_percent: int | None
    """The same over this week and the three before it; null for the running week."""
    kept: bool | None
    """Whether 80 % or more was done; null if nothing was prescribed."""


@dataclass(frozen=True, slots=True)
class Adherence(Measure):
    """How much of what was prescribed was done."""

    streak_weeks: int
    """Weeks in a row, up to now, in which 80 % or more was done. The running week counts as soon
    as it reaches 80 % and does not end the streak before. A week without prescribed work neither
    counts nor ends it."""
    weeks: tuple[AdherenceWeek, ...]
    """One entry for each week."""


def measure_adherence(weeks: Sequence[WeekWork]) -> Adherence:
    """Compare done with prescribed units, and count the weeks in a row that reach 80 %."""
    rows, streak = [], 0
    for at, work in enumerate(weeks):
        done, prescribed = work.done_units, work.asked_units
        kept = done * 100 >= prescribed * _KEPT_PERCENT if prescribed else None
        if kept:
            streak += 1
        elif kept is False and work.over:
            streak = 0
        rows.append(
            AdherenceWeek(
                week=work.number,
                done_units=done,
                prescribed_units=prescribed,
                percent=_percent_done([work]),
                four_week_percent=_percent_done(last_four_weeks(weeks, at)) if work.over else None,
                kept=kept,
            )
        )
    return Adherence(*CAVEATS["adherence"], streak_weeks=streak, weeks=tuple(rows))


def _percent_done(weeks: Sequence[WeekWork]) -> int | None:
    done = sum(work.done_units for work in weeks)
    prescribed = sum(work.asked_units for work in weeks)
    return round_percent_of(min(done, prescribed), prescribed)
