"""/sessions: store sessions singly or in batches; get, list and delete them.

from_wire and batch parse uploads, transactions stores them, responses builds the answers. imports
has the route for files.
"""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from pydantic import TypeAdapter

from app.formats.csv import pushoff_csv
from app.keys.auth import AuthenticatedBatchRoute, AuthenticatedRoute, Caller, Reader, Writer
from app.sessions import (
    batch,
    cursors,
    erasure,
    fold_scheduling,
    from_wire,
    responses,
    store,
    transactions,
)
from app.sessions.batch import BatchIn
from app.sessions.field_types import Id
from app.sessions.from_wire import SessionUpload
from app.sessions.request_parameters import ListQuery, VersionQuery, parse_idempotency_key
from app.sessions.schemas import (
    SESSION,
    BatchResult,
    LiveSetIn,
    SessionIn,
    SessionPage,
    WriteResult,
)
from app.sessions.store import PagePosition, SessionFilter
from app.sessions.transactions import NO_SESSION, Precondition
from app.training.log.completed import CompletedSession
from app.web.docs.operations import success_response
from app.web.http import answers, content_negotiation, problems
from app.web.http.answers import PRIVATE
from app.web.http.problems import NotFound, problem_responses
from app.web.http.resources import DatabaseDep, get_resources
from app.web.http.responses import respond

router = APIRouter(prefix="/sessions", tags=["sessions"], route_class=AuthenticatedRoute)
batches = APIRouter(prefix="/sessions", tags=["sessions"], route_class=AuthenticatedBatchRoute)

_PAGE = TypeAdapter(SessionPage)
_WRITE_PROBLEMS = (problems.Conflict, problems.AthleteErased)
# Responses that more than one route has.
_WRITTEN = success_response("Stored, or `outcome` says why not.", "ETag")
_DELETED: dict[int | str, dict[str, Any]] = {
    200: {**success_response("A newer version is stored and stays."), "model": WriteResult},
    204: success_response("Deleted."),
}


def _describe_id(noun: str, example: str) -> Any:
    return Path(description=f"The {noun}'s id, a UUID made by the client.", examples=[example])


SessionId = Annotated[Id, _describe_id("session", "0190d1c5-6b1e-7c3a-9f57-1d2f3a4b5c6d")]
_SetId = Annotated[Id, _describe_id("set", "0190d1c5-7f00-7d0e-8a61-5e6f7a8b9c0d")]
_IdempotencyKey = Annotated[str | None, Depends(parse_idempotency_key)]


async def parse_precondition(
    if_match: Annotated[
        str | None,
        Header(alias="If-Match", description="Write only if the session still has this ETag."),
    ] = None,
    if_none_match: Annotated[
        str | None,
        Header(
            alias="If-None-Match", description="`*`: write only if there is no such session yet."
        ),
    ] = None,
) -> Precondition:
    return Precondition(if_match, (if_none_match or "").strip() == "*")


PreconditionDep = Annotated[Precondition, Depends(parse_precondition)]


def _derive_erasure_key(request: Request) -> bytes:
    return get_resources(request).settings.derive_key(erasure.KEY_PURPOSE)


async def _store_upload(
    request: Request,
    caller: Caller,
    upload: SessionUpload,
    now: datetime,
    precondition: Precondition = Precondition(),  # noqa: B008 - It is frozen.
) -> Response:
    """Store one upload and respond with the result.

    A device token sees nothing of another athlete, even if it uses the id of a session of theirs.
    """
    caller.check_athlete(upload.session.athlete_id)
    write = get_resources(request).database.write
    upload = erasure.add_fingerprint(upload, _derive_erasure_key(request), caller.tenant_id)
    result = await write(transactions.store_upload, caller.tenant_id, upload, precondition, now)
    if result.stored is not None:
        caller.check_athlete(result.stored.athlete_id)
    sets = 0 if result.log is None else fold_scheduling.count_sets(result.log.sessions)
    return await fold_scheduling.run(lambda: responses.respond(upload, result, now), sets=sets)


