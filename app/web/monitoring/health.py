"""Whether this process lives, and whether it should be sent requests.

/livez asks nothing but the event loop. /readyz asks the database whether it takes writes and
whether its schema is the one that this code was written for, and says no while stopping.
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
    """The database of the app that answers."""
    database: Database = request.app.state.database
    return database


DatabaseDep = Annotated[Database, Depends(get_database)]


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
    if request.app.state.draining.is_set:
        raise ShuttingDown("This process is stopping.", headers={"Retry-After": "1"})
    await database.check_writable()
    revision = await database.find_revision()
    if revision != schema_revision.HEAD:
        raise DatabaseUnavailable(
            "The database's schema is not the one that this version needs; run pushoff migrate.",
            headers={"Retry-After": "5"},
        )
    return Health()


class Draining:
    """Whether the process was asked to stop."""

    def __init__(self) -> None:
        self.is_set = False

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Notes SIGTERM and hands it on to whoever handled it before (the server's own)."""
        try:
            before = signal.getsignal(signal.SIGTERM)

            def note(number: int, frame: FrameType | None) -> None:
                self.is_set = True
                if callable(before):
                    before(number, frame)
                elif before == signal.SIG_DFL:
                    # Nobody else listens, so the process ends, as it would have without us.
                    signal.signal(number, signal.SIG_DFL)
                    signal.raise_signal(number)

            signal.signal(signal.SIGTERM, note)
        except ValueError:
            # Not in the main thread, where no signal arrives: an app driven by a test.
            yield
            return
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, before)
