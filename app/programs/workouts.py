"""…/workout.fit and …/workouts.zip: sessions of a programme as workouts for watches.

The codec process writes them, because the library behind it is heavy. A workout never changes, so
it lies on the shelf once it was asked for.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from app.file_worker import FileWorker
from app.formats.fit.workout_lines import Layout
from app.programs import lookup
from app.programs.lookup import ProgramId
from app.web.docs.operations import success_response
from app.web.http import answers
from app.web.http.answers import (
    CACHE_A_DAY,
    FIT,
    ZIP,
    AnswerCache,
    FitResponse,
    PreparedAnswer,
    ZipResponse,
)
from app.web.http.problems import NotFound, Overloaded, problem_responses
from app.web.http.routing import StrictRoute
from app.web.http.validation import Ordinal

router = APIRouter(prefix="/programs", tags=["programs"], route_class=StrictRoute)

LayoutQuery = Annotated[
    Layout | None,
    Query(
        description="`flat`: a step for every set and rest. `repeat`: rounds that are alike once."
        " Left out: flat up to 50 steps, which is what Garmin Connect takes.",
        examples=["flat"],
    ),
]
DESCRIBED = {"Link": '<planned.json>; rel="describedby"'}


@router.get(
    "/{program_id}/weeks/{week}/sessions/{session}/workout.fit",
    operation_id="get_program_workout",
    summary="Get a session as a workout for a watch",
    response_class=FitResponse,
    responses={
        200: success_response("The FIT file.", "ETag", "Link", "Content-Disposition"),
        **problem_responses(NotFound, Overloaded),
    },
)
async def get_program_workout(
    program_id: ProgramId,
    week: Ordinal,
    session: Ordinal,
    request: Request,
    layout: LayoutQuery = None,
) -> Response:
    """The steps of one session as FIT, left and right as steps of their own, with rests. What FIT
    cannot say (ranges of repetitions, tempo, effort) stands in the notes of the steps, and as
    `warnings` in `planned.json` beside it.
    """
    picked = lookup.pick_session(program_id, week, session)
    headers = {**CACHE_A_DAY, **name(f"pushoff-w{week:02}-s{session}.fit"), **DESCRIBED}
    return await serve(request, (FIT, headers), "write", program_id, week, picked, layout)


@router.get(
    "/{program_id}/weeks/{week}/workouts.zip",
    operation_id="get_program_workouts",
    summary="Get a week as workouts for a watch",
    response_class=ZipResponse,
    responses={
        200: success_response("The archive.", "ETag", "Content-Disposition"),
        **problem_responses(NotFound, Overloaded),
    },
)
async def get_program_workouts(
    program_id: ProgramId, week: Ordinal, request: Request, layout: LayoutQuery = None
) -> Response:
    """Every session of one week as a FIT file, in one archive, with `warnings.json`: what the
    files cannot say.
    """
    picked = lookup.pick_week(program_id, week)
    headers = {**CACHE_A_DAY, **name(f"pushoff-w{week:02}.zip")}
    return await serve(request, (ZIP, headers), "write_archive", program_id, picked, layout)


async def serve(
    request: Request, form: tuple[str, dict[str, str]], function: str, *args: Any
) -> Response:
    """A file from the shelf, or written now and put there; `form` is its media type and headers.

    Addresses with a query stay off the shelf, which knows paths only.
    """
    shelf: AnswerCache = request.app.state.answer_cache
    path = request.scope["path"]
    plain = not request.scope["query_string"]
    if plain and (kept := shelf.get(path)) is not None:
        return kept.respond(request)
    written = await write(request, form, function, *args)
    return (shelf.put(path, written) if plain else written).respond(request)


async def write(
    request: Request, form: tuple[str, dict[str, str]], function: str, *args: Any
) -> PreparedAnswer:
    """A file of the workout module, finished to be answered."""
    codecs: FileWorker = request.app.state.file_worker
    body: bytes = await codecs.call("fit.workout", function, *args)
    media_type, headers = form
    return answers.prepare(body, request.scope["route"].path_format, headers, media_type)


def name(file: str) -> dict[str, str]:
    """The header that names a file to be saved."""
    return {"Content-Disposition": f'attachment; filename="{file}"'}
