"""The pages for people: / asks and shows a programme, /programs/{program_id} is the same page for
a browser, as are its weeks and sessions, and /train guides through a session.

The pages are static. Their scripts call the public API like any other client, so nothing here
plans. A request for a programme comes here only if it prefers HTML; for all others, `BrowserRoute`
leaves it to the routes of `programs`.
"""

import re
from collections.abc import Callable, Coroutine
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope

from app.programs import lookup
from app.programs.lookup import ProgramId
from app.training.catalog.warning_signs import WARNING_SIGNS
from app.training.engine import ProgramRef
from app.web.docs import page_templates
from app.web.http import answers, content_negotiation
from app.web.http.answers import CACHE_FIVE_MINUTES, CACHE_IMMUTABLE, PreparedAnswer
from app.web.http.path_parameters import Ordinal
from app.web.http.problems import NotFound

_FOLDER = Path(__file__).parent
_MEDIA_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
# Only these names are served, so that no URL can lead out of this folder.
ASSETS = {file.name: file for file in _FOLDER.iterdir() if file.suffix in _MEDIA_TYPES}
_ASSET_URL = re.compile(r'"(/docs/assets/|/explorer/|\./)([a-z_.-]+\.(?:css|js|svg))"')
_POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
_HEADERS = {
    **CACHE_FIVE_MINUTES,
    "Content-Security-Policy": _POLICY,
    "Content-Language": "en",
}
_SIGN = Template(
    '<label><input type="checkbox" name="red_flags" value="$code"$urgent>$question</label>'
)
_CHART = Template('<img class="chart" src="/programs/$id/chart.svg" alt="The work of each week">')
_CALENDAR = Template('<p><a class="button" href="/programs/$id/calendar.ics">Calendar</a></p>')


class BrowserRoute(APIRoute):
    """A route for requests that prefer HTML. The same URL has JSON for all others."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        accepted = content_negotiation.read_accept(scope["headers"])
        if content_negotiation.prefers_html(accepted):
            return super().matches(scope)
        return Match.NONE, {}

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_page(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                # These routes take a path only, so what is invalid is the address of nothing.
                raise NotFound from error

        return handle_page


router = APIRouter(include_in_schema=False)
program_router = APIRouter(prefix="/programs", include_in_schema=False, route_class=BrowserRoute)


# These handlers are not async, so that reading, hashing and compressing run in a thread.
@router.get("/")
def get_front_page(request: Request) -> Response:
    return _load_page("index.html", "/").respond(request)


@router.get("/train")
def get_guided_session(request: Request) -> Response:
    return _load_page("train.html", "/train").respond(request)


@router.get("/explorer/{name}")
def get_asset(name: str, request: Request) -> Response:
    """Return a file that the pages load. With its current version as `v`, it is immutable."""
    if name not in ASSETS:
        raise NotFound("There is no file with this name.")
    asset = load_asset(name)
    is_current = request.query_params.get("v") == page_templates.asset_version(asset)
    return asset.respond(request, CACHE_IMMUTABLE if is_current else None)


@program_router.get("/{program_id}")
def get_program_page(program_id: ProgramId, request: Request) -> Response:
    """Return the front page, which shows this programme. Raises NotFound, ProgramEngineRetired."""
    return _respond_program(lookup.find_program(program_id), request)


@program_router.get("/{program_id}/weeks/{week}")
def get_week_page(program_id: ProgramId, week: Ordinal, request: Request) -> Response:
    """Return the page of a programme, which opens at this week. Raises as get_program_page."""
    ref = lookup.find_program(program_id)
    lookup.pick_week(ref.plan(), week)
    return _respond_program(ref, request)


@program_router.get("/{program_id}/weeks/{week}/sessions/{session}")
def get_session_page(
    program_id: ProgramId, week: Ordinal, session: Ordinal, request: Request
) -> Response:
    """Return the page of a programme, which opens at this session: events in calendars link to it.
    Raises as get_program_page.
    """
    ref = lookup.find_program(program_id)
    lookup.pick_session(lookup.pick_week(ref.plan(), week), session)
    return _respond_program(ref, request)


def _respond_program(ref: ProgramRef, request: Request) -> Response:
    parts = [_CHART] if ref.spec.start_date is None else [_CALENDAR, _CHART]
    shown = "".join(part.substitute(id=escape(ref.program_id)) for part in parts)
    page = _render("index.html", program=shown)
    headers = {**_HEADERS, "Vary": "Accept"}
    route = request.scope["route"].path_format
    prepared = answers.prepare(page, route, headers, page_templates.HTML, compress=True)
    return prepared.respond(request)


@cache
def load_asset(name: str) -> PreparedAnswer:
    """Read a file of ASSETS, once. The modules that it imports get their versions."""
    file = ASSETS[name]
    body = _add_versions(file.read_text("utf-8")).encode()
    kind = _MEDIA_TYPES[file.suffix]
    return answers.prepare(body, "/explorer/{name}", CACHE_FIVE_MINUTES, kind, compress=True)


@cache
def _load_page(name: str, route: str) -> PreparedAnswer:
    return answers.prepare(_render(name), route, _HEADERS, page_templates.HTML, compress=True)


def _render(name: str, program: str = "") -> bytes:
    """Fill the template of a page. `program` is HTML that stands in for the script."""
    text = (_FOLDER / name).read_text("utf-8")
    signs = "\n".join(
        _SIGN.substitute(
            code=escape(sign.code),
            question=escape(sign.question),
            urgent=" data-urgent" if sign.urgent else "",
        )
        for sign in WARNING_SIGNS
    )
    return _add_versions(Template(text).safe_substitute(signs=signs, program=program)).encode()


def _add_versions(text: str) -> str:
    """Add its version to the URL of each asset in a page or a module."""
    return _ASSET_URL.sub(_add_version, text)


def _add_version(found: re.Match[str]) -> str:
    folder, name = found.groups()
    load = page_templates.load_asset if folder == "/docs/assets/" else load_asset
    return f'"{folder}{name}?v={page_templates.asset_version(load(name))}"'
