"""/livez and /readyz: whether this process is alive, and whether it should get requests.

/livez checks only the event loop. /readyz checks that the database accepts writes, that its schema
is the one that this version needs, and that the process is not stopping. Load balancers call both.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict

from app.database import schema_revision
from app.database.database import Database
from app.web.http.problems import (
    DatabaseUnavailable,
    Overloaded,
    ShuttingDown,
    StorageFull,
    problem_responses,
)
from app.web.http.routing import StrictRoute

router = APIRouter(tags=["health"], route_class=StrictRoute)


async def get_database(request: Request) -> Database:
    """Return the database of the app."""
    database: Database = request.app.state.database
    return database


DatabaseDep = Annotated[Database, Depends(get_database)]


class Health(BaseModel):
    """The process is healthy."""

    model_config = ConfigDict(
        use_attribute_docstrings=True, json_schema_serialization_defaults_required=True
    )

    status: Literal["ok"] = "ok"
    """Always `ok`. An unhealthy process answers with a problem."""


@router.get(
    "/livez",
    operation_id="get_liveness",
    summary="Is the process alive?",
    response_description="The process is alive.",
)
async def get_liveness() -> Health:
    """Responds as long as the process runs its event loop. Never limited."""
    return Health()


@router.get(
    "/readyz",
    operation_id="get_readiness",
    summary="Is the process ready for requests?",
    response_description="The process is ready.",
    responses=problem_responses(Overloaded, DatabaseUnavailable, StorageFull, ShuttingDown),
)
async def get_readiness(request: Request, database: DatabaseDep) -> Health:
    """Responds 200 if the database accepts writes, its schema is current, and the process is not
    stopping. Never limited.
    """
    if request.app.state.draining.is_set:
        raise ShuttingDown("This process is stopping.", headers={"Retry-After": "1"})
    await database.check_writable()
    revision = await database.find_revision()
    if revision != schema_revision.HEAD:
        raise DatabaseUnavailable(
            "The schema of the database is not that of this version; run pushoff migrate.",
            headers={"Retry-After": "5"},
        )
    return Health()


class Draining:
    """Whether the process has got SIGTERM."""

    def __init__(self) -> None:
        self.is_set = False

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Set `is_set` at SIGTERM, and call the handler that was there before: the server's."""
        try:
            before = signal.getsignal(signal.SIGTERM)

            def handle(number: int, frame: FrameType | None) -> None:
                self.is_set = True
                if callable(before):
                    before(number, frame)
                elif before == signal.SIG_DFL:
                    # There was no handler, so the process ends, as it would without this one.
                    signal.signal(number, signal.SIG_DFL)
                    signal.raise_signal(number)

            signal.signal(signal.SIGTERM, handle)
        except ValueError:
            # Not in the main thread, which alone gets signals: a test runs the app.
            yield
            return
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, before)
