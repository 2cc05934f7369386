"""Telling Celery that something waits. Only a wake-up call: when the broker is away, the sweeper finds the row."""

from __future__ import annotations

import os
import threading
import time
from typing import Any

import structlog
from kombu import Connection

from xinqiao.celery import app

log = structlog.get_logger(__name__)

# A web request waits for the broker this long at most, and then not again for a while.
_PATIENCE = {"socket_connect_timeout": 1.0, "socket_timeout": 1.0, "max_retries": 1, "interval_start": 0}
_PAUSE_SECONDS = 5.0
_AT_ONCE_SECONDS = 0.5


class _Line(threading.local):
    """A thread's own connection to the broker; a child process opens its own."""

    connection: Connection | None = None
    process: int = 0


class _Pause:
    """Until when the broker is left alone, for the whole process."""

    until: float = 0.0


_line = _Line()


def wake(task: str, *args: Any) -> bool:
    """Send one task by name; never raises and never hangs. Whether the broker took it."""
    if time.monotonic() < _Pause.until:
        return False
    kept = _line.connection is not None and _line.process == os.getpid()
    while True:
        began = time.monotonic()
        try:
            app.send_task(task, args=args, connection=_opened(kept), retry=False, ignore_result=True)
            return True
        except Exception as error:  # noqa: BLE001 - kombu and redis raise many kinds; all of them mean "not now"
            _line.connection = None
            # A kept line is dead after a restart of the broker, and says so at once: that is no reason to give up.
            if kept and time.monotonic() - began < _AT_ONCE_SECONDS:
                kept = False
                continue
            _Pause.until = time.monotonic() + _PAUSE_SECONDS
            log.warning("outbox.wake_failed", task=task, error=type(error).__name__)
            return False


def _opened(kept: bool) -> Connection:
    if not kept or _line.connection is None:
        options = {**(app.conf.broker_transport_options or {}), **_PATIENCE}
        _line.connection, _line.process = app.connection_for_write(transport_options=options), os.getpid()
    return _line.connection
