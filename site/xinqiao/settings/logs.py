"""Logs: one event a line, ids and no persons. Query strings, form values and the texts of exceptions are never logged."""

import sys
import traceback
from typing import Any

import structlog

__all__ = ["LOGGING"]

_FRAMES = 12


def _without_the_words_of_exceptions(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """An exception as its kind and its places in the code. Its text may hold a whole row: PostgreSQL quotes what it refuses."""
    found = event.pop("exc_info", None)
    error = sys.exc_info()[1] if found is True else found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
        event["exception"] = type(error).__qualname__
        if error.__cause__ is not None:
            event["cause"] = type(error.__cause__).__qualname__
        event["at"] = " > ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames)
    return event


def _without_the_words_of_tasks(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Celery writes a failed task's arguments and its exception into the sentence itself."""
    record = event.get("_record")
    data = getattr(record, "data", None)
    if record is not None and record.name == "celery.app.trace" and isinstance(data, dict) and "exc" in data:
        event["event"] = f"Task {data.get('name')}[{data.get('id')}] {data.get('description', 'failed')}"
    return event


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "event": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                _without_the_words_of_tasks,
                _without_the_words_of_exceptions,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
            ],
            "foreign_pre_chain": [
                structlog.stdlib.add_log_level,
                structlog.processors.TimeStamper(fmt="iso"),
            ],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "event"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"level": "WARNING"},
        "django.server": {"level": "WARNING"},
        "fontTools": {"level": "ERROR"},
        # It repeats addresses that a document asked for; a refusal is raised and recorded without them.
        "weasyprint": {"level": "CRITICAL"},
        "celery": {"level": "WARNING"},
        # A line for each index entry, and page titles, in which an editor may have put anything.
        "django_tasks": {"level": "WARNING"},
        "modelsearch": {"level": "WARNING"},
        "wagtail": {"level": "WARNING"},
    },
}

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
