"""The responses to writes and deletions: outcomes, notes, conflicts and the next session.

routes and import_responses call this with the results of transactions.
"""

from collections.abc import Sequence
from datetime import datetime

from fastapi import Request, Response
from pydantic import TypeAdapter

from app.sessions import transactions
from app.sessions.batch import RejectedItem
from app.sessions.from_wire import SessionUpload
from app.sessions.merging import MergeResult
from app.sessions.next_session import NextPrescription, ProgramLog, prescribe
from app.sessions.schemas import (
    SESSION,
    BatchNext,
    BatchOutcome,
    BatchResult,
    Note,
    WriteResult,
)
from app.sessions.transactions import UploadResult
from app.training.log.completed import CompletedSession
from app.web.http import answers
from app.web.http.answers import PRIVATE
from app.web.http.problems import AthleteErased, Conflict, Problem, ProblemBody

_RESULT, _BATCH = TypeAdapter(WriteResult), TypeAdapter(BatchResult)


def respond(upload: SessionUpload, uploaded: UploadResult, now: datetime) -> Response:
    """Respond to one write, with the entity tag of the stored session. Raises Conflict."""
    merged, stored = uploaded.merge, uploaded.stored
    if merged.outcome == "conflict":
        raise _make_conflict(merged, stored)
    prescribed = NextPrescription(None)
    if uploaded.log is not None:
        prescribed = prescribe(uploaded.log, now, about=upload.session.session_id)
    result = WriteResult(
        outcome=merged.outcome,
        session=stored,
        next=prescribed.next,
        data_notes=_merge_notes(upload.notes, prescribed.notes),
        warnings=list(upload.warnings),
    )
    tag = {} if stored is None else {"ETag": transactions.make_session_etag(stored)}
    return Response(
        _RESULT.dump_json(result),
        status_code=201 if merged.outcome == "created" else 200,
        headers={**PRIVATE, **tag},
        media_type=answers.JSON,
    )


def _merge_notes(of_upload: Sequence[Note], of_program: Sequence[Note]) -> list[Note]:
    """Return the notes on an upload and those on its programme, without what both say."""
    said = {(note.code, note.detail) for note in of_upload}
    return [*of_upload, *(note for note in of_program if (note.code, note.detail) not in said)]


def respond_to_deletion(deleted: bool, stored: CompletedSession | None) -> Response:
    """Respond to a deletion: with 204, or with the newer session that stays."""
    if deleted:
        return Response(status_code=204)
    result = WriteResult(outcome="stale", session=stored, data_notes=[], warnings=[])
    return Response(_RESULT.dump_json(result), headers=PRIVATE, media_type=answers.JSON)


def respond_to_batch(
    items: Sequence[SessionUpload | RejectedItem],
    merges: Sequence[MergeResult],
    logs: Sequence[ProgramLog],
    request: Request,
    now: datetime,
) -> Response:
    """Respond to a batch. `merges` belong to the uploads among `items`, in the same order."""
    remaining = iter(merges)
    outcomes = [
        _make_rejected_outcome(index, item, request)
        if isinstance(item, RejectedItem)
        else make_batch_outcome(index, item, next(remaining), request)
        for index, item in enumerate(items)
    ]
    result = BatchResult(outcomes=outcomes, next=[make_batch_next(log, now) for log in logs])
    return Response(_BATCH.dump_json(result), headers=PRIVATE, media_type=answers.JSON)


def make_batch_next(log: ProgramLog, now: datetime) -> BatchNext:
    prescribed = prescribe(log, now)
    return BatchNext(
        athlete_id=log.athlete_id,
        program_id=log.program_id,
        next=prescribed.next,
        data_notes=list(prescribed.notes),
    )


def _make_rejected_outcome(index: int, rejected: RejectedItem, request: Request) -> BatchOutcome:
    return BatchOutcome(
        index=index,
        session_id=rejected.session_id,
        outcome="invalid",
        problem=_make_problem_body(rejected.problem, request),
        data_notes=[],
        warnings=[],
    )


def make_batch_outcome(
    index: int, upload: SessionUpload, merged: MergeResult, request: Request
) -> BatchOutcome:
    """Return the outcome of an upload that was merged; `index` is its index in the batch."""
    problem = None
    if merged.outcome == "invalid":
        problem = _make_problem_body(AthleteErased(), request)
    if merged.outcome == "conflict":
        problem = _make_problem_body(_make_conflict(merged, merged.stored), request)
    return BatchOutcome(
        index=index,
        session_id=upload.session.session_id,
        outcome=merged.outcome,
        problem=problem,
        data_notes=list(upload.notes),
        warnings=list(upload.warnings),
    )


def _make_problem_body(problem: Problem, request: Request) -> ProblemBody:
    return problem.to_body(request.scope["path"], request.scope.get("request_id", ""))


def _make_conflict(merged: MergeResult, stored: CompletedSession | None) -> Conflict:
    body = None if stored is None else SESSION.dump_python(stored, mode="json")
    return Conflict(merged.detail, stored=body)
