"""/evidence: what the ids in every reason stand for, with how far it was checked."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import TypeAdapter

from app.evidence.schemas import EvidenceList, EvidenceOut, tell
from app.training.catalog import reasons
from app.web.docs.operations import success_response
from app.web.http import answers
from app.web.http.answers import CACHE_FIVE_MINUTES
from app.web.http.problems import NotFound, problem_responses
from app.web.http.routing import StrictRoute

router = APIRouter(prefix="/evidence", tags=["evidence"], route_class=StrictRoute)

LIST, ROW = TypeAdapter(EvidenceList), TypeAdapter(EvidenceOut)


@router.get(
    "",
    operation_id="list_evidence",
    summary="List the evidence",
    response_model=EvidenceList,
    responses={200: success_response("The evidence table.", "ETag")},
)
async def list_evidence(request: Request) -> Response:
    """Every finding and every engineering choice that reasons cite."""
    table = [tell(row) for row in reasons.load_evidence().values()]
    body = LIST.dump_json(EvidenceList(items=table))
    return answers.prepare(body, router.prefix, CACHE_FIVE_MINUTES, compress=True).respond(request)


@router.get(
    "/{evidence_id}",
    operation_id="get_evidence",
    summary="Get one row of the evidence",
    response_model=EvidenceOut,
    responses={200: success_response("The row.", "ETag"), **problem_responses(NotFound)},
)
async def get_evidence(
    evidence_id: Annotated[str, Path(description="An id as reasons cite it.", examples=["EV-01"])],
    request: Request,
) -> Response:
    """What one id stands for."""
    row = reasons.load_evidence().get(evidence_id)
    if row is None:
        raise NotFound("There is no evidence with this id.")
    template = f"{router.prefix}/{{evidence_id}}"
    return answers.prepare(
        ROW.dump_json(tell(row)), template, CACHE_FIVE_MINUTES, compress=True
    ).respond(request)
