"""From the fields that a client sent to a complete Spec: defaults, canonical form and checks.

build_spec() is called by routes and by program_ids. Equal requests give equal specs.
"""

import datetime
import zoneinfo
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Any, cast

from app.training.catalog.exercises import EXERCISES, LADDERS, Exercise
from app.training.catalog.track_definitions import OPTIONAL_TRACKS, TRACKS
from app.training.planning.spec import (
    AGE,
    BODY_MASS,
    DAYS_PER_WEEK,
    DEFAULT_INCREMENT,
    DEFAULT_WEEKS,
    DELOAD_EVERY,
    HEEL_RISES,
    HOLD_SECONDS,
    LOAD,
    LOAD_INCREMENT,
    MAX_LOADS,
    MAX_PAUSES,
    MAX_RACES,
    MAX_STEP_HEIGHTS,
    MAX_WEEK_NUMBERS,
    OLDEST_RACE,
    PAIN,
    SESSION_MINUTES,
    STEP_CM,
    WEEKS,
    Bounds,
    Race,
    Spec,
    SpecFields,
)
from app.training.planning.start import Start


class SpecError(ValueError):
    """A spec that cannot be planned: the path of the field, and what is allowed."""

    def __init__(self, path: Sequence[str | int], detail: str) -> None:
        super().__init__(detail)
        self.path = tuple(path)
        self.detail = detail


_SORTED = frozenset(
    ["step_heights_cm", "equipment", "red_flags", "loads", "pauses", "pause_weeks", "lighter_weeks"]
)
"""Fields whose order means nothing."""
_DISTINCT = ("core", "loads", "prefer", "pause_weeks", "lighter_weeks")
"""Fields in which a client must not repeat an entry."""


def check_distinct(fields: SpecFields) -> None:
    """Raise SpecError for an entry that a client sent twice. build_spec() itself drops it, because
    two owned loads may become one when `continue` converts them to another unit.
    """
    for name in _DISTINCT:
        sent = cast(Sequence[object], fields.get(name, ()))
        for place, entry in enumerate(sent):
            if entry in sent[:place]:
                raise SpecError([name, place], "repeats an earlier entry; send each once")


def build_spec(fields: SpecFields) -> Spec:
    """Fill in defaults, sort lists, validate, and return the spec. Raises SpecError."""
    filled: dict[str, Any] = {
        "load_increment": DEFAULT_INCREMENT[fields.get("units", "metric")],
        **fields,
    }
    filled["races"] = _merge_races(fields)
    filled.pop("race_date", None)
    filled.setdefault("weeks", choose_weeks(fields.get("start_date"), filled["races"]))
    if "weekdays" in filled:
        filled["weekdays"] = tuple(sorted(filled["weekdays"]))
        filled["days_per_week"] = len(filled["weekdays"])
    if filled.get("start") == Start():
        del filled["start"]
    for name in filled.keys() & _SORTED:
        filled[name] = tuple(sorted(set(filled[name])))
    filled["core"] = tuple(track for track in OPTIONAL_TRACKS if track in filled.get("core", ()))
    filled["prefer"] = tuple(dict.fromkeys(filled.get("prefer", ())))
    _check_core(fields)
    spec = Spec(**filled)
    # Days before ranges: a wrong list of weekdays also gives a wrong `days_per_week`, and the error
    # has to name the list.
    try:
        for check in _CHECKS:
            check(spec)
    except SpecError as bad:
        raise SpecError(_find_sent_path(bad.path, fields, spec), bad.detail) from bad
    return spec


def _find_sent_path(
    path: tuple[str | int, ...], fields: SpecFields, spec: Spec
) -> Sequence[str | int]:
    """Return the path of a value of a spec in the fields that were sent, whose lists have another
    order.
    """
    name, *rest = path
    if name == "races" and "race_date" in fields:
        return ["race_date"]
    if not rest or not isinstance(rest[0], int):
        return path
    found, sent = getattr(spec, str(name))[rest[0]], fields[name]  # type: ignore[literal-required]
    # Two races on one day are one, whatever their taper.
    place = [getattr(one, "date", one) for one in sent].index(getattr(found, "date", found))
    return [name, place, *rest[1:]]


