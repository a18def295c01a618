"""From bytes to an HTTP response with an ETag: `respond` for private answers, `respond_cached` for
public ones.

Routes hand in the body, or a function that builds it, with its headers and media type. Public
answers are stored in the answer cache by path, from which the layer CachedAnswers serves the next
GET. Answers to a query are not cached, because the cache knows paths only.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from fastapi import Request, Response

from app.web.http.answers import JSON, PreparedAnswer, prepare
from app.web.http.resources import get_resources


class CacheKey(NamedTuple):
    """Where an answer is cached, and how logs and metrics name it."""

    path: str | None
    """The path that is asked for; None if the answer is not cached."""
    template: str
    """The path of the route, with names in place of values."""


def respond(
    request: Request, body: bytes, headers: Mapping[str, str], media_type: str = JSON
) -> Response:
    """Build the response to a request from a body; it is neither cached here nor compressed."""
    return prepare(body, _template(request), headers, media_type).respond(request)


def respond_cached(
    request: Request,
    build: Callable[[], bytes],
    headers: Mapping[str, str],
    media_type: str = JSON,
    *,
    compress: bool = False,
    key: CacheKey | None = None,
) -> Response:
    """Build the response to a request from the cache, or from `build()`, and cache it.

    Without a key the answer is cached under the request's own path. `compress` is for text.
    """
    key = key or _key(request)
    answer = _load(request, key)
    if answer is None:
        prepared = prepare(build(), key.template, headers, media_type, coded=compress)
        answer = _save(request, key, prepared)
    return answer.respond(request)


async def respond_cached_file(
    request: Request,
    build: Callable[[], Awaitable[bytes]],
    headers: Mapping[str, str],
    media_type: str,
) -> Response:
    """Do the same for a body that the file worker builds; it is not compressed."""
    key = _key(request)
    answer = _load(request, key)
    if answer is None:
        prepared = prepare(await build(), key.template, headers, media_type)
        answer = _save(request, key, prepared)
    return answer.respond(request)


def _template(request: Request) -> str:
    template: str = request.scope["route"].path_format
    return template


def _key(request: Request) -> CacheKey:
    path = None if request.scope["query_string"] else request.scope["path"]
    return CacheKey(path, _template(request))


def _load(request: Request, key: CacheKey) -> PreparedAnswer | None:
    return None if key.path is None else get_resources(request).answer_cache.get(key.path)


def _save(request: Request, key: CacheKey, answer: PreparedAnswer) -> PreparedAnswer:
    if key.path is None:
        return answer
    return get_resources(request).answer_cache.put(key.path, answer)
