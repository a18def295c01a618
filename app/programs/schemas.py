"""What a client sends to ask for a programme, and how it becomes the fields of a spec.

Types and shapes are checked here, ranges and sense in training.spec; both name the field, the
rule and what is allowed.
"""

import datetime
from typing import Annotated, Any, Literal, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    StrictBool,
    StrictInt,
)
from pydantic_core import PydanticCustomError

from app.sessions.schemas import AthleteId, SessionIn
from app.training.course import Status as CourseStatus
from app.training.course import TrackDose
from app.training.exercise import TRACKS, Track
from app.training.reasons import Basis, Reason
from app.training.record import DataNote
from app.training.simulation import Effort, SimulatedWeek
from app.training.spec import (
    AGE,
    DAYS_PER_WEEK,
    HEEL_RISES,
    PAIN,
    SESSION_MINUTES,
    STEP_CM,
    STEPS_AT_MOST,
    WEEKS,
    Equipment,
    HeelRiseTest,
    Level,
    Ramp,
    RunDay,
    Sex,
    Spec,
    SpecError,
    SpecFields,
    Start,
    Surface,
    TrackStart,
    Units,
)
from app.training.week import Week

ADAPT_EXAMPLE: dict[str, JsonValue] = {
    "sessions": [
        {
            "session_id": "0190d1c5-6b1e-7c3a-9f57-1d2f3a4b5c6d",
            "week": 1,
            "session": 1,
            "started_at": "2026-11-23T18:30:00+01:00",
            "sets": [
                {
                    "exercise": "straight-leg-calf-raise",
                    "side": "both",
                    "set_index": 1,
                    "reps": 15,
                    "rir": 4,
                    "pain": 0,
                    "performed_at": "2026-11-23T18:31:00+01:00",
                }
            ],
        }
    ],
    "through_week": 1,
}
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

    rung: Annotated[StrictInt, Field(ge=0, le=8)]
    """Number of the rung on its ladder; it must be available with the equipment."""
    reps: Annotated[StrictInt, Field(ge=1, le=25)]
    """Target repetitions of a set."""
    load: Annotated[float, Field(ge=0, le=600, allow_inf_nan=False), BeforeValidator(number)] = 0
    """External load, a multiple of `load_increment`; 0 on an unloaded rung."""

    def to_value(self) -> TrackStart:
        """The start as a value."""
        return TrackStart(self.rung, self.reps, float(self.load))


class StartIn(Wire):
    """State taken over from a programme that this one continues."""

    model_config = ConfigDict(title="StartInput")

    straight_knee: TrackStartIn | None = None
    """Start of the straight-knee track."""
    bent_knee: TrackStartIn | None = None
    """Start of the bent-knee track."""
    step_up: TrackStartIn | None = None
    """Start of the step-up track."""
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
            Field(max_length=STEPS_AT_MOST),
        ]
        | None
    ) = None
    """Heights of the steps and boxes at hand in centimetres; `[]` for none; 18 if left out."""
    step_heights_in: (
        Annotated[
            list[Annotated[float, Field(ge=2, le=24), BeforeValidator(number)]],
            Field(max_length=STEPS_AT_MOST),
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


class DoneIn(SessionIn):
    """A completed session of a log that is sent along. Nothing of it is stored."""

    model_config = ConfigDict(title="LoggedSession")

    athlete_id: AthleteId = "anonymous"
    """Not needed here: the log is one person's."""


class AdaptIn(Wire):
    """What was done in a programme, for an app that keeps its own data."""

    model_config = ConfigDict(title="AdaptInput", json_schema_extra={"examples": [ADAPT_EXAMPLE]})

    sessions: Annotated[list[DoneIn], Field(max_length=2000)] = []
    """Everything that was done in the programme, in any order; repeats change nothing."""
    through_week: Annotated[StrictInt, Field(ge=0, le=WEEKS.high)] | None = None
    """The last week that counts as over; left out, it follows from what was done and `as_of`."""
    as_of: Day | None = None
    """Today, for a programme with dates: a week is over when its seventh day has passed."""


class ContinueIn(AdaptIn):
    """What was done, and what is different from now on."""

    model_config = ConfigDict(
        title="ContinueInput",
        json_schema_extra={"examples": [{**ADAPT_EXAMPLE, "spec": {"weeks": 12}}]},
    )

    spec: SpecIn = SpecIn()
    """The fields that change: a new dumbbell, a moved race, a new test, more weeks."""
    cleared: StrictBool = False
    """Whether a professional cleared the runner; needed after the programme was blocked."""


class SimulateIn(Wire):
    """How the simulated runner trains."""

    model_config = ConfigDict(
        title="SimulateInput",
        json_schema_extra={
            "examples": [{"adherence": 0.9, "effort": "as_planned", "missed_weeks": [5], "seed": 1}]
        },
    )

    adherence: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), BeforeValidator(number)] = (
        1.0
    )
    """Share of the sets that are done."""
    effort: Effort = "as_planned"
    """Whether sets end with the planned reserve, with more of it, or with less."""
    missed_weeks: Annotated[
        list[Annotated[StrictInt, Field(ge=1, le=WEEKS.high)]], Field(max_length=52)
    ] = []
    """Weeks without any training."""
    seed: Annotated[StrictInt, Field(ge=0, le=2**53 - 1)] = 0
    """Where chance comes from: the same seed gives the same course."""


class ChangeOut(BaseModel):
    """How a track differs from the week before, and why; also where it does not."""

    model_config = ConfigDict(title="Change", use_attribute_docstrings=True, validate_by_name=True)

    track: Track
    """The track."""
    code: str
    """Stable code of the rule."""
    sentence: str
    """The rule in one sentence."""
    evidence: tuple[str, ...]
    """Ids of the evidence table."""
    basis: Basis
    """What it rests on."""
    before: TrackDose | None = Field(alias="from")
    """The week before; null if the track was not in it."""
    after: TrackDose | None = Field(alias="to")
    """The week to come; null if the track is not in it."""


class AdaptOut(BaseModel):
    """What comes next, and why."""

    model_config = ConfigDict(title="Adaptation", use_attribute_docstrings=True)

    status: CourseStatus
    """`planned`: `week` says what to do. `blocked`: stop and get cleared. `finished`: it is over;
    continue it."""
    program_id: str
    """The programme."""
    week: Week | None
    """The week after the last one that is over."""
    changes: list[ChangeOut]
    """How it differs from the week before, track by track."""
    reason: Reason | None
    """Why nothing is planned, for `blocked`."""
    data_notes: list[DataNote]
    """What of the log could not be taken as it was."""
    disclaimers: tuple[str, ...]
    """What this service is not."""


class ContinueOut(BaseModel):
    """The successor of a programme."""

    model_config = ConfigDict(title="Successor", use_attribute_docstrings=True)

    program_id: str
    """The successor's id; `GET /programs/{program_id}` plans it."""
    spec: Spec
    """Its spec, which begins where the log ends (`start`)."""
    data_notes: list[DataNote]
    """What of the log could not be taken as it was."""


class SimulateOut(BaseModel):
    """A simulated course. It shows what the rules do, and predicts nothing."""

    model_config = ConfigDict(title="SimulatedCourse", use_attribute_docstrings=True)

    program_id: str
    """The programme."""
    status: Literal["finished", "blocked"]
    """Whether it came to its end."""
    weeks: tuple[SimulatedWeek, ...]
    """Week by week, each as it is prescribed after what was done before it."""
    disclaimers: tuple[str, ...]
    """What this service is not."""