def _merge_races(fields: SpecFields) -> tuple[Race, ...]:
    """Return each day of a race once, in order; a day that was given twice keeps its taper."""
    given = [*fields.get("races", ())]
    if "race_date" in fields:
        if given:
            raise SpecError(["race_date"], "cannot be combined with races; put it into that list")
        given = [Race(fields["race_date"])]
    tapers: dict[datetime.date, bool] = {}
    for race in given:
        tapers[race.date] = tapers.get(race.date, False) or race.taper
    return tuple(Race(day, tapers[day]) for day in sorted(tapers))


def choose_weeks(start: datetime.date | None, races: Sequence[Race]) -> int:
    """Return 12, or the number of the week of the last race with taper, from 1 to 52."""
    tapered = [race.date for race in races if race.taper]
    if start is None or not tapered:
        return DEFAULT_WEEKS
    return min(max(count_week(start, max(tapered)), int(WEEKS.low)), int(WEEKS.high))


def count_week(start: datetime.date, day: datetime.date) -> int:
    """Return the number of the seven-day block, counted from the start, that holds a day: 1 for the
    first seven days, 0 and less before the start.
    """
    return (day - start).days // 7 + 1


def _check_core(fields: SpecFields) -> None:
    for place, track in enumerate(fields.get("core", ())):
        if track not in OPTIONAL_TRACKS:
            raise SpecError(["core", place], f"must be one of {', '.join(OPTIONAL_TRACKS)}")


def list_preferable() -> tuple[str, ...]:
    """Return the slugs that `prefer` may name: the alternatives that stand beside a rung."""
    return tuple(slug for slug, exercise in EXERCISES.items() if _is_preferable(exercise))


def _is_preferable(exercise: Exercise) -> bool:
    return any(exercise in rung.alternatives for rung in LADDERS[exercise.track])


def _check_ranges(spec: Spec) -> None:
    numbers: list[tuple[Sequence[str | int], float | None, Bounds]] = [
        (["weeks"], spec.weeks, WEEKS),
        (["days_per_week"], spec.days_per_week, DAYS_PER_WEEK),
        (["age"], spec.age, AGE),
        (["pain_now"], spec.pain_now, PAIN),
        (["session_minutes"], spec.session_minutes, SESSION_MINUTES),
        (["deload_every"], spec.deload_every or None, DELOAD_EVERY),
    ]
    numbers += [(["step_heights_cm", i], h, STEP_CM) for i, h in enumerate(spec.step_heights_cm)]
    numbers += [(["pause_weeks", i], n, WEEKS) for i, n in enumerate(spec.pause_weeks)]
    numbers += [(["lighter_weeks", i], n, WEEKS) for i, n in enumerate(spec.lighter_weeks)]
    if test := spec.heel_rise_test:
        numbers += [(["heel_rise_test", "left"], test.left, HEEL_RISES)]
        numbers += [(["heel_rise_test", "right"], test.right, HEEL_RISES)]
    if hold := spec.side_plank_test:
        numbers += [(["side_plank_test", "left"], hold.left, HOLD_SECONDS)]
        numbers += [(["side_plank_test", "right"], hold.right, HOLD_SECONDS)]
    for path, number, bounds in numbers:
        if number is not None and not bounds.contain(number):
            zero = " (or 0 for none)" if path[0] == "deload_every" else ""
            raise SpecError(path, f"must lie between {bounds.low} and {bounds.high}{zero}")


_MAX_LENGTHS = {
    "step_heights_cm": MAX_STEP_HEIGHTS,
    "loads": MAX_LOADS,
    "races": MAX_RACES,
    "pauses": MAX_PAUSES,
    "pause_weeks": MAX_WEEK_NUMBERS,
    "lighter_weeks": MAX_WEEK_NUMBERS,
}


def _check_lengths(spec: Spec) -> None:
    for name, most in _MAX_LENGTHS.items():
        if len(getattr(spec, name)) > most:
            raise SpecError([name], f"takes at most {most} different entries")


