"""How a request reaches its handler: the route class of all features.

Reads the body strictly and refuses query parameters that the operation does not declare. What a
parameter or body means is left to the operation.
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
    at_parameter,
)
from app.web.http.resources import get_resources

# Anything else than two hex digits after a percent sign is not an encoding of anything.
BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})|%00")


class StrictRequest(Request):
    """A request whose body is decompressed and parsed by our rules."""

    _strict_body: bytes
    # The setting that limits the body.
    limit = "max_body_bytes"
    # Whether it holds many things, of which a faulty one holds back no other.
    many = False
    # The end of the time that we take; what the client takes for its body has one of its own.
    deadline: asyncio.Timeout | None = None

    @property
    def settings(self) -> Settings:
        """The settings of the app that answers."""
        return get_resources(self).settings

    def check_media_type(self) -> None:
        """Raises UnsupportedMediaType for what the operation does not take."""
        json_body.check_media_type(self.headers.get("content-type"))

    async def body(self) -> bytes:
        """The decompressed body. Raises problems for what cannot be read in time or at all."""
        if not hasattr(self, "_strict_body"):
            settings = self.settings
            self.check_media_type()
            try:
                self.expect_answer(None)
                async with asyncio.timeout(settings.body_timeout_s):
                    raw = await self.collect(getattr(settings, self.limit))
                self.expect_answer(settings.request_timeout_s)
            except TimeoutError as late:
                raise RequestTimeout(
                    f"The body did not arrive within {settings.body_timeout_s:g} seconds.",
                    headers={"Connection": "close"},
                ) from late
            encoding = self.headers.get("content-encoding")
            self._strict_body = json_body.decompress(
                raw, encoding, settings.max_decoded_bytes, settings.max_decode_ratio
            )
        return self._strict_body

    def expect_answer(self, seconds: float | None) -> None:
        """Gives an operation that has begun so many seconds from now, or all the time there is."""
        if self.deadline is not None:
            when = None if seconds is None else asyncio.get_running_loop().time() + seconds
            self.deadline.reschedule(when)

    async def collect(self, most: int) -> bytes:
        """The bytes as they were sent. FastAPI's own limit answers in plain text, not with a
        problem, so the bytes are counted here.
        """
        too_large = ContentTooLarge(f"The body of this request may have {most} bytes.")
        declared = self.headers.get("content-length", "")
        if declared.isdigit() and int(declared[:18]) > most:
            raise too_large
        chunks: list[bytes] = []
        size = 0
        async for chunk in self.stream():
            size += len(chunk)
            if size > most:
                raise too_large
            chunks.append(chunk)
        return b"".join(chunks)

    async def json(self) -> Any:
        """The JSON value of the body."""
        if not hasattr(self, "_json"):
            body, settings = await self.body(), self.settings
            self._json = json_body.parse(
                body, settings.json_depth, settings.max_string, many=self.many
            )
        return self._json


class BatchRequest(StrictRequest):
    """A request that may carry many sessions."""

    limit = "max_batch_bytes"
    many = True


class StrictRoute(APIRoute):
    """A route that answers only what it declares."""

    request_class: type[StrictRequest] = StrictRequest

    def admit(self, request: Request) -> None:
        """Refuses a request by its head, before any of its body is read. Nobody is, here."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        known = query_parameters(self.dependant) | {
            parameter["name"]: parameter["schema"].get("type") == "array"
            for parameter in (self.openapi_extra or {}).get("parameters", ())
        }

        async def handle_strictly(request: Request) -> Response:
            self.admit(request)
            if request.scope["query_string"]:
                check_query(request, known)
            strict = self.request_class(request.scope, request.receive)
            if self.body_field is not None:
                # An empty body must be told from none, so it is read before FastAPI does.
                await strict.json()
            try:
                seconds = strict.settings.request_timeout_s
                async with asyncio.timeout(seconds) as strict.deadline:
                    return await handle(strict)
            except TimeoutError as late:
                # What was handed to the database may still be stored; a retry settles it.
                raise DatabaseUnavailable(headers={"Retry-After": "1"}) from late

        return handle_strictly


class BatchRoute(StrictRoute):
    """A strict route for many sessions at once."""

    request_class = BatchRequest


def query_parameters(dependant: Dependant) -> dict[str, bool]:
    """The query parameters of an operation and its dependencies: name -> may be repeated."""
    known: dict[str, bool] = {}
    for field in dependant.query_params:
        kind = field.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            known |= {
                info.alias or name: is_list(info.annotation)
                for name, info in kind.model_fields.items()
            }
        else:
            known[field.alias] = is_list(kind)
    for child in dependant.dependencies:
        known |= query_parameters(child)
    return known


def is_list(annotation: Any) -> bool:
    """Whether a parameter of this type may be sent more than once."""
    return "list[" in str(annotation) or "tuple[" in str(annotation)


def check_query(request: Request, known: dict[str, bool]) -> None:
    """Refuses unknown, repeated and undecodable query parameters."""
    if BROKEN_ESCAPE.search(request.scope["query_string"]):
        raise UnknownParameter("The query string holds a broken percent-encoding or a NUL.")
    counts = Counter(name for name, _ in request.query_params.multi_items())
    if unknown := [name for name in counts if name not in known]:
        allowed = ", ".join(sorted(known)) or "none"
        raise UnknownParameter(
            f"A query parameter is not known here. Known: {allowed}.",
            errors=[
                at_parameter(name[:100], "is not known here", "unknown_parameter")
                for name in unknown
            ],
        )
    if repeated := [name for name, count in counts.items() if count > 1 and not known[name]]:
        raise AmbiguousParameter(
            "A query parameter that takes one value was sent more than once.",
            errors=[
                at_parameter(name, "takes one value", "repeated_parameter") for name in repeated
            ],
        )
