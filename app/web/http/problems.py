"""The error responses of the service: one class for each kind of problem (RFC 9457).

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

The docstring of a class is its page at /problems/<slug>. Features raise these classes, and
`error_handlers` turns them into responses. `training` and `formats` raise plain errors, which
features translate. No response contains the invalid value, SQL or a stack trace.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import TypeAdapter

MEDIA_TYPE = "application/problem+json"
MAX_ERRORS = 50


@dataclass(frozen=True, slots=True)
class FieldError:
    """One error in a request."""

    detail: str
    """What is wrong, and what is expected."""
    code: str
    """Stable code of the rule that the value breaks."""
    pointer: str | None = None
    """JSON pointer to the value (RFC 6901), for an error in the request body."""
    parameter: str | None = None
    """Name of the query, path or header parameter, for an error in a parameter."""


@dataclass(frozen=True, slots=True)
class ProblemBody:
    """An error response (RFC 9457)."""

    type: str
    """The kind of problem: the URL of a page about it, relative to the service."""
    title: str
    """Name of the kind of problem."""
    status: int
    """The HTTP status."""
    detail: str
    """What went wrong with this request, and what is expected."""
    instance: str
    """Path of the request."""
    request_id: str
    """Id of the request. Quote it when you report the error."""
    errors: list[FieldError] | None = None
    """The errors in the request, 50 at most."""
    stored: dict[str, Any] | None = None
    """For a conflict: what is stored under this id."""


_BODY = TypeAdapter(ProblemBody)


class Problem(Exception):
    """Base class; only its subclasses are raised. Only the first MAX_ERRORS errors are sent."""

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
        self.errors = None if errors is None else list(errors)[:MAX_ERRORS]
        self.headers = dict(headers or {})
        self.stored = stored
        super().__init__(self.detail)

    @classmethod
    def link(cls) -> str:
        """Return a Markdown link to the page about this kind of problem."""
        return f"[{cls.title}](/problems/{cls.slug})"

    def to_body(self, instance: str, request_id: str) -> ProblemBody:
        """Return the response body as a value. `instance` is the path of the request."""
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
        """Return the response body as JSON, without empty fields."""
        return _BODY.dump_json(self.to_body(instance, request_id), exclude_none=True)


class MalformedJson(Problem):
    """The body is not UTF-8 or not JSON (RFC 8259), uses a key twice, nests too deeply, contains
    NaN, Infinity or a NUL, or does not match its Content-Encoding; or the path contains an invalid
    percent-encoding or a NUL. Nothing was stored. Correct the request.
    """

    slug, status, title = "malformed-json", 400, "Malformed JSON"


class InvalidCursor(Problem):
    """The `cursor` was not made by this service for this tenant and this filter. Start again
    without `cursor`, or use the `next_cursor` of the previous page.
    """

    slug, status, title = "invalid-cursor", 400, "Invalid cursor"


class InvalidHeader(Problem):
    """A request header is missing, was sent twice, or has an invalid value. `detail` names the
    header. Send it once, in the documented form.
    """

    slug, status, title = "invalid-header", 400, "Invalid header"


class AmbiguousParameter(Problem):
    """A query parameter that takes one value was sent more than once. Send it once."""

    slug, status, title = "ambiguous-parameter", 400, "Ambiguous parameter"


class UnknownParameter(Problem):
    """A query parameter does not exist, or cannot be decoded. It is rejected rather than ignored,
    so that a misspelled name does not silently select the default.
    """

    slug, status, title = "unknown-parameter", 400, "Unknown parameter"


class Unauthenticated(Problem):
    """The key is missing, wrong, expired or revoked. Send `Authorization: Bearer push_…`. The
    response does not say which of these it is, so that it gives no help in guessing keys.
    """

    slug, status, title = "unauthenticated", 401, "Unauthenticated"


class InsufficientScope(Problem):
    """The key is valid but does not have the scope that this operation needs, or the token is bound
    to another athlete. Create a key with the scope: `pushoff keys create --scope …`.
    """

    slug, status, title = "insufficient-scope", 403, "Insufficient scope"


class NotFound(Problem):
    """Nothing exists at this URL, or it belongs to another tenant: the two look the same."""

    slug, status, title = "not-found", 404, "Not found"


class MethodNotAllowed(Problem):
    """The URL does not support this method. The `Allow` header lists the methods that it does."""

    slug, status, title = "method-not-allowed", 405, "Method not allowed"


class NotAcceptable(Problem):
    """The request accepts none of the media types of this URL. Omit `Accept`, or accept
    `application/json`.
    """

    slug, status, title = "not-acceptable", 406, "Not acceptable"


class RequestTimeout(Problem):
    """The request did not arrive completely in time. It was not processed. Send it again."""

    slug, status, title = "request-timeout", 408, "Request timeout"


class Conflict(Problem):
    """Something else is stored under this id: the same version with other content, a session of
    another athlete, or a set of another session. `stored` shows what is stored. To replace it, send
    a higher `version`.
    """

    slug, status, title = "conflict", 409, "Conflict"


class AthleteErased(Problem):
    """This athlete was erased within the last 30 days. Nothing about them is stored. Drop the
    upload. An athlete who comes back needs a new `athlete_id`.
    """

    slug, status, title = "athlete-erased", 410, "Athlete erased"


class ProgramEngineRetired(Problem):
    """The programme id was made by an engine that is no longer served. The `Link` header with
    `rel="successor-version"` leads to the same spec, planned by the current engine; its sets, reps
    and loads may differ. Sessions that refer to the old id stay stored and can still be read.
    """

    slug, status, title = "program-engine-retired", 410, "Program engine retired"


class PreconditionFailed(Problem):
    """`If-Match` does not contain the current ETag, or `If-None-Match: *` was sent for something
    that exists. Read it again and decide from its current state.
    """

    slug, status, title = "precondition-failed", 412, "Precondition failed"


class ContentTooLarge(Problem):
    """The body exceeds a limit of this URL, as sent or after decompression. `detail` states the
    limit. Send less at once: for example, split a queue into several batches.
    """

    slug, status, title = "content-too-large", 413, "Content too large"


class UriTooLong(Problem):
    """The URL is longer than any URL of this service. Send a long spec as the body of
    `POST /programs`, not as a query.
    """

    slug, status, title = "uri-too-long", 414, "URI too long"


class UnsupportedMediaType(Problem):
    """This URL does not read the Content-Type or Content-Encoding of the body. Send
    `Content-Type: application/json`, uncompressed or with `Content-Encoding: gzip`.
    """

    slug, status, title = "unsupported-media-type", 415, "Unsupported media type"


class ValidationFailed(Problem):
    """The request was read, but its values are invalid. `errors` lists each invalid field and says
    what is expected. Nothing was stored.
    """

    slug, status, title = "validation-failed", 422, "Validation failed"


class UnreadableFile(Problem):
    """The file cannot be read. Send a FIT activity, a ZIP archive with one in it, or a CSV export
    of Pushoff, Hevy or Strong. Nothing was stored.
    """

    slug, status, title = "unreadable-file", 422, "Unreadable file"


class QuotaExceeded(Problem):
    """One key, device or address sent too many requests in a minute or at once. The request was not
    processed. Retry after the seconds in `Retry-After`. `RateLimit-Policy` states the limit, and
    `RateLimit` on each response states how much of it is left.
    """

    slug, status, title = "quota-exceeded", 429, "Quota exceeded"


class HeadersTooLarge(Problem):
    """The request line and headers are too large, or there are too many headers. Omit what is not
    needed, cookies above all: this service reads none.
    """

    slug, status, title = "headers-too-large", 431, "Headers too large"


class InternalError(Problem):
    """The service failed. Its log has the details under this `request_id`. It is safe to retry with
    the same ids.
    """

    slug, status, title = "internal-error", 500, "Internal error"


class Overloaded(Problem):
    """The service is busy with other requests. This one was not processed. Retry after the seconds
    in `Retry-After`.
    """

    slug, status, title = "overloaded", 503, "Overloaded"


class DatabaseUnavailable(Problem):
    """The database cannot be reached or did not answer in time. The data may or may not have been
    stored. Retry with the same ids: it is safe, and its response says whether the data is stored.
    """

    slug, status, title = "database-unavailable", 503, "Database unavailable"


class NotReplicated(Problem):
    """The data is stored on one server, but the standby has not confirmed it, so it may be lost
    with that server. Retry with the same ids after the seconds in `Retry-After`. The retry succeeds
    as soon as both servers have the data.
    """

    slug, status, title = "not-replicated", 503, "Not replicated"


class StorageFull(Problem):
    """The disk of the database is full. Nothing was stored; reads still work. Keep the data and
    retry after the seconds in `Retry-After`.
    """

    slug, status, title = "storage-full", 503, "Storage full"


class ShuttingDown(Problem):
    """This instance is stopping. Retry: another instance or its successor answers."""

    slug, status, title = "shutting-down", 503, "Shutting down"


def by_slug() -> dict[str, type[Problem]]:
    """Return every kind of problem by slug, in the order of the tree above."""
    return {kind.slug: kind for kind in Problem.__subclasses__()}


def at_pointer(path: Sequence[str | int], detail: str, code: str) -> FieldError:
    """Return an error at a path of keys and indexes in the request body."""
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in path)
    return FieldError(detail, code, pointer="".join(f"/{part}" for part in parts))


def at_parameter(name: str, detail: str, code: str) -> FieldError:
    """Return an error in a query, path or header parameter."""
    return FieldError(detail, code, parameter=name)


def problem_responses(*kinds: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a route for these problems. `docs.operations` adds those that
    follow from the operation itself, such as 401 with a key and 422 with a body.
    """
    links: dict[int | str, list[str]] = {}
    for kind in by_slug().values():
        if kind in kinds:
            links.setdefault(kind.status, []).append(kind.link())
    return {
        status: {
            "description": ", ".join(same_status),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemBody"}}},
        }
        for status, same_status in links.items()
    }