def _check_prefer(spec: Spec) -> None:
    for place, slug in enumerate(spec.prefer):
        if slug not in list_preferable():
            allowed = ", ".join(list_preferable())
            raise SpecError(["prefer", place], f"must be one of {allowed}")


def _check_days(spec: Spec) -> None:
    days = spec.weekdays
    if days is not None:
        if len(set(days)) != len(days) or not 1 <= len(days) <= DAYS_PER_WEEK.high:
            raise SpecError(["weekdays"], "takes one to six different days")
        if not all(0 <= day <= 6 for day in days):
            raise SpecError(["weekdays"], "days are numbered 0 (Monday) to 6 (Sunday)")
    if spec.run_schedule is not None and len(spec.run_schedule) != 7:
        raise SpecError(["run_schedule"], "takes seven values, Monday first")


def _check_dates(spec: Spec) -> None:
    if spec.start_date is None:
        for name in ("races", "pauses"):
            if getattr(spec, name):
                raise SpecError([name], "needs a start_date, so that the weeks can be counted")
        return
    _check_year(["start_date"], spec.start_date)
    if spec.pause_weeks:
        raise SpecError(["pause_weeks"], "is for plans without start_date; send pauses with dates")
    _check_races(spec, spec.start_date)
    for place, pause in enumerate(spec.pauses):
        if pause.to_date < pause.from_date:
            raise SpecError(["pauses", place, "to"], "must not come before the pause's first day")
        _check_year(["pauses", place, "from"], pause.from_date)
        _check_year(["pauses", place, "to"], pause.to_date)


def _check_races(spec: Spec, start: datetime.date) -> None:
    for place, race in enumerate(spec.races):
        if race.date < start - OLDEST_RACE:
            allowed = f"must be at most {OLDEST_RACE.days} days before start_date"
            raise SpecError(["races", place, "date"], allowed)
        _check_year(["races", place, "date"], race.date)


def _check_year(path: Sequence[str | int], day: datetime.date) -> None:
    if not 1900 <= day.year <= 9000:
        raise SpecError(path, "the year must lie between 1900 and 9000")


def _check_masses(spec: Spec) -> None:
    unit = "kg" if spec.units == "metric" else "lb"
    for name, mass, bounds in (
        ("body_mass", spec.body_mass, BODY_MASS[spec.units]),
        ("load_increment", spec.load_increment, LOAD_INCREMENT[spec.units]),
    ):
        if mass is None:
            continue
        if not bounds.contain(mass):
            allowed = f"{bounds.low} and {bounds.high} {unit} ({spec.units})"
            raise SpecError([name], f"must lie between {allowed}")
        _check_decimals([name], mass)
    for place, load in enumerate(spec.loads):
        if not LOAD.contain(load):
            raise SpecError(["loads", place], f"must be above 0 and at most {LOAD.high}")
        _check_decimals(["loads", place], load)
    for track in TRACKS:
        if spec.start and (begin := spec.start.of(track)):
            path = ["start", track]
            _check_decimals([*path, "load"], begin.load or 0)
            _check_decimals([*path, "held", "load"], begin.held.load if begin.held else 0)
            _check_decimals([*path, "pain_prev"], begin.pain_prev or 0, most=4)


def _check_decimals(path: Sequence[str | int], number: float, *, most: int = 2) -> None:
    # The engine counts loads in hundredths, and pain in ten-thousandths.
    exponent = Decimal(repr(number)).normalize().as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -most:
        words = {2: "two", 4: "four"}
        raise SpecError(path, f"takes at most {words[most]} decimals")


def _check_timezone(spec: Spec) -> None:
    if spec.timezone not in list_timezones():
        raise SpecError(["timezone"], "must be an IANA time zone such as Europe/Berlin or UTC")


_CHECKS = (
    _check_days,
    _check_lengths,
    _check_ranges,
    _check_dates,
    _check_masses,
    _check_prefer,
    _check_timezone,
)


@cache
def list_timezones() -> frozenset[str]:
    """Return every zone name of the pinned database."""
    return frozenset(zoneinfo.available_timezones())
