"""CORS: pages of any origin may call the public paths, pages of listed origins all paths."""

from collections.abc import Sequence
from functools import partial

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from app.web.http.answers import EXPOSED_HEADERS

_MAX_AGE_S = 86_400


class CrossOrigin:
    """An ASGI layer that answers preflight requests and adds CORS headers to responses.

    `public_paths` are prefixes. Without `origins`, browsers reach no other path.
    """

    def __init__(self, app: ASGIApp, public_paths: Sequence[str], origins: Sequence[str]) -> None:
        self.public_paths = tuple(public_paths)
        build = partial(CORSMiddleware, app, expose_headers=EXPOSED_HEADERS, max_age=_MAX_AGE_S)
        methods = ["GET", "HEAD", "POST"]
        headers = ["Content-Type", "If-None-Match", "X-Request-ID"]
        self.for_any_origin = build(
            allow_origins=["*"], allow_methods=methods, allow_headers=headers
        )
        self.for_listed_origins: ASGIApp = app
        if origins:
            self.for_listed_origins = build(
                allow_origins=origins,
                allow_methods=[*methods, "PUT", "DELETE"],
                allow_headers=[*headers, "Authorization", "Idempotency-Key", "If-Match"],
            )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_public = scope["type"] == "http" and scope["path"].startswith(self.public_paths)
        app = self.for_any_origin if is_public else self.for_listed_origins
        await app(scope, receive, send)
