"""From bytes to an HTTP response with an ETag: `respond` for private answers, `respond_cached` for
public ones, `respond_file` for what the file worker builds.

Routes pass the body, or a function that builds it, with its headers and media type. Public
answers are stored in the answer cache by path, from which the layer CachedAnswers serves the next
GET. An answer to a query is not cached, because the cache knows paths only.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from fastapi import Request, Response

from app.web.http.answers import JSON, PreparedAnswer, prepare
from app.web.http.resources import get_resources


class CacheKey(NamedTuple):
    """The path by which an answer is cached, and its route for logs and metrics."""

    path: str | None
    """None if the answer is not cached."""
    template: str
    """The path of the route, with names in place of values."""


def respond(
    request: Request, body: bytes, headers: Mapping[str, str], media_type: str = JSON
) -> Response:
    """Build the response to a request from a body; it is neither cached here nor compressed."""
    return prepare(body, _key(request).template, headers, media_type).respond(request)


def respond_cached(
    request: Request,
    build: Callable[[], bytes],
    headers: Mapping[str, str],
    media_type: str = JSON,
    *,
    compress: bool = False,
    key: CacheKey | None = None,
) -> Response:
    """Build the response from the cache, or from `build()`, which is then cached.

    Without a key the answer is cached under the request's own path. `compress` is for text.
    """
    key = key or _key(request)
    if (answer := _load(request, key)) is None:
        prepared = prepare(build(), key.template, headers, media_type, compress=compress)
        answer = _save(request, key, prepared)
    return answer.respond(request)


async def respond_file(
    request: Request,
    build: Callable[[], Awaitable[bytes]],
    headers: Mapping[str, str],
    media_type: str,
    *,
    cached: bool,
) -> Response:
    """Build the response from a file that the file worker builds. It is not compressed."""
    key = _key(request) if cached else CacheKey(None, _key(request).template)
    if (answer := _load(request, key)) is None:
        answer = _save(request, key, prepare(await build(), key.template, headers, media_type))
    return answer.respond(request)


def _key(request: Request) -> CacheKey:
    path = None if request.scope["query_string"] else request.scope["path"]
    return CacheKey(path, request.scope["route"].path_format)


def _load(request: Request, key: CacheKey) -> PreparedAnswer | None:
    return None if key.path is None else get_resources(request).answer_cache.get(key.path)


def _save(request: Request, key: CacheKey, answer: PreparedAnswer) -> PreparedAnswer:
    cache = get_resources(request).answer_cache
    return answer if key.path is None else cache.put(key.path, answer)
