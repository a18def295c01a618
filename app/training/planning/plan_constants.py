"""The constants of a programme: exact numbers and ladders that follow from its spec.

Masses and loads are integers in hundredths of the spec's unit, so that no decision depends on a
binary float. derive() computes them from a spec; progression, week_plan and the fold use them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from app.training.catalog.exercises import LADDERS, LOADERS, Rung
from app.training.catalog.track_definitions import DEFINITIONS, TRACKS, SessionType, Track
from app.training.planning import training_calendar
from app.training.planning.spec import Side, Spec, SpecError, Units, to_hundredths
from app.training.planning.training_calendar import WeekKind

LoadUnit = Literal["kg", "lb"]

# Used for loads if the spec has no body mass.
_ASSUMED_BODY_MASS: dict[Units, float] = {"metric": 70, "imperial": 154}
UNIT: dict[Units, LoadUnit] = {"metric": "kg", "imperial": "lb"}
# A lower step leaves no room for the heels below its edge.
_MIN_STEP_EDGE_CM = 8
ADULT_AGE = 18
_CAUTIOUS_AGE = 65
_CAUTIOUS_PAIN = 3
# Sets of each exercise in a session: at the start, and in full.
_LEVEL_SETS = {"beginner": (2, 3), "intermediate": (2, 3), "advanced": (3, 4)}
_CAUTIOUS_SETS = (2, 3)
_CAUTIOUS_DELOAD_EVERY = 3
# Every five heel rises of the weaker leg start one rung higher, up to the sixth rung.
_REPS_PER_TEST_RUNG = 5
_MAX_TEST_RUNG = 6
# A side counts as weak if the gap is at least the noise of the test (EV-11) and over 15 % (EV-37).
TEST_NOISE_REPS = 6
_ASYMMETRY_PERCENT = 15


@dataclass(frozen=True, slots=True)
class PlanConstants:
    """The part of a programme that never changes. Masses are in hundredths of the unit."""

    spec: Spec
    cautious: bool
    ladders: Mapping[Track, tuple[Rung, ...]]
    body_mass: int
    increment: int
    """The smallest step in load."""
    days: tuple[int, ...]
    types: Mapping[int, SessionType]
    slots: int
    """Exercises of a full week, counted once per session."""
    small_budget: int
    """Sets of a week at the start of the level, and after a long break."""
    first_budget: int
    """Sets of the first week."""
    full_budget: int
    """Sets of a week at full volume."""
    deload_every: int
    weak_test: Side | None

    @property
    def max_load(self) -> int:
        """The greatest load: 60 % of body mass, rounded down to a multiple of the increment."""
        return self.percent_of(self.body_mass, 60)

    def percent_of(self, mass: int, percent: int) -> int:
        """Return some percent of a mass, rounded down to a multiple of the increment."""
        return mass * percent // (100 * self.increment) * self.increment

    def top_reps(self, rung: Rung) -> int:
        """Return the repetitions to reach on a rung before the next rung follows."""
        if rung.loaded or self.neighbour(rung, +1) is not None:
            return rung.reps_high
        return max(rung.reps_high, DEFINITIONS[rung.track].top_reps)

    def neighbour(self, rung: Rung, step: int) -> Rung | None:
        """Return the next available rung up (+1) or down (-1), or None at the end of the ladder."""
        ladder = self.ladders[rung.track]
        place = ladder.index(rung) + step
        return ladder[place] if 0 <= place < len(ladder) else None

    def week_kinds(self) -> list[WeekKind]:
        """Return the kind of every week, in order."""
        return training_calendar.list_week_kinds(self.spec, self.deload_every)


def derive(spec: Spec) -> PlanConstants:
    """Return the constants of a spec. Raises SpecError if its `start` does not fit the rest."""
    cautious = is_cautious(spec)
    days = training_calendar.choose_days(spec)
    types = training_calendar.assign_session_types(days)
    slots = sum(len(training_calendar.TRACKS_OF[kind]) for kind in types.values())
    first, full = _LEVEL_SETS[spec.level]
    if cautious:
        first, full = _CAUTIOUS_SETS[0], min(full, _CAUTIOUS_SETS[1])
    at_full = spec.ramp == "direct" or (spec.start is not None and spec.start.full_volume)
    deload_every = spec.deload_every
    mass = _ASSUMED_BODY_MASS[spec.units] if spec.body_mass is None else spec.body_mass
    constants = PlanConstants(
        spec=spec,
        cautious=cautious,
        ladders={track: _find_available_rungs(spec, track) for track in TRACKS},
        body_mass=to_hundredths(mass),
        increment=to_hundredths(spec.load_increment),
        days=days,
        types=types,
        slots=slots,
        small_budget=slots * first,
        first_budget=slots * (full if at_full else first),
        full_budget=slots * full,
        # 0, never, stays 0 in a cautious programme.
        deload_every=min(deload_every, _CAUTIOUS_DELOAD_EVERY) if cautious else deload_every,
        weak_test=find_weak_side(spec),
    )
    _check_start(constants)
    return constants


def is_cautious(spec: Spec) -> bool:
    """Return whether age, pain or a recent injury calls for a careful start."""
    old_or_young = spec.age is not None and not ADULT_AGE <= spec.age < _CAUTIOUS_AGE
    return spec.pain_now >= _CAUTIOUS_PAIN or spec.injury_last_3_months or old_or_young


def find_weak_side(spec: Spec) -> Side | None:
    """Return the side that is weak by the heel-rise test, or None."""
    test = spec.heel_rise_test
    if test is None:
        return None
    gap = abs(test.left - test.right)
    if gap < TEST_NOISE_REPS or gap * 100 <= _ASYMMETRY_PERCENT * max(test.left, test.right):
        return None
    return "left" if test.left < test.right else "right"


def _find_available_rungs(spec: Spec, track: Track) -> tuple[Rung, ...]:
    """Return the rungs of a ladder that the spec allows, from easy to hard.

    Equipment, step heights, age and `avoid_below_level` decide.
    """
    edge = not spec.avoid_below_level and max(spec.step_heights_cm, default=0) >= _MIN_STEP_EDGE_CM
    adult = spec.age is None or spec.age >= ADULT_AGE
    load = adult and not set(LOADERS).isdisjoint(spec.equipment)
    return tuple(
        rung
        for rung in LADDERS[track]
        if (edge or not rung.step_edge)
        and ("chair" in spec.equipment or not rung.chair)
        and (load or not rung.loaded)
        and (rung.height_band is None or choose_step_height(spec, rung) is not None)
    )


def choose_step_height(spec: Spec, rung: Rung) -> int | None:
    """Return the step height for a rung in centimetres; None if there is no fitting one."""
    if rung.height_band is None:
        return None
    low, high = rung.height_band
    heights = [height for height in spec.step_heights_cm if low <= height <= high]
    if not heights:
        return None
    return min(heights) if rung.lowest else max(heights)


def choose_start_rung(constants: PlanConstants, track: Track) -> Rung:
    """Return the first rung: by level or test, available, and one lower if cautious."""
    ladder = constants.ladders[track]
    definition = DEFINITIONS[track]
    wanted: int = getattr(definition.start_rungs, constants.spec.level)
    test = constants.spec.heel_rise_test
    if test is not None:
        by_test = min(min(test.left, test.right) // _REPS_PER_TEST_RUNG + 1, _MAX_TEST_RUNG)
        if definition.heel_rise_test:
            wanted = by_test
        elif by_test == 1 and definition.start_rung_after_low_test is not None:
            wanted = definition.start_rung_after_low_test
    place = max((i for i, rung in enumerate(ladder) if rung.number <= wanted), default=0)
    return ladder[max(place - 1, 0) if constants.cautious else place]


def _check_start(constants: PlanConstants) -> None:
    for track in TRACKS:
        begin = constants.spec.start and constants.spec.start.of(track)
        if not begin:
            continue
        rungs = {rung.number: rung for rung in constants.ladders[track]}
        if (rung := rungs.get(begin.rung)) is None:
            absent = f"is not available with this equipment; one of {', '.join(map(str, rungs))}"
            raise SpecError(["start", track, "rung"], absent)
        top = constants.top_reps(rung)
        if not 1 <= begin.reps <= top:
            raise SpecError(["start", track, "reps"], f"must lie between 1 and {top}")
        if (fault := _find_load_fault(constants, rung, to_hundredths(begin.load))) is not None:
            raise SpecError(["start", track, "load"], fault)


def _find_load_fault(constants: PlanConstants, rung: Rung, load: int) -> str | None:
    if not rung.loaded:
        return None if load == 0 else "must be 0: this rung takes no external load"
    step, most = constants.increment, max(constants.max_load, constants.increment)
    if load % step == 0 and step <= load <= most:
        return None
    return f"must be a multiple of {step / 100:g} between {step / 100:g} and {most / 100:g}"
