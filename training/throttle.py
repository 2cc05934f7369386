"""So many requests in a while from one address, counted in the cache. A cache that is away never shuts a page."""

import hashlib

import structlog
from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


def too_many(request: HttpRequest, *, what: str, limit: int, seconds: int) -> bool:
    """Count this request; whether its address has made more than `limit` in the window."""
    try:
        # Hashed: the cache holds no address.
        address = hashlib.sha256(get_adapter().get_client_ip(request).encode()).hexdigest()[:24]
        key = f"throttle:{what}:{address}"
        if cache.add(key, 1, timeout=seconds):
            return False
        return cache.incr(key) > limit
    except ValueError:
        return False  # the window ended between the two calls
    except PermissionDenied:
        return False  # no address to count by, behind a socket
    except RedisError:
        log.warning("throttle_without_cache", what=what)
        return False
