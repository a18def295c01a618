"""/livez and /readyz: whether this process is alive, and whether it should get requests.

/livez checks only the event loop. /readyz checks that the database accepts writes, that its schema
is the one that this version needs, and that the process is not stopping. Load balancers call both.
Anybody else may, too, so all who ask within a second share one check of the database.
"""

import asyncio
import copy
import math
import time
from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel

from app.database import schema_revision
from app.database.database import Database
from app.database.errors import DatabaseFailure, NoThreadFree
from app.web.http.problems import (
    DatabaseUnavailable,
    Overloaded,
    Problem,
    ShuttingDown,
    StorageFull,
    problem_responses,
)
from app.web.http.resources import get_resources
from app.web.http.routing import StrictRoute

router = APIRouter(tags=["health"], route_class=StrictRoute)


class Health(BaseModel, json_schema_serialization_defaults_required=True):
    """The process is healthy."""

    status: Literal["ok"] = "ok"
    """Always `ok`. An unhealthy process answers with a problem."""


class ReadinessCheck:
    """Whether the database takes writes and has the right schema, as found at most
    `cache_s` seconds ago.
    """

    def __init__(self, database: Database, cache_s: float) -> None:
        self._database = database
        self._cache_s = cache_s
        self._checked_at = -math.inf
        self._failure: Exception | None = None
        self._lock = asyncio.Lock()

    async def check(self) -> None:
        """Raise DatabaseUnavailable, DatabaseFailure or NoThreadFree if it is not ready."""
        async with self._lock:
            if time.monotonic() - self._checked_at >= self._cache_s:
                self._failure = await self._find_failure()
                self._checked_at = time.monotonic()
        if self._failure is not None:
            raise copy.copy(self._failure)

    async def _find_failure(self) -> Exception | None:
        try:
            await self._database.check_writable()
            revision = await self._database.find_revision()
        except (DatabaseFailure, NoThreadFree) as failure:
            return failure
        return None if revision == schema_revision.HEAD else _build_wrong_schema()


def _build_wrong_schema() -> Problem:
    return DatabaseUnavailable(
        "The schema of the database is not that of this version; run pushoff migrate.",
        headers={"Retry-After": "5"},
    )


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
async def get_readiness(request: Request) -> Health:
    """Responds 200 if the database accepts writes, its schema is current, and the process is not
    stopping. The database is asked once a second at most. Never limited.
    """
    if get_resources(request).draining.is_set:
        raise ShuttingDown("This process is stopping.", headers={"Retry-After": "1"})
    readiness: ReadinessCheck = request.app.state.readiness
    await readiness.check()
    return Health()
