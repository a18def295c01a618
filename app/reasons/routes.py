"""/reasons: every code that an answer may carry, and its sentences, which clients translate."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import TypeAdapter

from app.reasons.schemas import ReasonCode, ReasonCodeList, to_wire
from app.training.catalog import reasons
from app.web.docs.operations import describe_responses
from app.web.http.answers import CACHE_FIVE_MINUTES
from app.web.http.problems import NotFound
from app.web.http.responses import respond_cached
from app.web.http.routing import StrictRoute

router = APIRouter(prefix="/reasons", tags=["reasons"], route_class=StrictRoute)

_LIST, _REASON = TypeAdapter(ReasonCodeList), TypeAdapter(ReasonCode)
_RULES = {rule.code: rule for rule in reasons.list_reasons()}


@router.get(
    "",
    summary="List the reason codes",
    response_model=ReasonCodeList,
    responses=describe_responses("The codes.", ["ETag"]),
)
async def list_reasons(request: Request) -> Response:
    """Every code that a programme, a change, a notice or a data note may carry."""

    def build() -> bytes:
        return _LIST.dump_json(ReasonCodeList(items=[to_wire(rule) for rule in _RULES.values()]))

    return respond_cached(request, build, CACHE_FIVE_MINUTES, compress=True)


@router.get(
    "/{code}",
    summary="Get one reason code",
    response_model=ReasonCode,
    responses=describe_responses("The code.", ["ETag"], [NotFound]),
)
async def get_reason(
    code: Annotated[str, Path(description="A code of a reason.", examples=["ADD_REPS"])],
    request: Request,
) -> Response:
    """What a code changes, its sentences with their params, and its evidence."""
    rule = _RULES.get(code)
    if rule is None:
        raise NotFound("There is no reason with this code.")
    body = _REASON.dump_json(to_wire(rule))
    return respond_cached(request, lambda: body, CACHE_FIVE_MINUTES, compress=True)
