"""Alive: the process answers. Ready: the database answers too; the queue is named, but its absence stops no page."""

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache


@never_cache
def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"live": True})


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when pages can be served, 503 otherwise; says which engine does not answer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        database = True
    except DatabaseError:
        database = False
    try:
        with redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as client:
            queue = bool(client.ping())
    except redis.RedisError:
        queue = False
    return JsonResponse({"database": database, "queue": queue}, status=200 if database else 503)
