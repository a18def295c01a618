"""The calendar of a programme: training days, session types, places, and what kind a week may be.

Calendar arithmetic on a spec (science 3.4) for plan_constants and week_start. Exercises, sets and
loads are no concern of this module.
"""

import datetime
from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations
from typing import Literal, NamedTuple

from app.training.catalog.track_definitions import DEFINITIONS, SessionType, Track
from app.training.planning.spec import RunDay, Spec
from app.training.planning.spec_building import count_week

WeekKind = Literal["build", "deload", "taper", "race", "transition", "pause"]

# The same muscles rest for 48 hours (EV-07).
MIN_GAP_DAYS = 2
# The cost of a training day by the runs around it (EV-30, EV-31; the figures are ours).
_COST_TOMORROW: dict[RunDay, int] = {"rest": 0, "easy": 0, "hard": 4, "long": 4}
_COST_TODAY: dict[RunDay, int] = {"rest": 1, "easy": 0, "hard": 2, "long": 3}
_COST_YESTERDAY: dict[RunDay, int] = {"rest": 0, "easy": 0, "hard": 1, "long": 1}
_COST_ADJACENT = 6
# A week before a race tapers if the race is in this week of training or a later one.
_FULL_TAPER_FROM_WEEK = 6
# No session on the day of a race, the two days before it and the three days after it.
_CLEAR_BEFORE_RACE = 2
_CLEAR_AFTER_RACE = 3
# A week with so many paused days has no session at all.
_PAUSED_DAYS = 4


class Place(NamedTuple):
    """One session of a full week. Its number is its own for good: a session that drops out leaves
    its number free.
    """

    number: int
    """From 1, by date."""
    weekday: int
    """0 = Monday to 6 = Sunday."""
    type: SessionType
    tracks: tuple[Track, ...]


def choose_days(spec: Spec) -> tuple[int, ...]:
    """Return the weekdays to train on: those of the spec, or the cheapest, most even spread."""
    if spec.weekdays is not None:
        return spec.weekdays
    return _spread_days(spec.days_per_week, spec.run_schedule)


@lru_cache(maxsize=512)
def _spread_days(count: int, runs: tuple[RunDay, ...] | None) -> tuple[int, ...]:
    def price(days: tuple[int, ...]) -> tuple[int, int, tuple[int, ...]]:
        gaps = compute_gaps(days)
        cost = _COST_ADJACENT * gaps.count(1)
        if runs is not None:
            cost += sum(compute_day_cost(day, runs) for day in days)
        return cost, sum(gap * gap for gap in gaps), days

    return min(combinations(range(7), count), key=price)


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

    With 48 hours between all days each session trains everything. Otherwise calf sessions alternate
    with sessions of all else, starting after the longest gap, so that each tissue rests for 48
    hours.
    """
    gaps = compute_gaps(days)
    if min(gaps) >= MIN_GAP_DAYS:
        return dict.fromkeys(days, "F")
    # The gap at index i ends on the next training day.
    first = min(days[(i + 1) % len(days)] for i, gap in enumerate(gaps) if gap == max(gaps))
    turn = days.index(first)
    order = [*days[turn:], *days[:turn]]
    return {day: "S" if turn % 2 else "C" for turn, day in enumerate(order)}


def list_places(spec: Spec, days: Sequence[int]) -> tuple[Place, ...]:
    """Return the sessions of a full week by date."""
    types = assign_session_types(days)
    first = spec.start_date.weekday() if spec.start_date else 0
    ordered = sorted(days, key=lambda day: (day - first) % 7)
    return tuple(
        Place(number, day, types[day], _list_tracks(spec, types[day]))
        for number, day in enumerate(ordered, 1)
    )


def _list_tracks(spec: Spec, kind: SessionType) -> tuple[Track, ...]:
    return tuple(track for track in spec.tracks if kind in DEFINITIONS[track].sessions)


def compute_week_start(spec: Spec, week: int) -> datetime.date | None:
    """Return the first day of a week, or None if the programme has no dates."""
    if spec.start_date is None:
        return None
    return spec.start_date + datetime.timedelta(days=7 * (week - 1))


def compute_date(spec: Spec, week: int, weekday: int) -> datetime.date | None:
    """Return the date of a weekday in a week, or None if the programme has no dates."""
    start = compute_week_start(spec, week)
    return start and start + datetime.timedelta(days=(weekday - start.weekday()) % 7)


def list_open_places(spec: Spec, places: Sequence[Place], week: int) -> tuple[Place, ...]:
    """Return the sessions of a week that no race and no pause takes."""
    if not (spec.races or spec.pauses or spec.pause_weeks):
        return tuple(places)
    if is_pause_week(spec, week):
        return ()
    return tuple(one for one in places if is_free(spec, compute_date(spec, week, one.weekday)))


def is_free(spec: Spec, day: datetime.date | None) -> bool:
    """Return whether a session may be on a day: none is close to a race or in a pause."""
    if day is None:
        return True
    near_race = any(
        -_CLEAR_AFTER_RACE <= (race.date - day).days <= _CLEAR_BEFORE_RACE for race in spec.races
    )
    return not near_race and not _is_paused(spec, day)


def _is_paused(spec: Spec, day: datetime.date) -> bool:
    return any(pause.from_date <= day <= pause.to_date for pause in spec.pauses)


def is_pause_week(spec: Spec, week: int) -> bool:
    """Return whether a week is paused, by its number or by four or more of its days."""
    start = compute_week_start(spec, week) if spec.pauses else None
    if start is None:
        return week in spec.pause_weeks
    days = [start + datetime.timedelta(days=n) for n in range(7)]
    return sum(_is_paused(spec, day) for day in days) >= _PAUSED_DAYS


def list_race_weeks(spec: Spec) -> frozenset[int]:
    """Return the weeks of the programme that hold a race with taper."""
    if spec.start_date is None:
        return frozenset()
    weeks = {count_week(spec.start_date, race.date) for race in spec.races if race.taper}
    return frozenset(week for week in weeks if week <= spec.weeks)


def choose_week_kind(
    spec: Spec, races: frozenset[int], week: int, *, since: int, run: int, deload_every: int
) -> WeekKind:
    """Return the kind of a week.

    `races` are the weeks of races with taper, `since` the weeks of training before week 1, `run`
    the build weeks since the last other week. A deload right before any other lighter week is
    skipped.
    """
    kind = _choose_fixed_kind(spec, races, week, since)
    if kind is not None:
        return kind
    due = deload_every > 0 and run >= deload_every - 1
    return "deload" if due and _choose_fixed_kind(spec, races, week + 1, since) is None else "build"


def _choose_fixed_kind(spec: Spec, races: frozenset[int], week: int, since: int) -> WeekKind | None:
    """Return the kind that the spec fixes for a week, or None if training decides."""
    if is_pause_week(spec, week):
        return "pause"
    if week in races:
        return "race"
    if week - 1 in races:
        return "transition"
    if week + 1 in races and week + 1 + since >= _FULL_TAPER_FROM_WEEK:
        return "taper"
    return "deload" if week in spec.lighter_weeks else None
