"""/livez and /readyz: whether this process is alive, and whether it should get requests.

/livez checks only the event loop. /readyz checks that the database accepts writes, that its schema
is the one that this version needs, and that the process is not stopping. Load balancers call both.
"""

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel

from app.database import schema_revision
from app.web.http.problems import (
    DatabaseUnavailable,
    Overloaded,
    ShuttingDown,
    StorageFull,
    problem_responses,
)
from app.web.http.resources import DatabaseDep, get_resources
from app.web.http.routing import StrictRoute

router = APIRouter(tags=["health"], route_class=StrictRoute)


class Health(BaseModel, json_schema_serialization_defaults_required=True):
    """The process is healthy."""

    status: Literal["ok"] = "ok"
    """Always `ok`. An unhealthy process answers with a problem."""


@router.get("/livez", summary="Is the process alive?", response_description="The process is alive.")
async def get_liveness() -> Health:
    """Responds as long as the process runs its event loop. Never limited."""
    return Health()


@router.get(
    "/readyz",
    summary="Is the process ready for requests?",
    response_description="The process is ready.",
    responses=problem_responses(Overloaded, DatabaseUnavailable, StorageFull, ShuttingDown),
)
async def get_readiness(request: Request, database: DatabaseDep) -> Health:
    """Responds 200 if the database accepts writes, its schema is current, and the process is not
    stopping. Never limited.
    """
    if get_resources(request).draining.is_set:
        raise ShuttingDown("This process is stopping.", headers={"Retry-After": "1"})
    await database.check_writable()
    revision = await database.find_revision()
    if revision != schema_revision.HEAD:
        raise DatabaseUnavailable(
            "The schema of the database is not that of this version; run pushoff migrate.",
            headers={"Retry-After": "5"},
        )
    return Health()
