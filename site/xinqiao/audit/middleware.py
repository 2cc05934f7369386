"""A refused try (403) by a person who is logged in goes on the record: which place, never what was typed or read."""

import uuid
from collections.abc import Callable

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from xinqiao.audit.trail import record

_ONE_ENTRY_SECONDS = 600


class DeniedTriesMiddleware:
    """Stands after AuthenticationMiddleware, before what may refuse. One entry in ten minutes for a person and place."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 403 and request.user.is_authenticated:
            self._record(request)
        return response

    def _record(self, request: HttpRequest) -> None:
        match = request.resolver_match
        view = match.view_name if match else ""
        # Keys only: a slug or a free text in a URL could be anything.
        keys = {
            name: str(value)
            for name, value in (match.kwargs if match else {}).items()
            if isinstance(value, int | uuid.UUID)
        }
        place = ",".join(f"{name}={value}" for name, value in sorted(keys.items()))
        if cache.add(f"audit:denied:{request.user.pk}:{view}:{place}"[:200], True, _ONE_ENTRY_SECONDS):
            details = {"view": view, "method": request.method, **({"keys": keys} if keys else {})}
            record(actor=request.user, action="access.refused", details=details)
