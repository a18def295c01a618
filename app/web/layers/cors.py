"""Which pages of other origins may call: the public part from anywhere, the rest by a list."""

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from app.web.http.answers import EXPOSED_HEADERS

DAY_S = 86_400


class CrossOrigin:
    """An ASGI layer that answers preflights and marks answers for browsers."""

    def __init__(self, app: ASGIApp, public: Sequence[str], origins: Sequence[str]) -> None:
        self.public = tuple(public)
        self.to_all = CORSMiddleware(
            app,
            allow_origins=["*"],
            allow_methods=["GET", "HEAD", "POST"],
            allow_headers=["Content-Type", "If-None-Match", "X-Request-ID"],
            expose_headers=EXPOSED_HEADERS,
            max_age=DAY_S,
        )
        self.to_listed: ASGIApp = app
        if origins:
            self.to_listed = CORSMiddleware(
                app,
                allow_origins=origins,
                allow_methods=["GET", "HEAD", "POST", "PUT", "DELETE"],
                allow_headers=[
                    "Authorization",
                    "Content-Type",
                    "Idempotency-Key",
                    "If-Match",
                    "If-None-Match",
                    "X-Request-ID",
                ],
                expose_headers=EXPOSED_HEADERS,
                max_age=DAY_S,
            )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_public = scope["type"] == "http" and scope["path"].startswith(self.public)
        await (self.to_all if is_public else self.to_listed)(scope, receive, send)
