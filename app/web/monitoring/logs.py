"""Configure the log: one event a line on standard error, as JSON or in colour for a terminal.

Tracebacks have no local variables, because those contain request bodies and keys.
"""

import logging
import sys

import structlog
from structlog.types import Processor

from app.settings import Settings


def configure(settings: Settings) -> None:
    """Send the events of the app and of libraries to standard error, in one format."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    render: Processor = structlog.processors.JSONRenderer()
    if settings.log_format == "console" or (settings.log_format == "auto" and sys.stderr.isatty()):
        render = structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[*shared, render],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    # These log every step. Warnings and errors are enough.
    for verbose in ("uvicorn", "alembic"):
        logging.getLogger(verbose).setLevel(max(level, logging.WARNING))
