"""The service with one route more: a session is read and checked as ever, and not stored.

It is what storing is measured against. Only benchmarks may serve it.
"""

from datetime import UTC, datetime

from fastapi import APIRouter, FastAPI, Request, Response

from app import main
from app.keys.auth import KeyedRoute, Writer
from app.sessions import from_wire
from app.sessions.routes import Expected, SessionId
from app.sessions.schemas import SessionIn

router = APIRouter(route_class=KeyedRoute)


@router.put("/validated/{session_id}", response_model=None)
async def validate_session(
    session_id: SessionId, sent: SessionIn, caller: Writer, _expected: Expected, _request: Request
) -> Response:
    """What PUT /sessions/{session_id} does before it turns to the database, and no answer."""
    caller.check_athlete(sent.athlete_id)
    from_wire.read_session(sent, session_id, datetime.now(UTC))
    return Response(status_code=204)


def build() -> FastAPI:
    """The app as main.build() makes it, and the route beside the one that it stands for."""
    app = main.build()
    names = [getattr(route, "name", "") for route in app.router.routes]
    app.router.routes.insert(names.index("put_session"), router.routes[0])
    return app
