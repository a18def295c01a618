"""The spec as a client sends it, and its conversion to the fields of a spec.

Types and shapes are checked here; training.planning.spec checks ranges and whether the fields fit
together. Both report the field, the rule and what is allowed. The routes call `SpecIn.to_fields`.
"""

import datetime
from typing import Annotated, Any, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    JsonValue,
    StrictBool,
    StrictInt,
    create_model,
)
from pydantic_core import PydanticCustomError

from app.training.catalog.track_definitions import DEFINITIONS, TRACKS
from app.training.planning import spec

_CM_PER_INCH = 2.54


def _parse_date(value: object) -> datetime.date:
    """Parse a calendar day in the form 2026-11-23; every other form is an error."""
    if isinstance(value, str) and len(value) == 10:
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("date", "must be a calendar day such as 2026-11-23")


def check_number(value: object) -> object:
    """Return a JSON number. Strings and booleans are errors, which Pydantic would convert."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("number", "must be a number")
    return value


def _within(limits: spec.Bounds) -> Any:
    return Field(ge=limits.low, le=limits.high)


Day = Annotated[datetime.date, BeforeValidator(_parse_date, json_schema_input_type=datetime.date)]
_Number = Annotated[float, BeforeValidator(check_number), Field(allow_inf_nan=False)]
_Flag = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class RequestModel(BaseModel, extra="forbid", frozen=True, use_attribute_docstrings=True):
    """The base of request bodies. An unknown field is an error, because a misspelled field would
    otherwise get its default.
    """


class HeelRiseTestIn(RequestModel, title="HeelRiseTestInput"):
    """A single-leg heel-rise test; both legs are needed."""

    left: Annotated[StrictInt, _within(spec.HEEL_RISES)]
    """Repetitions to full height with the left leg."""
    right: Annotated[StrictInt, _within(spec.HEEL_RISES)]
    """Repetitions to full height with the right leg."""
    surface: spec.Surface | None = None
    """Whether the foot stood on flat floor or on a 10 degree wedge."""
    date: Day | None = None
    """The day of the test."""

    def to_value(self) -> spec.HeelRiseTest:
        return spec.HeelRiseTest(self.left, self.right, self.surface, self.date)


class TrackStartIn(RequestModel, title="TrackStartInput"):
    """Where one track starts in a programme that continues another."""

    rung: Annotated[StrictInt, _within(spec.START_RUNG)]
    """Number of the rung on the track's ladder. The runner must have its equipment."""
    reps: Annotated[StrictInt, _within(spec.START_REPS)]
    """Target repetitions of a set."""
    load: Annotated[
        float, Field(ge=0, le=600, allow_inf_nan=False), BeforeValidator(check_number)
    ] = 0
    """External load in kg or lb, a multiple of `load_increment`; 0 on an unloaded rung."""

    def to_value(self) -> spec.TrackStart:
        return spec.TrackStart(self.rung, self.reps, float(self.load))


_TRACK_FIELDS: dict[str, Any] = {
    track: (TrackStartIn | None, Field(None, description=f"Start of the {one.name.lower()} track."))
    for track, one in DEFINITIONS.items()
}
# Any, because mypy cannot know these fields. The module is another one, because this one has no
# source of the class to read docstrings from.
_TrackStartsIn: Any = create_model(
    "_TrackStartsIn", __base__=RequestModel, __module__="pydantic", **_TRACK_FIELDS
)


class StartIn(_TrackStartsIn, title="StartInput"):
    """Where the tracks start in a programme that continues another."""

    full_volume: StrictBool = False
    """Whether to start with the full number of sets."""

    def to_value(self) -> spec.Start:
        tracks = {name: getattr(self, name) for name in TRACKS}
        values = {name: begin.to_value() for name, begin in tracks.items() if begin}
        return spec.Start(**values, full_volume=self.full_volume)


def _document(low: float, high: float) -> Any:
    # The limits depend on the units, so `training.planning.spec` checks them.
    return Field(json_schema_extra={"minimum": low, "maximum": high})


