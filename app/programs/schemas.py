"""What a client sends to ask for a programme, and how it becomes the fields of a spec.

Types and shapes are checked here, ranges and sense in training.spec; both name the field, the
rule and what is allowed.
"""

import datetime
from typing import Annotated, Any, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    create_model,
)
from pydantic_core import PydanticCustomError

from app.training.catalog.tracks import DEFINITIONS, TRACKS
from app.training.planning.spec import (
    AGE,
    DAYS_PER_WEEK,
    HEEL_RISES,
    MAX_STEP_HEIGHTS,
    PAIN,
    SESSION_MINUTES,
    START_REPS,
    START_RUNG,
    STEP_CM,
    WEEKS,
    Equipment,
    HeelRiseTest,
    Level,
    Ramp,
    RunDay,
    Sex,
    SpecError,
    SpecFields,
    Start,
    Surface,
    TrackStart,
    Units,
)

INCHES_TO_CM = 2.54


def parse_date(value: object) -> datetime.date:
    """A calendar day written as 2026-11-23, and nothing else."""
    if isinstance(value, str) and len(value) == 10:
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("date", "must be a calendar day such as 2026-11-23")


def number(value: object) -> object:
    """A JSON number; neither a string that looks like one nor a truth value."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("number", "must be a number")
    return value


Day = Annotated[datetime.date, BeforeValidator(parse_date, json_schema_input_type=datetime.date)]
Number = Annotated[float, BeforeValidator(number), Field(allow_inf_nan=False)]
Flag = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class Wire(BaseModel):
    """The base of everything a client asks with: an unknown field is refused, because a typing
    error must not become a default.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class HeelRiseTestIn(Wire):
    """A single-leg heel-rise test; both legs are needed."""

    model_config = ConfigDict(title="HeelRiseTestInput")

    left: Annotated[StrictInt, Field(ge=HEEL_RISES.low, le=HEEL_RISES.high)]
    """Full-height repetitions of the left leg."""
    right: Annotated[StrictInt, Field(ge=HEEL_RISES.low, le=HEEL_RISES.high)]
    """Full-height repetitions of the right leg."""
    surface: Surface | None = None
    """Flat floor or a 10 degree wedge."""
    date: Day | None = None
    """The day of the test."""

    def to_value(self) -> HeelRiseTest:
        """The test as a value."""
        return HeelRiseTest(self.left, self.right, self.surface, self.date)


class TrackStartIn(Wire):
    """Where one track begins in a programme that continues another."""

    model_config = ConfigDict(title="TrackStartInput")

    rung: Annotated[StrictInt, Field(ge=START_RUNG.low, le=START_RUNG.high)]
    """Number of the rung on its ladder; it must be available with the equipment."""
    reps: Annotated[StrictInt, Field(ge=START_REPS.low, le=START_REPS.high)]
    """Target repetitions of a set."""
    load: Annotated[float, Field(ge=0, le=600, allow_inf_nan=False), BeforeValidator(number)] = 0
    """External load, a multiple of `load_increment`; 0 on an unloaded rung."""

    def to_value(self) -> TrackStart:
        """The start as a value."""
        return TrackStart(self.rung, self.reps, float(self.load))


_TRACK_FIELDS: dict[str, Any] = {
    track: (TrackStartIn | None, Field(None, description=f"Start of the {one.name.lower()} track."))
    for track, one in DEFINITIONS.items()
}
# Any, because mypy cannot know these fields. The module is another one, because this one has no
# source of the class to read docstrings from.
_TrackStartsIn: Any = create_model(
    "_TrackStartsIn", __base__=Wire, __module__="pydantic", **_TRACK_FIELDS
)


class StartIn(_TrackStartsIn):
    """State taken over from a programme that this one continues."""

    model_config = ConfigDict(title="StartInput")

    full_volume: StrictBool = False
    """Begin with the full number of sets."""

    def to_value(self) -> Start:
        """The start as a value."""
        tracks = {name: getattr(self, name) for name in TRACKS}
        values = {name: begin.to_value() for name, begin in tracks.items() if begin}
        return Start(**values, full_volume=self.full_volume)


