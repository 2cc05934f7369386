"""The cache while Valkey is away: each process remembers for itself, nothing fails.

Pages may be slower and the login's counters hold for one process only, but nobody sees an error. After a failure Valkey is left alone for
some seconds, so that a server which does not answer costs one wait and not one for each page.
"""

import time
from collections.abc import Callable
from typing import Any

import structlog
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ReadOnlyError
from redis.exceptions import TimeoutError as RedisTimeoutError

log = structlog.get_logger(__name__)

REST_SECONDS = 5.0
_AWAY = (RedisConnectionError, RedisTimeoutError, ReadOnlyError, OSError)
_QUICK = {"socket_connect_timeout": 1.0, "socket_timeout": 2.0}


class ForgivingCache(BaseCache):
    """Django's Redis cache; in its absence, a small memory of the process."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        options = {**_QUICK, **params.get("OPTIONS", {})}
        self._valkey = RedisCache(server, {**params, "OPTIONS": options})
        self._memory = LocMemCache(f"while-away-{server}", {**params, "OPTIONS": {"MAX_ENTRIES": 2000}})
        self._away_until: float | None = None

    def _ask(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if self._away_until is None or time.monotonic() >= self._away_until:
            try:
                answer = getattr(self._valkey, name)(*args, **kwargs)
            except _AWAY as error:
                self._gone(error)
            else:
                self._back()
                return answer
        return getattr(self._memory, name)(*args, **kwargs)

    def _gone(self, error: Exception) -> None:
        if self._away_until is None:
            log.warning("cache.away", error=type(error).__name__)
        self._away_until = time.monotonic() + REST_SECONDS

    def _back(self) -> None:
        if self._away_until is not None:
            self._away_until = None
            # What was remembered meanwhile must not come up again at the next absence.
            self._memory.clear()
            log.info("cache.back")


def _asking(name: str) -> Callable[..., Any]:
    def method(self: ForgivingCache, *args: Any, **kwargs: Any) -> Any:
        return self._ask(name, *args, **kwargs)

    method.__name__ = name
    return method


for _name in (
    "add", "get", "set", "touch", "delete", "get_many", "has_key", "incr", "decr", "set_many", "delete_many", "clear",
    "get_or_set", "incr_version", "decr_version",
):  # fmt: skip
    setattr(ForgivingCache, _name, _asking(_name))
