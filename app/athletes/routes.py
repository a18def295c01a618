"""/athletes: what stands for one person, computed from the log; and all that is held, or gone."""

import datetime
from collections.abc import Iterator
from datetime import UTC
from typing import Annotated

from fastapi import APIRouter, Body, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import TypeAdapter

from app.athletes import loading, responses
from app.athletes.loading import AthleteId
from app.athletes.schemas import CourseOut, ExportOut, Today, TokenIn, TokenOut
from app.calendars import store as calendars
from app.formats.charts import chart
from app.keys import auth, tokens
from app.keys import store as keys
from app.keys.auth import AuthenticatedRoute, Eraser, Reader, TokenCreator
from app.keys.tokens import Token
from app.programs.lookup import ProgramId
from app.programs.schemas import Day
from app.sessions import erasure
from app.sessions.responses import PRIVATE
from app.settings import Settings
from app.training.adapting.followed_program import FollowedWeek
from app.training.measures import progress
from app.training.measures.progress import Progress
from app.web.docs.operations import success_response
from app.web.http import answers
from app.web.http.answers import SvgResponse
from app.web.http.problems import NotFound, problem_responses
from app.web.http.validation import Ordinal
from app.web.monitoring.health import DatabaseDep

router = APIRouter(prefix="/athletes", tags=["athletes"], route_class=AuthenticatedRoute)

COURSE, WEEK, TODAY = TypeAdapter(CourseOut), TypeAdapter(FollowedWeek), TypeAdapter(Today)
PROGRESS, MADE = TypeAdapter(Progress), TypeAdapter(TokenOut)
NOT_KEPT = {"Cache-Control": "no-store"}


@router.get(
    "/{athlete_id}/programs/{program_id}",
    operation_id="get_course",
    summary="Get a programme as it stands",
    response_model=CourseOut,
    responses={
        200: success_response("The programme as it stands.", "ETag"),
        **problem_responses(NotFound),
    },
)
async def get_course(
    athlete_id: AthleteId, program_id: ProgramId, caller: Reader, request: Request
) -> Response:
    """The programme after what was done, each change with its reason; weeks to come carry
    `projected: true`.
    """
    ref, done = await loading.load_log(request, caller, athlete_id, program_id)
    followed = ref.follow(done, as_of=loading.today_of(ref))
    told = responses.tell_course(ref, followed, athlete_id)
    return respond(request, COURSE.dump_json(told))


@router.get(
    "/{athlete_id}/programs/{program_id}/weeks/{week}",
    operation_id="get_course_week",
    summary="Get one week of a programme as it stands",
    response_model=FollowedWeek,
    responses={
        200: success_response("The week as it stands.", "ETag"),
        **problem_responses(NotFound),
    },
)
async def get_course_week(
    athlete_id: AthleteId, program_id: ProgramId, week: Ordinal, caller: Reader, request: Request
) -> Response:
    """One week: as it was, as it stands, or as it is projected."""
    followed = await loading.load_followed(request, caller, athlete_id, program_id)
    return respond(request, WEEK.dump_json(loading.pick_week(followed, week)))


@router.get(
    "/{athlete_id}/programs/{program_id}/today",
    operation_id="get_today",
    summary="Get what to do now",
    response_model=Today,
    responses={200: success_response("What to do now.", "ETag"), **problem_responses(NotFound)},
)
async def get_today(
    athlete_id: AthleteId,
    program_id: ProgramId,
    caller: Reader,
    request: Request,
    date: Annotated[Day | None, Query(description="The runner's day; today if left out.")] = None,
) -> Response:
    """What to do now, under one kibibyte, with an ETag: for a watch that polls."""
    ref, done = await loading.load_log(request, caller, athlete_id, program_id)
    today = date or loading.today_of(ref)
    followed = ref.follow(done, as_of=today)
    return respond(request, TODAY.dump_json(responses.tell_today(followed, today)))


@router.get(
    "/{athlete_id}/programs/{program_id}/progress",
    operation_id="get_progress",
    summary="Get the measures of progress",
    response_model=Progress,
    responses={200: success_response("The measures.", "ETag"), **problem_responses(NotFound)},
)
async def get_progress(
    athlete_id: AthleteId, program_id: ProgramId, caller: Reader, request: Request
) -> Response:
    """What the log says about progress, week by week, each measure with its caveat. It informs;
    it diagnoses nothing and predicts nothing.
    """
    ref, done = await loading.load_log(request, caller, athlete_id, program_id)
    followed = ref.follow(done, as_of=loading.today_of(ref))
    return respond(request, PROGRESS.dump_json(progress.measure_progress(followed, done)))


