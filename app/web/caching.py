"""Finished answers: bytes with their validators, made once and served without the framework.

A Shelf keeps recent ones within a number of bytes. The layer in front answers a GET for what
lies on it, so that a repeated question costs little more than sending the bytes. What goes on
the shelf, and for how long caches may keep it, is decided by the features.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.web.cors import EXPOSED

JSON = "application/json"
SVG = "image/svg+xml"
ICALENDAR = "text/calendar; charset=utf-8"
FIT = "application/vnd.ant.fit"
ZIP = "application/zip"
CSV = "text/csv; charset=utf-8"
# A programme never changes under its id, so every cache on the way may keep it for good. Public
# answers may be read by a page of any origin.
PUBLIC = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": ", ".join(EXPOSED),
}
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable", **PUBLIC}
# What a later version may write or draw better is kept for a day.
FOR_A_DAY = {"Cache-Control": "public, max-age=86400", **PUBLIC}
# A picture's colours are styles of its own, which the policy of all other answers forbids.
PICTURE = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
MINUTES = {"Cache-Control": "public, max-age=300, must-revalidate", **PUBLIC}


@dataclass(frozen=True, slots=True)
class Finished:
    """An answer that needs no more work. `template` is its route, for logs and metrics."""

    body: bytes
    etag: str
    template: str
    media_type: str
    headers: Mapping[str, str]

    def respond(self, request: Request, extra: Mapping[str, str] | None = None) -> Response:
        """The answer, or 304 where the client has it already."""
        headers = {**self.headers, "ETag": self.etag, **(extra or {})}
        if request.method in ("GET", "HEAD") and matches(
            request.headers.get("if-none-match"), self.etag
        ):
            return Response(status_code=304, headers=headers)
        return Response(self.body, headers=headers, media_type=self.media_type)

    def weigh(self) -> int:
        """Its size in memory, roughly, in bytes."""
        return len(self.body) + 500


def finish(
    body: bytes, template: str, headers: Mapping[str, str], media_type: str = JSON
) -> Finished:
    """An answer with a strong ETag over its bytes."""
    return Finished(body, tag(body), template, media_type, headers)


def tag(body: bytes) -> str:
    """A strong entity tag."""
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


def matches(header: str | None, etag: str, *, strong: bool = False) -> bool:
    """Whether a header names this tag; garbage names nothing. If-Match takes no weak tags."""
    if header is None:
        return False
    if header.strip() == "*":
        return True
    named = [candidate.strip() for candidate in header.split(",")]
    return etag in (named if strong else [tag.removeprefix("W/") for tag in named])


class Svg(Response):
    """A picture."""

    media_type = SVG


class ICalendar(Response):
    """A calendar."""

    media_type = ICALENDAR


class Fit(Response):
    """A file for a watch."""

    media_type = FIT


class Zip(Response):
    """Many files in one."""

    media_type = ZIP


class Shelf:
    """Recent finished answers by path, the least recently used making room."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self.answers: OrderedDict[str, Finished] = OrderedDict()

    def get(self, path: str) -> Finished | None:
        """The answer for a path, if it is still there."""
        found = self.answers.get(path)
        if found is not None:
            self.answers.move_to_end(path)
        return found

    def put(self, path: str, answer: Finished) -> Finished:
        """Keeps an answer if it fits at all, and gives it back."""
        if answer.weigh() > self.most_bytes:
            return answer
        if (old := self.answers.pop(path, None)) is not None:
            self.bytes -= old.weigh()
        self.answers[path] = answer
        self.bytes += answer.weigh()
        while self.bytes > self.most_bytes:
            _, dropped = self.answers.popitem(last=False)
            self.bytes -= dropped.weigh()
        return answer


class ShelfLayer:
    """Answers GET and HEAD from the shelf before the framework looks at the request."""

    def __init__(self, app: ASGIApp, shelf: Shelf) -> None:
        self.app = app
        self.shelf = shelf

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or scope["query_string"]:
            await self.app(scope, receive, send)
            return
        answer = self.shelf.get(scope["path"])
        if answer is None:
            await self.app(scope, receive, send)
            return
        scope["template"] = answer.template
        await answer.respond(Request(scope))(scope, receive, send)
