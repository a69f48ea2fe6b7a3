"""Logs: one event a line on standard error."""

import logging
import sys

import structlog


def configure_logs(*, verbose: bool = False) -> None:
    """Send log events to standard error: as plain words to a terminal, as JSON elsewhere.

    Args:
        verbose: Whether events of level "info" are shown; otherwise warnings and worse.
    """
    level = logging.INFO if verbose else logging.WARNING
    terminal = sys.stderr.isatty()
    renderer: structlog.typing.Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if terminal:
        renderer = structlog.dev.ConsoleRenderer(colors=True)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # A line and its end in one write: the processes of cameras log to the same place.
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