@router.get(
    "/{athlete_id}/programs/{program_id}/progress.svg",
    operation_id="get_progress_picture",
    summary="Get a picture of progress",
    response_class=SvgResponse,
    responses={200: success_response("The picture.", "ETag"), **problem_responses(NotFound)},
)
async def get_progress_picture(
    athlete_id: AthleteId, program_id: ProgramId, caller: Reader, request: Request
) -> Response:
    """Planned against done by week, the place on each ladder, and pain in its zones."""
    ref, done = await loading.load_log(request, caller, athlete_id, program_id)
    followed = ref.follow(done, as_of=loading.today_of(ref))
    body = chart.draw_progress(responses.plot(followed, progress.measure_progress(followed, done)))
    template: str = request.scope["route"].path_format
    headers = {**PRIVATE, **answers.PICTURE_POLICY}
    return answers.prepare(body, template, headers, answers.SVG).respond(request)


@router.get(
    "/{athlete_id}/export",
    operation_id="export_athlete",
    summary="Export everything held on a person",
    response_model=ExportOut,
    responses={200: success_response("Everything that is held."), **problem_responses(NotFound)},
)
async def export_athlete(athlete_id: AthleteId, caller: Reader, database: DatabaseDep) -> Response:
    """Every session with its sets, what is left of deleted ones, and the calendars that were
    opened, without their addresses, as one JSON document.
    """
    held, kept = await database.read(loading.load_everything, caller.tenant_id, athlete_id)
    now = datetime.datetime.now(UTC)
    pieces: Iterator[bytes] = responses.tell_export(athlete_id, held, now, kept)
    return StreamingResponse(pieces, headers=PRIVATE, media_type=answers.JSON)


@router.delete(
    "/{athlete_id}",
    operation_id="erase_athlete",
    summary="Erase everything held on a person",
    status_code=204,
    responses={204: success_response("It is gone."), **problem_responses(NotFound)},
)
async def erase_athlete(
    athlete_id: AthleteId, caller: Eraser, database: DatabaseDep, request: Request
) -> Response:
    """Deletes every session, set, calendar and trace of a deletion. For 30 days a keyed hash of
    the id refuses late uploads (410); nothing else is left.
    """
    settings: Settings = request.app.state.settings
    key = settings.derive_key(erasure.PURPOSE)
    mark = erasure.fingerprint(key, caller.tenant_id, athlete_id)
    now = datetime.datetime.now(UTC)
    await database.write(
        erasure.erase, caller.tenant_id, athlete_id, mark, now, calendars.erase_athlete
    )
    return Response(status_code=204)


@router.post(
    "/{athlete_id}/tokens",
    operation_id="create_token",
    summary="Make a token for a device",
    status_code=201,
    response_model=TokenOut,
    responses={201: success_response("The token, told once.")},
)
async def create_token(
    athlete_id: AthleteId,
    sent: Annotated[TokenIn, Body()],
    caller: TokenCreator,
    database: DatabaseDep,
) -> Response:
    """A token for one athlete's watch or phone, so that a key never has to live in it. It opens
    that athlete's data and nobody else's, and ends by itself or with the key that made it. A key
    with `tokens:create` alone may pass on both scopes: it can be one that does nothing else.
    """
    key = await database.read(keys.find_key, caller.key_id)
    if key is None:
        raise auth.build_unauthenticated()
    ends = datetime.datetime.now(UTC) + datetime.timedelta(days=sent.expires_in_days)
    token = Token(caller.key_id, athlete_id, frozenset(sent.scopes), ends.replace(microsecond=0))
    made = TokenOut(
        token=tokens.encode(token, key.secret_hash),
        athlete_id=athlete_id,
        scopes=sorted(token.scopes),
        expires_at=token.expires_at,
    )
    return Response(
        MADE.dump_json(made), status_code=201, headers=NOT_KEPT, media_type=answers.JSON
    )


def respond(request: Request, body: bytes) -> Response:
    """An answer about one person, with its entity tag."""
    template: str = request.scope["route"].path_format
    return answers.prepare(body, template, PRIVATE).respond(request)
