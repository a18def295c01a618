"""The wire models of sessions: what companions upload and what the routes respond.

Known fields are validated strictly. Unknown fields are accepted, listed in `warnings` and not
stored, because a newer companion must not block its own queue. from_wire turns uploads into values.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, get_args
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictStr, TypeAdapter
from pydantic.config import JsonDict

from app.sessions import field_types as types
from app.training.adapting.next_session import NextSession
from app.training.log import limits
from app.training.log.completed import CompletedSession, SessionStatus, SetKind
from app.training.planning.plan_constants import LoadUnit
from app.training.planning.spec import Surface
from app.training.planning.week import SetSide
from app.web.http.problems import ProblemBody
from app.web.http.validation_errors import validate_in_slices

SET_EXAMPLE: JsonDict = {
    "exercise": "single-leg-calf-raise-step",
    "side": "left",
    "set_index": 1,
    "reps": 12,
    "load": {"value": 10, "unit": "lb"},
    "rir": 3,
    "pain": 1,
    "performed_at": "2026-10-06T18:34:10+02:00",
}
SESSION_EXAMPLE: JsonDict = {
    "athlete_id": "runner-7",
    "program_id": "AgCZvl77",
    "week": 1,
    "session": 1,
    "started_at": "2026-10-06T18:30:00+02:00",
    "ended_at": "2026-10-06T18:58:00+02:00",
    "srpe": 4,
    "sets": [
        {"set_id": "0190d1c5-6b1f-7a11-8c22-9e8d7c6b5a40", **SET_EXAMPLE},
        {
            "set_id": "0190d1c5-6b20-7b33-9d44-8f7e6d5c4b3a",
            "exercise": "bent-knee-calf-raise",
            "side": "both",
            "reps": 15,
            "performed_at": "2026-10-06T18:41:25+02:00",
        },
    ],
}


class UploadModel(BaseModel):
    """The base of the models that companions upload."""

    model_config = ConfigDict(extra="allow", frozen=True)

    nested_fields: ClassVar[tuple[str, ...]] = ()
    """The fields that hold other upload models."""

    @classmethod
    def __pydantic_init_subclass__(cls, **_kwargs: object) -> None:
        found = cls.model_fields.items()
        cls.nested_fields = tuple(n for n, one in found if _holds_upload_model(one.annotation))

    def unknown_fields(self, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
        """Yield the paths of the uploaded fields that the models do not define."""
        for name in self.model_extra or ():
            yield (*path, name)
        for name in self.nested_fields:
            value = getattr(self, name)
            if isinstance(value, UploadModel):
                yield from value.unknown_fields((*path, name))
            elif value:
                for place, item in enumerate(value):
                    yield from item.unknown_fields((*path, name, place))


def _holds_upload_model(annotation: object) -> bool:
    inner = get_args(annotation)
    if not inner:
        return isinstance(annotation, type) and issubclass(annotation, UploadModel)
    return any(_holds_upload_model(one) for one in inner)


class LoadIn(UploadModel):
    """An external load in its unit."""

    model_config = ConfigDict(title="LoadUpload")

    value: types.Mass
    """Amount in `unit`, with up to four decimals."""
    unit: LoadUnit
    """Kilograms or pounds."""


class TargetIn(UploadModel):
    """The prescription of a set, as the companion knew it."""

    model_config = ConfigDict(title="TargetUpload")

    reps: types.Reps | None = None
    """Prescribed repetitions."""
    load: types.Mass | None = None
    """Prescribed load in the programme's unit."""


class DeviceIn(UploadModel):
    """The device that recorded the session."""

    model_config = ConfigDict(title="DeviceUpload")

    manufacturer: types.Short | None = None
    """Manufacturer of the device."""
    model: types.Short | None = None
    """Model of the device."""
    kind: types.Short | None = None
    """Kind of device, such as `watch` or `phone`."""


class MorningPainIn(UploadModel):
    """Pain on the morning after."""

    model_config = ConfigDict(title="MorningPainUpload")

    score: types.Score
    """Pain score, 0 to 10."""
    site: types.Short | None = None
    """Site of the pain: `calf`, `achilles`, `foot`, `ankle`, `knee`, `thigh`, `groin`, `hip`,
    `back` or `shoulder`."""


class LoggedTestIn(UploadModel):
    """A heel-rise test that was done in the session."""

    model_config = ConfigDict(title="LoggedTestUpload")

    left: types.HeelRises
    """Full-height repetitions of the left leg."""
    right: types.HeelRises
    """Full-height repetitions of the right leg."""
    surface: Surface | None = None
    """Surface of the test: `floor` or `wedge`."""


class SetIn(UploadModel):
    """One completed set."""

    model_config = ConfigDict(title="SetUpload")

    set_id: types.Id | None = None
    """Id of the set, made by the client. Without it, the id is derived from session, exercise, side
    and `set_index`, so that a retry finds the same set."""
    version: types.Version | None = None
    """A number that grows with every change. Without it, the last write wins."""
    exercise: types.Short
    """Slug of the exercise. An unknown slug is stored and noted in `data_notes`."""
    side: SetSide | None = None
    """The leg; null if it was not recorded."""
    set_index: types.SetIndex | None = None
    """Number of the set within its exercise and side. Without it, sets are counted from 1."""
    reps: types.Reps | None = None
    """Completed repetitions; null if they were not counted."""
    load_kg: types.Mass | None = None
    """External load in kilograms; 0 for no load, null if it is unknown."""
    load: LoadIn | None = None
    """The load in its own unit. It replaces `load_kg`."""
    duration_s: types.Seconds | None = None
    """Duration in seconds. A hold is counted by it; without it, a hold counts as not done."""
    rir: types.Score | None = None
    """Repetitions in reserve (RIR), 0 to 10."""
    rpe: types.Score | None = None
    """Rating of perceived exertion (RPE), 0 to 10."""
    rpe_scale: types.Short | None = None
    """The scale of `rpe`, if it is not the usual one."""
    pain: types.Score | None = None
    """Worst pain during the set, 0 to 10."""
    performed_at: types.Moment
    """Moment of the set, with a UTC offset."""
    kind: SetKind = "work"
    """`work` or `warmup`. Only work sets count; warm-up sets are stored for their pain."""
    prescribed: TargetIn | None = None
    """The prescription of the set."""


