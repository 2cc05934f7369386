"""`/workspace/`: the day of whoever opens it, as far as their duty reaches."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from screening.workspace.board import boards_of
from screening.workspace.counselor import day_of
from screening.workspace.district import district
from screening.workspace.grade import grade_counts
from screening.workspace.leaders import overview_of
from xinqiao.accounts.access import needs, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.models import BreakGlass


@never_cache
@needs(Capability.READ_CASE, Capability.READ_COUNTS, Capability.READ_COMPLETION)
@require_GET
def workspace(request: HttpRequest) -> HttpResponse:
    """The widest duty decides: the counselor's day, a leader's, the district's, a grade's; a class has its own page."""
    user = request.user
    if reach(user, Capability.ASSESS).schools:
        return render(request, "screening_workspace/counselor.html", {"day": day_of(user), "unseen": _unseen(user)})
    if reach(user, Capability.READ_CASE).schools:
        return render(
            request, "screening_workspace/leaders.html", {"overview": overview_of(user), "unseen": _unseen(user)}
        )
    if reach(user, Capability.READ_COUNTS).districts:
        return render(request, "screening_workspace/district.html", {"district": district()})
    if reach(user, Capability.READ_COMPLETION).grades:
        today = timezone.localdate()
        context = {"boards": boards_of(user, today), "today": today, "grades": grade_counts(user)}
        return render(request, "screening_workspace/grade.html", context)
    if reach(user, Capability.READ_CASE).students:  # opened in an emergency, one by one
        return redirect("break_glass")
    return redirect("screening:overview")


def _unseen(user: User) -> int:
    """Emergency readings that this person was told of and has not looked at."""
    if not reach(user, Capability.WATCH_BREAK_GLASS):
        return 0
    return BreakGlass.objects.not_seen_by(user).count()
