"""What a companion sends, and what it is answered.

Known fields are checked strictly; unknown ones are let through, named in `warnings` and dropped,
because a newer companion must not block its own queue. Values come out, rows are unknown here.
"""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, get_args
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictStr, TypeAdapter
from pydantic.config import JsonDict

from app.sessions.field_types import (
    AthleteId,
    HeelRises,
    Id,
    Mass,
    Moment,
    ProgramId,
    Reps,
    Score,
    Seconds,
    SessionOfWeek,
    SetIndex,
    Short,
    Version,
    Week,
)
from app.training.adapting.followed_program import NextSession
from app.training.log import limits
from app.training.log.completed import CompletedSession, SessionStatus, SetKind
from app.training.planning.plan_constants import LoadUnit
from app.training.planning.spec import Surface
from app.training.planning.week import SetSide
from app.web.http.problems import ProblemBody

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
    "program_id": "AQBH3FQM",
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
    """The base of what companions send."""

    model_config = ConfigDict(extra="allow", frozen=True)

    nests: ClassVar[tuple[str, ...]] = ()
    """The fields that hold others of our kind."""

    @classmethod
    def __pydantic_init_subclass__(cls, **_kwargs: object) -> None:
        cls.nests = tuple(
            n for n, info in cls.model_fields.items() if _holds_upload_model(info.annotation)
        )

    def unknown_fields(self, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
        """Paths of the fields that were sent and that we do not know."""
        for name in self.model_extra or ():
            yield (*path, name)
        for name in self.nests:
            value = getattr(self, name)
            if isinstance(value, UploadModel):
                yield from value.unknown_fields((*path, name))
            elif value:
                for place, item in enumerate(value):
                    yield from item.unknown_fields((*path, name, place))


def _holds_upload_model(annotation: object) -> bool:
    """Whether a field of this type holds what companions send as an object of its own."""
    inner = get_args(annotation)
    if not inner:
        return isinstance(annotation, type) and issubclass(annotation, UploadModel)
    return any(_holds_upload_model(one) for one in inner)


class LoadIn(UploadModel):
    """An external load in the unit it was lifted in."""

    model_config = ConfigDict(title="LoadUpload")

    value: Mass
    """How much, up to four decimals."""
    unit: LoadUnit
    """Kilograms or pounds."""


class TargetIn(UploadModel):
    """What was prescribed, as the companion knew it."""

    model_config = ConfigDict(title="TargetUpload")

    reps: Reps | None = None
    """Repetitions that were asked for."""
    load: Mass | None = None
    """Load that was asked for, in the programme's unit."""


class DeviceIn(UploadModel):
    """What recorded the session."""

    model_config = ConfigDict(title="DeviceUpload")

    manufacturer: Short | None = None
    """Maker of the device."""
    model: Short | None = None
    """Its model."""
    kind: Short | None = None
    """Watch, phone, and so on."""


class MorningPainIn(UploadModel):
    """Pain on the morning after."""

    model_config = ConfigDict(title="MorningPainUpload")

    score: Score
    """0 to 10."""
    site: Short | None = None
    """Where: calf, achilles, foot, ankle, knee, hip or back."""


class LoggedTestIn(UploadModel):
    """A heel-rise test done in the session."""

    model_config = ConfigDict(title="LoggedTestUpload")

    left: HeelRises
    """Full-height repetitions of the left leg."""
    right: HeelRises
    """Full-height repetitions of the right leg."""
    surface: Surface | None = None
    """Flat floor or wedge."""


class SetIn(UploadModel):
    """One completed set."""

    model_config = ConfigDict(title="SetUpload")

    set_id: Id | None = None
    """The set's id, made by the client. Left out, it follows from session, exercise, side and
    set_index, so that a retry still finds it."""
    version: Version | None = None
    """A number that grows with every change; left out: the last write wins."""
    exercise: Short
    """Slug of the exercise; an unknown one is kept and noted."""
    side: SetSide | None = None
    """Which leg; null where it was not recorded."""
    set_index: SetIndex | None = None
    """Place among the sets of this exercise and side; counted from 1 if left out."""
    reps: Reps | None = None
    """Repetitions done; null where they were not counted."""
    load_kg: Mass | None = None
    """External load in kilograms; 0 for none, null for unknown."""
    load: LoadIn | None = None
    """The load in its own unit, in place of `load_kg`."""
    duration_s: Seconds | None = None
    """Duration in seconds."""
    rir: Score | None = None
    """Repetitions left in reserve, 0 to 10."""
    rpe: Score | None = None
    """Rating of perceived exertion, 0 to 10."""
    rpe_scale: Short | None = None
    """The scale of the rating, where it is not the common one."""
    pain: Score | None = None
    """Worst pain during the set, 0 to 10."""
    performed_at: Moment
    """When it was done, with an offset."""
    kind: SetKind = "work"
    """Work sets count; warm-up sets are kept for their pain."""
    prescribed: TargetIn | None = None
    """What was asked for."""


class LiveSetIn(SetIn):
    """A set sent on its own, live from a wrist. It opens its session if that is not there."""

    model_config = ConfigDict(
        title="LiveSetUpload",
        json_schema_extra={"examples": [{"athlete_id": "runner-7", **SET_EXAMPLE}]},
    )

    athlete_id: AthleteId
    """The calling app's own id of the person."""
    program_id: ProgramId | None = None
    """The programme, for the session that this set opens."""
    week: Week | None = None
    """The programme's week, for the session that this set opens."""
    session: SessionOfWeek | None = None
    """Place of the session in its week, for the session that this set opens."""


class SessionIn(UploadModel):
    """A completed session with some or all of its sets."""

    model_config = ConfigDict(
        title="SessionUpload", json_schema_extra={"examples": [SESSION_EXAMPLE]}
    )

    session_id: Id | None = None
    """The session's id, made by the client. In a batch it is needed; under
    `/sessions/{session_id}` it may be left out or must agree."""
    athlete_id: AthleteId
    """The calling app's own id of the person; we hold no names."""
    version: Version | None = None
    """A number that grows with every change; left out: the last write wins."""
    program_id: ProgramId | None = None
    """The programme that it belongs to."""
    week: Week | None = None
    """Number of the programme's week."""
    session: SessionOfWeek | None = None
    """Place of the session in its week, from 1."""
    started_at: Moment
    """When it began, with an offset."""
    ended_at: Moment | None = None
    """When it ended."""
    status: SessionStatus = "completed"
    """How far it got."""
    source: Short | None = None
    """The app that recorded it."""
    device: DeviceIn | None = None
    """The device that recorded it."""
    srpe: Score | None = None
    """Rating of perceived exertion of the whole session, 0 to 10."""
    morning_pain: MorningPainIn | None = None
    """Pain on the morning after."""
    red_flags: Annotated[list[Short], Field(max_length=limits.MAX_RED_FLAGS)] = []
    """Warning signs that were reported."""
    heel_rise_test: LoggedTestIn | None = None
    """A heel-rise test that was part of it."""
    notes: Annotated[StrictStr, Field(max_length=limits.MAX_LENGTHS["notes"])] | None = None
    """Free text, kept as it was sent."""
    sets: Annotated[list[SetIn], Field(max_length=limits.MAX_SETS)] = []
    """Sets to store; those that are stored and not listed stay."""


SESSION = TypeAdapter(CompletedSession)

Outcome = Literal["created", "updated", "unchanged", "stale", "conflict", "invalid"]


class ResponseModel(BaseModel):
    """The base of what is answered, where every field is always there."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


class Note(ResponseModel):
    """Something worth knowing about what was sent. It stood in the way of nothing."""

    code: str
    """Stable code."""
    detail: str
    """What was noticed."""
    pointer: str
    """Where in the body."""


class WriteResult(ResponseModel):
    """What became of a session that was sent. A 2xx means that it is on disk."""

    outcome: Outcome
    """What was done. `stale`: something newer is stored, and nothing was changed."""
    session: CompletedSession | None
    """What is stored now; null if it was deleted."""
    next: NextSession | None = None
    """The next session to do, for a session with a `program_id`; null where none follows."""
    data_notes: list[Note]
    """Implausible or unknown content that was stored as it came."""
    warnings: list[Note]
    """Fields that we do not know and did not store."""


class BatchOutcome(ResponseModel):
    """What became of one session of a batch."""

    index: int
    """Its place in the batch, from 0."""
    session_id: UUID | None
    """Its id, where it could be read."""
    outcome: Outcome
    """What was done."""
    problem: ProblemBody | None = None
    """What is wrong, for `invalid` and `conflict`."""
    data_notes: list[Note]
    """Implausible or unknown content that was stored as it came."""
    warnings: list[Note]
    """Fields that we do not know and did not store."""


class BatchNext(ResponseModel):
    """What comes next for one person in one programme."""

    athlete_id: str
    """The person."""
    program_id: str
    """The programme."""
    next: NextSession | None
    """The next session to do; null where none follows."""
    data_notes: list[Note]
    """Why none follows, where that is so."""


class BatchResult(ResponseModel):
    """What became of a batch, in the order of the request."""

    outcomes: list[BatchOutcome]
    """One outcome for each session that was sent."""
    next: list[BatchNext]
    """The next session of each athlete and programme, of the first ten in the batch."""


class SessionPage(ResponseModel):
    """A page of sessions, newest first."""

    items: list[CompletedSession]
    """The sessions with their sets."""
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""
