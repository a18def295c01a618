"""The spec of a programme: its fields, their defaults and their bounds.

`spec_building` makes a complete Spec of the fields that a client sent, in canonical form. Planning,
program ids and adaptation take only complete specs. Nothing here decides about training.
"""

import datetime
import zoneinfo
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypedDict

from app.training.catalog.exercises import LADDERS
from app.training.catalog.track_definitions import DEFINITIONS, TRACKS, Track
from app.training.planning.start import Start

# A plan must be the same on every machine, so time zones come from the pinned tzdata package and
# not from the host, whose database may be older or newer.
zoneinfo.reset_tzpath(to=())

Level = Literal["beginner", "intermediate", "advanced"]
Ramp = Literal["gentle", "direct"]
Sex = Literal["female", "male", "unspecified"]
Surface = Literal["floor", "wedge"]
Equipment = Literal[
    "chair",
    "backpack",
    "dumbbell",
    "kettlebell",
    "weight_vest",
    "calf_machine",
    "leg_press",
    "seated_calf_machine",
]
Units = Literal["metric", "imperial"]
RunDay = Literal["rest", "easy", "hard", "long"]


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
HOLD_SECONDS = Bounds(0, 600)
"""Of each side in a side-plank test."""
START_RUNG = Bounds(0, max(rung.number for ladder in LADDERS.values() for rung in ladder))
START_REPS = Bounds(1, max(definition.top_reps for definition in DEFINITIONS.values()))
SECONDS_PER_COUNT = 5
"""A hold is counted in fives: five seconds stand for a repetition in every rule."""
LOAD = Bounds(0.01, 1000)
MAX_LOADS = 24
MAX_RACES = 6
MAX_PAUSES = 6
MAX_WEEK_NUMBERS = 12
# A race that is over by more than this no longer concerns the programme.
OLDEST_RACE = datetime.timedelta(days=13)
PAIN = Bounds(0, 10)
SESSION_MINUTES = Bounds(10, 120)
DELOAD_EVERY = Bounds(3, 8)
BODY_MASS: dict[Units, Bounds] = {"metric": Bounds(30, 250), "imperial": Bounds(66, 550)}
LOAD_INCREMENT: dict[Units, Bounds] = {"metric": Bounds(0.25, 5), "imperial": Bounds(0.5, 10)}
DEFAULT_INCREMENT: dict[Units, float] = {"metric": 1.0, "imperial": 2.5}
DEFAULT_WEEKS = 12


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
class SidePlankTest:
    """A side-plank test on forearm and feet: seconds until the line is lost, on each side."""

    left: int
    """Seconds with the left side facing the floor."""
    right: int
    """Seconds with the right side facing the floor."""
    date: datetime.date | None = None
    """The day of the test."""


@dataclass(frozen=True, slots=True, order=True)
class Race:
    """A race. No session is on its day, the two days before it and the three days after it."""

    date: datetime.date
    """The day of the race."""
    taper: bool = True
    """Whether the weeks before it get lighter. Without a taper only the days around it are free."""


@dataclass(frozen=True, slots=True, order=True)
class Pause:
    """Days without training, such as a holiday. Both days belong to it."""

    __pydantic_config__ = {"serialize_by_alias": True}

    # `from` is a word of Python.
    from_date: datetime.date = field(metadata={"alias": "from"})
    """The first day."""
    to_date: datetime.date = field(metadata={"alias": "to"})
    """The last day."""


@dataclass(frozen=True, slots=True)
class Spec:
    """A complete spec: defaults are filled in and lists sorted. Equal requests give equal specs."""

    weeks: int = DEFAULT_WEEKS
    """Length in weeks; by default up to the week of the last race with taper, else 12."""
    days_per_week: int = 2
    """Training days a week. If `weekdays` is given, their number."""
    weekdays: tuple[int, ...] | None = None
    """The days to train on, 0 = Monday, used exactly as given; null if the planner chooses."""
    level: Level = "beginner"
    """Training level. It decides the first rungs and the number of sets."""
    ramp: Ramp = "gentle"
    """`gentle` increases the number of sets over the first weeks, `direct` starts with all sets."""
    core: tuple[Track, ...] = ()
    """Optional core tracks that join: side plank, bridge, plank."""
    heel_rise_test: HeelRiseTest | None = None
    """A heel-rise test. It replaces the level's first rungs of the calf raises."""
    side_plank_test: SidePlankTest | None = None
    """A side-plank test. It replaces the level's first rung of the side plank."""
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
    """The smallest weight that the runner can add, in the unit of `units`; unused with `loads`."""
    loads: tuple[float, ...] = ()
    """The weights that the runner owns, in the unit of `units`; empty for every multiple of
    `load_increment`."""
    prefer: tuple[str, ...] = ()
    """Slugs of alternatives to use in place of a rung's own exercise, the favourite first."""
    start_date: datetime.date | None = None
    """The first day of week 1; null for a plan without dates, whose weeks start on Monday."""
    races: tuple[Race, ...] = ()
    """The races. No session is close to any of them."""
    run_schedule: tuple[RunDay, ...] | None = None
    """The runs of a week: seven values, Monday first."""
    pauses: tuple[Pause, ...] = ()
    """Days without training, by date."""
    pause_weeks: tuple[int, ...] = ()
    """Numbers of the weeks without training, for a plan without dates."""
    lighter_weeks: tuple[int, ...] = ()
    """Numbers of weeks that the runner wants lighter."""
    pain_now: int = 0
    """Pain in calf, Achilles tendon, foot or knee today, 0 to 10; with core tracks in back, hip and
    shoulder too. Above 5 nothing is planned."""
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
    """Where the tracks start, and what a continued programme knows; null for a fresh start."""

    @property
    def tracks(self) -> tuple[Track, ...]:
        """The tracks of the programme, in their order."""
        return tuple(t for t in TRACKS if not DEFINITIONS[t].optional or t in self.core)

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
    core: tuple[Track, ...]
    heel_rise_test: HeelRiseTest
    side_plank_test: SidePlankTest
    age: int
    sex: Sex
    step_heights_cm: tuple[int, ...]
    equipment: tuple[Equipment, ...]
    units: Units
    body_mass: float
    load_increment: float
    loads: tuple[float, ...]
    prefer: tuple[str, ...]
    start_date: datetime.date
    race_date: datetime.date
    """Short for one race with taper in `races`."""
    races: tuple[Race, ...]
    run_schedule: tuple[RunDay, ...]
    pauses: tuple[Pause, ...]
    pause_weeks: tuple[int, ...]
    lighter_weeks: tuple[int, ...]
    pain_now: int
    injury_last_3_months: bool
    avoid_below_level: bool
    red_flags: tuple[str, ...]
    session_minutes: int
    deload_every: int
    timezone: str
    start: Start


def to_hundredths(number: float) -> int:
    """Return the exact count of hundredths in a number of at most two decimals."""
    return round(number * 100)
