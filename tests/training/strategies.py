"""Strategies of hypothesis for specs, and builders of specs, constants and programmes.

`specs()` draws complete specs that are not blocked. If they have a `start`, it fits their
equipment. A test of one rule fixes the fields of this rule, and leaves the others to hypothesis.
Those of a `start` are in starts.py.
"""

import datetime
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Unpack, cast, get_args

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from app.training import engine
from app.training.catalog.track_definitions import OPTIONAL_TRACKS
from app.training.planning import plan_constants, spec, spec_building
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.program import Program
from app.training.planning.spec import (
    Bounds,
    Equipment,
    HeelRiseTest,
    Level,
    Pause,
    Race,
    Ramp,
    RunDay,
    Sex,
    SidePlankTest,
    Spec,
    SpecFields,
    Surface,
    Units,
)
from tests.properties import at_most
from tests.training import starts

PROGRAM = TypeAdapter(Program)
WEEKS_DRAWN = Bounds(1, 30)
# Examples of each of the forty invariants. More would make the suite slow.
EXAMPLES = 50
TIMEZONES = ("UTC", "Europe/Berlin", "Pacific/Chatham", "America/Argentina/ComodRivadavia")

Property = Callable[..., None]


def given_few(*wanted: st.SearchStrategy[Any]) -> Callable[[Property], Property]:
    """Like given() of hypothesis, with fewer examples."""
    return lambda test: settings(max_examples=at_most(EXAMPLES))(given(*wanted)(test))


def make_spec(**fields: Unpack[SpecFields]) -> Spec:
    """Return the complete spec of some fields."""
    return spec_building.build_spec(fields)


def make_constants(**fields: Unpack[SpecFields]) -> PlanConstants:
    """Return the constants of some fields of a spec."""
    return plan_constants.derive(spec_building.build_spec(fields))


def plan_program(of: Spec | None = None, **fields: Unpack[SpecFields]) -> Program:
    """Plan the programme of a complete spec or of some fields, with its real id."""
    wanted = of or spec_building.build_spec(fields)
    return engine.identify(wanted).plan()


def to_json(program: Program) -> bytes:
    """Serialise a programme as the API does."""
    return PROGRAM.dump_json(program)


def whole_numbers(bounds: Bounds) -> st.SearchStrategy[int]:
    """Whole numbers within bounds."""
    return st.integers(int(bounds.low), int(bounds.high))


def masses(bounds: Bounds) -> st.SearchStrategy[float]:
    """Numbers of two decimals within bounds."""
    low, high = math.ceil(bounds.low * 100), math.floor(bounds.high * 100)
    return st.integers(low, high).map(lambda count: count / 100)


def _tuples(
    one: st.SearchStrategy[Any], most: int | None = None
) -> st.SearchStrategy[tuple[Any, ...]]:
    """Different values in any order."""
    return st.lists(one, max_size=most, unique=True).map(tuple)


def heights() -> st.SearchStrategy[tuple[int, ...]]:
    """Step heights: often those at the limit of a rung, sometimes any."""
    useful = st.sampled_from([7, 8, 14, 15, 18, 21, 22, 30, 35, 36, 46, 47])
    return _tuples(useful | whole_numbers(spec.STEP_CM), 4)


def equipment() -> st.SearchStrategy[tuple[Equipment, ...]]:
    """Equipment in any order."""
    return _tuples(st.sampled_from(get_args(Equipment)))


def owned_loads() -> st.SearchStrategy[tuple[float, ...]]:
    """Weights that a runner owns: mostly those of shops, sometimes any or too light or heavy."""
    usual = st.sampled_from([1.0, 2.5, 4.0, 6.0, 8.0, 10.0, 12.5, 16.0, 20.0, 24.0, 32.0, 45.0])
    return _tuples(usual | masses(Bounds(0.01, 100)), 6)


def heel_rise_tests() -> st.SearchStrategy[HeelRiseTest]:
    """Heel-rise tests, mostly with realistic repetitions."""
    reps = st.integers(0, 40) | whole_numbers(spec.HEEL_RISES)
    surface = st.none() | st.sampled_from(get_args(Surface))
    return st.builds(HeelRiseTest, reps, reps, surface, st.none() | st.dates())


def side_plank_tests() -> st.SearchStrategy[SidePlankTest]:
    """Side-plank tests, mostly with realistic seconds."""
    seconds = st.integers(0, 120) | whole_numbers(spec.HOLD_SECONDS)
    return st.builds(SidePlankTest, seconds, seconds, st.none() | st.dates())


