"""create_app: the one place that knows every feature and puts them together."""

import gc
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

from fastapi import FastAPI
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app import __version__
from app.athletes import exports as athlete_exports
from app.athletes import routes as athletes
from app.calendars import routes as calendars
from app.evidence import routes as evidence
from app.exercises import routes as exercises
from app.keys.auth import KeyRing
from app.programs import adapting
from app.programs import exports as program_exports
from app.programs import routes as programs
from app.sessions import imports
from app.sessions import routes as sessions
from app.settings import Settings
from app.web.docs import html_pages
from app.web.docs.openapi import ContractApp
from app.web.http import error_handlers
from app.web.http.resources import Resources
from app.web.layers import rate_limits
from app.web.layers.concurrency import ConcurrencyLimit, EarlyReject, Slots
from app.web.layers.cors import CrossOrigin
from app.web.layers.rate_limits import RateLimits
from app.web.layers.request_log import CachedAnswers, RequestLog
from app.web.monitoring import health, logs, metrics

# What needs no key and may be called by a page of any origin.
PUBLIC_PATHS = ("/programs", "/exercises", "/evidence", "/openapi.json")

# FastAPI's own pages, which web.docs replaces.
NO_DEFAULT_PAGES: dict[str, Any] = {"openapi_url": None, "docs_url": None, "redoc_url": None}


def build() -> FastAPI:
    """The service as a server process runs it: settings from the environment, and a log."""
    settings = Settings()
    logs.configure(settings)
    app = create_app(settings)
    # What is loaded by now stays as long as the process does, so the collector, which runs every
    # few requests, need not walk through it again and again.
    gc.freeze()
    return app


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service, ready to be served. Opens nothing before its first request."""
    settings = settings or Settings()
    app = ContractApp(
        title="Pushoff",
        version=__version__,
        lifespan=live,
        redirect_slashes=False,
        **NO_DEFAULT_PAGES,
    )
    resources = app.state.resources = Resources.create(settings)
    app.state.key_ring = KeyRing()
    places = Slots(settings.max_in_flight, settings.max_in_flight_each, settings.burst_s)
    app.add_middleware(ConcurrencyLimit, places=places)
    app.add_middleware(CrossOrigin, public=PUBLIC_PATHS, origins=settings.cors_origins)
    app.add_middleware(RequestLog, access_log=settings.access_log)
    limited = limit(
        CachedAnswers(app.answer, resources.answer_cache, access_log=settings.access_log), settings
    )
    app.front = believe(limited, settings.trusted_proxies)
    app.state.early_reject = EarlyReject(places, limited, resources.answer_cache)
    error_handlers.install(app)
    # What is asked for most often stands first: routes are tried in this order. They are taken
    # over as they are, because include_router() makes each of them a second time.
    for router in (
        programs.router,
        adapting.router,
        program_exports.router,
        exercises.router,
        evidence.router,
        sessions.batches,
        imports.router,
        sessions.router,
        athletes.router,
        athlete_exports.router,
        calendars.feed_router,
        calendars.router,
        health.router,
        metrics.router,
        html_pages.router,
    ):
        app.router.routes.extend(router.routes)
    return app


def limit(front: ASGIApp, settings: Settings) -> RateLimits:
    """The service behind its limits."""
    # A refusal is told to pages of other origins, and counted, like any other answer.
    told = CrossOrigin(
        rate_limits.respond_refused, public=PUBLIC_PATHS, origins=settings.cors_origins
    )
    return RateLimits(front, RequestLog(told, settings.access_log), settings)


def believe(app: ASGIApp, proxies: Sequence[str]) -> ASGIApp:
    """An app behind the proxies that are believed."""
    if not proxies:
        return app
    # Uvicorn's own layer, which `serve` leaves off: there it would hide the app from the guard.
    return cast(ASGIApp, ProxyHeadersMiddleware(cast(Any, app), [*proxies]))


@asynccontextmanager
async def live(app: FastAPI) -> AsyncIterator[None]:
    """From the first request to the last: the database is closed when all is answered."""
    resources: Resources = app.state.resources
    with resources.draining.watch():
        yield
    await resources.close()
