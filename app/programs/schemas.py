"""The spec as a client sends it, and its conversion to the fields of a spec.

Types and shapes are checked here; training.planning.spec_building checks ranges and whether the
fields fit together. Both report the field, the rule and what is allowed. The routes call
`SpecIn.to_fields`.
"""

from typing import Annotated, Any, cast

from pydantic import Field, JsonValue, StrictBool, StrictInt
from pydantic.config import JsonDict

from app.programs.field_types import IS_NUMBER, Day, Number, RequestModel, WeekNumber
from app.programs.start_schemas import StartIn
from app.training.catalog.track_definitions import OPTIONAL_TRACKS
from app.training.planning import spec
from app.training.planning.spec_building import SpecError, check_distinct, list_preferable
from app.web.http.number_fields import within

_CM_PER_INCH = 2.54
_Flag = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class HeelRiseTestIn(RequestModel, title="HeelRiseTestInput"):
    """A single-leg heel-rise test; both legs are needed."""

    left: Annotated[StrictInt, within(spec.HEEL_RISES)]
    """Repetitions to full height with the left leg."""
    right: Annotated[StrictInt, within(spec.HEEL_RISES)]
    """Repetitions to full height with the right leg."""
    surface: spec.Surface | None = None
    """Whether the foot stood on flat floor or on a 10 degree wedge."""
    date: Day | None = None
    """The day of the test."""

    def to_value(self) -> spec.HeelRiseTest:
        return spec.HeelRiseTest(self.left, self.right, self.surface, self.date)


class SidePlankTestIn(RequestModel, title="SidePlankTestInput"):
    """A side-plank test on forearm and feet; both sides are needed."""

    left: Annotated[StrictInt, within(spec.HOLD_SECONDS)]
    """Seconds with the left side facing the floor."""
    right: Annotated[StrictInt, within(spec.HOLD_SECONDS)]
    """Seconds with the right side facing the floor."""
    date: Day | None = None
    """The day of the test."""

    def to_value(self) -> spec.SidePlankTest:
        return spec.SidePlankTest(self.left, self.right, self.date)


class RaceIn(RequestModel, title="RaceInput"):
    """A race. No session is on its day, the two days before it and the three days after it."""

    date: Day
    """The day of the race, at most 13 days before `start_date`."""
    taper: StrictBool = True
    """Whether the week before it gets lighter. Without a taper only the days around it are free."""

    def to_value(self) -> spec.Race:
        return spec.Race(self.date, self.taper)


class PauseIn(RequestModel, title="PauseInput"):
    """Days without training, such as a holiday. Both days belong to it."""

    from_date: Annotated[Day, Field(alias="from")]
    """The first day."""
    to_date: Annotated[Day, Field(alias="to")]
    """The last day."""

    def to_value(self) -> spec.Pause:
        return spec.Pause(self.from_date, self.to_date)


def _document(low: float, high: float) -> Any:
    # The limits depend on the units, so `training.planning.spec_building` checks them.
    return Field(json_schema_extra={"minimum": low, "maximum": high})


# `training.planning.spec_building` checks that no entry is repeated.
_DISTINCT: JsonDict = {"uniqueItems": True}
_Weekdays = Annotated[
    list[Annotated[StrictInt, Field(ge=0, le=6)]],
    Field(min_length=1, max_length=6, json_schema_extra=_DISTINCT),
]
_StepCm = Annotated[StrictInt, within(spec.STEP_CM)]
_StepInches = Annotated[float, Field(ge=2, le=23.8), IS_NUMBER]
_MAX_HEIGHTS = Field(max_length=spec.MAX_STEP_HEIGHTS)
_Load = Annotated[float, within(spec.LOAD), IS_NUMBER]
_MAX_LOADS = Field(max_length=spec.MAX_LOADS, json_schema_extra=_DISTINCT)
_WeekNumbers = Annotated[
    list[WeekNumber], Field(max_length=spec.MAX_WEEK_NUMBERS, json_schema_extra=_DISTINCT)
]
# `training.planning.spec_building` checks these words, which the catalogue decides.
_CoreTrack = Annotated[str, Field(json_schema_extra={"enum": [*OPTIONAL_TRACKS]})]
_Preferable = Annotated[str, Field(json_schema_extra={"enum": [*list_preferable()]})]
_MAX_WORDS = Field(max_length=20, json_schema_extra=_DISTINCT)
_EXAMPLES: list[JsonValue] = [
    {},
    {
        "core": [*OPTIONAL_TRACKS],
        "level": "intermediate",
        "days_per_week": 3,
        "weeks": 8,
        "equipment": ["chair", "dumbbell"],
        "heel_rise_test": {"left": 24, "right": 19},
    },
    {
        "core": [OPTIONAL_TRACKS[0]],
        "side_plank_test": {"left": 55, "right": 40},
        "equipment": ["chair", "backpack"],
        "loads": [4, 8, 12],
        "start_date": "2026-11-23",
        "races": [{"date": "2027-02-14"}, {"date": "2026-12-31", "taper": False}],
        "pauses": [{"from": "2026-12-24", "to": "2026-12-27"}],
    },
    {"pain_now": 7},
]


