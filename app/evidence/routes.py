"""/evidence: what the ids in every reason stand for, with how far it was checked."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import TypeAdapter

from app.evidence.schemas import EvidenceList, EvidenceOut, tell
from app.training import reasons
from app.web import caching
from app.web.caching import MINUTES
from app.web.operations import answered
from app.web.problems import NotFound, documented
from app.web.routing import StrictRoute

router = APIRouter(prefix="/evidence", tags=["evidence"], route_class=StrictRoute)

LIST, ROW = TypeAdapter(EvidenceList), TypeAdapter(EvidenceOut)


@router.get(
    "",
    operation_id="list_evidence",
    summary="List the evidence",
    response_model=EvidenceList,
    responses={200: answered("The evidence table.", "ETag")},
)
async def list_evidence(request: Request) -> Response:
    """Every finding and every engineering choice that reasons cite."""
    table = [tell(row) for row in reasons.evidence_table().values()]
    body = LIST.dump_json(EvidenceList(items=table))
    return caching.finish(body, router.prefix, MINUTES, coded=True).respond(request)


@router.get(
    "/{evidence_id}",
    operation_id="get_evidence",
    summary="Get one row of the evidence",
    response_model=EvidenceOut,
    responses={200: answered("The row.", "ETag"), **documented(NotFound)},
)
async def get_evidence(
    evidence_id: Annotated[str, Path(description="An id as reasons cite it.", examples=["EV-01"])],
    request: Request,
) -> Response:
    """What one id stands for."""
    row = reasons.evidence_table().get(evidence_id)
    if row is None:
        raise NotFound("There is no evidence with this id.")
    template = f"{router.prefix}/{{evidence_id}}"
    return caching.finish(ROW.dump_json(tell(row)), template, MINUTES, coded=True).respond(request)
