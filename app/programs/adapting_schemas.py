"""Requests and responses of adapt, continue and simulate."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, JsonValue, StrictBool, StrictInt
from pydantic_core import PydanticCustomError

from app.programs.field_types import IS_NUMBER, Day, RequestModel, WeekNumber
from app.programs.schemas import SpecIn
from app.sessions.field_types import AthleteId
from app.sessions.schemas import SessionIn
from app.training.adapting.changes import Change
from app.training.adapting.followed_program import ProgramStatus
from app.training.adapting.next_session import NextSession
from app.training.adapting.simulation import Effort, SimulatedWeek
from app.training.catalog.reasons import Reason
from app.training.log.logbook import DataNote
from app.training.planning.program_parts import WeekAlone
from app.training.planning.spec import WEEKS, Spec
from app.training.planning.week import ExerciseDetails
from app.web.http.validation_errors import validate_in_slices

# A year of six sessions a week, with the largest number of sets that the engine prescribes.
_MAX_SESSIONS, _MAX_SETS = 2_000, 10_000
_ADAPT_EXAMPLE: dict[str, JsonValue] = {
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


class LoggedSessionIn(SessionIn, title="LoggedSession"):
    """A completed session of a log in a request. Nothing of it is stored."""

    athlete_id: AthleteId = "anonymous"
    """Not needed here, because the log is of one person."""


def _check_size(sessions: Any) -> Any:
    """Count the sets before anything is validated."""
    sent = sessions if isinstance(sessions, list) else []
    lists = (one.get("sets") for one in sent if isinstance(one, dict))
    if sum(len(sets) for sets in lists if isinstance(sets, list)) > _MAX_SETS:
        raise PydanticCustomError("too_long", "holds more than {most} sets", {"most": _MAX_SETS})
    return sessions


class AdaptIn(RequestModel, title="AdaptInput", json_schema_extra={"examples": [_ADAPT_EXAMPLE]}):
    """What was done in a programme, for an app that stores its own data."""

    sessions: Annotated[
        list[LoggedSessionIn],
        Field(max_length=_MAX_SESSIONS),
        validate_in_slices(10, _MAX_SESSIONS),
        BeforeValidator(_check_size),
    ] = []
    """Everything that was done in the programme, in any order. Repeated sessions count once."""
    through_week: Annotated[StrictInt, Field(ge=0, le=WEEKS.high)] | None = None
    """The last week that counts as over. Left out, the log and `as_of` decide."""
    as_of: Day | None = None
    """Today, for a programme with dates. A week is over when its seventh day has passed."""


class ContinuationIn(RequestModel, title="ContinuationInput"):
    """What changes in a programme from now on."""

    spec: SpecIn = SpecIn()
    """The fields of the spec that change, such as equipment, loads, races, a test or weeks. The
    others stay."""
    cleared: StrictBool = False
    """Whether a professional cleared the runner. Required after the programme was blocked."""


_CHANGES: JsonValue = {"equipment": ["chair", "dumbbell"], "loads": [5, 10], "weeks": 12}


class ContinueIn(
    AdaptIn,
    ContinuationIn,
    title="ContinueInput",
    json_schema_extra={"examples": [{**_ADAPT_EXAMPLE, "spec": _CHANGES}]},
):
    """What was done in a programme, and what changes from now on."""


_SIMULATE_EXAMPLE: JsonValue = {
    "adherence": 0.9, "effort": "as_planned", "missed_weeks": [5], "seed": 1,
}  # fmt: skip


class SimulateIn(
    RequestModel, title="SimulateInput", json_schema_extra={"examples": [_SIMULATE_EXAMPLE]}
):
    """How the simulated runner trains."""

    adherence: Annotated[float, Field(ge=0, le=1), IS_NUMBER] = 1.0
    """Share of the sets that are done."""
    effort: Effort = "as_planned"
    """Whether sets end with the planned reps in reserve, with more (`easy`) or fewer (`hard`)."""
    missed_weeks: Annotated[list[WeekNumber], Field(max_length=52)] = []
    """Weeks without any training."""
    seed: Annotated[StrictInt, Field(ge=0, le=2**53 - 1)] = 0
    """Seed of the random numbers: the same seed gives the same weeks."""


class AdaptOut(BaseModel, title="Adaptation"):
    """What comes next, and why."""

    status: ProgramStatus
    """`planned`: `week` is the running week. `blocked`: the runner stops until a professional
    clears them. `finished`: the programme is over; continue it."""
    program_id: str
    """Id of the programme."""
    week: WeekAlone | None
    """The first week that is not over; null if the status is not `planned`."""
    changes: tuple[Change, ...]
    """How the week differs from the last build week before it, track by track."""
    next: NextSession | None
    """The next session to do: what is left of the one under way, else the first that is left; null
    if there is none."""
    reason: Reason | None
    """Why nothing is planned; null unless the status is `blocked`."""
    data_notes: list[DataNote]
    """Parts of the log that were ignored or changed, and why."""
    disclaimers: tuple[str, ...]
    """Disclaimers, such as that this is not medical advice."""


class ContinueOut(BaseModel, title="Successor"):
    """The successor of a programme."""

    program_id: str
    """The successor's id; `GET /programs/{program_id}` plans it."""
    spec: Spec
    """The successor's spec; its `start` is where the log ends."""
    data_notes: list[DataNote]
    """Parts of the log that were ignored or changed, and why."""


class SimulateOut(BaseModel, title="SimulatedProgram"):
    """A simulated programme. It shows what the rules do; it is not a prediction."""

    program_id: str
    """Id of the programme."""
    status: Literal["finished", "blocked"]
    """`finished` if the programme came to its end, `blocked` if it stopped before."""
    exercise_details: Mapping[str, ExerciseDetails]
    """What is true of each exercise in all these weeks, by its slug."""
    weeks: tuple[SimulatedWeek, ...]
    """The weeks, each as prescribed after what was done before it."""
    disclaimers: tuple[str, ...]
    """Disclaimers, such as that this is not medical advice."""
