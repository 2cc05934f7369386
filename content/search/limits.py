"""How often one address may search: enough for a whole school behind one address, too little for a machine."""

import structlog
from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

SEARCHES = 240
SECONDS = 60


def may_search(request: HttpRequest) -> bool:
    """Count this search. Where the counter cannot be reached people may search: help must not wait for a cache."""
    try:
        key = f"search-count:{get_adapter().get_client_ip(request)}"
        cache.add(key, 0, SECONDS)
        return cache.incr(key) <= SEARCHES
    except ValueError:  # the minute ended between the two
        return True
    except PermissionDenied:  # no address to count by, behind a socket
        return True
    except RedisError as error:
        log.warning("search.count_unavailable", reason=type(error).__name__)
        return True
