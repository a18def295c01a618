"""The errors that people meet, as pages with a way on: nothing is at an address (404), and a
programme that an older engine made (410).

A browser gets them, which `content_negotiation.prefers_html` recognises; everybody else gets the
problem of `error_handlers`, in whose place `main` installs these handlers. The answer depends on
Accept, and says so in `Vary`.
"""

import re
from functools import cache
from html import escape

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from app.web.docs import page_templates
from app.web.http import content_negotiation, error_handlers
from app.web.http.problems import NotFound, Problem, ProgramEngineRetired

_NOT_FOUND = 404
_LINK_TARGET = re.compile(r"<([^>]*)>")


def install(app: FastAPI) -> None:
    """Answer a NotFound, a path without a route, and a ProgramEngineRetired as HTML where that is
    preferred.
    """
    app.exception_handler(NotFound)(_handle_not_found)
    app.exception_handler(_NOT_FOUND)(_handle_no_route)
    app.exception_handler(ProgramEngineRetired)(_handle_retired)


async def _handle_not_found(request: Request, problem: NotFound) -> Response:
    return _respond(request, problem, _render_not_found())


async def _handle_no_route(request: Request, _error: HTTPException) -> Response:
    return await _handle_not_found(request, NotFound())


async def _handle_retired(request: Request, problem: ProgramEngineRetired) -> Response:
    """Answer with a link to the successor, which the problem names in its Link header."""
    target = _LINK_TARGET.match(problem.headers["Link"])
    path = escape(target[1]) if target else "/"
    main = page_templates.fill_template("retired.html", path=path)
    page = page_templates.render_text_page("This programme was planned by an older version", main)
    return _respond(request, problem, page)


def _respond(request: Request, problem: Problem, page: bytes) -> Response:
    accepted = content_negotiation.read_accept(request.scope["headers"])
    if request.method == "GET" and content_negotiation.prefers_html(accepted):
        response = Response(
            page,
            status_code=problem.status,
            headers={"Cache-Control": "no-store", **problem.headers, **page_templates.PAGE_POLICY},
            media_type="text/html",
        )
    else:
        response = error_handlers.respond(request, problem)
    response.headers["Vary"] = "Accept"
    return response


@cache
def _render_not_found() -> bytes:
    main = page_templates.fill_template("not-found.html")
    return page_templates.render_text_page("Not found", main)
