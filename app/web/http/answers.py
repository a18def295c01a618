"""Prepared answers: bytes with their headers and ETags, and a cache for them.

A feature prepares an answer from bytes (`prepare`) and sends it (`PreparedAnswer.respond`). Public
answers are put into the AnswerCache; the layer `cached_answers` serves a repeated GET from it,
without the framework. Features decide what is cached and which Cache-Control it has.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from app.web.http import content_negotiation
from app.web.http.content_negotiation import Coding

JSON = "application/json"
SVG = "image/svg+xml"
ICALENDAR = "text/calendar; charset=utf-8"
FIT = "application/vnd.ant.fit"
ZIP = "application/zip"
CSV = "text/csv; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
MARKDOWN = "text/markdown; charset=utf-8"
# Response headers that a browser shows to pages of other origins.
EXPOSED_HEADERS = [
    "ETag", "Link", "Location", "Content-Location", "Retry-After", "RateLimit", "RateLimit-Policy",
    "X-Request-ID",
]  # fmt: skip
# Pages of any origin may read public answers.
PUBLIC = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": ", ".join(EXPOSED_HEADERS),
}
# The numbers of a programme never change under its id, but its wording may be corrected (ADR 19).
CACHE_PROGRAM = {"Cache-Control": "public, max-age=86400, stale-while-revalidate=604800", **PUBLIC}
# Only for URLs that contain a hash of the content.
CACHE_IMMUTABLE = {"Cache-Control": "public, max-age=31536000, immutable", **PUBLIC}
# For texts and drawings that a later version may improve.
CACHE_A_DAY = {"Cache-Control": "public, max-age=86400", **PUBLIC}
CACHE_FIVE_MINUTES = {"Cache-Control": "public, max-age=300, must-revalidate", **PUBLIC}
# For data of one tenant: clients revalidate it each time, which the ETag makes cheap.
PRIVATE = {"Cache-Control": "private, no-cache", "Vary": "Authorization"}
# For secrets, and for answers to a log that was only sent along.
NO_STORE = {"Cache-Control": "no-store"}
# An SVG sets its colours in inline styles, which the policy of all other answers forbids.
PICTURE_POLICY = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}

_Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class EncodedBody:
    """The body of an answer in one content coding, with its headers."""

    body: bytes
    etag: str
    headers: _Headers
    """All headers of a 200, as they are sent."""
    not_modified_headers: _Headers
    """All headers of a 304."""


@dataclass(frozen=True, slots=True)
class PreparedAnswer:
    """An answer that is ready to be sent. `template` is its route, for logs and metrics."""

    body: bytes
    etag: str
    template: str
    media_type: str
    headers: Mapping[str, str]
    compress: bool = False
    """Whether clients that accept it get the body compressed."""
    encoded: dict[Coding, EncodedBody] = field(default_factory=dict)
    """The encoded bodies so far."""

    def respond(self, request: Request, extra_headers: Mapping[str, str] | None = None) -> Response:
        """Build the response in the coding that the client accepts; 304 if its ETag matches."""
        encoded = self.negotiate(",".join(request.headers.getlist("accept-encoding")))
        matches = etag_matches(request.headers.get("if-none-match"), encoded.etag)
        if matches and request.method in ("GET", "HEAD"):
            response = Response(status_code=304)
            response.raw_headers = [*encoded.not_modified_headers]
        else:
            response = Response(encoded.body)
            response.raw_headers = [*encoded.headers]
        response.headers.update(extra_headers or {})
        return response

    def negotiate(self, accept_encoding: str) -> EncodedBody:
        """Return the body in the coding for an Accept-Encoding header; encode it if it is new."""
        can_encode = self.compress and accept_encoding
        coding = content_negotiation.choose_coding(accept_encoding) if can_encode else ""
        encoded = self.encoded.get(coding)
        if encoded is None:
            encoded = self.encoded[coding] = self._encode(coding)
        return encoded

    def _encode(self, coding: Coding) -> EncodedBody:
        body = content_negotiation.encode(self.body, coding)
        # A strong ETag names bytes, so each coding has another one.
        etag = f'{self.etag[:-1]}-{coding}"' if coding else self.etag
        headers = {**self.headers, "ETag": etag}
        if self.compress:
            headers["Vary"] = ", ".join(filter(None, (headers.get("Vary"), "Accept-Encoding")))
        content = {"Content-Length": str(len(body)), "Content-Type": self.media_type}
        if coding:
            content["Content-Encoding"] = coding
        return EncodedBody(body, etag, _encode_headers(headers | content), _encode_headers(headers))

    def size(self) -> int:
        """Return its approximate size in memory in bytes, encoded bodies included."""
        return len(self.body) * (10 if self.compress else 8) // 8 + 1_000


def _encode_headers(headers: Mapping[str, str]) -> _Headers:
    return tuple((n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in headers.items())


def prepare(
    body: bytes,
    template: str,
    headers: Mapping[str, str],
    media_type: str = JSON,
    *,
    compress: bool = False,
) -> PreparedAnswer:
    """Prepare an answer with a strong ETag over its bytes. `template` is its route; `compress`
    has an effect from MIN_BYTES on.
    """
    compress = compress and len(body) >= content_negotiation.MIN_BYTES
    return PreparedAnswer(body, make_etag(body), template, media_type, headers, compress)


def make_etag(body: bytes) -> str:
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


def etag_matches(header: str | None, etag: str, *, strong: bool = False) -> bool:
    """Return whether an If-None-Match header contains an ETag. `strong`, for If-Match: weak ETags
    do not match (RFC 9110, 8.8.3.2). An invalid header matches nothing.
    """
    if header is None:
        return False
    if header.strip() == "*":
        return True
    tags = [tag.strip() for tag in header.split(",")]
    return etag in (tags if strong else [tag.removeprefix("W/") for tag in tags])


def file_response(media_type: str) -> type[Response]:
    """Return a `response_class` for a route, which has the media type for openapi.yaml."""
    return type("FileResponse", (Response,), {"media_type": media_type})


class AnswerCache:
    """Prepared answers by path, up to a number of bytes. Evicts the least recently used one."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.bytes = 0
        self.answers: OrderedDict[str, PreparedAnswer] = OrderedDict()

    def get(self, path: str) -> PreparedAnswer | None:
        found = self.answers.get(path)
        if found is not None:
            self.answers.move_to_end(path)
        return found

    def put(self, path: str, answer: PreparedAnswer) -> PreparedAnswer:
        """Store an answer, unless it alone is larger than the cache, and return it."""
        if answer.size() > self.max_bytes:
            return answer
        if (old := self.answers.pop(path, None)) is not None:
            self.bytes -= old.size()
        self.answers[path] = answer
        self.bytes += answer.size()
        while self.bytes > self.max_bytes:
            _, evicted = self.answers.popitem(last=False)
            self.bytes -= evicted.size()
        return answer
