"""create_app: builds the app from settings, layers, error handlers and the routes of all features.

The only module that imports every feature. `pushoff serve` calls `build`; tests and the commands
call `create_app`.
"""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from app import __version__
from app.athletes import program_file_routes as athlete_files
from app.athletes import program_routes as athlete_programs
from app.athletes import routes as athletes
from app.calendars import routes as calendars
from app.evidence import routes as evidence
from app.exercises import routes as exercises
from app.explorer import routes as explorer
from app.keys.auth import KeyCache
from app.programs import adapting_routes
from app.programs import file_routes as program_files
from app.programs import routes as programs
from app.reasons import routes as reasons
from app.sessions import imports
from app.sessions import routes as sessions
from app.settings import Settings
from app.warning_signs import routes as warning_signs
from app.web.docs import error_pages, guide_routes, html_pages
from app.web.docs.openapi import DocumentedApp
from app.web.http import error_handlers
from app.web.http.resources import Resources
from app.web.layers import stack
from app.web.monitoring import health, logs, metrics
from app.web.monitoring.health import ReadinessCheck

# These paths need no key, and pages of any origin may call them.
_PUBLIC_PATHS = (
    "/programs",
    "/exercises",
    "/evidence",
    "/reasons",
    "/warning-signs",
    "/openapi.json",
)

# FastAPI's own pages are off; web.docs replaces them.
_NO_DEFAULT_PAGES: dict[str, Any] = {"openapi_url": None, "docs_url": None, "redoc_url": None}


def build() -> FastAPI:
    """Create the app of a server process, with settings from the environment and a log."""
    settings = Settings()
    logs.configure(settings)
    app = create_app(settings)
    # All objects so far live as long as the process. Without this, the garbage collector, which
    # runs every few requests, would visit them each time.
    gc.freeze()
    return app


def create_app(settings: Settings | None = None) -> FastAPI:
    """Create the app. Nothing is opened before its first request."""
    settings = settings or Settings()
    app = DocumentedApp(
        title="Pushoff",
        version=__version__,
        lifespan=_lifespan,
        redirect_slashes=False,
        **_NO_DEFAULT_PAGES,
    )
    resources = app.state.resources = Resources(settings)
    app.state.key_cache = KeyCache()
    app.state.readiness = ReadinessCheck(resources.database, settings.monitoring_cache_s)
    stack.add_layers(app, settings, resources.answer_cache, public_paths=_PUBLIC_PATHS)
    error_handlers.install(app)
    error_pages.install(app)
    # Routes are tried in this order, so the most frequent ones come first. They are added as they
    # are, because include_router() would build each of them a second time.
    for router in (
        explorer.program_router,
        programs.router,
        adapting_routes.router,
        program_files.router,
        exercises.router,
        evidence.router,
        reasons.router,
        warning_signs.router,
        sessions.batches,
        imports.router,
        sessions.router,
        athletes.router,
        athlete_programs.router,
        athlete_files.router,
        calendars.feed_router,
        calendars.router,
        health.router,
        metrics.router,
        explorer.router,
        html_pages.router,
        guide_routes.router,
    ):
        app.router.routes.extend(router.routes)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    # Uvicorn ends this after the last response.
    resources: Resources = app.state.resources
    with resources.draining.watch():
        yield
    await resources.close()
