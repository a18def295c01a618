"""/athletes: a person's programme after what was done, their stored data, and tokens for devices.

Nothing about a programme is stored but its log: `loading` loads it, the engine follows it,
`responses` builds the answer. Files of a programme are in `program_file_routes`.
"""

import datetime
from datetime import UTC
from typing import Annotated

from fastapi import APIRouter, Body, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import TypeAdapter

from app.athletes import loading, responses
from app.athletes.loading import AthleteId, LoggedProgramDep
from app.athletes.schemas import ExportOut, FollowedProgramOut, Today, TokenIn, TokenOut
from app.calendars import store as calendars
from app.formats.charts import chart
from app.keys import auth, device_tokens
from app.keys import store as keys
from app.keys.auth import AuthenticatedRoute, Eraser, Reader, TokenCreator
from app.keys.device_tokens import Token
from app.programs.lookup import ProgramId
from app.programs.schemas import Day
from app.sessions import erasure
from app.training.adapting.followed_program import FollowedProgram, FollowedWeek
from app.training.measures.progress import Progress, measure_progress
from app.web.docs.operations import describe_responses
from app.web.http.answers import JSON, NO_STORE, PICTURE_POLICY, PRIVATE, SVG, file_response
from app.web.http.path_parameters import Ordinal
from app.web.http.problems import NotFound
from app.web.http.resources import DatabaseDep, SettingsDep, get_resources
from app.web.http.responses import respond

router = APIRouter(prefix="/athletes", tags=["athletes"], route_class=AuthenticatedRoute)

_PROGRAM, _WEEK = TypeAdapter(FollowedProgramOut), TypeAdapter(FollowedWeek)
TODAY, PROGRESS = TypeAdapter(Today), TypeAdapter(Progress)
_TOKEN = TypeAdapter(TokenOut)


@router.get(
    "/{athlete_id}/programs/{program_id}",  # noqa: FAST003  # LoggedProgramDep takes the programme
    summary="Get a programme after what was done",
    response_model=FollowedProgramOut,
    responses=describe_responses("The programme after what was done.", ["ETag"], [NotFound]),
)
async def get_course(
    athlete_id: AthleteId, program: LoggedProgramDep, request: Request
) -> Response:
    """The programme after what was done, with the reason for each change. Weeks to come have
    `projected: true`.
    """

    def build(followed: FollowedProgram) -> bytes:
        built = responses.build_program(program.ref, followed, athlete_id)
        return _PROGRAM.dump_json(built)

    return respond(request, await program.fold(build), PRIVATE)


@router.get(
    "/{athlete_id}/programs/{program_id}/weeks/{week}",
    summary="Get one week of a programme after what was done",
    response_model=FollowedWeek,
    responses=describe_responses("The week after what was done.", ["ETag"], [NotFound]),
)
async def get_course_week(
    athlete_id: AthleteId, program_id: ProgramId, week: Ordinal, caller: Reader, request: Request
) -> Response:
    """One week: a past one as it was prescribed, the current one, or a projected one."""
    database = get_resources(request).database
    program = await loading.load_program(athlete_id, program_id, caller, database)
    body = await program.fold(lambda followed: _WEEK.dump_json(loading.pick_week(followed, week)))
    return respond(request, body, PRIVATE)


@router.get(
    "/{athlete_id}/programs/{program_id}/today",  # noqa: FAST003  # as above
    summary="Get what to do now",
    response_model=Today,
    responses=describe_responses("What to do now.", ["ETag"], [NotFound]),
)
async def get_today(
    program: LoggedProgramDep,
    request: Request,
    date: Annotated[
        Day | None, Query(description="The runner's current day. Left out: today.")
    ] = None,
) -> Response:
    """What to do now, in less than 1 KiB, with an ETag: for a watch that polls."""
    today = date or program.today()
    body = await program.fold(
        lambda followed: TODAY.dump_json(responses.build_today(followed, today)), today=today
    )
    return respond(request, body, PRIVATE)


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
        progress = measure_progress(followed, program.sessions)
        return chart.draw_progress(responses.build_chart_weeks(followed, progress))

    return respond(request, await program.fold(build), {**PRIVATE, **PICTURE_POLICY}, SVG)


@router.get(
    "/{athlete_id}/export",
    summary="Export everything stored on a person",
    response_model=ExportOut,
    responses=describe_responses("Everything that is stored.", [], [NotFound]),
)
async def export_athlete(athlete_id: AthleteId, caller: Reader, database: DatabaseDep) -> Response:
    """Every session with its sets, the ids of deleted sessions and sets, and the calendars without
    their URLs, as one JSON document.
    """
    stored, opened = await database.read(loading.load_everything, caller.tenant_id, athlete_id)
    now = datetime.datetime.now(UTC)
    chunks = responses.stream_export(athlete_id, stored, now, opened)
    return StreamingResponse(chunks, headers=PRIVATE, media_type=JSON)


@router.delete(
    "/{athlete_id}",
    summary="Erase everything stored on a person",
    status_code=204,
    responses=describe_responses("Everything is erased.", [], [NotFound], status=204),
)
async def erase_athlete(
    athlete_id: AthleteId, caller: Eraser, database: DatabaseDep, settings: SettingsDep
) -> Response:
    """Deletes every session, set and calendar, and every record of a deletion. For 30 days a keyed
    hash of the id rejects late uploads with 410; nothing else is stored.
    """
    key = settings.derive_key(erasure.KEY_PURPOSE)
    fingerprint = erasure.make_fingerprint(key, caller.tenant_id, athlete_id)
    now = datetime.datetime.now(UTC)
    await database.write(
        erasure.erase, caller.tenant_id, athlete_id, fingerprint, now, calendars.erase_athlete
    )
    return Response(status_code=204)


@router.post(
    "/{athlete_id}/tokens",
    summary="Create a token for a device",
    status_code=201,
    response_model=TokenOut,
    responses=describe_responses("The token, which is shown only here.", status=201),
)
async def create_token(
    athlete_id: AthleteId,
    sent: Annotated[TokenIn, Body()],
    caller: TokenCreator,
    database: DatabaseDep,
) -> Response:
    """A token for one athlete's watch or phone, so that the device never has the key. It gives
    access to the data of that athlete only, and expires by itself or with the key that created it.
    A key that has only `tokens:create` can create tokens with either scope or both.
    """
    key = await database.read(keys.find_key, caller.key_id)
    if key is None:
        raise auth.build_unauthenticated()
    now = datetime.datetime.now(UTC).replace(microsecond=0)
    expires_at = now + datetime.timedelta(days=sent.expires_in_days)
    token = Token(caller.key_id, athlete_id, frozenset(sent.scopes), expires_at)
    created = TokenOut(
        token=device_tokens.encode(token, key.secret_hash),
        athlete_id=athlete_id,
        scopes=sorted(token.scopes),
        expires_at=token.expires_at,
    )
    body = _TOKEN.dump_json(created)
    return Response(body, status_code=201, headers=NO_STORE, media_type=JSON)