class LiveSetIn(SetIn):
    """A single set, sent live from a watch. It creates its session if that does not exist."""

    _EXAMPLE: ClassVar[JsonDict] = {"athlete_id": "runner-7", **SET_EXAMPLE}
    model_config = ConfigDict(title="LiveSetUpload", json_schema_extra={"examples": [_EXAMPLE]})

    athlete_id: types.AthleteId
    """The calling app's own id of the athlete."""
    program_id: types.ProgramId | None = None
    """Programme of the session, if this set creates it."""
    week: types.Week | None = None
    """Week of the programme, if this set creates the session."""
    session: types.SessionOfWeek | None = None
    """Number of the session in its week, if this set creates it."""


class SessionIn(UploadModel):
    """A completed session with some or all of its sets."""

    _EXAMPLES: ClassVar[JsonDict] = {"examples": [SESSION_EXAMPLE]}
    model_config = ConfigDict(title="SessionUpload", json_schema_extra=_EXAMPLES)

    session_id: types.Id | None = None
    """Id of the session, made by the client. A batch requires it. Under `/sessions/{session_id}` it
    is optional and must equal the id in the URL."""
    athlete_id: types.AthleteId
    """The calling app's own id of the athlete. No names are stored."""
    version: types.Version | None = None
    """A number that grows with every change. Without it, the last write wins."""
    program_id: types.ProgramId | None = None
    """Id of the programme that the session belongs to."""
    week: types.Week | None = None
    """Number of the week in the programme."""
    session: types.SessionOfWeek | None = None
    """Number of the session in its week, from 1."""
    started_at: types.Moment
    """Start of the session, with a UTC offset."""
    ended_at: types.Moment | None = None
    """End of the session, with a UTC offset."""
    status: SessionStatus | None = None
    """Whether the session is in progress, completed, partly done or abandoned. Left out: a stored
    status stays; a new session is completed, or in progress if it has no sets."""
    source: types.Short | None = None
    """The app that recorded it."""
    device: DeviceIn | None = None
    """The device that recorded it."""
    srpe: types.Score | None = None
    """Rating of perceived exertion of the whole session (sRPE), 0 to 10."""
    morning_pain: MorningPainIn | None = None
    """Pain on the morning after."""
    red_flags: Annotated[list[types.Short], Field(max_length=limits.MAX_RED_FLAGS)] = []
    """Warning signs that were reported."""
    heel_rise_test: LoggedTestIn | None = None
    """A heel-rise test that was part of it."""
    notes: Annotated[StrictStr, Field(max_length=limits.MAX_LENGTHS["notes"])] | None = None
    """Free text, stored as it was sent."""
    sets: Annotated[
        list[SetIn], Field(max_length=limits.MAX_SETS), validate_in_slices(50, limits.MAX_SETS)
    ] = []
    """Sets to store. Stored sets that are not listed stay."""


SESSION = TypeAdapter(CompletedSession)
Outcome = Literal["created", "updated", "unchanged", "stale", "conflict", "invalid"]


class ResponseModel(BaseModel):
    """The base of response models. Every field is always present."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on an upload. It did not prevent anything from being stored."""

    code: str
    """Stable code."""
    detail: str
    """Description of the remark."""
    pointer: str
    """JSON pointer to the value in the request body."""


class WriteResult(ResponseModel):
    """The result of storing one session. With a 2xx status it is on disk."""

    outcome: Outcome
    """What was done. `stale`: a newer version is stored, and nothing was changed."""
    session: CompletedSession | None
    """The session as it is stored now; null if it was deleted."""
    next: NextSession | None = None
    """The next session to do, for a session with a `program_id`; null if there is none."""
    data_notes: list[Note]
    """What to tell the runner: a warning sign, pain, why there is no next session, and odd values,
    which were stored as sent."""
    warnings: list[Note]
    """Unknown fields, which were not stored."""


class BatchOutcome(ResponseModel):
    """The result of storing one session of a batch."""

    index: int
    """Position of the session in the batch, from 0."""
    session_id: UUID | None
    """Id of the session; null if it could not be read."""
    outcome: Outcome
    """What was done with the session."""
    problem: ProblemBody | None = None
    """The problem, for `invalid` and `conflict`."""
    data_notes: list[Note]
    """What to do after a warning sign, and odd values, which were stored as sent."""
    warnings: list[Note]
    """Unknown fields, which were not stored."""


class BatchNext(ResponseModel):
    """The next session of one athlete in one programme."""

    athlete_id: str
    """The athlete."""
    program_id: str
    """The programme."""
    next: NextSession | None
    """The next session to do; null if there is none."""
    data_notes: list[Note]
    """What to tell the runner: pain, or why there is no next session."""


class BatchResult(ResponseModel):
    """The results of a batch, in the order of the request."""

    outcomes: list[BatchOutcome]
    """One result for each session of the request."""
    next: list[BatchNext]
    """The next sessions of the first ten pairs of athlete and programme in the batch."""


class SessionPage(ResponseModel):
    """A page of sessions, newest first."""

    items: list[CompletedSession]
    """The sessions with their sets."""
    next_cursor: str | None
    """Send it as `cursor` to get the next page; null on the last page."""
