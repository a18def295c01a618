"""The HTML pages: /docs (Swagger UI) with its assets and /openapi.json, and /problems with a page
for each kind of problem.

Swagger UI comes from the files of the package `fastapi-offline`, so that /docs works without a
network. No page may load anything from another host, or contain an inline script.
"""

import inspect
import json
import re
from functools import cache
from html import escape
from importlib.util import find_spec
from pathlib import Path
from string import Template

from fastapi import APIRouter, Request, Response

from app.web.http import answers, problems
from app.web.http.answers import CACHE_FIVE_MINUTES, CACHE_IMMUTABLE, PreparedAnswer
from app.web.http.problems import NotFound, Problem, error_at_parameter, error_at_pointer

router = APIRouter(include_in_schema=False)

_HTML = "text/html; charset=utf-8"
_CLOSED = "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_PAGE_POLICY = f"default-src 'none'; style-src 'self'; img-src 'self'; {_CLOSED}"
_PAGE_HEADERS = {**CACHE_FIVE_MINUTES, "Content-Security-Policy": _PAGE_POLICY}
# Swagger UI sets styles on its elements, and its icons are data: URLs.
_DOCS_POLICY = (
    f"default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; {_CLOSED}"
)
_DOCS_HEADERS = {**CACHE_FIVE_MINUTES, "Content-Security-Policy": _DOCS_POLICY}


def _find_package_folder(package: str) -> Path:
    """Find the folder of a package without importing it. Raises ModuleNotFoundError."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{package} is not installed", name=package)
    return Path(spec.origin).parent


OWN_ASSETS = Path(__file__).parent / "assets"
_SWAGGER_ASSETS = _find_package_folder("fastapi_offline") / "static"
_JAVASCRIPT, _CSS = "text/javascript; charset=utf-8", "text/css; charset=utf-8"
# Only these names are served, so that no URL can lead out of these two folders.
ASSETS = {
    "swagger-ui-bundle.js": (_SWAGGER_ASSETS, _JAVASCRIPT),
    "swagger-ui.css": (_SWAGGER_ASSETS, _CSS),
    "docs.js": (OWN_ASSETS, _JAVASCRIPT),
    "docs.css": (OWN_ASSETS, _CSS),
    "page.css": (OWN_ASSETS, _CSS),
    "favicon.svg": (OWN_ASSETS, answers.SVG),
}
_ASSET_URL = re.compile(r"/docs/assets/([a-z.-]+)")

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
    asset = load_asset(name)
    is_current = request.query_params.get("v") == _asset_version(asset)
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
    rows = "".join(_fill_template("problem-row.html", **one) for one in parts)
    main = _fill_template("problems.html", rows=rows)
    page = _render_page("page.html", title="Problems", main=main)
    return answers.prepare(page, "/problems", _PAGE_HEADERS, _HTML).respond(request)


@router.get("/problems/{slug}")
def get_problem(slug: str, request: Request) -> Response:
    """Return the page of one kind of problem."""
    kind = problems.by_slug().get(slug)
    if kind is None:
        raise NotFound("There is no problem with this slug; /problems lists all of them.")
    parts = _describe_problem(kind)
    main = _fill_template("problem.html", **parts, example=_render_example(kind))
    page = _render_page("page.html", title=parts["title"], main=main)
    return answers.prepare(page, "/problems/{slug}", _PAGE_HEADERS, _HTML).respond(request)


@cache
def _load_docs_page() -> PreparedAnswer:
    return answers.prepare(_render_page("docs.html"), "/docs", _DOCS_HEADERS, _HTML)


@cache
def load_asset(name: str) -> PreparedAnswer:
    """Read a file of ASSETS. It is read once."""
    folder, kind = ASSETS[name]
    body, route = (folder / name).read_bytes(), "/docs/assets/{name}"
    return answers.prepare(body, route, CACHE_FIVE_MINUTES, kind, compress=True)


def _asset_version(asset: PreparedAnswer) -> str:
    return asset.etag.strip('"')


def _render_page(name: str, **parts: str) -> bytes:
    """Fill the template of a page, and add its version to the URL of each asset."""
    return _ASSET_URL.sub(
        lambda found: f"{found[0]}?v={_asset_version(load_asset(found[1]))}",
        _fill_template(name, **parts),
    ).encode()


def _fill_template(name: str, **parts: str) -> str:
    # The parts must be HTML already: nothing is escaped here.
    return Template((OWN_ASSETS / name).read_text("utf-8")).substitute(parts)


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
