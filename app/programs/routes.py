"""/programs: a spec in, a programme out, by body, by query or by its id. Nothing is stored."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Body, Request, Response
from pydantic import Field, TypeAdapter, ValidationError

from app.formats.charts import chart
from app.programs import lookup, spec_query
from app.programs.lookup import ProgramId
from app.programs.schemas import SpecIn
from app.training import engine
from app.training.planning import program
from app.training.planning import spec as specs
from app.training.planning.program import Blocked, Program
from app.training.planning.spec import Spec, SpecError
from app.training.planning.week import Session, Week
from app.web.docs.operations import success_response
from app.web.http import answers, validation_errors
from app.web.http.answers import (
    CACHE_A_DAY,
    CACHE_PROGRAM,
    PICTURE_POLICY,
    SVG,
    AnswerCache,
    PreparedAnswer,
    SvgResponse,
)
from app.web.http.problems import (
    FieldError,
    NotFound,
    ValidationFailed,
    at_parameter,
    at_pointer,
    problem_responses,
)
from app.web.http.routing import StrictRoute
from app.web.http.validation import Ordinal

router = APIRouter(prefix="/programs", tags=["programs"], route_class=StrictRoute)

NOT_KEPT = {"Cache-Control": "no-store"}
# A spec's plan may change with the engine, so its preview is kept for minutes only.
PREVIEW = {"Cache-Control": "public, max-age=300"}
DRAWN = {**CACHE_A_DAY, **PICTURE_POLICY}

Planned = Annotated[Program | Blocked, Field(discriminator="status")]
PROGRAM, BLOCKED = TypeAdapter(Program), TypeAdapter(Blocked)
WEEK, SESSION = TypeAdapter(Week), TypeAdapter(Session)

Point = Callable[[Sequence[str | int], str, str], FieldError]
PLANNED = success_response("The programme, or why there is none.", "ETag", "Content-Location")


@router.post(
    "",
    operation_id="create_program",
    summary="Plan a programme",
    response_model=Planned,
    responses={200: PLANNED},
)
async def create_program(spec: Annotated[SpecIn, Body()], request: Request) -> Response:
    """Plans a progressive calf and core programme. `{}` is enough; every field is optional.

    Nothing is stored: the answer's `program_id` holds the whole spec, and `Content-Location` is
    an address at which the same bytes stay for ever. A spec that must be cleared by a
    professional first answers with `status: "blocked"`.
    """
    return answer(request, settle_body(spec), at_pointer)


@router.get(
    "",
    operation_id="preview_program",
    summary="Plan a programme from a query",
    response_model=Planned,
    responses={200: PLANNED},
    openapi_extra={"parameters": spec_query.PARAMETERS},
)
async def preview_program(request: Request) -> Response:
    """The same as `POST /programs` with the spec as a query string: dots reach into objects
    (`heel_rise_test.left=20`), repeated names make lists, `equipment=` is an empty list.
    """
    return answer(request, settle_query(request), at_dotted)


@router.get(
    "/{program_id}",
    operation_id="get_program",
    summary="Get a programme by its id",
    response_model=Program,
    responses={200: success_response("The programme.", "ETag"), **problem_responses(NotFound)},
)
async def get_program(program_id: ProgramId, request: Request) -> Response:
    """The same bytes as when it was planned, from the id alone, on any instance, for ever."""
    return serve(request, lambda: PROGRAM.dump_json(lookup.find_program(program_id).plan()))


@router.get(
    "/{program_id}/weeks/{week}",
    operation_id="get_program_week",
    summary="Get one week of a programme",
    response_model=Week,
    responses={200: success_response("The week.", "ETag"), **problem_responses(NotFound)},
)
async def get_program_week(program_id: ProgramId, week: Ordinal, request: Request) -> Response:
    """One week with its sessions, as in the whole programme."""
    return serve(request, lambda: WEEK.dump_json(lookup.pick_week(program_id, week)))


@router.get(
    "/{program_id}/weeks/{week}/sessions/{session}",
    operation_id="get_program_session",
    summary="Get one session of a programme",
    response_model=Session,
    responses={200: success_response("The session.", "ETag"), **problem_responses(NotFound)},
)
async def get_program_session(
    program_id: ProgramId, week: Ordinal, session: Ordinal, request: Request
) -> Response:
    """One session with its exercises and sets, as in the whole programme."""
    return serve(request, lambda: SESSION.dump_json(lookup.pick_session(program_id, week, session)))


@router.get(
    "/{program_id}/chart.svg",
    operation_id="get_program_chart",
    summary="Get a programme as a picture",
    response_class=SvgResponse,
    responses={200: success_response("The picture.", "ETag"), **problem_responses(NotFound)},
)
async def get_program_chart(program_id: ProgramId, request: Request) -> Response:
    """Volume by week with its phases, deloads, taper and race, and the way up each ladder, as SVG.

    It fills the width that it is given with text of the same size, from 320 pixels on, follows
    the light or dark theme of whoever looks at it, and says what it shows in its description.
    """
    return serve(
        request,
        lambda: chart.draw_program(lookup.find_program(program_id).plan()),
        DRAWN,
        SVG,
    )


def settle_body(spec: SpecIn) -> Spec:
    """The canonical spec of a body. Raises ValidationFailed."""
    try:
        return specs.build_spec(spec.to_fields())
    except SpecError as bad:
        raise lookup.unplannable(at_pointer(bad.path, bad.detail, "spec")) from bad


def settle_query(request: Request) -> Spec:
    """The canonical spec of a query. Raises ValidationFailed."""
    try:
        spec = SpecIn.model_validate(spec_query.spell_out(request.query_params.multi_items()))
        return specs.build_spec(spec.to_fields())
    except ValidationError as bad:
        errors = [{**error, "loc": ("query", *error["loc"])} for error in bad.errors()]
        raise ValidationFailed(
            "The query is no spec.", errors=validation_errors.describe_errors(errors)
        ) from bad
    except SpecError as bad:
        raise lookup.unplannable(at_dotted(bad.path, bad.detail, "spec")) from bad


def at_dotted(path: Sequence[str | int], detail: str, code: str) -> FieldError:
    """An error in the query parameter that a path into the spec is spelled as."""
    return at_parameter(".".join(s for s in path if isinstance(s, str)), detail, code)


def answer(request: Request, spec: Spec, point: Point) -> Response:
    """A complete spec's programme, or why there is none."""
    if (why := program.find_block(spec)) is not None:
        return Response(BLOCKED.dump_json(why), headers=NOT_KEPT, media_type=answers.JSON)
    ref = engine.identify(spec)

    def write() -> bytes:
        try:
            return PROGRAM.dump_json(ref.plan())
        except SpecError as bad:
            raise lookup.unplannable(point(bad.path, bad.detail, "spec")) from bad

    path = f"{router.prefix}/{ref.program_id}"
    kept = keep(request, path, f"{router.prefix}/{{program_id}}", write)
    return kept.respond(request, {**PREVIEW, "Content-Location": path})


def serve(
    request: Request,
    write: Callable[[], bytes],
    headers: Mapping[str, str] = CACHE_PROGRAM,
    media_type: str = answers.JSON,
) -> Response:
    """What stands under an address made of a programme's id: the same bytes for ever."""
    template = request.scope["route"].path_format
    kept = keep(request, request.scope["path"], template, write, headers, media_type)
    return kept.respond(request)


def keep(
    request: Request,
    path: str,
    template: str,
    write: Callable[[], bytes],
    headers: Mapping[str, str] = CACHE_PROGRAM,
    media_type: str = answers.JSON,
) -> PreparedAnswer:
    """The answer from the shelf, or written now and put there."""
    shelf: AnswerCache = request.app.state.answer_cache
    return shelf.get(path) or shelf.put(
        path, answers.prepare(write(), template, headers, media_type, compress=True)
    )
