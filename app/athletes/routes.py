"""/athletes: a person's programmes and progress, their stored data, and tokens for devices.

Nothing about a programme is stored but its log: `loading` loads it, `program_history` finds out
which programmes there are. One programme has its routes in `program_routes`, its files in
`program_file_routes`.
"""

import datetime
from collections.abc import Callable
from datetime import UTC
from typing import Annotated, TypeVar

from fastapi import APIRouter, Body, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import TypeAdapter

from app.athletes import loading, program_history, responses
from app.athletes.loading import AthleteId
from app.athletes.program_history import Logs
from app.athletes.schemas import (
    AthleteOut,
    AthleteProgramList,
    AthleteProgress,
    ExportOut,
    TokenIn,
    TokenOut,
)
from app.calendars import store as calendars
from app.keys import auth, device_tokens
from app.keys import store as keys
from app.keys.auth import AuthenticatedRoute, Eraser, Reader, TokenCreator
from app.keys.device_tokens import Token
from app.sessions import erasure, fold_scheduling, store
from app.web.docs.operations import describe_responses
from app.web.http.answers import JSON, NO_STORE, PICTURE_POLICY, PRIVATE, SVG, file_response
from app.web.http.problems import NotFound
from app.web.http.resources import DatabaseDep, SettingsDep
from app.web.http.responses import respond

router = APIRouter(prefix="/athletes", tags=["athletes"], route_class=AuthenticatedRoute)

_ATHLETE, _PROGRAMS = TypeAdapter(AthleteOut), TypeAdapter(AthleteProgramList)
_TOKEN = TypeAdapter(TokenOut)
# Decoding an id and preparing its programme takes as long as so many sets.
_SETS_PER_PROGRAM = 40

_T = TypeVar("_T")


@router.get(
    "/{athlete_id}",
    summary="Get a person and their programmes",
    response_model=AthleteOut,
    responses=describe_responses("The person's programmes.", ["ETag"], [NotFound]),
)
async def get_athlete(
    athlete_id: AthleteId, caller: Reader, database: DatabaseDep, request: Request
) -> Response:
    """The programmes in which a person has sessions, so that an app need not remember their ids."""
    logs = await database.read(loading.load_logs, caller.tenant_id, athlete_id)

    def build() -> bytes:
        programs = program_history.list_programs(logs, datetime.datetime.now(UTC))
        return _ATHLETE.dump_json(AthleteOut(athlete_id=athlete_id, programs=programs))

    return respond(request, await _fold_all(logs, build), PRIVATE)


@router.get(
    "/{athlete_id}/programs",
    summary="List a person's programmes",
    response_model=AthleteProgramList,
    responses=describe_responses("The programmes.", ["ETag"]),
)
async def list_athlete_programs(
    athlete_id: AthleteId, caller: Reader, database: DatabaseDep, request: Request
) -> Response:
    """The programmes in which a person has sessions, the newest session first, with what became of
    each: its status, its current week, and the programme that continues it.
    """
    whose = (caller.tenant_id, athlete_id, loading.MAX_PROGRAMS)
    logs = await database.read(store.read_logs, *whose)

    def build() -> bytes:
        programs = program_history.list_programs(logs, datetime.datetime.now(UTC))
        return _PROGRAMS.dump_json(AthleteProgramList(items=programs))

    return respond(request, await _fold_all(logs, build), PRIVATE)


@router.get(
    "/{athlete_id}/progress",
    summary="Get the measures of progress across programmes",
    response_model=AthleteProgress,
    responses=describe_responses("The measures.", ["ETag"], [NotFound]),
)
async def get_athlete_progress(
    athlete_id: AthleteId, caller: Reader, database: DatabaseDep, request: Request
) -> Response:
    """The measures of progress in one line of time, from the newest programme back through those
    that it continues. They are information, neither a diagnosis nor a prediction.
    """
    logs = await database.read(loading.load_logs, caller.tenant_id, athlete_id)
    now = datetime.datetime.now(UTC)
    body = await _fold_all(logs, lambda: responses.encode_progress_across(logs, now))
    return respond(request, body, PRIVATE)


@router.get(
    "/{athlete_id}/progress.svg",
    summary="Get a picture of progress across programmes",
    response_class=file_response(SVG),
    responses=describe_responses("The picture.", ["ETag"], [NotFound]),
)
async def get_athlete_progress_picture(
    athlete_id: AthleteId, caller: Reader, database: DatabaseDep, request: Request
) -> Response:
    """An SVG chart of the newest programme and those that it continues: planned and done volume by
    week, the rung on each ladder, and pain in zones.
    """
    logs = await database.read(loading.load_logs, caller.tenant_id, athlete_id)
    now = datetime.datetime.now(UTC)
    body = await _fold_all(logs, lambda: responses.draw_progress_across(logs, now))
    return respond(request, body, {**PRIVATE, **PICTURE_POLICY}, SVG)


async def _fold_all(logs: Logs, build: Callable[[], _T]) -> _T:
    """Run a function that folds all these logs, and return its result."""
    sets = sum(_SETS_PER_PROGRAM + fold_scheduling.count_sets(log) for log in logs.values())
    return await fold_scheduling.run(build, sets=sets)


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
    settings: SettingsDep,
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
    service_key = settings.derive_key(device_tokens.KEY_PURPOSE)
    signing_key = device_tokens.derive_signing_key(service_key, key.secret_hash)
    created = TokenOut(
        token=device_tokens.encode(token, signing_key),
        athlete_id=athlete_id,
        scopes=sorted(token.scopes),
        expires_at=token.expires_at,
    )
    body = _TOKEN.dump_json(created)
    return Response(body, status_code=201, headers=NO_STORE, media_type=JSON)
