"""The service with one more route, which validates a session like PUT and does not store it.

`session_writes` compares storing with it. Only benchmarks may serve it.
"""

from datetime import UTC, datetime

from fastapi import APIRouter, FastAPI, Request, Response

from app import main
from app.keys.auth import AuthenticatedRoute, Writer
from app.sessions import from_wire
from app.sessions.routes import PreconditionDep, SessionId
from app.sessions.schemas import SessionIn

router = APIRouter(route_class=AuthenticatedRoute)


@router.put("/validated/{session_id}", response_model=None)
async def validate_session(
    session_id: SessionId,
    sent: SessionIn,
    caller: Writer,
    _expected: PreconditionDep,
    _request: Request,
) -> Response:
    """Do what PUT /sessions/{session_id} does before it uses the database; return no body."""
    caller.check_athlete(sent.athlete_id)
    from_wire.parse_session(sent, session_id, datetime.now(UTC))
    return Response(status_code=204)


def build() -> FastAPI:
    """Return the app of main.build() with the new route next to the one that it imitates."""
    app = main.build()
    names = [getattr(route, "name", "") for route in app.router.routes]
    app.router.routes.insert(names.index("put_session"), router.routes[0])
    return app
