"""/sessions: what was done goes in, one by one or in batches, and can be read, listed, deleted."""

import uuid
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from pydantic import TypeAdapter

from app.formats.csv import pushoff_csv
from app.keys.auth import AuthenticatedBatchRoute, AuthenticatedRoute, Caller, Reader, Writer
from app.sessions import batch, cursors, erasure, folding, from_wire, responses, store, writing
from app.sessions.batch import BatchIn
from app.sessions.field_types import Id
from app.sessions.from_wire import SessionUpload
from app.sessions.request_parameters import ListQuery, VersionQuery, read_idempotency_key
from app.sessions.schemas import (
    SESSION,
    BatchResult,
    LiveSetIn,
    SessionIn,
    SessionPage,
    WriteResult,
)
from app.sessions.store import PagePosition, SessionFilter
from app.sessions.writing import NO_SESSION, Precondition
from app.training.log.completed import CompletedSession
from app.web.docs.operations import success_response
from app.web.http import answers, compression
from app.web.http.answers import PRIVATE
from app.web.http.problems import (
    AthleteErased,
    Conflict,
    NotFound,
    PreconditionFailed,
    ValidationFailed,
    at_pointer,
    problem_responses,
)
from app.web.http.resources import DatabaseDep, get_resources
from app.web.http.responses import respond

router = APIRouter(prefix="/sessions", tags=["sessions"], route_class=AuthenticatedRoute)
batches = APIRouter(prefix="/sessions", tags=["sessions"], route_class=AuthenticatedBatchRoute)

PAGE = TypeAdapter(SessionPage)

SessionId = Annotated[
    Id,
    Path(
        description="The session's id, a UUID made by the client.",
        examples=["0190d1c5-6b1e-7c3a-9f57-1d2f3a4b5c6d"],
    ),
]
SetId = Annotated[
    Id,
    Path(
        description="The set's id, a UUID made by the client.",
        examples=["0190d1c5-7f00-7d0e-8a61-5e6f7a8b9c0d"],
    ),
]
IdempotencyKey = Annotated[str | None, Depends(read_idempotency_key)]


