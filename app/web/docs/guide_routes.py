"""/guides with a page for each guide, /changelog, and /llms.txt; each as Markdown, too.

Each answer is made once, at its first request.
"""

from functools import cache

from fastapi import APIRouter, Request, Response

from app.web.docs import guides, page_templates
from app.web.http import answers
from app.web.http.answers import CACHE_FIVE_MINUTES, PreparedAnswer
from app.web.http.problems import NotFound

router = APIRouter(include_in_schema=False)

_TEXT_HEADERS = {**CACHE_FIVE_MINUTES, "Content-Language": "en"}


# These handlers are not async, so that reading, rendering and compressing run in a thread.
@router.get("/guides")
def list_guides(request: Request) -> Response:
    return _prepare_index().respond(request)


@router.get("/guides/{name}.md")
def get_guide_text(name: str, request: Request) -> Response:
    """Return a guide as the Markdown that its page is made from."""
    return _prepare_guide_text(_check_name(name)).respond(request)


@router.get("/guides/{name}")
def get_guide(name: str, request: Request) -> Response:
    return _prepare_guide(_check_name(name)).respond(request)


@router.get("/changelog")
def get_changelog(request: Request) -> Response:
    return _prepare_changelog().respond(request)


@router.get("/changelog.md")
def get_changelog_text(request: Request) -> Response:
    return _prepare_text("/changelog.md", answers.MARKDOWN).respond(request)


@router.get("/llms.txt")
def get_llms_txt(request: Request) -> Response:
    """Return an index of the guides and the reference, for language models."""
    return _prepare_text("/llms.txt", answers.TEXT).respond(request)


def _check_name(name: str) -> str:
    """Return the name of a guide. Raises NotFound; so no name can lead out of the folder."""
    if name not in guides.NAMES:
        raise NotFound("There is no guide with this name; /guides lists all of them.")
    return name


@cache
def _prepare_index() -> PreparedAnswer:
    return page_templates.prepare_page("/guides", guides.render_index())


@cache
def _prepare_guide(name: str) -> PreparedAnswer:
    page = guides.render_guide(guides.load_guide(name))
    return page_templates.prepare_page("/guides/{name}", page)


@cache
def _prepare_guide_text(name: str) -> PreparedAnswer:
    text = guides.load_guide(name).text.encode()
    return answers.prepare(
        text, "/guides/{name}.md", _TEXT_HEADERS, answers.MARKDOWN, compress=True
    )


@cache
def _prepare_changelog() -> PreparedAnswer:
    return page_templates.prepare_page("/changelog", guides.render_changelog())


@cache
def _prepare_text(path: str, media_type: str) -> PreparedAnswer:
    text = guides.write_llms_txt() if path == "/llms.txt" else guides.read_changelog()
    return answers.prepare(text.encode(), path, _TEXT_HEADERS, media_type, compress=True)
