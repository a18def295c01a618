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

    def __init_subclass__(cls, *, status: int, title: str) -> None:
        cls.slug, cls.status, cls.title = title.lower().replace(" ", "-"), status, title

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


class MalformedJson(Problem, status=400, title="Malformed JSON"):
    """The body is not UTF-8 or not JSON (RFC 8259), uses a key twice, nests too deeply, contains
    NaN, Infinity or a NUL, or does not match its Content-Encoding; or the path contains an invalid
    percent-encoding or a NUL. Nothing was stored. Correct the request.
    """


class InvalidCursor(Problem, status=400, title="Invalid cursor"):
    """The `cursor` was not made by this service for this tenant and this filter. Start again
    without `cursor`, or use the `next_cursor` of the previous page.
    """


class InvalidHeader(Problem, status=400, title="Invalid header"):
    """A request header is missing, was sent twice, or has an invalid value. `detail` names the
    header. Send it once, in the documented form.
    """


class AmbiguousParameter(Problem, status=400, title="Ambiguous parameter"):
    """A query parameter that takes one value was sent more than once. Send it once."""


class UnknownParameter(Problem, status=400, title="Unknown parameter"):
    """A query parameter does not exist, or cannot be decoded. It is rejected rather than ignored,
    so that a misspelled name does not silently select the default.
    """


class Unauthenticated(Problem, status=401, title="Unauthenticated"):
    """The key is missing, wrong, expired or revoked. Send `Authorization: Bearer push_…`. The
    response does not say which of these it is, so that it gives no help in guessing keys.
    """


class InsufficientScope(Problem, status=403, title="Insufficient scope"):
    """The key is valid but does not have the scope that this operation needs, or the token is bound
    to another athlete. Create a key with the scope: `pushoff keys create --scope …`.
    """


class NotFound(Problem, status=404, title="Not found"):
    """Nothing exists at this URL, or it belongs to another tenant: the two look the same."""


class MethodNotAllowed(Problem, status=405, title="Method not allowed"):
    """The URL does not support this method. The `Allow` header lists the methods that it does."""


class NotAcceptable(Problem, status=406, title="Not acceptable"):
    """The request accepts none of the media types of this URL. Omit `Accept`, or accept
    `application/json`.
    """


class RequestTimeout(Problem, status=408, title="Request timeout"):
    """The request did not arrive completely in time. It was not processed. Send it again."""


class Conflict(Problem, status=409, title="Conflict"):
    """Something else is stored under this id: the same version with other content, a session of
    another athlete, or a set of another session. `stored` shows what is stored. To replace it, send
    a higher `version`.
    """


class AthleteErased(Problem, status=410, title="Athlete erased"):
    """This athlete was erased within the last 30 days. Nothing about them is stored. Drop the
    upload. An athlete who comes back needs a new `athlete_id`.
    """


class ProgramEngineRetired(Problem, status=410, title="Program engine retired"):
    """The programme id was made by an engine that is no longer served. The `Link` header with
    `rel="successor-version"` leads to the same spec, planned by the current engine; its sets, reps
    and loads may differ. Sessions that refer to the old id stay stored and can still be read.
    """


class PreconditionFailed(Problem, status=412, title="Precondition failed"):
    """`If-Match` does not contain the current ETag, or `If-None-Match: *` was sent for something
    that exists. Read it again and decide from its current state.
    """


class ContentTooLarge(Problem, status=413, title="Content too large"):
    """The body exceeds a limit of this URL, as sent or after decompression. `detail` states the
    limit. Send less at once: for example, split a queue into several batches.
    """


class UriTooLong(Problem, status=414, title="URI too long"):
    """The URL is longer than any URL of this service. Send a long spec as the body of
    `POST /programs`, not as a query.
    """


class UnsupportedMediaType(Problem, status=415, title="Unsupported media type"):
    """This URL does not read the Content-Type or Content-Encoding of the body. Send
    `Content-Type: application/json`, uncompressed or with `Content-Encoding: gzip`.
    """


class ValidationFailed(Problem, status=422, title="Validation failed"):
    """The request was read, but its values are invalid. `errors` lists each invalid field and says
    what is expected. Nothing was stored.
    """


class UnreadableFile(Problem, status=422, title="Unreadable file"):
    """The file cannot be read. Send a FIT activity, a ZIP archive with one in it, or a CSV export
    of Pushoff, Hevy or Strong. Nothing was stored.
    """


class QuotaExceeded(Problem, status=429, title="Quota exceeded"):
    """One key, device or address sent too many requests in a minute or at once. The request was not
    processed. Retry after the seconds in `Retry-After`. `RateLimit-Policy` states the limit, and
    `RateLimit` on each response states how much of it is left.
    """


class HeadersTooLarge(Problem, status=431, title="Headers too large"):
    """The request line and headers are too large, or there are too many headers. Omit what is not
    needed, cookies above all: this service reads none.
    """


class InternalError(Problem, status=500, title="Internal error"):
    """The service failed. Its log has the details under this `request_id`. It is safe to retry with
    the same ids.
    """


class Overloaded(Problem, status=503, title="Overloaded"):
    """The service is busy with other requests. This one was not processed. Retry after the seconds
    in `Retry-After`.
    """


class DatabaseUnavailable(Problem, status=503, title="Database unavailable"):
    """The database cannot be reached or did not answer in time. The data may or may not have been
    stored. Retry with the same ids: it is safe, and its response says whether the data is stored.
    """


class NotReplicated(Problem, status=503, title="Not replicated"):
    """The data is stored on one server, but the standby has not confirmed it, so it may be lost
    with that server. Retry with the same ids after the seconds in `Retry-After`. The retry succeeds
    as soon as both servers have the data.
    """


class StorageFull(Problem, status=503, title="Storage full"):
    """The disk of the database is full. Nothing was stored; reads still work. Keep the data and
    retry after the seconds in `Retry-After`.
    """


class ShuttingDown(Problem, status=503, title="Shutting down"):
    """This instance is stopping. Retry: another instance or its successor answers."""


# Problems that follow from the shape of an operation; `docs.operations` adds them to each one.
OF_ALL = (UnknownParameter, InvalidHeader, RequestTimeout, HeadersTooLarge, InternalError)
OF_LIMITED = (QuotaExceeded, Overloaded)
WITH_BODY = (MalformedJson, ContentTooLarge, UnsupportedMediaType, ValidationFailed)
WITH_KEY = (Unauthenticated, InsufficientScope, DatabaseUnavailable)


def by_slug() -> dict[str, type[Problem]]:
    """Return every kind of problem by slug, in the order of the tree above."""
    return {kind.slug: kind for kind in Problem.__subclasses__()}


def error_at_pointer(path: Sequence[str | int], detail: str, code: str) -> FieldError:
    """Return an error at a path of keys and indexes in the request body."""
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in path)
    return FieldError(detail, code, pointer="".join(f"/{part}" for part in parts))


def error_at_parameter(name: str, detail: str, code: str) -> FieldError:
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
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemBody"}}}
    return {
        status: {"description": ", ".join(same_status), "content": content}
        for status, same_status in links.items()
    }
