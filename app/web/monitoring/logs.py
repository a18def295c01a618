"""The log: one event a line, as JSON for machines or in colour for people.

Tracebacks come without local variables, because those hold bodies and keys.
"""

import logging
import sys

import structlog
from structlog.types import Processor

from app.settings import Settings


def configure(settings: Settings) -> None:
    """Sends our events and those of the libraries to standard error in one form."""
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
    # These tell every step they take; what went wrong is enough.
    for talkative in ("uvicorn", "alembic"):
        logging.getLogger(talkative).setLevel(max(level, logging.WARNING))
