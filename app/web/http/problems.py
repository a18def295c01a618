"""What can go wrong, as one family of errors, and how each is told (RFC 9457).

    Problem
    ├── 400  MalformedJson  InvalidCursor  InvalidHeader  AmbiguousParameter  UnknownParameter
    ├── 401  Unauthenticated
    ├── 403  InsufficientScope
    ├── 404  NotFound
    ├── 405  MethodNotAllowed
    ├── 406  NotAcceptable          415  UnsupportedMediaType
    ├── 408  RequestTimeout
    ├── 409  Conflict
    ├── 410  AthleteErased  ProgramEngineRetired
    ├── 412  PreconditionFailed
    ├── 413  ContentTooLarge   414  UriTooLong   431  HeadersTooLarge
    ├── 422  ValidationFailed  UnreadableFile
    ├── 429  QuotaExceeded
    ├── 500  InternalError
    └── 503  Overloaded  DatabaseUnavailable  NotReplicated  StorageFull  ShuttingDown

A class's docstring is its page at /problems/<slug>. Features raise these; the pure core raises
plain errors that the routes translate. No answer holds the offending value, SQL or a stack.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import TypeAdapter

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 50


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing that is wrong with a request."""

    detail: str
    """What is wrong, and what would be right."""
    code: str
    """Stable code of the rule that was broken."""
    pointer: str | None = None
    """JSON pointer into the request body."""
    parameter: str | None = None
    """Name of the query, path or header parameter."""


@dataclass(frozen=True, slots=True)
class ProblemBody:
    """An error, in the form of RFC 9457."""

    type: str
    """Address of a page about this kind of problem, relative to the service."""
    title: str
    """The kind of problem in words."""
    status: int
    """The HTTP status."""
    detail: str
    """What went wrong this time, and what would be right."""
    instance: str
    """The path that was asked for."""
    request_id: str
    """Name this when you ask us about it."""
    errors: list[FieldError] | None = None
    """Everything that is wrong with the request, up to 50 entries."""
    stored: dict[str, Any] | None = None
    """What is stored, where a conflict is about that."""


_BODY = TypeAdapter(ProblemBody)


class Problem(Exception):
    """The root of the family; never raised itself."""

    slug: ClassVar[str]
    status: ClassVar[int]
    title: ClassVar[str]

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: Iterable[FieldError] | None = None,
        headers: Mapping[str, str] | None = None,
        stored: dict[str, Any] | None = None,
    ) -> None:
        self.detail = detail or f"{self.title}."
        self.errors = None if errors is None else list(errors)[:MOST_ERRORS]
        self.headers = dict(headers or {})
        self.stored = stored
        super().__init__(self.detail)

    @classmethod
    def link(cls) -> str:
        """A link to the page of this kind, in Markdown."""
        return f"[{cls.title}](/problems/{cls.slug})"

    def tell(self, instance: str, request_id: str) -> ProblemBody:
        """This problem as a value."""
        return ProblemBody(
            type=f"/problems/{self.slug}",
            title=self.title,
            status=self.status,
            detail=self.detail,
            instance=instance,
            request_id=request_id,
            errors=self.errors,
            stored=self.stored,
        )

    def body(self, instance: str, request_id: str) -> bytes:
        """The JSON of this problem, without what does not apply."""
        return _BODY.dump_json(self.tell(instance, request_id), exclude_none=True)


class MalformedJson(Problem):
    """The body could not be decoded: it is not UTF-8, not JSON, uses a key twice, nests too
    deeply, holds NaN, Infinity or a NUL character, or is not what its Content-Encoding says.
    Nothing was stored. Send one JSON value as RFC 8259 describes it.
    """

    slug, status, title = "malformed-json", 400, "Malformed JSON"


class InvalidCursor(Problem):
    """The cursor was not made by this service for this tenant and this filter. Begin again
    without `cursor`, or follow the `next_cursor` of the page before.
    """

    slug, status, title = "invalid-cursor", 400, "Invalid cursor"


class InvalidHeader(Problem):
    """A header of the request has a form that is not allowed, is missing, or is sent twice. The
    detail names it; send it once, in the form that the documentation shows.
    """

    slug, status, title = "invalid-header", 400, "Invalid header"


class AmbiguousParameter(Problem):
    """A query parameter that takes one value was sent more than once. Send it once."""

    slug, status, title = "ambiguous-parameter", 400, "Ambiguous parameter"


class UnknownParameter(Problem):
    """A query parameter is not known here, or cannot be decoded. It is refused rather than
    ignored, so that a typing error does not turn into a default.
    """

    slug, status, title = "unknown-parameter", 400, "Unknown parameter"


class Unauthenticated(Problem):
    """No key, a wrong key, or a key that was revoked. Send `Authorization: Bearer push_…`. The
    answer is the same for every reason, so that keys cannot be guessed at.
    """

    slug, status, title = "unauthenticated", 401, "Unauthenticated"


class InsufficientScope(Problem):
    """The key is right but was not given the scope that this operation needs. Make a key with
    that scope: `pushoff keys create --scope …`.
    """

    slug, status, title = "insufficient-scope", 403, "Insufficient scope"


class NotFound(Problem):
    """There is nothing under this address, or it belongs to somebody else: the two are not
    told apart.
    """

    slug, status, title = "not-found", 404, "Not found"


class MethodNotAllowed(Problem):
    """The address exists, but not for this method. The `Allow` header names those that work."""

    slug, status, title = "method-not-allowed", 405, "Method not allowed"