class SpecIn(Wire):
    """What a runner asks for. Every field is optional: `{}` is a good beginner's programme."""

    model_config = ConfigDict(
        title="SpecInput",
        json_schema_extra={
            "examples": [
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
        },
    )

    weeks: Annotated[StrictInt, Field(ge=WEEKS.low, le=WEEKS.high)] | None = None
    """Length in weeks; 12, or up to the week of the race where both dates are given."""
    days_per_week: Annotated[StrictInt, Field(ge=DAYS_PER_WEEK.low, le=DAYS_PER_WEEK.high)] = 2
    """Training days a week; ignored where `weekdays` says which."""
    weekdays: (
        Annotated[
            list[Annotated[StrictInt, Field(ge=0, le=6)]],
            Field(min_length=1, max_length=6, json_schema_extra={"uniqueItems": True}),
        ]
        | None
    ) = None
    """The days to train on, 0 = Monday, used exactly as given."""
    level: Level = "beginner"
    """Training level: it sets the first rungs and the number of sets."""
    ramp: Ramp = "gentle"
    """`gentle` builds up the sets over the first weeks, `direct` starts with all of them."""
    heel_rise_test: HeelRiseTestIn | None = None
    """A heel-rise test; it replaces the level's first rungs."""
    age: Annotated[StrictInt, Field(ge=AGE.low, le=AGE.high)] | None = None
    """Age in years, 13 or more."""
    sex: Sex = "unspecified"
    """For the published test norms only, never for the plan."""
    step_heights_cm: (
        Annotated[
            list[Annotated[StrictInt, Field(ge=STEP_CM.low, le=STEP_CM.high)]],
            Field(max_length=MAX_STEP_HEIGHTS),
        ]
        | None
    ) = None
    """Heights of the steps and boxes at hand in centimetres; `[]` for none; 18 if left out."""
    step_heights_in: (
        Annotated[
            list[Annotated[float, Field(ge=2, le=24), BeforeValidator(number)]],
            Field(max_length=MAX_STEP_HEIGHTS),
        ]
        | None
    ) = None
    """The same in inches, in place of `step_heights_cm`; rounded to the nearest centimetre."""
    equipment: Annotated[list[Equipment], Field(max_length=20)] = ["chair"]
    """What is at hand beside floor and wall."""
    units: Units = "metric"
    """`metric`: kilograms, `imperial`: pounds, for body mass and loads."""
    body_mass: (
        Annotated[Number, Field(json_schema_extra={"minimum": 30, "maximum": 550})] | None
    ) = None
    """30 to 250 kg or 66 to 550 lb, two decimals at most; assumed for loads if left out."""
    load_increment: (
        Annotated[Number, Field(json_schema_extra={"minimum": 0.25, "maximum": 10})] | None
    ) = None
    """Smallest step in load that can be added: 0.25 to 5 kg (1) or 0.5 to 10 lb (2.5)."""
    start_date: Day | None = None
    """The first day of week 1; left out: weeks without dates that start on Monday."""
    race_date: Day | None = None
    """The day of the race; needs `start_date` and does not come before it."""
    run_schedule: Annotated[list[RunDay], Field(min_length=7, max_length=7)] | None = None
    """The running week, seven values, Monday first."""
    pain_now: Annotated[StrictInt, Field(ge=PAIN.low, le=PAIN.high)] = 0
    """Pain today from 0 to 10; above 5 nothing is planned."""
    injury_last_3_months: StrictBool = False
    """A calf, Achilles, foot, ankle or knee injury within three months."""
    avoid_below_level: StrictBool = False
    """Keep the heel from dropping below the step."""
    red_flags: Annotated[list[Flag], Field(max_length=20)] = []
    """Warning signs that are present, such as `sudden_snap`, `hot_swollen_calf`,
    `calf_pain_with_breathlessness`, `suspected_fracture`, `recent_surgery`,
    `fever_with_leg_pain`, `numbness_or_foot_drop`, `night_pain`, `chest_pain_or_fainting`,
    `supervised_exercise_only`. Any entry, known to us or not, blocks the programme."""
    session_minutes: Annotated[
        StrictInt, Field(ge=SESSION_MINUTES.low, le=SESSION_MINUTES.high)
    ] = 45
    """Time for one session in minutes, warm-up included."""
    deload_every: Annotated[
        StrictInt, Field(ge=0, le=8, json_schema_extra={"enum": [0, 3, 4, 5, 6, 7, 8]})
    ] = 4
    """Every which week is a lighter one; 0 for never."""
    timezone: Annotated[str, Field(max_length=64)] = "UTC"
    """IANA time zone that assigns logged sets to days."""
    start: StartIn | None = None
    """State taken over from a programme that this one continues."""

    def to_fields(self) -> SpecFields:
        """The fields that were sent, as values; null counts as not sent."""
        sent: dict[str, Any] = {
            name: to_value(value)
            for name in type(self).model_fields
            if name in self.model_fields_set and (value := getattr(self, name)) is not None
        }
        inches = sent.pop("step_heights_in", None)
        if inches is not None and "step_heights_cm" in sent:
            raise SpecError(["step_heights_in"], "stands in for step_heights_cm; give one of them")
        if inches is not None:
            sent["step_heights_cm"] = tuple(round(inch * INCHES_TO_CM) for inch in inches)
        for mass in {"body_mass", "load_increment"} & sent.keys():
            sent[mass] = float(sent[mass])
        return cast(SpecFields, sent)


def to_value(sent: object) -> object:
    """A sent field as the domain's value of it."""
    if isinstance(sent, HeelRiseTestIn | StartIn):
        return sent.to_value()
    return tuple(sent) if isinstance(sent, list) else sent
