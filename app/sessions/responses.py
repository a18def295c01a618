"""What is told of a write: outcomes, notes and conflicts, in the words of the wire."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fastapi import Request, Response
from pydantic import TypeAdapter

from app.sessions import writing
from app.sessions.batch import RejectedItem
from app.sessions.from_wire import SessionUpload
from app.sessions.merging import MergeResult
from app.sessions.next_session import NextPrescription, ProgramLog, prescribe
from app.sessions.schemas import SESSION, BatchNext, BatchOutcome, BatchResult, WriteResult
from app.sessions.writing import WriteOutcome
from app.training.log.completed import CompletedSession
from app.web.http import answers
from app.web.http.answers import PRIVATE
from app.web.http.problems import AthleteErased, Conflict, Problem, ProblemBody

RESULT, BATCH = TypeAdapter(WriteResult), TypeAdapter(BatchResult)


def tell(upload: SessionUpload, written: WriteOutcome, now: datetime) -> Response:
    """The answer to one write, with the entity tag of what is stored now. Raises Conflict."""
    merged, stored = written.merge, written.stored
    if merged.outcome == "conflict":
        raise Conflict(merged.why, stored=None if stored is None else as_json(stored))
    following = NextPrescription(None)
    if written.log is not None:
        following = prescribe(written.log, now, about=upload.session.session_id)
    result = WriteResult(
        outcome=merged.outcome,
        session=stored,
        next=following.next,
        data_notes=[*upload.notes, *following.notes],
        warnings=list(upload.warnings),
    )
    tag = {} if stored is None else {"ETag": writing.session_etag(stored)}
    return Response(
        RESULT.dump_json(result),
        status_code=201 if merged.outcome == "created" else 200,
        headers={**PRIVATE, **tag},
        media_type=answers.JSON,
    )


def tell_deletion(deleted: bool, stored: CompletedSession | None) -> Response:
    """The answer to a deletion: nothing, or what is newer and stays."""
    if deleted:
        return Response(status_code=204)
    result = WriteResult(outcome="stale", session=stored, data_notes=[], warnings=[])
    return Response(RESULT.dump_json(result), headers=PRIVATE, media_type=answers.JSON)


def tell_batch(
    read: Sequence[SessionUpload | RejectedItem],
    merges: Sequence[MergeResult],
    logs: Sequence[ProgramLog],
    request: Request,
    now: datetime,
) -> Response:
    """The answer to a batch: `merges` belong to the uploads among `read`, in their order."""
    left = iter(merges)
    outcomes = [
        tell_fault(place, one, request)
        if isinstance(one, RejectedItem)
        else tell_item(place, one, next(left), request)
        for place, one in enumerate(read)
    ]
    body = BATCH.dump_json(
        BatchResult(outcomes=outcomes, next=[tell_next(done, now) for done in logs])
    )
    return Response(body, headers=PRIVATE, media_type=answers.JSON)


def tell_next(done: ProgramLog, now: datetime) -> BatchNext:
    """What comes next for one person in one programme."""
    following = prescribe(done, now)
    return BatchNext(
        athlete_id=done.athlete_id,
        program_id=done.program_id,
        next=following.next,
        data_notes=list(following.notes),
    )


def tell_fault(place: int, fault: RejectedItem, request: Request) -> BatchOutcome:
    """The outcome of a session that could not be taken."""
    return BatchOutcome(
        index=place,
        session_id=fault.session_id,
        outcome="invalid",
        problem=tell_problem(fault.problem, request),
        data_notes=[],
        warnings=[],
    )


def tell_item(
    place: int, upload: SessionUpload, merged: MergeResult, request: Request
) -> BatchOutcome:
    """The outcome of a session that was taken in, or refused as a conflict."""
    problem = None
    if merged.outcome == "invalid":
        problem = tell_problem(AthleteErased(), request)
    if merged.outcome == "conflict":
        stored = None if merged.stored is None else as_json(merged.stored)
        problem = tell_problem(Conflict(merged.why, stored=stored), request)
    return BatchOutcome(
        index=place,
        session_id=upload.session.session_id,
        outcome=merged.outcome,
        problem=problem,
        data_notes=list(upload.notes),
        warnings=list(upload.warnings),
    )


def tell_problem(problem: Problem, request: Request) -> ProblemBody:
    """A problem inside an answer."""
    return problem.to_body(request.scope["path"], request.scope.get("request_id", ""))


def as_json(session: CompletedSession) -> dict[str, Any]:
    """A session as it stands in JSON."""
    told: dict[str, Any] = SESSION.dump_python(session, mode="json")
    return told