class SpecIn(RequestModel, title="SpecInput", json_schema_extra={"examples": _EXAMPLES}):
    """What a runner asks for. Every field is optional: `{}` is a beginner's programme."""

    weeks: WeekNumber | None = None
    """Length in weeks. Left out: up to the week of the last race with taper, else 12."""
    days_per_week: Annotated[StrictInt, within(spec.DAYS_PER_WEEK)] = 2
    """Training days a week; ignored if `weekdays` is given."""
    weekdays: _Weekdays | None = None
    """The days to train on, 0 = Monday. They are used exactly as given."""
    level: spec.Level = "beginner"
    """Training level; it decides the first rungs and the number of sets."""
    ramp: spec.Ramp = "gentle"
    """`gentle`: the number of sets grows over the first weeks. `direct`: all sets from week 1."""
    core: Annotated[list[_CoreTrack], _MAX_WORDS] = []
    """Optional core tracks that join the three of every programme."""
    heel_rise_test: HeelRiseTestIn | None = None
    """Result of a heel-rise test; it decides the first rungs of the calf raises in place of
    `level`."""
    side_plank_test: SidePlankTestIn | None = None
    """Result of a side-plank test; it decides the first rung of the side plank in place of `level`.
    Ignored without that track in `core`."""
    age: Annotated[StrictInt, within(spec.AGE)] | None = None
    """Age in years, 13 or more."""
    sex: spec.Sex = "unspecified"
    """Used for the published test norms only, never for the plan."""
    step_heights_cm: Annotated[list[_StepCm], _MAX_HEIGHTS] | None = None
    """Heights of the available steps and boxes in centimetres; `[]` for none. Left out: 18."""
    step_heights_in: Annotated[list[_StepInches], _MAX_HEIGHTS] | None = None
    """The same in inches, instead of `step_heights_cm`; rounded to the nearest centimetre."""
    equipment: Annotated[list[spec.Equipment], Field(max_length=20)] = ["chair"]
    """The available equipment besides floor and wall."""
    units: spec.Units = "metric"
    """`metric`: kilograms, `imperial`: pounds, for body mass and loads."""
    body_mass: Annotated[Number, _document(30, 550)] | None = None
    """Body mass: 30 to 250 kg or 66 to 550 lb, with up to two decimals. Left out: loads are
    calculated with 70 kg or 154 lb."""
    load_increment: Annotated[Number, _document(0.25, 10)] | None = None
    """Smallest increase in load: 0.25 to 5 kg (default 1) or 0.5 to 10 lb (default 2.5). Unused
    with `loads`."""
    loads: Annotated[list[_Load], _MAX_LOADS] = []
    """The weights that the runner owns, in kg or lb, with up to two decimals. Those under 5 % of
    body mass do not count. Empty: every multiple of `load_increment`."""
    prefer: Annotated[list[_Preferable], _MAX_WORDS] = []
    """Slugs of exercises to use in place of a rung's own, the favourite first."""
    start_date: Day | None = None
    """The first day of week 1. Left out: the weeks have no dates and start on Monday."""
    race_date: Day | None = None
    """The day of the race: short for one entry in `races`, with taper. Needs `start_date`."""
    races: Annotated[list[RaceIn], Field(max_length=spec.MAX_RACES)] = []
    """The races. Needs `start_date`."""
    run_schedule: Annotated[list[spec.RunDay], Field(min_length=7, max_length=7)] | None = None
    """The runs of a week: seven values, Monday first."""
    pauses: Annotated[list[PauseIn], Field(max_length=spec.MAX_PAUSES)] = []
    """Days without training. Needs `start_date`."""
    pause_weeks: _WeekNumbers = []
    """Numbers of weeks without training, in a programme without `start_date`."""
    lighter_weeks: _WeekNumbers = []
    """Numbers of weeks that shall be lighter."""
    pain_now: Annotated[StrictInt, within(spec.PAIN)] = 0
    """Pain today from 0 to 10, in calf, Achilles tendon, foot or knee; with core tracks in back,
    hip and shoulder too. Above 5 nothing is planned."""
    injury_last_3_months: StrictBool = False
    """Whether there was a calf, Achilles, foot, ankle or knee injury in the last three months."""
    avoid_below_level: StrictBool = False
    """Whether the heel must not drop below the step."""
    red_flags: Annotated[list[_Flag], Field(max_length=20)] = []
    """Codes of the warning signs that the runner has. `/warning-signs` lists those to ask for. Any
    entry blocks the programme, also one that is not in that list."""
    session_minutes: Annotated[StrictInt, within(spec.SESSION_MINUTES)] = 45
    """Time for one session in minutes, including the warm-up."""
    deload_every: Annotated[
        StrictInt, Field(ge=0, le=8, json_schema_extra={"enum": [0, 3, 4, 5, 6, 7, 8]})
    ] = 4
    """Every how many weeks there is a deload week; 0 for never."""
    timezone: Annotated[str, Field(max_length=64)] = "UTC"
    """IANA time zone that assigns logged sets to days."""
    start: StartIn | None = None
    """Where the tracks start. Left out, level and tests decide."""

    def to_fields(self) -> spec.SpecFields:
        """Return the fields that were sent as values; null counts as not sent. Raises SpecError."""
        sent: dict[str, Any] = {
            name: _to_value(value)
            for name in type(self).model_fields
            if name in self.model_fields_set and (value := getattr(self, name)) is not None
        }
        inches = sent.pop("step_heights_in", None)
        if inches is not None and "step_heights_cm" in sent:
            detail = "cannot be combined with step_heights_cm; send one of them"
            raise SpecError(["step_heights_in"], detail)
        if inches is not None:
            sent["step_heights_cm"] = tuple(round(inch * _CM_PER_INCH) for inch in inches)
        for mass in {"body_mass", "load_increment"} & sent.keys():
            sent[mass] = float(sent[mass])
        fields = cast(spec.SpecFields, sent)
        check_distinct(fields)
        return fields


def _to_value(sent: object) -> object:
    if isinstance(sent, HeelRiseTestIn | SidePlankTestIn | RaceIn | PauseIn | StartIn):
        return sent.to_value()
    return tuple(map(_to_value, sent)) if isinstance(sent, list) else sent
