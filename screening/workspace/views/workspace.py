"""`/workspace/`: the day of whoever opens it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability


@never_cache
@needs(Capability.READ_CASE, Capability.READ_COUNTS, Capability.READ_COMPLETION)
@require_GET
def workspace(request: HttpRequest) -> HttpResponse:
    return render(request, "screening_workspace/workspace.html", {})
