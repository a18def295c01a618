"""Requests and responses of /athletes, where they are not values of app.training themselves."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, Field, StrictInt

from app.calendars.calendar import Calendar
from app.keys import device_tokens
from app.programs.adapting_schemas import ContinuationIn
from app.programs.field_types import RequestModel
from app.training.adapting.followed_program import FollowedWeek, ProgramStatus
from app.training.adapting.next_session import NextSession
from app.training.adapting.today import TodayStatus
from app.training.catalog.reasons import Reason
from app.training.catalog.track_definitions import Track
from app.training.log.completed import CompletedSession
from app.training.log.logbook import DataNote
from app.training.measures.progress import Progress
from app.training.planning.spec import Spec
from app.training.planning.week import ExerciseDetails

DeviceScope = Literal["sessions:read", "sessions:write"]
DEVICE_SCOPES: tuple[DeviceScope, ...] = get_args(DeviceScope)
_MAX_DAYS = device_tokens.MAX_LIFETIME.days


class _ResponseModel(BaseModel, json_schema_serialization_defaults_required=True):
    """The base of responses: in the schema every field is required, also one with a default."""


class AthleteProgram(_ResponseModel):
    """A programme in which a person has sessions."""

    program_id: str
    """Id of the programme."""
    status: ProgramStatus | Literal["unknown", "retired"]
    """`planned`, `blocked` until a professional clears the runner, or `finished`. `unknown`: the
    sessions name a programme that this service cannot plan. `retired`: its engine is no longer
    served."""
    week: int | None
    """Number of the current week; null if there is none."""
    last_session_at: datetime.datetime
    """When the newest session of the programme started."""
    continued_as: str | None
    """Id of the programme that continues this one; null if there is none. A programme is recognised
    as the continuation by its `start.since`, which counts the weeks of the programmes before it,
    as soon as it has a session."""


class AthleteProgramList(_ResponseModel):
    """The programmes of a person."""

    items: list[AthleteProgram]
    """The programmes in which the person has sessions, the newest session first; the 50 newest if
    there are more."""


class AthleteOut(_ResponseModel, title="Athlete"):
    """A person, by the id of the calling app, and the programmes they train in."""

    athlete_id: str
    """Id of the person in the calling app."""
    programs: list[AthleteProgram]
    """The programmes in which the person has sessions, the newest session first; the 50 newest if
    there are more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AthleteProgress(Progress):
    """The measures of what was done in programmes that follow one another."""

    programs: tuple[str, ...]
    """The ids of the programmes, the first one first. Each week tells its `program` as a number in
    this list, from 1."""


class FollowedProgramOut(_ResponseModel, title="FollowedProgram"):
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
    reasons: Mapping[Track, Reason]
    """The reason for each track of the current week, also for one that pain took out of it."""
    reason: Reason | None
    """Why nothing is planned; null unless the status is `blocked`."""
    warm_up: str
    """What to do before each session. Its three minutes are part of `est_minutes`."""
    exercise_details: Mapping[str, ExerciseDetails]
    """What is true of each exercise in all these weeks, by its slug."""
    weeks: tuple[FollowedWeek, ...]
    """Past weeks as they were prescribed, the current week, and the weeks to come as projections,
    which assume that all sets are done as prescribed."""
    data_notes: tuple[DataNote, ...]
    """Parts of the log that were ignored or changed, and why."""
    disclaimers: tuple[str, ...]
    """Disclaimers, such as that this is not medical advice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedWeekAlone(FollowedWeek):
    """One week of a programme after what was done, complete in itself."""

    # Declared again without a default, so that the schema requires it.
    projected: bool
    exercise_details: Mapping[str, ExerciseDetails]
    """What is true of each exercise of the week, by its slug."""


class ContinueAthleteProgramIn(
    ContinuationIn,
    title="AthleteProgramContinuationInput",
    json_schema_extra={"examples": [{"spec": {"weeks": 12, "equipment": ["chair", "dumbbell"]}}]},
):
    """What changes from now on in a programme whose log is stored."""


class TodayInFull(_ResponseModel):
    """What to do now, with all that is true of the next session."""

    status: TodayStatus
    """As without `view`: `train`, `continue`, `rest`, `done`, `race`, `blocked` or `finished`."""
    sentence: str
    """What to show the runner."""
    not_before: datetime.date | None
    """The first day of the next session, if it is not today; else null."""
    next: NextSession | None
    """The next session, which is for today if the status is `train` or `continue`; null if the
    programme is blocked or finished."""


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
