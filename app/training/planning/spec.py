"""The spec of a programme: its fields, their defaults and bounds, and their canonical form.

build_spec() takes the fields that a client sent and returns a complete Spec. Planning, program ids
and adaptation take only complete specs. Nothing here decides about training.
"""

import datetime
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass, field, make_dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Literal, NamedTuple, TypedDict

from app.training.catalog.exercises import LADDERS
from app.training.catalog.track_definitions import DEFINITIONS, TRACKS, Track

# A plan must be the same on every machine, so time zones come from the pinned tzdata package and
# not from the host, whose database may be older or newer.
zoneinfo.reset_tzpath(to=())

Level = Literal["beginner", "intermediate", "advanced"]
Ramp = Literal["gentle", "direct"]
Sex = Literal["female", "male", "unspecified"]
Surface = Literal["floor", "wedge"]
Equipment = Literal["chair", "backpack", "dumbbell", "kettlebell", "weight_vest"]
Units = Literal["metric", "imperial"]
RunDay = Literal["rest", "easy", "hard", "long"]
Side = Literal["left", "right"]


class Bounds(NamedTuple):
    """The lowest and the highest value of a field, both included."""

    low: float
    high: float

    def contain(self, value: float) -> bool:
        """Return whether the value is within the bounds."""
        return self.low <= value <= self.high


WEEKS = Bounds(1, 52)
DAYS_PER_WEEK = Bounds(1, 6)
AGE = Bounds(13, 100)
HEEL_RISES = Bounds(0, 200)
STEP_CM = Bounds(5, 60)
MAX_STEP_HEIGHTS = 8
START_RUNG = Bounds(0, max(rung.number for ladder in LADDERS.values() for rung in ladder))
START_REPS = Bounds(1, max(definition.top_reps for definition in DEFINITIONS.values()))
PAIN = Bounds(0, 10)
SESSION_MINUTES = Bounds(10, 120)
DELOAD_EVERY = Bounds(3, 8)
BODY_MASS: dict[Units, Bounds] = {"metric": Bounds(30, 250), "imperial": Bounds(66, 550)}
LOAD_INCREMENT: dict[Units, Bounds] = {"metric": Bounds(0.25, 5), "imperial": Bounds(0.5, 10)}
DEFAULT_INCREMENT: dict[Units, float] = {"metric": 1.0, "imperial": 2.5}
DEFAULT_WEEKS = 12


class SpecError(ValueError):
    """A spec that cannot be planned: the path of the field, and what is allowed."""

    def __init__(self, path: Sequence[str | int], detail: str) -> None:
        super().__init__(detail)
        self.path = tuple(path)
        self.detail = detail


@dataclass(frozen=True, slots=True)
class HeelRiseTest:
    """A single-leg heel-rise test: full-height repetitions of each leg to a 60 bpm metronome."""

    left: int
    """Full-height repetitions of the left leg."""
    right: int
    """Full-height repetitions of the right leg."""
    surface: Surface | None = None
    """Flat floor or a 10 degree wedge. The published norms are for the wedge."""
    date: datetime.date | None = None
    """The day of the test."""


@dataclass(frozen=True, slots=True)
class TrackStart:
    """The start of one track in a programme that continues another."""

    rung: int
    """Number of the rung on its ladder; it must be available with the equipment of this spec."""
    reps: int
    """Target repetitions of a set."""
    load: float = 0.0
    """External load in the spec's unit, a multiple of `load_increment`; 0 on an unloaded rung."""

    def __post_init__(self) -> None:
        # Equal specs have one id, and -0.0 equals 0.0 but is printed differently.
        object.__setattr__(self, "load", self.load + 0.0)


_START_TEXTS = {
    track: f"Start of the {one.name.lower()} track; null leaves it to level and test."
    for track, one in DEFINITIONS.items()
}
# A field for each track of the catalogue. Any, because mypy cannot know these fields.
_TrackStarts: Any = make_dataclass(
    "_TrackStarts",
    [
        (track, TrackStart | None, field(default=None, metadata={"description": text}))
        for track, text in _START_TEXTS.items()
    ],
    frozen=True,
    slots=True,
)


