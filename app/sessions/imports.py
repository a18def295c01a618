"""POST /sessions/import: stores a file of a watch or an app like a batch.

A separate process (file_worker) reads the file, so that a hostile file does not slow down other
requests. import_responses builds the response.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import structlog
from fastapi import APIRouter, Query, Request, Response

from app.file_worker import FileWorkerError, FileWorkerTimeout
from app.formats.csv import pushoff_csv
from app.formats.fit.exercise_codes import FitNames
from app.formats.imported_file import FileLimitExceeded, FileUnreadable, ImportContext, ImportedFile
from app.keys.auth import AuthenticatedRoute, Caller, Writer
from app.sessions import erasure, fold_scheduling, import_responses, store, transactions
from app.sessions.from_wire import SessionUpload
from app.sessions.import_responses import ImportResult, StoredImport
from app.sessions.merging import MergeResult
from app.sessions.next_session import ProgramLog
from app.sessions.request_parameters import ImportQuery
from app.training import engine
from app.training.engine import EngineRetired
from app.training.planning import plan_constants
from app.training.planning.id_bytes import UnknownProgram
from app.training.planning.spec_building import SpecError
from app.training.planning.week import Week
from app.web.docs.operations import success_response
from app.web.http import problems
from app.web.http.problems import UnreadableFile, problem_responses
from app.web.http.resources import get_resources
from app.web.http.routing import StrictRequest

log = structlog.get_logger("pushoff.files")

# A long history is stored in several transactions, so that other writers do not wait for it.
_SESSIONS_PER_TRANSACTION = 100
_CSV_EXAMPLE = (
    "started_at,exercise,side,reps,performed_at\n"
    "2026-10-06T18:30:00+02:00,straight-leg-calf-raise,both,15,2026-10-06T18:34:10+02:00\n"
)
_FILE_BODY = {"schema": {"type": "string", "format": "binary"}, "example": _CSV_EXAMPLE}


class FileRequest(StrictRequest):
    """A request whose body is a file. Its format is detected from its content."""

    size_setting = "max_file_bytes"

    def check_media_type(self) -> None:
        """Raise UnsupportedMediaType for a form: the body must be the file itself."""
        if self.headers.get("content-type", "").lower().startswith("multipart/"):
            detail = "Send the file itself as the body, as `curl --data-binary @file` does,"
            raise problems.UnsupportedMediaType(f"{detail} not a form.")


class FileRoute(AuthenticatedRoute):
    """A route that requires a key and takes a file."""

    request_class = FileRequest


router = APIRouter(prefix="/sessions", tags=["sessions"], route_class=FileRoute)


@router.post(
    "/import",
    summary="Import a file of a watch or an app",
    response_model=ImportResult,
    responses={
        200: success_response("The result of each session in the file."),
        **problem_responses(UnreadableFile, problems.ValidationFailed),
    },
    openapi_extra={
        "requestBody": {
            "description": "The bytes of the file. The format is detected from them.",
            "required": True,
            "content": {"application/octet-stream": _FILE_BODY},
        }
    },
)
async def import_sessions(
    query: Annotated[ImportQuery, Query()], caller: Writer, request: Request
) -> Response:
    """Accepts a FIT activity, a ZIP with one FIT activity, a Pushoff CSV, or a CSV of Hevy or
    Strong, up to 8 MiB. Ids are derived from the file, so importing it again is `unchanged`. Sets
    that were done from a Pushoff workout get their exercise, side and prescription.
    """
    now = datetime.now(UTC)
    settings = get_resources(request).settings
    data = await request.body()
    weeks, fit_names = await _load_weeks(request, caller, query)
    context = query.make_context(now, weeks, fit_names, settings.file_timeout_s)
    file = await _read_file(request, data, context)
    key = settings.derive_key(erasure.KEY_PURPOSE)
    # Our own CSV holds complete sessions with versions; every other file is a recording.
    recorded = file.kind != pushoff_csv.KIND
    uploads = [
        erasure.add_fingerprint(SessionUpload(one, recorded=recorded), key, caller.tenant_id)
        for one in file.sessions
    ]
    dry_run = query.dry_run == "true"
    merges, logs = await _store_uploads(request, caller, uploads, now, dry_run=dry_run)
    merges = [merged.redact_for(caller.athlete_id) for merged in merges]
    stored = StoredImport(file, merges, logs, now, dry_run=dry_run)
    # The response lists each session of the file, so its sets count as well as those of the logs.
    sets = fold_scheduling.count_sets(file.sessions)
    sets += sum(fold_scheduling.count_sets(log.sessions) for log in logs)
    return await fold_scheduling.run(lambda: import_responses.respond(stored, request), sets=sets)


async def _read_file(request: Request, data: bytes, context: ImportContext) -> ImportedFile:
    """Read a file. Raises UnreadableFile, ContentTooLarge and FileWorkerError."""
    worker = get_resources(request).file_worker
    try:
        file: ImportedFile = await worker.call("detection", "read", data, context)
    except FileUnreadable as bad:
        raise UnreadableFile(str(bad)) from bad
    except FileLimitExceeded as bad:
        raise problems.ContentTooLarge(str(bad)) from bad
    except FileWorkerTimeout as bad:
        raise UnreadableFile("Reading the file took too long.") from bad
    except FileWorkerError:
        raise
    except Exception as odd:  # an unknown error of a reader is the file's fault
        log.exception("file not understood")
        raise UnreadableFile("The file holds content that cannot be read.") from odd
    return file


async def _load_weeks(
    request: Request, caller: Caller, query: ImportQuery
) -> tuple[Sequence[Week], FitNames]:
    """Return the weeks of the athlete's programme, and the FIT names of its exercises; none if its
    id is unknown.
    """
    if query.program_id is None:
        return (), {}
    try:
        ref = engine.find_program(query.program_id)
        log_key = (caller.tenant_id, query.athlete_id, query.program_id)
        done = await get_resources(request).database.read(store.read_log, *log_key)
        as_of, sets = ref.spec.date_at(datetime.now(UTC)), fold_scheduling.count_sets(done)
        weeks = await fold_scheduling.run(lambda: ref.follow(done, as_of=as_of).weeks(), sets=sets)
        return weeks, plan_constants.derive(ref.spec).fit_names
    except (UnknownProgram, EngineRetired, SpecError):
        return (), {}


async def _store_uploads(
    request: Request,
    caller: Caller,
    uploads: Sequence[SessionUpload],
    now: datetime,
    *,
    dry_run: bool,
) -> tuple[list[MergeResult], list[ProgramLog]]:
    """Store uploads, or preview their results. Return the results and the logs of programmes.

    Each part is stored as a whole or not at all. After a failure between two parts, a retry finds
    the first parts unchanged, which takes less time than storing them did.
    """
    database = get_resources(request).database
    if dry_run:
        return await database.read(transactions.preview_uploads, caller.tenant_id, uploads, now), []
    merges: list[MergeResult] = []
    for start in range(0, len(uploads), _SESSIONS_PER_TRANSACTION):
        part = uploads[start : start + _SESSIONS_PER_TRANSACTION]
        merges += await database.write(transactions.store_uploads, caller.tenant_id, part, now)
    return merges, await database.read(transactions.load_logs, caller.tenant_id, uploads, merges)
