"""Telling Celery that something waits. Only a wake-up call: when the broker is away, the sweeper finds the row."""

from __future__ import annotations

import threading
import time
from typing import Any

import structlog

from xinqiao.celery import app

log = structlog.get_logger(__name__)

# A web request waits for the broker this long at most, and then not again for a while.
_PATIENCE = {"socket_connect_timeout": 1.0, "socket_timeout": 1.0, "max_retries": 1, "interval_start": 0}
_PAUSE_SECONDS = 5.0
_lock = threading.Lock()
_silent_until = 0.0


def wake(task: str, *args: Any) -> bool:
    """Send one task by name; never raises and never hangs. Whether the broker took it."""
    global _silent_until
    with _lock:
        if time.monotonic() < _silent_until:
            return False
    try:
        options = {**(app.conf.broker_transport_options or {}), **_PATIENCE}
        with app.connection_for_write(transport_options=options) as connection:
            app.send_task(task, args=args, connection=connection, retry=False, ignore_result=True)
    except Exception as error:  # noqa: BLE001 - kombu and redis raise many kinds; all of them mean "not now"
        with _lock:
            _silent_until = time.monotonic() + _PAUSE_SECONDS
        log.warning("outbox.wake_failed", task=task, error=type(error).__name__)
        return False
    return True
