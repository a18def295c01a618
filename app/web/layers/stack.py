"""The stations that a request passes on its way to a route, in this order, and what each answers.

    protocol_limits.GuardedProtocol  limits time and size of the headers at the parser 400, 408, 431
    concurrency.EarlyReject          rejects at the parser if no slot is free               429, 503
    ProxyHeadersMiddleware           takes the client's address from a trusted proxy
    rate_limits.RateLimits           limits requests a minute; adds RateLimit headers            429
    cached_answers.CachedAnswers     answers a repeated GET                                 200, 304
    stack.LayeredApp                 the framework: FastAPI with its own middleware
    request_log.RequestLog           adds request id and security headers; logs, counts;
                                     checks the path; handles exceptions               400, 414, 500
    cors.CrossOrigin                 answers preflight requests; adds CORS headers          200, 400
    concurrency.ConcurrencyLimit     takes a slot                                           429, 503
    the router                       finds a route: http.routing.StrictRoute      everything further

`pushoff serve` gives the first two to uvicorn. ProxyHeadersMiddleware is there only with trusted
proxies. The limits come before the framework because rejections and cached answers must be cheap:
a cached answer takes a third of the time that the framework needs for the same bytes.
"""

from collections.abc import Sequence
from typing import Any, cast

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app.settings import Settings
from app.web.http.answers import AnswerCache
from app.web.layers.cached_answers import CachedAnswers
from app.web.layers.concurrency import ConcurrencyLimit, EarlyReject, Slots
from app.web.layers.cors import CrossOrigin
from app.web.layers.rate_limits import RateLimits, send_rejection
from app.web.layers.request_log import RequestLog


class LayeredApp(FastAPI):
    """A FastAPI app with layers outside of the framework."""

    outermost: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self.outermost or self.run_framework)(scope, receive, send)

    async def run_framework(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request that has passed the layers outside of the framework."""
        await super().__call__(scope, receive, send)


def add_layers(
    app: LayeredApp, settings: Settings, cache: AnswerCache, *, public_paths: Sequence[str]
) -> None:
    """Build all layers around an app. Pages of any origin may call `public_paths`."""
    slots = Slots(settings.max_in_flight, settings.max_in_flight_each, settings.burst_s)
    origins, access_log = settings.cors_origins, settings.access_log

    # Inside of the framework. Starlette makes the last one that is added the outermost one.
    app.add_middleware(ConcurrencyLimit, slots=slots)
    app.add_middleware(CrossOrigin, public_paths=public_paths, origins=origins)
    app.add_middleware(RequestLog, access_log=access_log)

    # Outside of the framework, from the inside out.
    cached_answers = CachedAnswers(app.run_framework, cache, access_log=access_log)
    # A rejected request does not reach the framework. Its response still needs CORS headers, the
    # request id and the log.
    rejections = RequestLog(CrossOrigin(send_rejection, public_paths, origins), access_log)
    rate_limits = RateLimits(cached_answers, rejections, settings)
    app.outermost = rate_limits
    if proxies := [*settings.trusted_proxies]:
        # `pushoff serve` turns uvicorn's own instance off, which would hide the app from
        # GuardedProtocol.
        app.outermost = cast(ASGIApp, ProxyHeadersMiddleware(cast(Any, rate_limits), proxies))

    # GuardedProtocol reads it from the state.
    app.state.early_reject = EarlyReject(slots, rate_limits, cache)
