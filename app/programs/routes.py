"""/programs: plans a spec, from a body or a query, or from the id that encodes it.

Nothing is stored. The answers are cached; what adapts a programme to a log is in `adapting_routes`,
files for other programs are in `file_routes`.
"""

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Body, Request, Response
from pydantic import Field, TypeAdapter, ValidationError

from app.formats.charts import chart
from app.programs import lookup, spec_query
from app.programs.lookup import ProgramId
from app.programs.schemas import SpecIn
from app.training import engine
from app.training.planning import program, program_parts
from app.training.planning.program import Blocked, Program
from app.training.planning.program_parts import SessionAlone, WeekAlone
from app.training.planning.spec_building import SpecError, build_spec
from app.web.docs.operations import describe_responses
from app.web.http import answers, problems, validation_errors
from app.web.http.path_parameters import Ordinal
from app.web.http.responses import CacheKey, respond_cached
from app.web.http.routing import StrictRoute

router = APIRouter(prefix="/programs", tags=["programs"], route_class=StrictRoute)

# A browser gets a page at the URL of a programme (see `explorer`).
_CACHE_PROGRAM = {**answers.CACHE_PROGRAM, "Vary": "Accept"}
# A later engine may plan a spec differently, so the plan of a spec is cached for five minutes. The
# programme under its id is cached for longer.
_CACHE_PREVIEW = {"Cache-Control": "public, max-age=300"}

_PROGRAM, _BLOCKED = TypeAdapter(Program), TypeAdapter(Blocked)
_WEEK, _SESSION = TypeAdapter(WeekAlone), TypeAdapter(SessionAlone)

_ProgramOrBlocked = Annotated[Program | Blocked, Field(discriminator="status")]
_PLANNED = describe_responses("The programme, or why there is none.", ["ETag", "Content-Location"])
# Makes an error of a path into the spec, a detail and a code.
_Locate = Callable[[Sequence[str | int], str, str], problems.FieldError]


@router.post("", summary="Plan a programme", response_model=_ProgramOrBlocked, responses=_PLANNED)
async def create_program(spec: Annotated[SpecIn, Body()], request: Request) -> Response:
    """Plans a progressive calf programme, and core with it if `core` names tracks. `{}` is enough:
    every field is optional.

    Nothing is stored: `program_id` encodes the whole spec, and `Content-Location` is the URL of the
    programme, where its exercises, sets, reps, loads and days never change. If a professional must
    clear the runner first, `status` is `blocked`.
    """
    return _respond_plan(request, spec, problems.error_at_pointer)


@router.get(
    "",
    summary="Plan a programme from a query",
    response_model=_ProgramOrBlocked,
    responses=_PLANNED,
    openapi_extra={"parameters": spec_query.PARAMETERS},
)
async def preview_program(request: Request) -> Response:
    """The same as `POST /programs`, with the spec as a query string: a dot separates an object from
    its field (`heel_rise_test.left=20`), a repeated name makes a list (`core=bridge&core=plank`),
    `equipment=` is an empty list. A race is a day (`races=2027-05-02`, or `2027-05-02:no-taper`), a
    pause is its first and last day (`pauses=2026-12-24/2026-12-27`). The `start` of a programme
    that continues another is in its id only.
    """
    return _respond_plan(request, _parse_query(request), _error_at_parameter)


@router.get(
    "/{program_id}",
    summary="Get a programme by its id",
    response_model=Program,
    responses=describe_responses("The programme.", ["ETag"], [problems.NotFound]),
)
async def get_program(program_id: ProgramId, request: Request) -> Response:
    """The programme that the id encodes, planned from the id alone. Its exercises, sets, reps,
    loads and days never change; wording may be corrected.
    """
    return _respond(request, lambda: _PROGRAM.dump_json(lookup.find_program(program_id).plan()))


