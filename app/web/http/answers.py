"""Finished answers: bytes with their validators, made once and served without the framework.

A Shelf keeps recent ones within a number of bytes. The edge answers a GET for what lies on it, so
that a repeated question costs little more than sending the bytes. What goes on the shelf, and for
how long caches may keep it, is decided by the features.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from app.web.http import compression
from app.web.http.compression import Coding, encode
from app.web.http.compression import choose_coding as coding_of

JSON = "application/json"
SVG = "image/svg+xml"
ICALENDAR = "text/calendar; charset=utf-8"
FIT = "application/vnd.ant.fit"
ZIP = "application/zip"
CSV = "text/csv; charset=utf-8"
# Public answers may be read by a page of any origin.
# The headers of answers that a browser shows to pages of other origins.
EXPOSED_HEADERS = [
    "ETag", "Link", "Location", "Content-Location", "Retry-After", "RateLimit", "RateLimit-Policy",
    "X-Request-ID",
]  # fmt: skip
PUBLIC = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": ", ".join(EXPOSED_HEADERS),
}
# The numbers of a programme never change under its id, but its wording may be corrected (ADR 19).
CACHE_PROGRAM = {"Cache-Control": "public, max-age=86400, stale-while-revalidate=604800", **PUBLIC}
# Only for addresses that name their very bytes.
CACHE_IMMUTABLE = {"Cache-Control": "public, max-age=31536000, immutable", **PUBLIC}
# What a later version may write or draw better is kept for a day.
CACHE_A_DAY = {"Cache-Control": "public, max-age=86400", **PUBLIC}
# A picture's colours are styles of its own, which the policy of all other answers forbids.
PICTURE = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
CACHE_FIVE_MINUTES = {"Cache-Control": "public, max-age=300, must-revalidate", **PUBLIC}
# For data of one tenant: clients revalidate it each time, which the ETag makes cheap.
PRIVATE = {"Cache-Control": "private, no-cache", "Vary": "Authorization"}
# For secrets, and for answers to a log that was only sent along.
NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class EncodedBody:
    """The bytes of an answer in one coding, with everything that goes before them."""

    body: bytes
    etag: str
    head: tuple[tuple[bytes, bytes], ...]
    """All headers of the answer, as they are sent."""
    current: tuple[tuple[bytes, bytes], ...]
    """Those of a 304 in its place."""


@dataclass(frozen=True, slots=True)
class PreparedAnswer:
    """An answer that needs no more work. `template` is its route, for logs and metrics."""

    body: bytes
    etag: str
    template: str
    media_type: str
    headers: Mapping[str, str]
    coded: bool = False
    """Whether clients get it compressed: what is the same for everybody, and is text."""
    forms: dict[Coding, EncodedBody] = field(default_factory=dict)
    """Forms that were asked for already."""

    def respond(self, request: Request, extra: Mapping[str, str] | None = None) -> Response:
        """The answer in the form that the client reads, or 304 where it has that already."""
        form = self.choose(",".join(request.headers.getlist("accept-encoding")))
        same = etag_matches(request.headers.get("if-none-match"), form.etag)
        if same and request.method in ("GET", "HEAD"):
            answer = Response(status_code=304)
            head = form.current
        else:
            answer = Response(form.body)
            head = form.head
        answer.raw_headers = [*head]
        for name, value in (extra or {}).items():
            answer.headers[name] = value
        return answer

    def choose(self, accepted: str) -> EncodedBody:
        """The form for an Accept-Encoding header."""
        coding = coding_of(accepted) if self.coded and accepted else ""
        form = self.forms.get(coding)
        if form is None:
            form = self.forms[coding] = self.make(coding)
        return form

    def make(self, coding: Coding) -> EncodedBody:
        """The form in a coding, under a tag of its own."""
        body = encode(self.body, coding)
        etag = f'{self.etag[:-1]}-{coding}"' if coding else self.etag
        headers = {**self.headers, "ETag": etag}
        if self.coded:
            headers["Vary"] = ", ".join(filter(None, (headers.get("Vary"), "Accept-Encoding")))
        told = {"Content-Length": str(len(body)), "Content-Type": self.media_type}
        if coding:
            told["Content-Encoding"] = coding
        return EncodedBody(body, etag, encode_headers(headers | told), encode_headers(headers))

    def weigh(self) -> int:
        """Its size in memory, its coded forms included, roughly, in bytes."""
        return len(self.body) * (10 if self.coded else 8) // 8 + 1_000


def encode_headers(headers: Mapping[str, str]) -> tuple[tuple[bytes, bytes], ...]:
    """Headers as a server takes them."""
    return tuple((n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in headers.items())


def prepare(
    body: bytes,
    template: str,
    headers: Mapping[str, str],
    media_type: str = JSON,
    *,
    coded: bool = False,
) -> PreparedAnswer:
    """An answer with a strong ETag over its bytes."""
    worth_it = coded and len(body) >= compression.LEAST_BYTES
    return PreparedAnswer(body, make_etag(body), template, media_type, headers, worth_it)


def make_etag(body: bytes) -> str:
    """A strong entity tag."""
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


def etag_matches(header: str | None, etag: str, *, strong: bool = False) -> bool:
    """Whether a header names this tag; garbage names nothing. If-Match takes no weak tags."""
    if header is None:
        return False
    if header.strip() == "*":
        return True
    named = [candidate.strip() for candidate in header.split(",")]
    return etag in (named if strong else [tag.removeprefix("W/") for tag in named])


class SvgResponse(Response):
    """A picture."""

    media_type = SVG


class ICalendarResponse(Response):
    """A calendar."""

    media_type = ICALENDAR


class FitResponse(Response):
    """A file for a watch."""

    media_type = FIT


class ZipResponse(Response):
    """Many files in one."""

    media_type = ZIP


class AnswerCache:
    """Recent finished answers by path, the least recently used making room."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self.answers: OrderedDict[str, PreparedAnswer] = OrderedDict()

    def get(self, path: str) -> PreparedAnswer | None:
        """The answer for a path, if it is still there."""
        found = self.answers.get(path)
        if found is not None:
            self.answers.move_to_end(path)
        return found

    def put(self, path: str, answer: PreparedAnswer) -> PreparedAnswer:
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
