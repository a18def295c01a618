"""/warning-signs: what to ask a person before a programme, in plain words."""

from fastapi import APIRouter, Request, Response
from pydantic import TypeAdapter

from app.training.catalog.warning_signs import WARNING_SIGNS
from app.warning_signs.schemas import WarningSignList
from app.web.docs.operations import describe_responses
from app.web.http.answers import CACHE_FIVE_MINUTES
from app.web.http.responses import respond_cached
from app.web.http.routing import StrictRoute

router = APIRouter(prefix="/warning-signs", tags=["warning-signs"], route_class=StrictRoute)

_LIST = TypeAdapter(WarningSignList)


@router.get(
    "",
    summary="List the warning signs",
    response_model=WarningSignList,
    responses=describe_responses("The warning signs.", ["ETag"]),
)
async def list_warning_signs(request: Request) -> Response:
    """The signs to ask for before a programme. Send the codes of those that a person has as
    `red_flags`: any of them blocks the programme until a professional has looked at it.
    """

    def build() -> bytes:
        return _LIST.dump_json(WarningSignList(items=list(WARNING_SIGNS)))

    return respond_cached(request, build, CACHE_FIVE_MINUTES, compress=True)
