"""The 404 for people: a page with a way on, for a browser that asks for a path without anything.

`main` installs it in place of the problem of `error_handlers`, which everybody else gets as before.
The answer depends on Accept, and says so in `Vary`.
"""

from functools import cache

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from app.web.docs import page_templates
from app.web.http import content_negotiation, error_handlers
from app.web.http.problems import NotFound

_NOT_FOUND = 404


def install(app: FastAPI) -> None:
    """Answer a NotFound, and a path without a route, as HTML where that is preferred."""
    app.exception_handler(NotFound)(_handle_not_found)
    app.exception_handler(_NOT_FOUND)(_handle_no_route)


async def _handle_not_found(request: Request, problem: NotFound) -> Response:
    accepted = content_negotiation.read_accept(request.scope["headers"])
    if request.method == "GET" and content_negotiation.prefers_html(accepted):
        response = Response(
            _render_page(),
            status_code=_NOT_FOUND,
            headers={"Cache-Control": "no-store", **page_templates.PAGE_POLICY},
            media_type="text/html",
        )
    else:
        response = error_handlers.respond(request, problem)
    response.headers["Vary"] = "Accept"
    return response


@cache
def _render_page() -> bytes:
    return page_templates.render_page("not-found.html")


async def _handle_no_route(request: Request, _error: HTTPException) -> Response:
    return await _handle_not_found(request, NotFound())