# Fields that do not depend on another field.
FREE: dict[str, st.SearchStrategy[Any]] = {
    "weeks": whole_numbers(WEEKS_DRAWN),
    "days_per_week": whole_numbers(spec.DAYS_PER_WEEK),
    "weekdays": st.lists(st.integers(0, 6), min_size=1, max_size=6, unique=True).map(tuple),
    "level": st.sampled_from(get_args(Level)),
    "ramp": st.sampled_from(get_args(Ramp)),
    "core": _tuples(st.sampled_from(OPTIONAL_TRACKS)),
    "heel_rise_test": heel_rise_tests(),
    "side_plank_test": side_plank_tests(),
    "age": whole_numbers(spec.AGE),
    "sex": st.sampled_from(get_args(Sex)),
    "step_heights_cm": heights(),
    "equipment": equipment(),
    "loads": owned_loads(),
    "prefer": _tuples(st.sampled_from(spec_building.list_preferable()), 3),
    "lighter_weeks": _tuples(st.integers(1, 20), 3),
    "run_schedule": st.tuples(*[st.sampled_from(get_args(RunDay))] * 7),
    "pain_now": st.integers(0, 5),
    "injury_last_3_months": st.booleans(),
    "avoid_below_level": st.booleans(),
    "session_minutes": whole_numbers(spec.SESSION_MINUTES),
    "deload_every": st.just(0) | whole_numbers(spec.DELOAD_EVERY),
    "timezone": st.sampled_from(TIMEZONES),
}
# Fields of races, pauses and lighter weeks, which a test of undisturbed weeks leaves out.
UNDISTURBED: dict[str, Any] = {
    "races": (), "pauses": (), "pause_weeks": (), "lighter_weeks": (),
}  # fmt: skip


@st.composite
def spec_fields(draw: st.DrawFn, /, **fixed: Any) -> SpecFields:
    """Fields that a runner may give, some of them left out. `fixed` sets fields."""
    wish: dict[str, Any] = draw(st.fixed_dictionaries({}, optional=FREE))
    units: Units = fixed.get("units") or draw(st.sampled_from(get_args(Units)))
    sized = {
        "units": st.just(units),
        "body_mass": masses(spec.BODY_MASS[units]),
        "load_increment": masses(spec.LOAD_INCREMENT[units]),
    }
    wish |= draw(st.fixed_dictionaries({}, optional=sized))
    wish["units"] = units
    start = fixed["start_date"] if "start_date" in fixed else draw(st.none() | start_dates())
    if start is not None:
        wish |= {"start_date": start, **draw(dated_fields(start))}
    elif draw(st.booleans()):
        wish["pause_weeks"] = draw(_tuples(st.integers(1, 20), 3))
    if {"race_date", "races"} & fixed.keys():
        wish.pop("race_date", None)
        wish.pop("races", None)
    wish |= fixed
    return cast(SpecFields, {name: value for name, value in wish.items() if value is not None})


def start_dates() -> st.SearchStrategy[datetime.date]:
    return st.dates(datetime.date(2000, 1, 1), datetime.date(2100, 1, 1))


@st.composite
def dated_fields(draw: st.DrawFn, start: datetime.date) -> dict[str, Any]:
    """Races and pauses around a programme that begins on a day, often none."""

    def day(low: int, high: int) -> datetime.date:
        return start + datetime.timedelta(days=draw(st.integers(low, high)))

    fields: dict[str, Any] = {}
    races = draw(st.sampled_from(["none", "none", "one", "several"]))
    if races == "one":
        fields["race_date"] = day(-13, 7 * 16)
        # Without `weeks` the programme ends with the race. With it, it may end anywhere.
        fields.update(draw(st.fixed_dictionaries({}, optional={"weeks": st.integers(1, 20)})))
    elif races == "several":
        count = draw(st.integers(1, 3))
        fields["races"] = tuple(Race(day(-13, 7 * 16), draw(st.booleans())) for _ in range(count))
    if draw(st.sampled_from([False, False, True])):
        begins = [day(-30, 7 * 16) for _ in range(draw(st.integers(1, 2)))]
        lengths = [datetime.timedelta(days=draw(st.integers(0, 70))) for _ in begins]
        fields["pauses"] = tuple(Pause(a, a + b) for a, b in zip(begins, lengths, strict=True))
    return fields


@st.composite
def specs(
    draw: st.DrawFn,
    /,
    *,
    begin_from: int | None = 5,
    started: bool = False,
    continued: bool = False,
    **fixed: Any,
) -> Spec:
    """Complete specs that are not blocked. Some have a start that a client may write, with at least
    `begin_from` repetitions; with `started` all have, with None none. With `continued`, some starts
    hold all that a continued programme knows, and more than can really be.
    """
    fresh = spec_building.build_spec(draw(spec_fields(**fixed)))
    kinds = ["client"] if started else ["fresh", "fresh", "client"]
    kind = draw(st.sampled_from([*kinds, *(["continued"] if continued else [])]))
    if kind == "fresh" or begin_from is None:
        return fresh
    constants = plan_constants.derive(fresh)
    if kind == "continued":
        return replace(fresh, start=draw(starts.continued_starts(constants, begin_from)))
    start = draw(starts.client_starts(constants, begin_from))
    return replace(fresh, start=start) if start != starts.NONE else fresh
