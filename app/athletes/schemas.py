"""Requests and responses of /athletes, where they are not values of app.training themselves."""

import datetime
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, Field, StrictInt

from app.calendars.calendar import Calendar
from app.programs.schemas import RequestModel
from app.training.adapting.followed_program import FollowedWeek, ProgramStatus, TrackReason
from app.training.catalog.reasons import Reason
from app.training.log.completed import CompletedSession
from app.training.log.logbook import DataNote
from app.training.planning.spec import Spec
from app.training.planning.week import SetSide

DeviceScope = Literal["sessions:read", "sessions:write"]
DEVICE_SCOPES: tuple[DeviceScope, ...] = get_args(DeviceScope)
_MAX_DAYS = 90


class _ResponseModel(BaseModel, json_schema_serialization_defaults_required=True):
    """The base of responses: in the schema every field is required, also one with a default."""


class FollowedProgramOut(_ResponseModel, title="Course"):
    """A programme after what was done."""

    program_id: str
    """Id of the programme."""
    athlete_id: str
    """Id of the person in the calling app."""
    status: ProgramStatus
    """`planned`, `blocked` until a professional clears the runner, or `finished`."""
    engine_version: str
    """Version of the engine that planned it."""
    spec: Spec
    """The spec that the programme was planned from."""
    current_week: int | None
    """Number of the current week; null if there is none."""
    reasons: tuple[TrackReason, ...]
    """Why each track of the current week is prescribed as it is."""
    reason: Reason | None
    """Why nothing is planned; null unless the status is `blocked`."""
    weeks: tuple[FollowedWeek, ...]
    """Past weeks as they were prescribed, the current week, and the weeks to come as projections,
    which assume that all sets are done as prescribed."""
    data_notes: tuple[DataNote, ...]
    """Parts of the log that were ignored or changed, and why."""
    disclaimers: tuple[str, ...]
    """Disclaimers, such as that this is not medical advice."""


class SetGroup(_ResponseModel):
    """Equal sets of one exercise and one side."""

    exercise: str
    """Slug of the exercise."""
    side: SetSide
    """Which leg. Left and right are separate groups."""
    sets: int
    """Number of sets."""
    reps: int
    """Target repetitions of each set."""
    reps_max: int
    """Repetitions at which the set ends."""
    load: float | None
    """External load in the programme's unit; null for body weight."""
    rest_s: int
    """Rest after each set, in seconds."""


class Today(_ResponseModel):
    """What to do now, small enough for a watch."""

    status: ProgramStatus | Literal["rest"]
    """`planned`: do `sets` now. `rest`: nothing today, do `sets` on `date`. `blocked`: the runner
    stops until a professional clears them. `finished`: the programme is over."""
    week: int | None = None
    """Number of the session's week; null if there is no session."""
    session: int | None = None
    """Number of the session in its week; null if there is no session."""
    date: datetime.date | None = None
    """Date of the session; null if the programme has no dates or there is no session."""
    minutes: int | None = None
    """Estimated duration in minutes; null if there is no session."""
    sets: list[SetGroup] = []
    """What to do, in order; empty if there is no session."""
    reasons: dict[str, str] = {}
    """Code of the reason for each track, by track."""
    sentence: str | None = None
    """What to show the runner if there is no session; null if there is one."""


class ExportOut(_ResponseModel, title="Export"):
    """Everything stored on a person."""

    athlete_id: str
    """Id of the person in the calling app."""
    exported_at: datetime.datetime
    """When the export was made."""
    sessions: list[CompletedSession]
    """Every session with its sets, oldest first."""
    deleted: list["Deletion"]
    """Deleted sessions and sets. Only the id and the version of the deletion are stored."""
    calendars: list[Calendar]
    """Calendars to subscribe to, newest first, without their URLs, which are not stored."""


class Deletion(_ResponseModel):
    """The record of a deleted session or set."""

    session_id: str
    """Id of the session."""
    set_id: str | None
    """Id of the set; null if the whole session was deleted."""
    version: int | None
    """Version of the deletion; null if it has none."""


class TokenIn(
    RequestModel, title="TokenRequest", json_schema_extra={"examples": [{"expires_in_days": 30}]}
):
    """What a device's token allows, and until when."""

    scopes: Annotated[list[DeviceScope], Field(min_length=1, max_length=2)] = list(DEVICE_SCOPES)
    """What the device may do: `sessions:read`, `sessions:write`. Left out: both."""
    expires_in_days: Annotated[StrictInt, Field(ge=1, le=_MAX_DAYS)] = 30
    """Days until the token expires, 90 at most."""


class TokenOut(_ResponseModel, title="Token"):
    """A token for one athlete's device. It is shown once and never stored."""

    token: str
    """What the device sends: `Authorization: Bearer pusht_…`."""
    athlete_id: str
    """Id of the only person whose data it gives access to."""
    scopes: list[str]
    """What the device may do."""
    expires_at: datetime.datetime
    """When the token expires. It ends earlier if the key that created it is revoked."""
