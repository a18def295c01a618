"""The response to an import: sessions, outcomes, next sessions, warnings and unmapped exercises.

imports calls respond() with the file and the results of storing it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import Request, Response
from pydantic import TypeAdapter

from app.formats.imported_file import ImportedFile, UnmappedExercise
from app.sessions import from_wire, responses
from app.sessions.from_wire import SessionUpload
from app.sessions.merging import MergeResult
from app.sessions.next_session import ProgramLog
from app.sessions.schemas import BatchNext, BatchOutcome, Note, ResponseModel
from app.training.log.completed import CompletedSession
from app.web.http import answers
from app.web.http.answers import PRIVATE

_MAX_NOTES = 100
# The response to a history of years would be megabytes.
_MAX_SESSIONS_SHOWN = 100
_SAME_EVENING = timedelta(hours=12)


class ImportResult(ResponseModel):
    """The result of importing a file."""

    kind: str
    """Format of the file: `fit`, `pushoff_csv`, `hevy_csv` or `strong_csv`."""
    dry_run: bool
    """Whether nothing was stored."""
    sessions: list[CompletedSession]
    """The first hundred sessions of the file. Their ids are derived from the file."""
    outcomes: list[BatchOutcome]
    """The result of each session of the file, in its order."""
    next: list[BatchNext]
    """The next sessions of the first ten programmes in the file; empty in a dry run."""
    warnings: list[Note]
    """Remarks on what the format cannot express and on values that are uncertain."""
    unmapped: list[UnmappedExercise]
    """Exercises that match none of the catalogue. Their sets are stored but not counted."""


_RESULT = TypeAdapter(ImportResult)


@dataclass(frozen=True, slots=True)
class StoredImport:
    """A file and the result of storing it; `merges` has one result for each session of the file."""

    file: ImportedFile
    merges: Sequence[MergeResult]
    logs: Sequence[ProgramLog]
    now: datetime
    dry_run: bool


def respond(stored: StoredImport, request: Request) -> Response:
    file = stored.file
    uploads = [_make_upload(session, stored.now) for session in file.sessions]
    pairs = enumerate(zip(uploads, stored.merges, strict=True))
    warnings = [Note(one.code, one.detail, one.pointer) for one in file.remarks]
    warnings += _find_duplicates(file, stored.logs)
    # A dry run has no logs.
    result = ImportResult(
        kind=file.kind,
        dry_run=stored.dry_run,
        sessions=list(file.sessions[:_MAX_SESSIONS_SHOWN]),
        outcomes=[responses.make_batch_outcome(place, *pair, request) for place, pair in pairs],
        next=[responses.make_batch_next(log, stored.now) for log in stored.logs],
        warnings=warnings[:_MAX_NOTES],
        unmapped=list(file.unmapped),
    )
    return Response(_RESULT.dump_json(result), headers=PRIVATE, media_type=answers.JSON)


def _make_upload(session: CompletedSession, now: datetime) -> SessionUpload:
    notes = [*from_wire.list_session_notes(session, now)]
    for number, done in enumerate(session.sets):
        # The reader of the file has reported unmapped exercises already, once for all sets.
        if ":" not in done.exercise:
            notes += from_wire.list_set_notes(done, f"/sets/{number}", now)
    return SessionUpload(session, notes=tuple(notes[: from_wire.MAX_NOTES]))


def _find_duplicates(file: ImportedFile, logs: Sequence[ProgramLog]) -> Iterator[Note]:
    """Yield notes on sessions that seem to be stored twice: sent live and imported."""
    stored = [(log.program_id, one) for log in logs for one in log.sessions]
    for place, session in enumerate(file.sessions):
        if session.program_id is None or session.session is None:
            continue
        key = (session.program_id, session.week, session.session)
        for program_id, other in stored:
            near = abs(other.started_at - session.started_at) < _SAME_EVENING
            same = (program_id, other.week, other.session) == key
            if same and near and other.session_id != session.session_id:
                detail = "Another stored session of this day has the same week and session number."
                detail += " If both are the same training, delete one, or its sets count twice."
                yield Note("maybe_stored_already", detail, f"/sessions/{place}")
                break
