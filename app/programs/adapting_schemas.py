"""What is sent and answered where a log decides: adapt, continue and simulate."""

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    StrictBool,
    StrictInt,
)
from pydantic_core import PydanticCustomError

from app.programs.schemas import Day, SpecIn, Wire, number
from app.sessions.field_types import AthleteId
from app.sessions.schemas import SessionIn
from app.training.adapting.followed_program import ProgramStatus as CourseStatus
from app.training.adapting.followed_program import TrackDose
from app.training.adapting.simulation import Effort, SimulatedWeek
from app.training.catalog.reasons import Basis, Reason
from app.training.catalog.tracks import Track
from app.training.log.logbook import DataNote
from app.training.planning.spec import WEEKS, Spec
from app.training.planning.week import Week

# A year of six sessions a week, at the most that the engine asks for.
MOST_SETS = 10_000
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


class DoneIn(SessionIn):
    """A completed session of a log that is sent along. Nothing of it is stored."""

    model_config = ConfigDict(title="LoggedSession")

    athlete_id: AthleteId = "anonymous"
    """Not needed here: the log is one person's."""


def check_size(sessions: list[DoneIn]) -> list[DoneIn]:
    """A log of a size that is folded in a moment."""
    if sum(len(session.sets) for session in sessions) > MOST_SETS:
        raise PydanticCustomError("too_long", "holds more than {most} sets", {"most": MOST_SETS})
    return sessions


class AdaptIn(Wire):
    """What was done in a programme, for an app that keeps its own data."""

    model_config = ConfigDict(title="AdaptInput", json_schema_extra={"examples": [ADAPT_EXAMPLE]})

    sessions: Annotated[list[DoneIn], Field(max_length=2000), AfterValidator(check_size)] = []
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

    model_config = ConfigDict(title="Change", validate_by_name=True)

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

    model_config = ConfigDict(title="Adaptation")

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

    model_config = ConfigDict(title="Successor")

    program_id: str
    """The successor's id; `GET /programs/{program_id}` plans it."""
    spec: Spec
    """Its spec, which begins where the log ends (`start`)."""
    data_notes: list[DataNote]
    """What of the log could not be taken as it was."""


class SimulateOut(BaseModel):
    """A simulated course. It shows what the rules do, and predicts nothing."""

    model_config = ConfigDict(title="SimulatedCourse")

    program_id: str
    """The programme."""
    status: Literal["finished", "blocked"]
    """Whether it came to its end."""
    weeks: tuple[SimulatedWeek, ...]
    """Week by week, each as it is prescribed after what was done before it."""
    disclaimers: tuple[str, ...]
    """What this service is not."""
