"""The calendar of a programme: training days, session types, and the kind of each week.

Calendar arithmetic on a spec (science 3.4) for plan_constants and week_plan. Exercises, sets and
loads are no concern of this module.
"""

import datetime
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Literal, get_args

from app.training.catalog.track_definitions import DEFINITIONS, SessionType, Track
from app.training.planning.spec import RunDay, Spec, compute_race_week

WeekKind = Literal["build", "deload", "taper", "race", "transition"]

# The tracks of a session of each type, in the order of the catalogue.
TRACKS_OF: dict[SessionType, tuple[Track, ...]] = {
    kind: tuple(track for track, one in DEFINITIONS.items() if kind in one.sessions)
    for kind in get_args(SessionType)
}
# The same muscles rest for 48 hours (EV-07).
_MIN_GAP_DAYS = 2
# The cost of a training day by the runs around it (EV-30, EV-31; the figures are ours).
_COST_TOMORROW: dict[RunDay, int] = {"rest": 0, "easy": 0, "hard": 4, "long": 4}
_COST_TODAY: dict[RunDay, int] = {"rest": 1, "easy": 0, "hard": 2, "long": 3}
_COST_YESTERDAY: dict[RunDay, int] = {"rest": 0, "easy": 0, "hard": 1, "long": 1}
_COST_ADJACENT = 6
# A race before this week gets one week of taper: two would be more than a third of the programme.
_FULL_TAPER_FROM_WEEK = 6
# No session on the day of the race, the two days before it and the three days after it.
_CLEAR_BEFORE_RACE = 2
_CLEAR_AFTER_RACE = 3


def choose_days(spec: Spec) -> tuple[int, ...]:
    """Return the weekdays to train on: those of the spec, or the cheapest, most even spread."""
    if spec.weekdays is not None:
        return spec.weekdays

    def price(days: tuple[int, ...]) -> tuple[int, int, tuple[int, ...]]:
        gaps = compute_gaps(days)
        cost = _COST_ADJACENT * gaps.count(1)
        if spec.run_schedule is not None:
            cost += sum(compute_day_cost(day, spec.run_schedule) for day in days)
        return cost, sum(gap * gap for gap in gaps), days

    return min(combinations(range(7), spec.days_per_week), key=price)


def compute_day_cost(day: int, runs: Sequence[RunDay]) -> int:
    """Return the cost of a training day by the runs of that day and its two neighbours."""
    yesterday, today, tomorrow = runs[(day - 1) % 7], runs[day], runs[(day + 1) % 7]
    return _COST_YESTERDAY[yesterday] + _COST_TODAY[today] + _COST_TOMORROW[tomorrow]


def compute_gaps(days: Sequence[int]) -> list[int]:
    """Return the days from each training day to the next one, from the last to the next week."""
    following = (*days[1:], days[0] + 7)
    return [after - day for day, after in zip(days, following, strict=True)]


def assign_session_types(days: Sequence[int]) -> dict[int, SessionType]:
    """Return the session type of each training day.

    With 48 hours between all days each session trains everything. Otherwise calf and step
    sessions alternate, starting after the longest gap, so that each tissue rests for 48 hours.
    """
    gaps = compute_gaps(days)
    if min(gaps) >= _MIN_GAP_DAYS:
        return dict.fromkeys(days, "F")
    # The gap at index i ends on the next training day.
    first = min((i + 1) % len(days) for i, gap in enumerate(gaps) if gap == max(gaps))
    order = [*days[first:], *days[:first]]
    return {day: "S" if turn % 2 else "C" for turn, day in enumerate(order)}


def find_race_week(spec: Spec) -> int | None:
    """Return the number of the week of the race, or None if no race is within the programme."""
    if spec.race_date is None or spec.start_date is None:
        return None
    week = compute_race_week(spec.start_date, spec.race_date)
    return week if week <= spec.weeks else None


def list_week_kinds(spec: Spec, deload_every: int) -> list[WeekKind]:
    """Return the kind of every week: build weeks, interrupted by deloads, taper and race."""
    race = find_race_week(spec)
    taper: set[int] = set()
    if race is not None:
        taper = {race, race - 1} if race >= _FULL_TAPER_FROM_WEEK else {race}
    kinds: list[WeekKind] = []
    run = 0
    for week in range(1, spec.weeks + 1):
        kind = _choose_week_kind(week, race, taper, run == deload_every - 1)
        run = run + 1 if kind == "build" else 0
        kinds.append(kind)
    return kinds


def _choose_week_kind(week: int, race: int | None, taper: set[int], deload_due: bool) -> WeekKind:
    """Return the kind of one week. A deload right before the taper is skipped."""
    if week in taper:
        return "race" if week == race else "taper"
    if race is not None and week == race + 1:
        return "transition"
    return "deload" if deload_due and week + 1 not in taper else "build"


def compute_week_start(spec: Spec, week: int) -> datetime.date | None:
    """Return the first day of a week, or None if the programme has no dates."""
    if spec.start_date is None:
        return None
    return spec.start_date + datetime.timedelta(days=7 * (week - 1))


def sort_weekdays(days: Iterable[int], spec: Spec) -> list[int]:
    """Return weekdays in the order of a week that begins on the weekday of the start date."""
    first = spec.start_date.weekday() if spec.start_date else 0
    return sorted(days, key=lambda day: (day - first) % 7)


def compute_date(spec: Spec, week: int, weekday: int) -> datetime.date | None:
    """Return the date of a weekday in a week, or None if the programme has no dates."""
    start = compute_week_start(spec, week)
    return start and start + datetime.timedelta(days=(weekday - start.weekday()) % 7)


def is_clear_of_race(spec: Spec, day: datetime.date | None) -> bool:
    """Return whether a session may be on this day: not on or near a race within the programme."""
    if day is None or spec.race_date is None or find_race_week(spec) is None:
        return True
    before = (spec.race_date - day).days
    return not -_CLEAR_AFTER_RACE <= before <= _CLEAR_BEFORE_RACE


def has_session(spec: Spec, days: Iterable[int], week: int) -> bool:
    """Return whether the race leaves the week at least one session."""
    return any(is_clear_of_race(spec, compute_date(spec, week, day)) for day in days)
