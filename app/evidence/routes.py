"""/evidence: the findings behind the ids in every reason, and how far each was checked."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import TypeAdapter

from app.evidence.schemas import EvidenceList, EvidenceOut, to_wire
from app.training.catalog import reasons
from app.web.docs.operations import describe_responses
from app.web.http.answers import CACHE_FIVE_MINUTES
from app.web.http.problems import NotFound
from app.web.http.responses import respond_cached
from app.web.http.routing import StrictRoute

router = APIRouter(prefix="/evidence", tags=["evidence"], route_class=StrictRoute)

_LIST, _EVIDENCE = TypeAdapter(EvidenceList), TypeAdapter(EvidenceOut)


@router.get(
    "",
    summary="List the evidence",
    response_model=EvidenceList,
    responses=describe_responses("The evidence table.", ["ETag"]),
)
async def list_evidence(request: Request) -> Response:
    """Every finding and every engineering choice that reasons cite."""

    def build() -> bytes:
        rows = [to_wire(row) for row in reasons.load_evidence().values()]
        return _LIST.dump_json(EvidenceList(items=rows))

    return respond_cached(request, build, CACHE_FIVE_MINUTES, compress=True)


@router.get(
    "/{evidence_id}",
    summary="Get one row of the evidence",
    response_model=EvidenceOut,
    responses=describe_responses("The row.", ["ETag"], [NotFound]),
)
async def get_evidence(
    evidence_id: Annotated[str, Path(description="An id as reasons cite it.", examples=["EV-01"])],
    request: Request,
) -> Response:
    """The finding or the engineering choice with one id."""
    row = reasons.load_evidence().get(evidence_id)
    if row is None:
        raise NotFound("There is no evidence with this id.")
    body = _EVIDENCE.dump_json(to_wire(row))
    return respond_cached(request, lambda: body, CACHE_FIVE_MINUTES, compress=True)