async def read_precondition(
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
    """What the client expects to be stored."""
    return Precondition(if_match, (if_none_match or "").strip() == "*")


Expected = Annotated[Precondition, Depends(read_precondition)]


def key_of(request: Request) -> bytes:
    """The key under which erased people are remembered."""
    return get_resources(request).settings.derive_key(erasure.PURPOSE)


async def store_one(
    request: Request, caller: Caller, upload: SessionUpload, expected: Precondition, now: datetime
) -> Response:
    """Stores one upload and tells what became of it. A device's token gets to see nothing of
    another person, also where it happens to use the id of somebody else's session.
    """
    caller.check_athlete(upload.session.athlete_id)
    upload = erasure.mark(upload, key_of(request), caller.tenant_id)
    database = get_resources(request).database
    written = await database.write(writing.put, caller.tenant_id, upload, expected, now)
    if written.stored is not None:
        caller.check_athlete(written.stored.athlete_id)
    sets = 0 if written.log is None else folding.count_sets(written.log.sessions)
    return await folding.run(lambda: responses.tell(upload, written, now), sets=sets)


async def check_owner(request: Request, caller: Caller, session_id: UUID) -> None:
    """Raises InsufficientScope where a device's token is about to delete what is not its own. A
    session never changes its owner, so this may be asked beforehand.
    """
    if caller.athlete_id is None:
        return
    database = get_resources(request).database
    known = await database.read(store.find_sessions, caller.tenant_id, [session_id])
    for stored in known.values():
        caller.check_athlete(stored.athlete_id)


@router.put(
    "/{session_id}",
    operation_id="put_session",
    summary="Store a session under an id of your own",
    response_model=WriteResult,
    responses={
        200: success_response("Stored, or as `outcome` says.", "ETag"),
        201: {**success_response("Stored for the first time.", "ETag"), "model": WriteResult},
        **problem_responses(Conflict, AthleteErased, PreconditionFailed),
    },
)
async def put_session(
    session_id: SessionId,
    sent: SessionIn,
    caller: Writer,
    expected: Expected,
    request: Request,
) -> Response:
    """Sets the session's own fields and merges the listed sets; sets that are stored and not
    listed stay. The client makes the id, so a retry is harmless. A 2xx means: on disk.
    """
    now = datetime.now(UTC)
    upload = from_wire.read_session(sent, session_id, now)
    return await store_one(request, caller, upload, expected, now)


@router.put(
    "/{session_id}/sets/{set_id}",
    operation_id="put_set",
    summary="Store one set, live from a wrist",
    response_model=WriteResult,
    responses={
        200: success_response("Stored, or as `outcome` says.", "ETag"),
        201: {
            **success_response("Stored, and its session opened by it.", "ETag"),
            "model": WriteResult,
        },
        **problem_responses(Conflict, AthleteErased),
    },
)
async def put_set(
    session_id: SessionId,
    set_id: SetId,
    sent: LiveSetIn,
    caller: Writer,
    request: Request,
) -> Response:
    """May come before its session, which it then opens, after it ended, and in any order."""
    now = datetime.now(UTC)
    upload = from_wire.read_live_set(sent, session_id, set_id, now)
    return await store_one(request, caller, upload, Precondition(), now)


@router.post(
    "",
    operation_id="create_session",
    summary="Store a session and let us make its id",
    status_code=201,
    response_model=WriteResult,
    responses={
        200: {**success_response("Stored before.", "ETag", "Location"), "model": WriteResult},
        201: success_response("Stored for the first time.", "ETag", "Location"),
        **problem_responses(Conflict, AthleteErased),
    },
)
async def create_session(
    sent: SessionIn,
    caller: Writer,
    key: IdempotencyKey,
    request: Request,
) -> Response:
    """For clients that cannot make ids. With an `Idempotency-Key` the id follows from it, so a
    retry finds the session that it made; without one, each call stores another session.
    """
    now = datetime.now(UTC)
    if key is not None:
        session_id = from_wire.derive_session_id(caller.tenant_id, key)
    else:
        session_id = sent.session_id or uuid.uuid4()
    named = sent.model_copy(update={"session_id": None})
    upload = from_wire.read_session(named, session_id, now)
    answer = await store_one(request, caller, upload, Precondition(), now)
    answer.headers["Location"] = f"{router.prefix}/{session_id}"
    return answer


@batches.post(
    "/batch",
    operation_id="create_sessions",
    summary="Store an offline queue of sessions",
    response_model=BatchResult,
    response_description="What became of each session, in the order of the request.",
)
async def create_sessions(
    sent: BatchIn, caller: Writer, database: DatabaseDep, request: Request
) -> Response:
    """Up to 500 sessions with up to 5,000 sets, stored in the order in which they stand. Each
    has an outcome of its own: one that is invalid or in conflict holds back no other.
    """
    now = datetime.now(UTC)
    read = [batch.read(session, now, caller.check_athlete) for session in sent.sessions]
    fine = [
        erasure.mark(upload, key_of(request), caller.tenant_id)
        for upload in read
        if isinstance(upload, SessionUpload)
    ]
    if sum(len(upload.session.sets) for upload in fine) > batch.MOST_SETS:
        raise ValidationFailed(
            f"A batch takes up to {batch.MOST_SETS} sets.",
            errors=[at_pointer(["sessions"], "holds too many sets in all", "too_long")],
        )
    merges, logs = await database.write(writing.put_batch, caller.tenant_id, fine, now)
    merges = [merged.seen_by(caller.athlete_id) for merged in merges]
    return await folding.run(
        lambda: responses.tell_batch(read, merges, logs, request, now),
        sets=sum(folding.count_sets(log.sessions) for log in logs),
    )


@router.get(
    "",
    operation_id="list_sessions",
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
    """A page of sessions with their sets. Follow `next_cursor`, or the `Link` header, for more;
    sessions that come and go meanwhile disturb no page. With `Accept: text/csv` a page is CSV, a
    row for each set, and `Link` alone names the next one; `POST /sessions/import` takes it again.
    """
    # A device's token lists its own athlete, asked for or not.
    wanted = SessionFilter(
        query.athlete_id or caller.athlete_id, query.program_id, query.since, query.before
    )
    key = get_resources(request).settings.derive_key("cursors")
    after = (
        None if query.cursor is None else cursors.read(key, caller.tenant_id, wanted, query.cursor)
    )
    found = await database.read(
        store.list_sessions, caller.tenant_id, wanted, after, query.limit + 1
    )
    items, headers, cursor = found[: query.limit], dict(PRIVATE), None
    if len(found) > query.limit:
        place = PagePosition(items[-1].started_at, items[-1].session_id)
        cursor = cursors.write(key, caller.tenant_id, wanted, place)
        target = request.url.include_query_params(cursor=cursor)
        headers["Link"] = f'<{target.path}?{target.query}>; rel="next"'
    headers["Vary"] = "Authorization, Accept"
    if compression.prefers(request.headers.get("accept", ""), "text/csv", answers.JSON):
        return Response("".join(pushoff_csv.write(items)), headers=headers, media_type=answers.CSV)
    body = PAGE.dump_json(SessionPage(items=items, next_cursor=cursor))
    return Response(body, headers=headers, media_type=answers.JSON)


@router.get(
    "/{session_id}",
    operation_id="get_session",
    summary="Get one session",
    response_model=CompletedSession,
    responses={200: success_response("The session.", "ETag"), **problem_responses(NotFound)},
)
async def get_session(
    session_id: SessionId, caller: Reader, database: DatabaseDep, request: Request
) -> Response:
    """One session with its sets, in the order in which they were done."""
    session = await database.read(store.read_session, caller.tenant_id, session_id)
    if session is None:
        raise NotFound(NO_SESSION)
    caller.check_athlete(session.athlete_id)
    return respond(request, SESSION.dump_json(session), PRIVATE)


@router.delete(
    "/{session_id}",
    operation_id="delete_session",
    summary="Delete a session and its sets",
    status_code=204,
    responses={
        200: {**success_response("Something newer is stored and stays."), "model": WriteResult},
        204: success_response("It is gone."),
        **problem_responses(NotFound, PreconditionFailed),
    },
)
async def delete_session(
    session_id: SessionId,
    query: Annotated[VersionQuery, Query()],
    caller: Writer,
    database: DatabaseDep,
    expected: Expected,
    request: Request,
) -> Response:
    """Leaves nothing but the fact that it was deleted at this version, so that a late older
    upload cannot bring it back; a higher version can.
    """
    await check_owner(request, caller, session_id)
    gone = await database.write(
        writing.delete_session,
        caller.tenant_id,
        session_id,
        query.version,
        expected,
        datetime.now(UTC),
    )
    stored = None
    if not gone:
        stored = await database.read(store.read_session, caller.tenant_id, session_id)
    return responses.tell_deletion(gone, stored)


@router.delete(
    "/{session_id}/sets/{set_id}",
    operation_id="delete_set",
    summary="Delete one set",
    status_code=204,
    responses={
        200: {**success_response("Something newer is stored and stays."), "model": WriteResult},
        204: success_response("It is gone."),
        **problem_responses(NotFound),
    },
)
async def delete_set(
    session_id: SessionId,
    set_id: SetId,
    query: Annotated[VersionQuery, Query()],
    caller: Writer,
    database: DatabaseDep,
    request: Request,
) -> Response:
    """The same for one set."""
    await check_owner(request, caller, session_id)
    gone = await database.write(
        writing.delete_set,
        caller.tenant_id,
        session_id,
        set_id,
        query.version,
        datetime.now(UTC),
    )
    stored = None
    if not gone:
        stored = await database.read(store.read_session, caller.tenant_id, session_id)
    return responses.tell_deletion(gone, stored)
