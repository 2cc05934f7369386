"""`/directory/moves/`: who came, left or changed class, what waits for its day, and the way back."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability
from xinqiao.school.models import Move
from xinqiao.school.moves.models import MoveKind
from xinqiao.school.pages.answers import page
from xinqiao.school.sight import staff_only

A_PAGE = 30


@require_safe
@needs(Capability.MANAGE_DIRECTORY)
@staff_only
def moves(request: HttpRequest) -> HttpResponse:
    """The newest first; of one kind, or only those that wait for their day."""
    today = timezone.localdate()
    found = Move.objects.managed_by(request.user).select_related(
        "student", "from_class__grade", "to_class__grade", "made_by", "undone_by"
    )
    kind = request.GET.get("kind", "")
    if kind in MoveKind.values:
        found = found.filter(kind=kind)
    elif kind == "ahead":
        found = found.standing().filter(on__gt=today)
    page_obj = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page_obj, "kind": kind, "kinds": MoveKind.choices, "today": today}
    return page(request, "school/directory/moves.html", context)