_Weekdays = Annotated[
    list[Annotated[StrictInt, Field(ge=0, le=6)]],
    Field(min_length=1, max_length=6, json_schema_extra={"uniqueItems": True}),
]
_StepCm = Annotated[StrictInt, _within(spec.STEP_CM)]
_StepInches = Annotated[float, Field(ge=2, le=24), BeforeValidator(check_number)]
_MAX_HEIGHTS = Field(max_length=spec.MAX_STEP_HEIGHTS)
_EXAMPLES: list[JsonValue] = [
    {},
    {
        "level": "intermediate",
        "days_per_week": 3,
        "weeks": 8,
        "equipment": ["chair", "dumbbell"],
        "heel_rise_test": {"left": 24, "right": 19},
    },
    {"start_date": "2026-11-23", "race_date": "2027-02-14", "age": 47},
    {"pain_now": 7},
]


class SpecIn(RequestModel, title="SpecInput", json_schema_extra={"examples": _EXAMPLES}):
    """What a runner asks for. Every field is optional: `{}` is a beginner's programme."""

    weeks: Annotated[StrictInt, _within(spec.WEEKS)] | None = None
    """Length in weeks. Left out: up to the week of the race if both dates are given, else 12."""
    days_per_week: Annotated[StrictInt, _within(spec.DAYS_PER_WEEK)] = 2
    """Training days a week; ignored if `weekdays` is given."""
    weekdays: _Weekdays | None = None
    """The days to train on, 0 = Monday. They are used exactly as given."""
    level: spec.Level = "beginner"
    """Training level; it decides the first rungs and the number of sets."""
    ramp: spec.Ramp = "gentle"
    """`gentle`: the number of sets grows over the first weeks. `direct`: all sets from week 1."""
    heel_rise_test: HeelRiseTestIn | None = None
    """Result of a heel-rise test; it decides the first rungs in place of `level`."""
    age: Annotated[StrictInt, _within(spec.AGE)] | None = None
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
    body_mass: Annotated[_Number, _document(30, 550)] | None = None
    """Body mass: 30 to 250 kg or 66 to 550 lb, with up to two decimals. Left out: loads are
    calculated with 70 kg or 154 lb."""
    load_increment: Annotated[_Number, _document(0.25, 10)] | None = None
    """Smallest increase in load: 0.25 to 5 kg (default 1) or 0.5 to 10 lb (default 2.5)."""
    start_date: Day | None = None
    """The first day of week 1. Left out: the weeks have no dates and start on Monday."""
    race_date: Day | None = None
    """The day of the race, on or after `start_date`, which is required with it."""
    run_schedule: Annotated[list[spec.RunDay], Field(min_length=7, max_length=7)] | None = None
    """The runs of a week: seven values, Monday first."""
    pain_now: Annotated[StrictInt, _within(spec.PAIN)] = 0
    """Pain today from 0 to 10. Above 5 nothing is planned."""
    injury_last_3_months: StrictBool = False
    """Whether there was a calf, Achilles, foot, ankle or knee injury in the last three months."""
    avoid_below_level: StrictBool = False
    """Whether the heel must not drop below the step."""
    red_flags: Annotated[list[_Flag], Field(max_length=20)] = []
    """Warning signs that the runner has, such as `sudden_snap`, `hot_swollen_calf`,
    `calf_pain_with_breathlessness`, `suspected_fracture`, `recent_surgery`,
    `fever_with_leg_pain`, `numbness_or_foot_drop`, `night_pain`, `chest_pain_or_fainting`,
    `supervised_exercise_only`. Any entry blocks the programme, also one that is not
    in this list."""
    session_minutes: Annotated[StrictInt, _within(spec.SESSION_MINUTES)] = 45
    """Time for one session in minutes, including the warm-up."""
    deload_every: Annotated[
        StrictInt, Field(ge=0, le=8, json_schema_extra={"enum": [0, 3, 4, 5, 6, 7, 8]})
    ] = 4
    """Every how many weeks there is a deload week; 0 for never."""
    timezone: Annotated[str, Field(max_length=64)] = "UTC"
    """IANA time zone that assigns logged sets to days."""
    start: StartIn | None = None
    """Where the tracks start in a programme that continues another."""

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
            raise spec.SpecError(["step_heights_in"], detail)
        if inches is not None:
            sent["step_heights_cm"] = tuple(round(inch * _CM_PER_INCH) for inch in inches)
        for mass in {"body_mass", "load_increment"} & sent.keys():
            sent[mass] = float(sent[mass])
        return cast(spec.SpecFields, sent)


def _to_value(sent: object) -> object:
    if isinstance(sent, HeelRiseTestIn | StartIn):
        return sent.to_value()
    return tuple(sent) if isinstance(sent, list) else sent