class NotAcceptable(Problem):
    """The request accepts none of the forms that this address can answer in. Leave out `Accept`, or
    accept `application/json`.
    """

    slug, status, title = "not-acceptable", 406, "Not acceptable"


class RequestTimeout(Problem):
    """The request did not arrive in time, so nothing was done with it. Send it again."""

    slug, status, title = "request-timeout", 408, "Request timeout"


class Conflict(Problem):
    """Something else is stored under this id: the same version with other content, another
    athlete's session, or a set of another session. `stored` shows what is there. Send a higher
    `version` to replace it.
    """

    slug, status, title = "conflict", 409, "Conflict"


class AthleteErased(Problem):
    """This person's data was erased within the last 30 days, so nothing about them is stored.
    Drop the upload. Somebody who comes back gets a new `athlete_id`.
    """

    slug, status, title = "athlete-erased", 410, "Athlete erased"


class ProgramEngineRetired(Problem):
    """The programme id was made by an engine that is no longer served. The `Link` header with
    `rel="successor-version"` leads to the same spec, planned by the current engine: its sets, reps
    and loads may differ. Sessions that name the old id stay stored and can still be read.
    """

    slug, status, title = "program-engine-retired", 410, "Program engine retired"


class PreconditionFailed(Problem):
    """`If-Match` names a state that is no longer current, or `If-None-Match: *` met something
    that exists. Read it again and decide on what is there now.
    """

    slug, status, title = "precondition-failed", 412, "Precondition failed"


class ContentTooLarge(Problem):
    """The body is larger than this address takes, as sent or after decompression. The detail names
    the limit; send less at once, for instance a queue in several batches.
    """

    slug, status, title = "content-too-large", 413, "Content too large"


class UriTooLong(Problem):
    """The address is longer than any that exists here. Send a long spec as the body of
    `POST /programs` and not as a query.
    """

    slug, status, title = "uri-too-long", 414, "URI too long"


class UnsupportedMediaType(Problem):
    """The body's Content-Type or Content-Encoding is not one that this address reads. Send
    `Content-Type: application/json`, plain or with `Content-Encoding: gzip`.
    """

    slug, status, title = "unsupported-media-type", 415, "Unsupported media type"


class ValidationFailed(Problem):
    """The request could be read but makes no sense as it stands. `errors` points at every
    field that is wrong and says what would be right. Nothing was stored.
    """

    slug, status, title = "validation-failed", 422, "Validation failed"


class UnreadableFile(Problem):
    """Nothing could be taken from the file. It may be a FIT activity, a ZIP archive with one in
    it, or a CSV export of Pushoff, Hevy or Strong. Nothing was stored.
    """

    slug, status, title = "unreadable-file", 422, "Unreadable file"


class QuotaExceeded(Problem):
    """Too many requests came from one key, from one device or from one address, in a minute or at
    once. Nothing was done; retry after the time in `Retry-After`. `RateLimit-Policy` tells what is
    allowed, and `RateLimit` on answers how much of it is left.
    """

    slug, status, title = "quota-exceeded", 429, "Quota exceeded"


class HeadersTooLarge(Problem):
    """The head of the request is too large, or has too many headers. Leave out what is not needed,
    cookies above all: this service reads none.
    """

    slug, status, title = "headers-too-large", 431, "Headers too large"


class InternalError(Problem):
    """Something broke on our side. The log has the details under this `request_id`. A retry
    with the same ids is harmless.
    """

    slug, status, title = "internal-error", 500, "Internal error"


class Overloaded(Problem):
    """Too much is going on at once. Nothing was done; retry after the time in `Retry-After`."""

    slug, status, title = "overloaded", 503, "Overloaded"


class DatabaseUnavailable(Problem):
    """The database cannot be reached or did not answer. What was sent may or may not have been
    stored; a retry with the same ids is harmless and settles it.
    """

    slug, status, title = "database-unavailable", 503, "Database unavailable"


class NotReplicated(Problem):
    """What was sent is stored on one server, but the standby has not confirmed it, so it may not
    outlive that server. Retry with the same ids after the time in `Retry-After`: it is a success
    as soon as both have it.
    """

    slug, status, title = "not-replicated", 503, "Not replicated"


class StorageFull(Problem):
    """There is no room to store more. Nothing was stored; reads go on. Keep what you have and
    retry after the time in `Retry-After`.
    """

    slug, status, title = "storage-full", 503, "Storage full"


class ShuttingDown(Problem):
    """This instance is stopping. Retry; another one, or its successor, will answer."""

    slug, status, title = "shutting-down", 503, "Shutting down"


def family() -> dict[str, type[Problem]]:
    """Every problem by slug, in the order of the tree above."""
    return {kind.slug: kind for kind in Problem.__subclasses__()}


def at_pointer(path: Sequence[str | int], detail: str, code: str) -> FieldError:
    """An error at a place in the request body."""
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in path)
    return FieldError(detail, code, pointer="".join(f"/{part}" for part in parts))


def at_parameter(name: str, detail: str, code: str) -> FieldError:
    """An error in a query, path or header parameter."""
    return FieldError(detail, code, parameter=name)


def problem_responses(*kinds: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """These problems as responses of an operation, for its page in the docs. What follows from
    an operation's shape (401 with a key, 422 with a body) the contract adds by itself.
    """
    links: dict[int | str, list[str]] = {}
    for kind in family().values():
        if kind in kinds:
            links.setdefault(kind.status, []).append(kind.link())
    return {
        status: {
            "description": ", ".join(of_status),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemBody"}}},
        }
        for status, of_status in links.items()
    }
