"""The route and request classes of all features.

Called by the router with the request of a matched route. StrictRoute rejects query parameters that
the operation does not declare, reads the body through StrictRequest (time, size, gzip, JSON: see
`json_body`) and limits the time of the handler. FastAPI then validates parameters and body.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel

from app.settings import Settings
from app.web.http import json_body
from app.web.http.problems import (
    AmbiguousParameter,
    ContentTooLarge,
    DatabaseUnavailable,
    RequestTimeout,
    UnknownParameter,
    error_at_parameter,
)
from app.web.http.resources import get_resources

# A percent sign without two hex digits after it, or an encoded NUL.
INVALID_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})|%00")


class StrictRequest(Request):
    """A request whose body is decompressed and parsed by `json_body`."""

    _strict_body: bytes
    # Name of the setting with the maximum size of the body.
    size_setting = "max_body_bytes"
    # Whether the body is a batch: see json_body.parse.
    lenient = False
    # The time limit of the handler. It is off while the body is read, which has its own time limit.
    deadline: asyncio.Timeout | None = None

    @property
    def settings(self) -> Settings:
        return get_resources(self).settings

    def check_media_type(self) -> None:
        json_body.check_media_type(self.headers.get("content-type"))

    async def body(self) -> bytes:
        """Return the decompressed body. Raises RequestTimeout and what `json_body.decompress`
        raises.
        """
        if not hasattr(self, "_strict_body"):
            settings = self.settings
            self.check_media_type()
            try:
                self._set_deadline(None)
                async with asyncio.timeout(settings.body_timeout_s):
                    raw = await self._read_body(getattr(settings, self.size_setting))
                self._set_deadline(settings.request_timeout_s)
            except TimeoutError as error:
                detail = f"The body did not arrive within {settings.body_timeout_s:g} seconds."
                raise RequestTimeout(detail, headers={"Connection": "close"}) from error
            encoding = self.headers.get("content-encoding")
            limits = settings.max_decoded_bytes, settings.max_decode_ratio
            self._strict_body = json_body.decompress(raw, encoding, *limits)
        return self._strict_body

    def _set_deadline(self, seconds: float | None) -> None:
        if self.deadline is not None:
            when = None if seconds is None else asyncio.get_running_loop().time() + seconds
            self.deadline.reschedule(when)

    async def _read_body(self, max_bytes: int) -> bytes:
        """Read the body as it was sent. Bytes are counted here because FastAPI's own limit answers
        in plain text, not with a problem.
        """
        too_large = ContentTooLarge(f"The body of this request may have {max_bytes} bytes.")
        declared = self.headers.get("content-length", "")
        if declared.isdigit() and int(declared[:18]) > max_bytes:
            raise too_large
        chunks: list[bytes] = []
        size = 0
        async for chunk in self.stream():
            size += len(chunk)
            if size > max_bytes:
                raise too_large
            chunks.append(chunk)
        return b"".join(chunks)

    async def json(self) -> Any:
        """Return the JSON value of the body. Raises what `body` and `json_body.parse` raise."""
        if not hasattr(self, "_json"):
            body = await self.body()
            limits = self.settings.json_depth, self.settings.max_string
            self._json = json_body.parse(body, *limits, lenient=self.lenient)
        return self._json


class BatchRequest(StrictRequest):
    """A request with many sessions: a larger body, and each entry is checked by its handler."""

    size_setting = "max_batch_bytes"
    lenient = True


class StrictRoute(APIRoute):
    """A route that accepts only the parameters and the body that it declares."""

    request_class: type[StrictRequest] = StrictRequest

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        # Generated clients name their methods by the operation id: here, the function's name.
        super().__init__(path, endpoint, **options | {"operation_id": endpoint.__name__})

    async def check_head(self, request: Request) -> None:
        """Raise a problem for a request that is rejected before its body is read. A subclass may
        override this; here every request passes.
        """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        known = _find_query_parameters(self.dependant) | {
            parameter["name"]: parameter["schema"].get("type") == "array"
            for parameter in (self.openapi_extra or {}).get("parameters", ())
        }

        async def handle_strictly(request: Request) -> Response:
            await self.check_head(request)
            if request.scope["query_string"]:
                _check_query(request, known)
            strict = self.request_class(request.scope, request.receive)
            if self.body_field is not None:
                # Read before FastAPI does, because FastAPI takes an empty body for none.
                await strict.json()
            try:
                seconds = strict.settings.request_timeout_s
                async with asyncio.timeout(seconds) as strict.deadline:
                    return await handle(strict)
            except TimeoutError as error:
                # A write that was handed to the database may still be committed, so this is not
                # "overloaded". A retry with the same ids shows what was stored.
                raise DatabaseUnavailable(headers={"Retry-After": "1"}) from error

        return handle_strictly


class BatchRoute(StrictRoute):
    """A strict route for a batch of sessions."""

    request_class = BatchRequest


def _find_query_parameters(dependant: Dependant) -> dict[str, bool]:
    """Return the query parameters of an operation and its dependencies: name -> accepts many."""
    known: dict[str, bool] = {}
    for field in dependant.query_params:
        kind = field.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            known |= {
                info.alias or name: accepts_many(info.annotation)
                for name, info in kind.model_fields.items()
            }
        else:
            known[field.alias] = accepts_many(kind)
    for child in dependant.dependencies:
        known |= _find_query_parameters(child)
    return known


def accepts_many(annotation: Any) -> bool:
    """Return whether a query parameter of this type may be sent more than once."""
    return "list[" in str(annotation) or "tuple[" in str(annotation)


def _check_query(request: Request, known: dict[str, bool]) -> None:
    if INVALID_ESCAPE.search(request.scope["query_string"]):
        raise UnknownParameter("The query contains an invalid percent-encoding or a NUL.")
    counts = Counter(name for name, _ in request.query_params.multi_items())
    if unknown := [name for name in counts if name not in known]:
        allowed = ", ".join(sorted(known)) or "none"
        errors = [
            error_at_parameter(name[:100], "is unknown", "unknown_parameter") for name in unknown
        ]
        detail = f"This operation does not have such a query parameter. It has: {allowed}."
        raise UnknownParameter(detail, errors=errors)
    if repeated := [name for name, count in counts.items() if count > 1 and not known[name]]:
        errors = [
            error_at_parameter(name, "takes one value", "repeated_parameter") for name in repeated
        ]
        detail = "A query parameter that takes one value was sent more than once."
        raise AmbiguousParameter(detail, errors=errors)
