"""What is answered about one person, where it is no value of the domain as it stands."""

import datetime
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StrictInt

from app.calendars.schemas import CalendarOut
from app.training.adapting.followed_program import FollowedWeek, ProgramStatus, TrackReason
from app.training.catalog.reasons import Reason
from app.training.log.completed import CompletedSession
from app.training.log.logbook import DataNote
from app.training.planning.spec import Spec
from app.training.planning.week import SetSide

DeviceScope = Literal["sessions:read", "sessions:write"]
DEVICE_SCOPES: tuple[DeviceScope, ...] = get_args(DeviceScope)
MOST_DAYS = 90


class Answered(BaseModel):
    """The base of what is answered."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


class CourseOut(Answered):
    """A programme as it stands after what was done."""

    model_config = ConfigDict(title="Course")

    program_id: str
    """The programme."""
    athlete_id: str
    """The person."""
    status: ProgramStatus
    """`planned`, `blocked` until cleared, or `finished`."""
    engine_version: str
    """The version of the rules that made it."""
    spec: Spec
    """The spec that it was planned from."""
    current_week: int | None
    """Number of the running week; null if there is none."""
    reasons: tuple[TrackReason, ...]
    """Why each track of the running week is as it is."""
    reason: Reason | None
    """Why nothing is planned, for `blocked`."""
    weeks: tuple[FollowedWeek, ...]
    """Weeks that are over as they were prescribed, the running one, and those to come, which are
    projections as long as nothing was done."""
    data_notes: tuple[DataNote, ...]
    """What of the log could not be taken as it was."""
    disclaimers: tuple[str, ...]
    """What this programme is not."""


class SetGroup(Answered):
    """Sets that are alike."""

    exercise: str
    """Slug of the exercise."""
    side: SetSide
    """Which leg; left and right of a pair are groups of their own."""
    sets: int
    """How many."""
    reps: int
    """Repetitions to reach in each."""
    reps_max: int
    """Repetitions at which to stop."""
    load: float | None
    """External load in the programme's unit; null for body weight."""
    rest_s: int
    """Rest after each set, in seconds."""


class Today(Answered):
    """What to do now, small enough for a watch."""

    status: ProgramStatus | Literal["rest"]
    """`planned`: do `sets`. `rest`: nothing today, `sets` come on `date`. `blocked`: stop and get
    cleared. `finished`: the programme is over."""
    week: int | None
    """Number of the week of the session."""
    session: int | None
    """Its place in the week."""
    date: datetime.date | None
    """Its date, where the programme has dates."""
    minutes: int | None
    """Estimated duration."""
    sets: list[SetGroup]
    """What to do, in order."""
    reasons: dict[str, str]
    """Code of the reason for each track."""
    sentence: str | None
    """What to tell the runner where there is nothing to do."""


class ExportOut(Answered):
    """Everything held on a person."""

    model_config = ConfigDict(title="Export")

    athlete_id: str
    """The person, by the calling app's own id."""
    exported_at: datetime.datetime
    """When this was put together."""
    sessions: list[CompletedSession]
    """Every session with its sets, the oldest first."""
    deleted: list["Deletion"]
    """What was deleted: only the id and the version of the deletion are left."""
    calendars: list[CalendarOut]
    """Calendars to subscribe to, the newest first; their addresses are not known to us."""


class Deletion(Answered):
    """What is left of something that was deleted."""

    session_id: str
    """The session's id."""
    set_id: str | None
    """The set's id, if one set of the session was deleted."""
    version: int | None
    """The version of the deletion."""


class TokenIn(BaseModel):
    """What a device's token is to open."""

    model_config = ConfigDict(
        title="TokenRequest",
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"expires_in_days": 30}]},
    )

    scopes: Annotated[list[DeviceScope], Field(min_length=1, max_length=2)] = list(DEVICE_SCOPES)
    """What the device may do: `sessions:read`, `sessions:write`; both if left out."""
    expires_in_days: Annotated[StrictInt, Field(ge=1, le=MOST_DAYS)] = 30
    """Days until it ends by itself, 90 at most."""


class TokenOut(Answered):
    """A token for one athlete's device. It is told once and kept nowhere."""

    model_config = ConfigDict(title="Token")

    token: str
    """What the device sends: `Authorization: Bearer pusht_…`."""
    athlete_id: str
    """The one person whose data it opens."""
    scopes: list[str]
    """What it may do."""
    expires_at: datetime.datetime
    """When it ends; before that, it ends with the key that made it."""
