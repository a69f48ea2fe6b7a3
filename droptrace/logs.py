"""Logs: one event a line on standard error."""

import logging
import os
import sys

import structlog

_PRIORITIES = {"critical": 2, "error": 3, "warning": 4, "info": 6}


def configure_logs(*, verbose: bool = False) -> None:
    """Send log events to standard error: as plain words to a terminal, as JSON elsewhere.

    Args:
        verbose: Whether events of level "info" are shown; otherwise warnings and worse.
    """
    level = logging.INFO if verbose else logging.WARNING
    terminal = sys.stderr.isatty()
    renderer: structlog.typing.Processor = _render_json
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


def priority_prefix(level: str) -> str:
    """Give what tells systemd's journal how grave a line is (sd-daemon(3)); it takes that off again.

    Args:
        level: "critical", "error", "warning" or "info".

    Returns:
        An empty text where standard error does not lead to the journal.
    """
    try:
        status = os.fstat(sys.stderr.fileno())
    except OSError:
        # Standard error is no file, as in a test.
        return ""
    # systemd names the stream that it made: whoever redirected standard error does not want the prefix.
    is_journal = os.environ.get("JOURNAL_STREAM") == f"{status.st_dev}:{status.st_ino}"
    return f"<{_PRIORITIES[level]}>" if is_journal else ""


_to_json = structlog.processors.JSONRenderer(ensure_ascii=False)


def _render_json(logger: object, method: str, event: structlog.typing.EventDict) -> str:
    return f"{priority_prefix(event['level'])}{_to_json(logger, method, event)!s}"
