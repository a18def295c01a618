"""/athletes/{athlete_id}/programs/{program_id}: one programme of a person after what was done.

`loading` loads the log, the engine follows it, `responses` builds the answer. The files of a
programme are in `program_file_routes`.
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import TypeAdapter

from app.athletes import loading, responses
from app.athletes.loading import AthleteId, LoggedProgramDep
from app.athletes.schemas import (
    ContinueAthleteProgramIn,
    FollowedProgramOut,
    FollowedWeekAlone,
    TodayInFull,
)
from app.formats.charts import chart
from app.keys.auth import AuthenticatedRoute, Reader
from app.programs import continuing
from app.programs.adapting_schemas import ContinueOut
from app.programs.field_types import Day
from app.programs.lookup import ProgramId
from app.training.adapting.followed_program import FollowedProgram
from app.training.adapting.today import Today
from app.training.measures.progress import Progress, measure_progress
from app.training.measures.week_overview import build_overview
from app.web.docs.operations import describe_responses
from app.web.http.answers import (
    JSON,
    NO_STORE,
    PICTURE_POLICY,
    PRIVATE,
    SVG,
    file_response,
)
from app.web.http.path_parameters import Ordinal
from app.web.http.problems import NotFound
from app.web.http.resources import get_resources
from app.web.http.responses import respond

router = APIRouter(prefix="/athletes", tags=["athletes"], route_class=AuthenticatedRoute)

_CONTINUED, PROGRESS = TypeAdapter(ContinueOut), TypeAdapter(Progress)


@router.get(
    "/{athlete_id}/programs/{program_id}",  # noqa: FAST003  # LoggedProgramDep takes the programme
    summary="Get a programme after what was done",
    response_model=FollowedProgramOut,
    responses=describe_responses("The programme after what was done.", ["ETag"], [NotFound]),
)
async def get_athlete_program(
    athlete_id: AthleteId, program: LoggedProgramDep, request: Request
) -> Response:
    """The programme after what was done, with the reason for each change. Weeks to come have
    `projected: true`.
    """
    body = await program.fold(
        lambda followed: responses.encode_program(program.ref, followed, athlete_id)
    )
    return respond(request, body, PRIVATE)


@router.get(
    "/{athlete_id}/programs/{program_id}/weeks/{week}",
    summary="Get one week of a programme after what was done",
    response_model=FollowedWeekAlone,
    responses=describe_responses("The week after what was done.", ["ETag"], [NotFound]),
)
async def get_athlete_program_week(
    athlete_id: AthleteId, program_id: ProgramId, week: Ordinal, caller: Reader, request: Request
) -> Response:
    """One week, complete in itself: a past one as it was prescribed, the current one, or one that
    is projected.
    """
    database = get_resources(request).database
    program = await loading.load_program(athlete_id, program_id, caller, database)
    body = await program.fold(
        lambda followed: responses.encode_week(followed, loading.pick_week(followed, week))
    )
    return respond(request, body, PRIVATE)


@router.get(
    "/{athlete_id}/programs/{program_id}/today",  # noqa: FAST003  # as above
    summary="Get what to do now",
    response_model=Today | TodayInFull,
    responses=describe_responses("What to do now.", ["ETag"], [NotFound]),
)
async def get_today(
    program: LoggedProgramDep,
    request: Request,
    date: Annotated[
        Day | None, Query(description="The runner's current day. Left out: today.")
    ] = None,
    view: Annotated[
        Literal["full"] | None,
        Query(
            description="`full`: the next session with everything that is true of its exercises, in"
            " place of `exercises`. Left out: what a watch needs."
        ),
    ] = None,
) -> Response:
    """What to do now, with an ETag: for a watch that polls. `sentence` is always there and fit to
    be shown. With three exercises the answer has less than 1 KiB, and less than 5 with `view=full`.
    """
    today = date or program.today()
    body = await program.fold(
        lambda followed: responses.encode_today(followed, today, in_full=view == "full"),
        today=today,
    )
    return respond(request, body, PRIVATE)


@router.post(
    "/{athlete_id}/programs/{program_id}/continue",  # noqa: FAST003  # as above
    summary="Continue a programme from what was done",
    response_model=ContinueOut,
    responses=describe_responses("The successor.", [], [NotFound]),
)
async def continue_athlete_program(
    program: LoggedProgramDep, sent: ContinueAthleteProgramIn
) -> Response:
    """The successor of a programme that ends, or whose equipment, races, tests or other fields
    change: the same as `POST /programs/{program_id}/continue` with the stored log. It starts where
    the log ends, so the runner keeps the progress. Nothing is stored: the successor appears in the
    list of programmes with its first session. After a block it needs `cleared`.
    """
    body = await program.fold(
        lambda followed: _CONTINUED.dump_json(
            continuing.continue_followed(followed, sent, followed.log.notes)
        )
    )
    return Response(body, headers=NO_STORE, media_type=JSON)


@router.get(
    "/{athlete_id}/programs/{program_id}/progress",  # noqa: FAST003  # as above
    summary="Get the measures of progress",
    response_model=Progress,
    responses=describe_responses("The measures.", ["ETag"], [NotFound]),
)
async def get_progress(program: LoggedProgramDep, request: Request) -> Response:
    """The measures of progress in the log, week by week, each with its caveat. They are
    information, neither a diagnosis nor a prediction.
    """
    body = await program.fold(
        lambda followed: PROGRESS.dump_json(measure_progress(followed, program.sessions))
    )
    return respond(request, body, PRIVATE)


@router.get(
    "/{athlete_id}/programs/{program_id}/progress.svg",  # noqa: FAST003  # as above
    summary="Get a picture of progress",
    response_class=file_response(SVG),
    responses=describe_responses("The picture.", ["ETag"], [NotFound]),
)
async def get_progress_picture(program: LoggedProgramDep, request: Request) -> Response:
    """An SVG chart: planned and done volume by week, the rung on each ladder, and pain in zones."""

    def build(followed: FollowedProgram) -> bytes:
        return chart.draw_progress(build_overview(followed))

    return respond(request, await program.fold(build), {**PRIVATE, **PICTURE_POLICY}, SVG)
