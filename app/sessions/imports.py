"""/sessions/import: a file from a watch or an app goes in, and is stored like a batch.

The codec process reads it, so that a hostile file costs the answers of others nothing.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import structlog
from fastapi import APIRouter, Query, Request, Response

from app.file_worker import FileWorkerError, FileWorkerTimeout
from app.formats.csv import pushoff_csv
from app.formats.imported_file import FileLimitExceeded, FileUnreadable, ImportContext, ImportedFile
from app.keys.auth import AuthenticatedRoute, Caller, Writer
from app.sessions import erasure, folding, import_responses, store, writing
from app.sessions.from_wire import SessionUpload
from app.sessions.import_responses import ImportQuery, ImportResult
from app.sessions.merging import MergeResult
from app.sessions.next_session import ProgramLog
from app.training import engine
from app.training.engine import EngineRetired
from app.training.planning.program_ids import UnknownProgram
from app.training.planning.spec import SpecError
from app.training.planning.week import Week
from app.web.docs.operations import success_response
from app.web.http.problems import (
    ContentTooLarge,
    UnreadableFile,
    UnsupportedMediaType,
    ValidationFailed,
    problem_responses,
)
from app.web.http.resources import get_resources
from app.web.http.routing import StrictRequest

log = structlog.get_logger("pushoff.files")

# So many sessions share a transaction, so that a long history keeps no other writer waiting.
SESSIONS_AT_ONCE = 100
CSV_EXAMPLE = (
    "started_at,exercise,side,reps,performed_at\n"
    "2026-10-06T18:30:00+02:00,straight-leg-calf-raise,both,15,2026-10-06T18:34:10+02:00\n"
)
BINARY = {"schema": {"type": "string", "format": "binary"}, "example": CSV_EXAMPLE}


class FileRequest(StrictRequest):
    """A request whose body is a file, told by what is in it and not by what it is called."""

    size_setting = "max_file_bytes"

    def check_media_type(self) -> None:
        """Anything but a form: the file itself is the body."""
        if self.headers.get("content-type", "").lower().startswith("multipart/"):
            raise UnsupportedMediaType(
                "Send the file itself as the body, as `curl --data-binary @file` does, not a form."
            )


class FileRoute(AuthenticatedRoute):
    """A route behind a key that takes a file."""

    request_class = FileRequest


router = APIRouter(prefix="/sessions", tags=["sessions"], route_class=FileRoute)


@router.post(
    "/import",
    operation_id="import_sessions",
    summary="Import a file of a watch or an app",
    response_model=ImportResult,
    responses={
        200: success_response("What became of each session in the file."),
        **problem_responses(UnreadableFile, ValidationFailed),
    },
    openapi_extra={
        "requestBody": {
            "description": "The bytes of the file. What it is is found out from them.",
            "required": True,
            "content": {"application/octet-stream": BINARY},
        }
    },
)
async def import_sessions(
    query: Annotated[ImportQuery, Query()], caller: Writer, request: Request
) -> Response:
    """Takes a FIT activity, a ZIP with one in it, our own CSV, or one of Hevy or Strong, up to
    8 MiB. Ids follow from the file, so the same file twice is `unchanged`. Sets that were done by
    a workout of ours come back with exercise, side and prescription.
    """
    now = datetime.now(UTC)
    settings = get_resources(request).settings
    data = await request.body()
    weeks = await read_weeks(request, caller, query)
    context = query.give_context(now, weeks, settings.file_timeout_s)
    recording = await read_file(request, data, context)
    key = settings.derive_key(erasure.PURPOSE)
    # Our own CSV says what to store, versions and all; every other file is a recording.
    recorded = recording.kind != pushoff_csv.KIND
    uploads = [
        erasure.mark(SessionUpload(one, recorded=recorded), key, caller.tenant_id)
        for one in recording.sessions
    ]
    dry_run = query.dry_run == "true"
    merges, logs = await take_in(request, caller, uploads, now, dry_run=dry_run)
    merges = [merged.seen_by(caller.athlete_id) for merged in merges]
    told = import_responses.Told(recording, merges, logs, now, dry_run=dry_run)
    # The response lists each session of the file, so its sets count as well as those of the logs.
    sets = folding.count_sets(recording.sessions)
    sets += sum(folding.count_sets(log.sessions) for log in logs)
    return await folding.run(lambda: import_responses.tell(told, request), sets=sets)


async def read_file(request: Request, data: bytes, context: ImportContext) -> ImportedFile:
    """What is in a file. Raises UnreadableFile and ContentTooLarge."""
    file_worker = get_resources(request).file_worker
    try:
        read: ImportedFile = await file_worker.call("detection", "read", data, context)
    except FileUnreadable as bad:
        raise UnreadableFile(str(bad)) from bad
    except FileLimitExceeded as bad:
        raise ContentTooLarge(str(bad)) from bad
    except FileWorkerTimeout as bad:
        raise UnreadableFile("The file could not be read to its end in time.") from bad
    except FileWorkerError:
        raise
    except Exception as odd:  # whatever a file brings about, it is the file's fault
        log.exception("file not understood")
        raise UnreadableFile("The file holds something that cannot be understood.") from odd
    return read


async def read_weeks(request: Request, caller: Caller, query: ImportQuery) -> Sequence[Week]:
    """The weeks of the programme as they stand for this person; none for an id that is not ours."""
    if query.program_id is None:
        return ()
    try:
        ref = engine.find_program(query.program_id)
        database = get_resources(request).database
        whose = (caller.tenant_id, query.athlete_id, query.program_id)
        done = await database.read(store.read_log, *whose)
        as_of = ref.spec.date_at(datetime.now(UTC))
        return await folding.run(
            lambda: ref.follow(done, as_of=as_of).weeks(), sets=folding.count_sets(done)
        )
    except (UnknownProgram, EngineRetired, SpecError):
        return ()


async def take_in(
    request: Request,
    caller: Caller,
    uploads: Sequence[SessionUpload],
    now: datetime,
    *,
    dry_run: bool,
) -> tuple[list[MergeResult], list[ProgramLog]]:
    """Stores uploads, or only says what would become of them; with the logs of their programmes.

    Each part is stored whole or not at all; whoever sends the file again after a failure between
    two parts finds the first ones unchanged, which takes less time than storing them did.
    """
    database = get_resources(request).database
    if dry_run:
        return await database.read(writing.preview_uploads, caller.tenant_id, uploads, now), []
    merges: list[MergeResult] = []
    for start in range(0, len(uploads), SESSIONS_AT_ONCE):
        part = uploads[start : start + SESSIONS_AT_ONCE]
        merges += await database.write(writing.store_uploads, caller.tenant_id, part, now)
    return merges, await database.read(writing.read_logs, caller.tenant_id, uploads, merges)