async def _delete(
    request: Request,
    caller: Caller,
    session_id: UUID,
    delete: Callable[..., bool],
    arguments: tuple[object, ...],
) -> Response:
    """Delete a session or a set of it in a transaction, and respond with the result.

    Raises InsufficientScope if a device token would delete something of another athlete. A session
    never changes its owner, so this can be checked in a transaction before.
    """
    database = get_resources(request).database
    if caller.athlete_id is not None:
        known = await database.read(store.find_sessions, caller.tenant_id, [session_id])
        for one in known.values():
            caller.check_athlete(one.athlete_id)
    stored = None
    deleted = await database.write(delete, caller.tenant_id, session_id, *arguments)
    if not deleted:
        stored = await database.read(store.read_session, caller.tenant_id, session_id)
    return responses.respond_to_deletion(deleted, stored)


@router.put(
    "/{session_id}",
    summary="Store a session under your own id",
    response_model=WriteResult,
    responses={
        200: _WRITTEN,
        201: {**success_response("Stored for the first time.", "ETag"), "model": WriteResult},
        **problem_responses(*_WRITE_PROBLEMS, problems.PreconditionFailed),
    },
)
async def put_session(
    session_id: SessionId,
    sent: SessionIn,
    caller: Writer,
    precondition: PreconditionDep,
    request: Request,
) -> Response:
    """Replaces the session's own fields and merges the listed sets. Stored sets that are not listed
    stay. The client makes the id, so a retry is harmless. A 2xx status means that it is on disk.
    """
    now = datetime.now(UTC)
    upload = from_wire.parse_session(sent, session_id, now)
    return await _store_upload(request, caller, upload, now, precondition)


@router.put(
    "/{session_id}/sets/{set_id}",
    summary="Store one set, live from a watch",
    response_model=WriteResult,
    responses={
        200: _WRITTEN,
        201: {
            **success_response("Stored, and its session was created with it.", "ETag"),
            "model": WriteResult,
        },
        **problem_responses(*_WRITE_PROBLEMS),
    },
)
async def put_set(
    session_id: SessionId, set_id: _SetId, sent: LiveSetIn, caller: Writer, request: Request
) -> Response:
    """Sets can arrive in any order, before their session, which they then create, and after it."""
    now = datetime.now(UTC)
    upload = from_wire.parse_live_set(sent, session_id, set_id, now)
    return await _store_upload(request, caller, upload, now)


@router.post(
    "",
    summary="Store a session under a generated id",
    status_code=201,
    response_model=WriteResult,
    responses={
        200: {**success_response("Stored before.", "ETag", "Location"), "model": WriteResult},
        201: success_response("Stored for the first time.", "ETag", "Location"),
        **problem_responses(*_WRITE_PROBLEMS),
    },
)
async def create_session(
    sent: SessionIn, caller: Writer, key: _IdempotencyKey, request: Request
) -> Response:
    """For clients that cannot make ids. With an `Idempotency-Key` the id is derived from it and the
    athlete, and a retry finds the same session. Without one, each call stores another session.
    """
    now = datetime.now(UTC)
    if key is not None:
        session_id = from_wire.derive_session_id(caller.tenant_id, sent.athlete_id, key)
    else:
        session_id = sent.session_id or uuid.uuid4()
    named = sent.model_copy(update={"session_id": None})
    upload = from_wire.parse_session(named, session_id, now)
    answer = await _store_upload(request, caller, upload, now)
    answer.headers["Location"] = f"{router.prefix}/{session_id}"
    return answer


@batches.post(
    "/batch",
    summary="Store an offline queue of sessions",
    response_model=BatchResult,
    response_description="The result of each session, in the order of the request.",
)
async def create_sessions(
    sent: BatchIn, caller: Writer, database: DatabaseDep, request: Request
) -> Response:
    """Stores up to 500 sessions with up to 5,000 sets in the order of the request. Each session has
    its own outcome: one that is invalid or conflicts does not affect the others.
    """
    now = datetime.now(UTC)
    items = [batch.parse_item(session, now, caller.check_athlete) for session in sent.sessions]
    uploads = [
        erasure.add_fingerprint(upload, _derive_erasure_key(request), caller.tenant_id)
        for upload in items
        if isinstance(upload, SessionUpload)
    ]
    if sum(len(upload.session.sets) for upload in uploads) > batch.MAX_SETS:
        error = problems.error_at_pointer(["sessions"], "has too many sets in total", "too_long")
        message = f"A batch takes up to {batch.MAX_SETS} sets."
        raise problems.ValidationFailed(message, errors=[error])
    merges, logs = await database.write(transactions.store_batch, caller.tenant_id, uploads, now)
    merges = [merged.redact_for(caller.athlete_id) for merged in merges]
    return await fold_scheduling.run(
        lambda: responses.respond_to_batch(items, merges, logs, request, now),
        sets=sum(fold_scheduling.count_sets(log.sessions) for log in logs),
    )


