"""The HTML pages: /docs (Swagger UI) with its assets and /openapi.json, /problems with a page for
each kind of problem, and what browsers and robots ask for: /favicon.ico, /favicon.svg, /robots.txt.
"""

import inspect
import json
import re
from functools import cache
from html import escape

from fastapi import APIRouter, Request, Response

from app.web.docs import page_templates
from app.web.docs.page_templates import ASSETS, CLOSED_POLICY, HTML
from app.web.http import answers, problems
from app.web.http.answers import CACHE_FIVE_MINUTES, CACHE_IMMUTABLE, PreparedAnswer
from app.web.http.problems import NotFound, Problem, error_at_parameter, error_at_pointer

router = APIRouter(include_in_schema=False)

# Swagger UI sets styles on its elements, and its icons are data: URLs.
_DOCS_POLICY = (
    f"default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; {CLOSED_POLICY}"
)
_DOCS_HEADERS = {
    **CACHE_FIVE_MINUTES,
    "Content-Security-Policy": _DOCS_POLICY,
    "Content-Language": "en",
}

_SESSION_ID = "0b9a5f0e-6c1d-4e57-9d3b-7a2f4c8e1d60"
# Examples of problems that have more fields than all problems have.
_EXAMPLES: dict[type[Problem], Problem] = {
    problems.AmbiguousParameter: problems.AmbiguousParameter(
        "A query parameter that takes one value was sent more than once.",
        errors=[error_at_parameter("limit", "takes one value", "repeated_parameter")],
    ),
    problems.UnknownParameter: problems.UnknownParameter(
        "This operation does not have such a query parameter. It has: athlete_id, cursor, limit.",
        errors=[error_at_parameter("athlete", "is unknown", "unknown_parameter")],
    ),
    problems.ValidationFailed: problems.ValidationFailed(
        "The request has one error; see errors.",
        errors=[
            error_at_pointer(
                ["sets", 0, "reps"], "input should be less than or equal to 1000", "less_than_equal"
            )
        ],
    ),
    problems.Conflict: problems.Conflict(
        "This version of the session is stored with other content.",
        stored={"session_id": _SESSION_ID, "athlete_id": "runner-7", "version": 3},
    ),
}


# These handlers are not async, so that reading, hashing and compressing run in a thread.
@router.get("/docs")
def get_docs(request: Request) -> Response:
    return _load_docs_page().respond(request)


@router.get("/docs/assets/{name}")
def get_asset(name: str, request: Request) -> Response:
    """Return a file that the pages load. With its current version as `v`, it is immutable."""
    if name not in ASSETS:
        raise NotFound("There is no asset with this name.")
    asset = page_templates.load_asset(name)
    is_current = request.query_params.get("v") == page_templates.asset_version(asset)
    return asset.respond(request, CACHE_IMMUTABLE if is_current else None)


@router.get("/openapi.json")
def get_openapi_json(request: Request) -> Response:
    """Return the OpenAPI document of the app. It is encoded once."""
    state = request.app.state
    if not hasattr(state, "openapi_document"):
        body = json.dumps(request.app.openapi(), ensure_ascii=False, separators=(",", ":"))
        state.openapi_document = answers.prepare(
            body.encode(), "/openapi.json", CACHE_FIVE_MINUTES, compress=True
        )
    document: PreparedAnswer = state.openapi_document
    return document.respond(request)


@router.get("/problems")
def list_problems(request: Request) -> Response:
    """Return a table of all kinds of problems, with links to their pages."""
    parts = [_describe_problem(kind) for kind in problems.by_slug().values()]
    rows = "".join(page_templates.fill_template("problem-row.html", **one) for one in parts)
    main = page_templates.fill_template("problems.html", rows=rows)
    page = page_templates.render_text_page("Problems", main)
    return page_templates.prepare_page("/problems", page).respond(request)


@router.get("/problems/{slug}")
def get_problem(slug: str, request: Request) -> Response:
    """Return the page of one kind of problem."""
    kind = problems.by_slug().get(slug)
    if kind is None:
        raise NotFound("There is no problem with this slug; /problems lists all of them.")
    parts = _describe_problem(kind)
    main = page_templates.fill_template("problem.html", **parts, example=_render_example(kind))
    page = page_templates.render_text_page(parts["title"], main)
    return page_templates.prepare_page("/problems/{slug}", page).respond(request)


@router.get("/favicon.svg")
@router.get("/favicon.ico")
def get_favicon(request: Request) -> Response:
    """Return the icon of the service. Browsers ask for /favicon.ico, and read SVG by its type."""
    return page_templates.load_asset("favicon.svg").respond(request)


@router.get("/robots.txt")
def get_robots(request: Request) -> Response:
    """Return what search engines may read: the pages for people, and not the answers."""
    return _load_robots().respond(request)


@cache
def _load_docs_page() -> PreparedAnswer:
    page = page_templates.render_page("docs.html")
    return answers.prepare(page, "/docs", _DOCS_HEADERS, HTML, compress=True)


@cache
def _load_robots() -> PreparedAnswer:
    body = (page_templates.OWN_ASSETS / "robots.txt").read_bytes()
    return answers.prepare(body, "/robots.txt", CACHE_FIVE_MINUTES, answers.TEXT)


def _describe_problem(kind: type[Problem]) -> dict[str, str]:
    """Return the parts of a problem's page as HTML. Its text is the docstring of its class."""
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(inspect.getdoc(kind) or "", quote=False))
    return {
        "slug": escape(kind.slug),
        "status": str(kind.status),
        "title": escape(kind.title),
        "text": "".join(f"<p>{paragraph}</p>" for paragraph in text.split("\n\n")),
    }


def _render_example(kind: type[Problem]) -> str:
    example = _EXAMPLES.get(kind, kind())
    instance = f"/sessions/{_SESSION_ID}" if example.stored else "/sessions"
    body = example.body(instance, "5f0c8a526a5e4f0e9c572d1c")
    return escape(json.dumps(json.loads(body), indent=2, ensure_ascii=False), quote=False)