@router.get(
    "/{program_id}/weeks/{week}",
    summary="Get one week of a programme",
    response_model=WeekAlone,
    responses=describe_responses("The week.", ["ETag"], [problems.NotFound]),
)
async def get_program_week(program_id: ProgramId, week: Ordinal, request: Request) -> Response:
    """One week with its sessions, the same as in the whole programme, and with the details of its
    exercises.
    """

    def build() -> bytes:
        whole = lookup.find_program(program_id).plan()
        picked = lookup.pick_week(whole, week)
        return _WEEK.dump_json(program_parts.complete_week(picked, whole.exercise_details))

    return _respond(request, build)


@router.get(
    "/{program_id}/weeks/{week}/sessions/{session}",
    summary="Get one session of a programme",
    response_model=SessionAlone,
    responses=describe_responses("The session.", ["ETag"], [problems.NotFound]),
)
async def get_program_session(
    program_id: ProgramId, week: Ordinal, session: Ordinal, request: Request
) -> Response:
    """One session with its exercises and sets, the same as in the whole programme, and with the
    details of its exercises. `session` is its `index`: its place in the full week.
    """

    def build() -> bytes:
        whole = lookup.find_program(program_id).plan()
        picked = lookup.pick_session(lookup.pick_week(whole, week), session)
        return _SESSION.dump_json(program_parts.complete_session(picked, whole.exercise_details))

    return _respond(request, build)


@router.get(
    "/{program_id}/chart.svg",
    summary="Get a programme as a picture",
    response_class=answers.file_response(answers.SVG),
    responses=describe_responses("The picture.", ["ETag"], [problems.NotFound]),
)
async def get_program_chart(program_id: ProgramId, request: Request) -> Response:
    """An SVG chart: the volume of each week with phases, deloads, taper and race, and the rung on
    each ladder.

    It fills the available width from 288 pixels on with text of constant size, follows the light or
    dark theme of the reader, and has a text description for screen readers.
    """
    return respond_cached(
        request,
        lambda: chart.draw_program(lookup.find_program(program_id).plan()),
        {**answers.CACHE_A_DAY, **answers.PICTURE_POLICY},
        answers.SVG,
        compress=True,
    )


def _parse_query(request: Request) -> SpecIn:
    try:
        return SpecIn.model_validate(spec_query.parse(request.query_params.multi_items()))
    except ValidationError as bad:
        found = [
            {**error, "loc": ("query", spec_query.find_parameter(error["loc"]))}
            for error in bad.errors()
        ]
        errors = validation_errors.describe_errors(found)
        raise problems.ValidationFailed("The query is not a valid spec.", errors=errors) from bad


def _error_at_parameter(path: Sequence[str | int], detail: str, code: str) -> problems.FieldError:
    return problems.error_at_parameter(spec_query.find_parameter(path), detail, code)


def _respond_plan(request: Request, sent: SpecIn, locate: _Locate) -> Response:
    """Respond with the programme of a spec, or with why there is none. Raises ValidationFailed;
    `locate` points at the wrong field.
    """
    try:
        spec = build_spec(sent.to_fields())
        if (why := program.find_block(spec)) is not None:
            body = _BLOCKED.dump_json(why)
            return Response(body, headers=answers.NO_STORE, media_type=answers.JSON)
        ref = engine.identify(spec)
        # The programme is cached under its own URL, from which its next GET is served.
        path = f"{router.prefix}/{ref.program_id}"
        key = CacheKey(path, f"{router.prefix}/{{program_id}}")
        response = _respond(request, lambda: _PROGRAM.dump_json(ref.plan()), key)
    except SpecError as bad:
        raise lookup.unplannable(locate(bad.path, bad.detail, "spec")) from bad
    response.headers.update({**_CACHE_PREVIEW, "Content-Location": path})
    return response


def _respond(request: Request, build: Callable[[], bytes], key: CacheKey | None = None) -> Response:
    return respond_cached(request, build, _CACHE_PROGRAM, compress=True, key=key)