@router.get(
    "",
    summary="List sessions, newest first",
    response_model=SessionPage,
    responses={
        200: {
            **success_response("A page of sessions.", "Link"),
            "content": {"text/csv": {"schema": {"type": "string"}}},
        }
    },
)
async def list_sessions(
    query: Annotated[ListQuery, Query()], caller: Reader, database: DatabaseDep, request: Request
) -> Response:
    """Returns a page of sessions with their sets. `next_cursor` and the `Link` header lead to the
    next page. Sessions that are stored or deleted meanwhile do not shift pages. With
    `Accept: text/csv` a page is CSV with a row for each set, and only `Link` leads to the next one.
    `POST /sessions/import` accepts that CSV.
    """
    # A device token lists the sessions of its own athlete only.
    filters = SessionFilter(
        query.athlete_id or caller.athlete_id, query.program_id, query.since, query.before
    )
    key = get_resources(request).settings.derive_key("cursors")
    after = None
    if query.cursor is not None:
        after = cursors.decode(key, caller.tenant_id, filters, query.cursor)
    found = await database.read(
        store.list_sessions, caller.tenant_id, filters, after, query.limit + 1
    )
    items, headers, cursor = found[: query.limit], dict(PRIVATE), None
    if len(found) > query.limit:
        position = PagePosition(items[-1].started_at, items[-1].session_id)
        cursor = cursors.encode(key, caller.tenant_id, filters, position)
        target = request.url.include_query_params(cursor=cursor)
        headers["Link"] = f'<{target.path}?{target.query}>; rel="next"'
    headers["Vary"] = "Authorization, Accept"
    if content_negotiation.prefers(request.headers.get("accept", ""), "text/csv", answers.JSON):
        return Response("".join(pushoff_csv.write(items)), headers=headers, media_type=answers.CSV)
    body = _PAGE.dump_json(SessionPage(items=items, next_cursor=cursor))
    return Response(body, headers=headers, media_type=answers.JSON)


@router.get(
    "/{session_id}",
    summary="Get one session",
    response_model=CompletedSession,
    responses={200: success_response("The session.", "ETag"), **problem_responses(NotFound)},
)
async def get_session(
    session_id: SessionId, caller: Reader, database: DatabaseDep, request: Request
) -> Response:
    """Returns a session with its sets in the order in which they were done."""
    session = await database.read(store.read_session, caller.tenant_id, session_id)
    if session is None:
        raise NotFound(NO_SESSION)
    caller.check_athlete(session.athlete_id)
    return respond(request, SESSION.dump_json(session), PRIVATE)


@router.delete(
    "/{session_id}",
    summary="Delete a session and its sets",
    status_code=204,
    responses={**_DELETED, **problem_responses(NotFound, problems.PreconditionFailed)},
)
async def delete_session(
    session_id: SessionId,
    query: Annotated[VersionQuery, Query()],
    caller: Writer,
    precondition: PreconditionDep,
    request: Request,
) -> Response:
    """Deletes all but the id and the version of the deletion, so that a late upload of an older
    version cannot create the session again. A higher version can.
    """
    how = (query.version, precondition, datetime.now(UTC))
    return await _delete(request, caller, session_id, transactions.delete_session, how)


@router.delete(
    "/{session_id}/sets/{set_id}",
    summary="Delete one set",
    status_code=204,
    responses={**_DELETED, **problem_responses(NotFound)},
)
async def delete_set(
    session_id: SessionId,
    set_id: _SetId,
    query: Annotated[VersionQuery, Query()],
    caller: Writer,
    request: Request,
) -> Response:
    """Deletes all but the id of the set and the version of the deletion."""
    how = (set_id, query.version, datetime.now(UTC))
    return await _delete(request, caller, session_id, transactions.delete_set, how)