@dataclass(frozen=True, slots=True)
class Start(_TrackStarts):  # type: ignore[misc]
    """The state of the previous programme, from which this one starts."""

    full_volume: bool = False
    """Start with the full number of sets, without the ramp of the first weeks."""

    def of(self, track: Track) -> TrackStart | None:
        """Return the start of a track, or None if the spec has none."""
        found: TrackStart | None = getattr(self, track)
        return found


@dataclass(frozen=True, slots=True)
class Spec:
    """A complete spec: defaults are filled in and lists sorted. Equal requests give equal specs."""

    weeks: int = DEFAULT_WEEKS
    """Length in weeks. With `start_date` and `race_date` it defaults to the week of the race."""
    days_per_week: int = 2
    """Training days a week. If `weekdays` is given, their number."""
    weekdays: tuple[int, ...] | None = None
    """The days to train on, 0 = Monday, used exactly as given; null if the planner chooses."""
    level: Level = "beginner"
    """Training level. It decides the first rungs and the number of sets."""
    ramp: Ramp = "gentle"
    """`gentle` increases the number of sets over the first weeks, `direct` starts with all sets."""
    heel_rise_test: HeelRiseTest | None = None
    """A heel-rise test. It replaces the level's first rungs."""
    age: int | None = None
    """Age in years. Under 18 no external load is planned; from 65 the plan is more cautious."""
    sex: Sex = "unspecified"
    """Used for the published norms of the heel-rise test only, never for the plan."""
    step_heights_cm: tuple[int, ...] = (18,)
    """Heights of the available steps and boxes in centimetres; empty if there are none."""
    equipment: tuple[Equipment, ...] = ("chair",)
    """Equipment that is available besides floor and wall."""
    units: Units = "metric"
    """`metric`: kilograms, `imperial`: pounds, for body mass and loads."""
    body_mass: float | None = None
    """Body mass in the unit of `units`; null assumes 70 kg or 154 lb for the load arithmetic."""
    load_increment: float = 1.0
    """The smallest weight that the runner can add, in the unit of `units`."""
    start_date: datetime.date | None = None
    """The first day of week 1; null for a plan without dates, whose weeks start on Monday."""
    race_date: datetime.date | None = None
    """The day of the race. The plan tapers towards it and has no session close to it."""
    run_schedule: tuple[RunDay, ...] | None = None
    """The runs of a week: seven values, Monday first."""
    pain_now: int = 0
    """Pain in calf, Achilles tendon, foot or knee today, 0 to 10. Above 5 nothing is planned."""
    injury_last_3_months: bool = False
    """A calf, Achilles, foot, ankle or knee injury within the last three months."""
    avoid_below_level: bool = False
    """Whether the heel must not drop below the step (pain where the tendon meets the heel)."""
    red_flags: tuple[str, ...] = ()
    """Warning signs that are present. Any of them blocks the programme until it is cleared."""
    session_minutes: int = 45
    """Time for one session in minutes, warm-up included."""
    deload_every: int = 4
    """Every how many weeks one is a lighter week, 3 to 8; 0 for never."""
    timezone: str = "UTC"
    """IANA name of the time zone that assigns logged sets to days."""
    start: Start | None = None
    """The state of the programme that this one continues; null for a fresh start."""

    def date_at(self, moment: datetime.datetime) -> datetime.date:
        """Return the date of a moment in the spec's time zone. Raises OverflowError for moments in
        the first and the last hours that Python's calendar has.
        """
        return moment.astimezone(zoneinfo.ZoneInfo(self.timezone)).date()


