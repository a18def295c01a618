"""Whether this process lives, and whether it should be sent requests.

/livez asks nothing but the event loop. /readyz asks the database whether it takes writes and
whether its schema is the one that this code was written for, and says no while stopping.
"""

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict

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


class Health(BaseModel):
    """A process in good health."""

    model_config = ConfigDict(
        use_attribute_docstrings=True, json_schema_serialization_defaults_required=True
    )

    status: Literal["ok"] = "ok"
    """Always `ok`; anything else is a problem."""


@router.get(
    "/livez",
    operation_id="get_liveness",
    summary="Is the process alive?",
    response_description="It is.",
)
async def get_liveness() -> Health:
    """Answers as long as the event loop turns. Never limited."""
    return Health()


@router.get(
    "/readyz",
    operation_id="get_readiness",
    summary="Should this process be sent requests?",
    response_description="Send it requests.",
    responses=problem_responses(Overloaded, DatabaseUnavailable, StorageFull, ShuttingDown),
)
async def get_readiness(request: Request, database: DatabaseDep) -> Health:
    """Answers 200 if the database takes writes and has the expected schema."""
    if get_resources(request).draining.is_set:
        raise ShuttingDown("This process is stopping.", headers={"Retry-After": "1"})
    await database.ping_write()
    revision = await database.revision()
    if revision != schema_revision.HEAD:
        raise DatabaseUnavailable(
            "The database's schema is not the one that this version needs; run pushoff migrate.",
            headers={"Retry-After": "5"},
        )
    return Health()
