"""What people look at: /docs, the document behind it, and a page for every kind of problem.

Swagger UI lies in the package `fastapi-offline`, whose files alone are used, so that /docs works
with no network. Nothing here may load anything from another host, or hold a script inline.
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
from app.web.http.problems import (
    AmbiguousParameter,
    Conflict,
    NotFound,
    Problem,
    UnknownParameter,
    ValidationFailed,
    at_parameter,
    at_pointer,
)

router = APIRouter(include_in_schema=False)

HTML = "text/html; charset=utf-8"
CLOSED = "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
PAGE = {
    **CACHE_FIVE_MINUTES,
    "Content-Security-Policy": f"default-src 'none'; style-src 'self'; img-src 'self'; {CLOSED}",
}
# Swagger UI sets styles on its elements and draws its icons from data: addresses.
DOCS = {
    **CACHE_FIVE_MINUTES,
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; " + CLOSED
    ),
}


def locate(package: str) -> Path:
    """The folder of an installed package, which is not imported. Raises ModuleNotFoundError."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{package} is not installed", name=package)
    return Path(spec.origin).parent


OURS = Path(__file__).parent / "assets"
SWAGGER = locate("fastapi_offline") / "static"
SCRIPT, STYLE, PICTURE = (
    "text/javascript; charset=utf-8",
    "text/css; charset=utf-8",
    "image/svg+xml",
)
# Only what is named here is ever served, so no address can lead out of these two folders.
ASSETS = {
    "swagger-ui-bundle.js": (SWAGGER, SCRIPT),
    "swagger-ui.css": (SWAGGER, STYLE),
    "docs.js": (OURS, SCRIPT),
    "docs.css": (OURS, STYLE),
    "page.css": (OURS, STYLE),
    "favicon.svg": (OURS, PICTURE),
}
ASSET_ADDRESS = re.compile(r"/docs/assets/([a-z.-]+)")

SESSION_ID = "0b9a5f0e-6c1d-4e57-9d3b-7a2f4c8e1d60"
# Kinds whose answers say more than every answer does.
EXAMPLES: dict[type[Problem], Problem] = {
    AmbiguousParameter: AmbiguousParameter(
        "A query parameter that takes one value was sent more than once.",
        errors=[at_parameter("limit", "takes one value", "repeated_parameter")],
    ),
    UnknownParameter: UnknownParameter(
        "A query parameter is not known here. Known: athlete_id, cursor, limit.",
        errors=[at_parameter("athlete", "is not known here", "unknown_parameter")],
    ),
    ValidationFailed: ValidationFailed(
        "One thing in the request must be put right; see errors.",
        errors=[
            at_pointer(
                ["sets", 0, "reps"], "input should be less than or equal to 1000", "less_than_equal"
            )
        ],
    ),
    Conflict: Conflict(
        "This version of the session is stored with other content.",
        stored={"session_id": SESSION_ID, "athlete_id": "runner-7", "version": 3},
    ),
}


# Reading, hashing and compressing take a while, so these handlers run outside the event loop.
@router.get("/docs")
def show_docs(request: Request) -> Response:
    """Swagger UI over our own /openapi.json."""
    return docs_page().respond(request)


@router.get("/docs/assets/{name}")
def serve_asset(name: str, request: Request) -> Response:
    """A file that the pages need. With its version in the query it may be kept for good."""
    if name not in ASSETS:
        raise NotFound("There is no asset with this name.")
    asset = open_asset(name)
    current = request.query_params.get("v") == version(asset)
    return asset.respond(request, CACHE_IMMUTABLE if current else None)


@router.get("/openapi.json")
def describe(request: Request) -> Response:
    """The app's OpenAPI document, encoded once per app."""
    state = request.app.state
    if not hasattr(state, "openapi_document"):
        body = json.dumps(request.app.openapi(), ensure_ascii=False, separators=(",", ":"))
        state.openapi_document = answers.prepare(
            body.encode(), "/openapi.json", CACHE_FIVE_MINUTES, coded=True
        )
    document: PreparedAnswer = state.openapi_document
    return document.respond(request)


@router.get("/problems")
def list_problems(request: Request) -> Response:
    """Every kind of problem, each with a link to its page."""
    rows = "".join(fill("problem-row.html", **tell(kind)) for kind in problems.family().values())
    page = draw("page.html", title="Problems", main=fill("problems.html", rows=rows))
    return answers.prepare(page, "/problems", PAGE, HTML).respond(request)


@router.get("/problems/{slug}")
def show_problem(slug: str, request: Request) -> Response:
    """What a kind of problem means and what to do about it."""
    kind = problems.family().get(slug)
    if kind is None:
        raise NotFound("There is no kind of problem with this name; /problems lists them all.")
    told = tell(kind)
    main = fill("problem.html", **told, example=exemplify(kind))
    page = draw("page.html", title=told["title"], main=main)
    return answers.prepare(page, "/problems/{slug}", PAGE, HTML).respond(request)


@cache
def docs_page() -> PreparedAnswer:
    """The page that Swagger UI draws itself into."""
    return answers.prepare(draw("docs.html"), "/docs", DOCS, HTML)


@cache
def open_asset(name: str) -> PreparedAnswer:
    """A file of the list, read once and kept."""
    folder, media_type = ASSETS[name]
    body = (folder / name).read_bytes()
    return answers.prepare(body, "/docs/assets/{name}", CACHE_FIVE_MINUTES, media_type, coded=True)


def version(asset: PreparedAnswer) -> str:
    """A short name for these very bytes."""
    return asset.etag.strip('"')


def draw(name: str, **parts: str) -> bytes:
    """A whole page, which asks for its assets by their versions."""
    return ASSET_ADDRESS.sub(
        lambda found: f"{found[0]}?v={version(open_asset(found[1]))}", fill(name, **parts)
    ).encode()


def fill(name: str, **parts: str) -> str:
    """A template of ours with its parts, each of them HTML already."""
    return Template((OURS / name).read_text("utf-8")).substitute(parts)


def tell(kind: type[Problem]) -> dict[str, str]:
    """A kind of problem in HTML. Its text is its class's docstring, paragraph by paragraph."""
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(inspect.getdoc(kind) or "", quote=False))
    return {
        "slug": escape(kind.slug),
        "status": str(kind.status),
        "title": escape(kind.title),
        "text": "".join(f"<p>{paragraph}</p>" for paragraph in text.split("\n\n")),
    }


def exemplify(kind: type[Problem]) -> str:
    """An answer of this kind, as HTML."""
    example = EXAMPLES.get(kind, kind())
    instance = f"/sessions/{SESSION_ID}" if example.stored else "/sessions"
    body = example.body(instance, "5f0c8a526a5e4f0e9c572d1c")
    return escape(json.dumps(json.loads(body), indent=2, ensure_ascii=False), quote=False)
