"""Strategies of hypothesis for specs, and builders of specs, constants and programmes.

`specs()` draws complete specs that are not blocked. If they have a `start`, it fits their
equipment. A test of one rule fixes the fields of this rule, and leaves the others to hypothesis.
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
from app.training.catalog.exercises import Rung
from app.training.catalog.track_definitions import TRACKS, Track
from app.training.planning import plan_constants, spec
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.program import Program
from app.training.planning.spec import (
    Bounds,
    Equipment,
    HeelRiseTest,
    Level,
    Ramp,
    RunDay,
    Sex,
    Spec,
    SpecFields,
    Start,
    Surface,
    TrackStart,
    Units,
)
from tests.properties import at_most

PROGRAM = TypeAdapter(Program)
WEEKS_DRAWN = Bounds(1, 30)
# Examples of each of the thirty invariants. More would make the suite slow.
EXAMPLES = 50
TIMEZONES = ("UTC", "Europe/Berlin", "Pacific/Chatham", "America/Argentina/ComodRivadavia")

Property = Callable[..., None]


def given_few(*wanted: st.SearchStrategy[Any]) -> Callable[[Property], Property]:
    """Like given() of hypothesis, with fewer examples."""
    return lambda test: settings(max_examples=at_most(EXAMPLES))(given(*wanted)(test))


def make_spec(**fields: Unpack[SpecFields]) -> Spec:
    """Return the complete spec of some fields."""
    return spec.build_spec(fields)


def make_constants(**fields: Unpack[SpecFields]) -> PlanConstants:
    """Return the constants of some fields of a spec."""
    return plan_constants.derive(spec.build_spec(fields))


def plan_program(of: Spec | None = None, **fields: Unpack[SpecFields]) -> Program:
    """Plan the programme of a complete spec or of some fields, with its real id."""
    wanted = of or spec.build_spec(fields)
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


def heights() -> st.SearchStrategy[tuple[int, ...]]:
    """Step heights: often those at the limit of a rung, sometimes any."""
    useful = st.sampled_from([7, 8, 14, 15, 18, 21, 22, 30, 35, 36, 46, 47])
    return st.lists(useful | whole_numbers(spec.STEP_CM), max_size=4, unique=True).map(tuple)


def equipment() -> st.SearchStrategy[tuple[Equipment, ...]]:
    """Equipment in any order."""
    return st.lists(st.sampled_from(get_args(Equipment)), unique=True).map(tuple)


def heel_rise_tests() -> st.SearchStrategy[HeelRiseTest]:
    """Heel-rise tests, mostly with realistic repetitions."""
    reps = st.integers(0, 40) | whole_numbers(spec.HEEL_RISES)
    surface = st.none() | st.sampled_from(get_args(Surface))
    return st.builds(HeelRiseTest, reps, reps, surface, st.none() | st.dates())


# Fields that do not depend on another field.
FREE: dict[str, st.SearchStrategy[Any]] = {
    "weeks": whole_numbers(WEEKS_DRAWN),
    "days_per_week": whole_numbers(spec.DAYS_PER_WEEK),
    "weekdays": st.lists(st.integers(0, 6), min_size=1, max_size=6, unique=True).map(tuple),
    "level": st.sampled_from(get_args(Level)),
    "ramp": st.sampled_from(get_args(Ramp)),
    "heel_rise_test": heel_rise_tests(),
    "age": whole_numbers(spec.AGE),
    "sex": st.sampled_from(get_args(Sex)),
    "step_heights_cm": heights(),
    "equipment": equipment(),
    "run_schedule": st.tuples(*[st.sampled_from(get_args(RunDay))] * 7),
    "pain_now": st.integers(0, 5),
    "injury_last_3_months": st.booleans(),
    "avoid_below_level": st.booleans(),
    "session_minutes": whole_numbers(spec.SESSION_MINUTES),
    "deload_every": st.just(0) | whole_numbers(spec.DELOAD_EVERY),
    "timezone": st.sampled_from(TIMEZONES),
}


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
    if draw(st.booleans()):
        wish["start_date"] = draw(st.dates(datetime.date(2000, 1, 1), datetime.date(2100, 1, 1)))
        if draw(st.booleans()):
            away = datetime.timedelta(days=draw(st.integers(0, 7 * 16)))
            wish["race_date"] = wish["start_date"] + away
            # Without `weeks` the programme ends with the race. With it, it may end anywhere.
            wish.update(draw(st.fixed_dictionaries({}, optional={"weeks": st.integers(1, 20)})))
    return cast(SpecFields, wish | fixed)


@st.composite
def specs(draw: st.DrawFn, /, *, begin_from: int | None = 5, **fixed: Any) -> Spec:
    """Complete specs that are not blocked. Some continue a programme, with at least `begin_from`
    repetitions. None draws specs without a start only.
    """
    fresh = spec.build_spec(draw(spec_fields(**fixed)))
    if begin_from is not None and draw(st.sampled_from([False, False, False, True])):
        return replace(fresh, start=draw(starts(fresh, begin_from)))
    return fresh


@st.composite
def starts(draw: st.DrawFn, fresh: Spec, begin_from: int) -> Start:
    """A start that fits a spec and is not empty."""
    constants = plan_constants.derive(fresh)
    chosen = draw(st.lists(st.sampled_from(TRACKS), unique=True, max_size=3))
    begins: dict[Track, TrackStart] = {}
    for track in chosen:
        rung = draw(st.sampled_from(constants.ladders[track]))
        reps = draw(st.integers(begin_from, constants.top_reps(rung)))
        begins[track] = TrackStart(rung.number, reps, draw(loads(constants, rung)))
    return Start(**begins, full_volume=not chosen or draw(st.booleans()))


def loads(constants: PlanConstants, rung: Rung) -> st.SearchStrategy[float]:
    """Loads that a rung takes under these constants."""
    if not rung.loaded:
        return st.just(0.0)
    steps = max(constants.max_load // constants.increment, 1)
    return st.integers(1, steps).map(lambda step: step * constants.increment / 100)
