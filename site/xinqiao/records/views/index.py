"""`/records/`: the files that were taken out and erased, and the ways to both."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from xinqiao.accounts.access import may, needs
from xinqiao.accounts.capabilities import Capability as C
from xinqiao.records.enums import ErasureState
from xinqiao.records.models import Erasure, ExportRun, Hold
from xinqiao.records.views.common import private

_A_PAGE = 15


@require_safe
@needs(C.EXPORT_FILE, C.ERASE_FILE, C.MANAGE_PRIVACY)
def index(request: HttpRequest) -> HttpResponse:
    """Each list for whoever has the duty; no child's name, because the page may stand open."""
    user = request.user
    exports = erasures = None
    if may(user, C.EXPORT_FILE):
        found = (
            ExportRun.objects.of_schools_of(user).select_related("asked_by").defer("recipient", "reason", "password")
        )
        exports = Paginator(found, _A_PAGE).get_page(request.GET.get("page"))
    if may(user, C.ERASE_FILE):
        found = Erasure.objects.visible_to(user).select_related("asked_by", "answered_by")
        erasures = Paginator(found.defer("reason", "answer", "identity"), _A_PAGE).get_page(request.GET.get("page"))
    holds = None
    if may(user, C.MANAGE_PRIVACY):
        holds = Hold.objects.visible_to(user).filter(lifted_at=None).select_related("placed_by", "student")
    context = {
        "exports": exports,
        "erasures": erasures,
        "holds": holds,
        "asked": ErasureState.ASKED,
        "privacy": may(user, C.MANAGE_PRIVACY),
    }
    return private(render(request, "records/index.html", context))