class SpecFields(TypedDict, total=False):
    """The fields that a client sent. Each is optional and has a default."""

    weeks: int
    days_per_week: int
    weekdays: tuple[int, ...]
    level: Level
    ramp: Ramp
    heel_rise_test: HeelRiseTest
    age: int
    sex: Sex
    step_heights_cm: tuple[int, ...]
    equipment: tuple[Equipment, ...]
    units: Units
    body_mass: float
    load_increment: float
    start_date: datetime.date
    race_date: datetime.date
    run_schedule: tuple[RunDay, ...]
    pain_now: int
    injury_last_3_months: bool
    avoid_below_level: bool
    red_flags: tuple[str, ...]
    session_minutes: int
    deload_every: int
    timezone: str
    start: Start


def build_spec(fields: SpecFields) -> Spec:
    """Fill in defaults, sort lists, validate, and return the spec. Raises SpecError."""
    filled: dict[str, Any] = {
        "load_increment": DEFAULT_INCREMENT[fields.get("units", "metric")],
        "weeks": choose_weeks(fields),
        **fields,
    }
    if "weekdays" in filled:
        filled["weekdays"] = tuple(sorted(filled["weekdays"]))
        filled["days_per_week"] = len(filled["weekdays"])
    if filled.get("start") == Start():
        del filled["start"]
    for name in filled.keys() & {"step_heights_cm", "equipment", "red_flags"}:
        filled[name] = tuple(sorted(set(filled[name])))
    spec = Spec(**filled)
    # Days before ranges: a wrong list of weekdays also gives a wrong `days_per_week`, and the error
    # has to name the list.
    for check in (_check_days, _check_ranges, _check_dates, _check_masses, _check_timezone):
        check(spec)
    return spec


def choose_weeks(fields: SpecFields) -> int:
    """Return 12, or the number of the week of the race, 1 to 52, if both dates are known."""
    start, race = fields.get("start_date"), fields.get("race_date")
    if start is None or race is None:
        return DEFAULT_WEEKS
    return min(max(compute_race_week(start, race), int(WEEKS.low)), int(WEEKS.high))


def compute_race_week(start: datetime.date, race: datetime.date) -> int:
    """Return the number of the seven-day block, counted from the start, that holds the race."""
    return (race - start).days // 7 + 1


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
    if test := spec.heel_rise_test:
        numbers += [(["heel_rise_test", "left"], test.left, HEEL_RISES)]
        numbers += [(["heel_rise_test", "right"], test.right, HEEL_RISES)]
    for path, number, bounds in numbers:
        if number is not None and not bounds.contain(number):
            zero = " (or 0 for none)" if path[0] == "deload_every" else ""
            raise SpecError(path, f"must lie between {bounds.low} and {bounds.high}{zero}")
    if len(spec.step_heights_cm) > MAX_STEP_HEIGHTS:
        raise SpecError(["step_heights_cm"], f"takes at most {MAX_STEP_HEIGHTS} heights")


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
    if spec.start_date and not 1900 <= spec.start_date.year <= 9000:
        raise SpecError(["start_date"], "the year must lie between 1900 and 9000")
    if spec.race_date is None:
        return
    if spec.start_date is None:
        raise SpecError(["race_date"], "needs a start_date, so that the weeks can be counted")
    if spec.race_date < spec.start_date:
        raise SpecError(["race_date"], "must not come before start_date")
    if spec.race_date.year > 9000:
        raise SpecError(["race_date"], "the year must lie between 1900 and 9000")


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
    for track in TRACKS:
        if spec.start and (begin := spec.start.of(track)):
            _check_decimals(["start", track, "load"], begin.load)


def _check_decimals(path: Sequence[str | int], number: float) -> None:
    # The engine counts in hundredths.
    exponent = Decimal(repr(number)).normalize().as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -2:
        raise SpecError(path, "takes at most two decimals")


def _check_timezone(spec: Spec) -> None:
    if spec.timezone not in list_timezones():
        raise SpecError(["timezone"], "must be an IANA time zone such as Europe/Berlin or UTC")


@cache
def list_timezones() -> frozenset[str]:
    """Return every zone name of the pinned database."""
    return frozenset(zoneinfo.available_timezones())


def to_hundredths(number: float) -> int:
    """Return the exact count of hundredths in a number of at most two decimals."""
    return round(number * 100)
