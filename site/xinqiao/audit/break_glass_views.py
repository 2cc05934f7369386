"""`/audit/break-glass/`: who runs the system opens one story in an emergency; who is told sees it, and may end it."""

from __future__ import annotations

import dataclasses
import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.db.models.fields.json import KeyTextTransform
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinqiao.accounts.access import may, needs, reach
from xinqiao.accounts.capabilities import Capability as C
from xinqiao.accounts.fresh import Fresh, needs_fresh
from xinqiao.audit.break_glass import (
    MOST_IN_A_DAY,
    acknowledge,
    end_early,
    leave_when_over,
    open_in_emergency,
    readable,
    told_of,
)
from xinqiao.audit.break_glass_forms import EmergencyForm
from xinqiao.audit.models import AuditEntry, BreakGlass
from xinqiao.refused import Refused
from xinqiao.school.models import Student

_A_PAGE = 20
_FOUND_AT_MOST = 20
_WITH = ("user", "student__current_class__grade", "ended_by")


@dataclasses.dataclass(frozen=True)
class Line:
    """One reading as a row: what was done under it, and what this person may do about it."""

    opened: BreakGlass
    live: bool
    acts: int
    seen: list[str]
    may_acknowledge: bool
    may_end: bool


@needs(C.BREAK_GLASS, C.WATCH_BREAK_GLASS)
@never_cache
@require_http_methods(["GET", "POST"])
def break_glass(request: HttpRequest) -> HttpResponse:
    """Both sides of it: the search for a child, and the list of what was opened. A name is posted, never in the address."""
    user, text = request.user, request.POST.get("q", "").strip()[:40]
    asks = bool(reach(user, C.BREAK_GLASS))
    found = None
    if asks and text:
        children = Student.objects.within(user, C.BREAK_GLASS).search(text).select_related("current_class__grade")
        found = list(children.order_by("name", "pk")[: _FOUND_AT_MOST + 1])
    readings = BreakGlass.objects.visible_to(user).select_related(*_WITH).prefetch_related("seen__person")
    page = Paginator(readings.order_by("-starts_at"), _A_PAGE).get_page(request.GET.get("page"))
    context = {
        "asks": asks,
        "watches": bool(reach(user, C.WATCH_BREAK_GLASS)),
        "text": text,
        "found": found[:_FOUND_AT_MOST] if found is not None else None,
        "more": found is not None and len(found) > _FOUND_AT_MOST,
        "page": page,
        "lines": _lines(request, list(page)),
        "most": MOST_IN_A_DAY,
    }
    return render(request, "audit/break_glass.html", context)


@needs(C.BREAK_GLASS)
@needs_fresh(Fresh.NARRATIVE)
@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, student_id: int) -> HttpResponse:
    """The reason, then what will happen and who is told, and only then the story."""
    children = Student.objects.within(request.user, C.BREAK_GLASS).select_related("school", "current_class__grade")
    student = get_object_or_404(children, pk=student_id)
    form = EmergencyForm(request.POST or None)
    told = told_of(student.school, request.user)
    context = {"student": student, "form": form, "told": told, "most": MOST_IN_A_DAY}
    if request.method != "POST":
        return render(request, "audit/break_glass_ask.html", context)
    if not form.is_valid() or request.POST.get("act") == "change":
        return render(request, "audit/break_glass_ask.html", context, status=200 if form.is_valid() else 422)
    if request.POST.get("act") != "open":
        return render(request, "audit/break_glass_confirm.html", context)
    try:
        opened = open_in_emergency(by=request.user, student=student, **form.cleaned_data)
    except Refused as refused:
        form.add_error(None, str(refused))
        return render(request, "audit/break_glass_ask.html", context, status=409)
    return redirect("break_glass_opened", opened.pk)


@needs(C.BREAK_GLASS)
@never_cache
@require_GET
def opened(request: HttpRequest, opened_id: uuid.UUID) -> HttpResponse:
    """The holder's own page of the hour: what may be read, until when, and the way to end it."""
    own = BreakGlass.objects.visible_to(request.user).filter(user=request.user).select_related(*_WITH)
    found = get_object_or_404(own, pk=opened_id)
    live = found.reads_now(request.user)
    context = {
        "opened": found,
        "student": found.student,
        "named": may(request.user, C.READ_STUDENT, found.student),
        "live": live,
        "readable": readable(request.user, found.student_id) if live else [],
        "told": told_of(found.school_id, request.user),
    }
    response = render(request, "audit/break_glass_opened.html", context)
    return leave_when_over(response, found if live else None)


@needs(C.BREAK_GLASS, C.WATCH_BREAK_GLASS)
@require_POST
def end(request: HttpRequest, opened_id: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(BreakGlass.objects.visible_to(request.user), pk=opened_id)
    try:
        end_early(by=request.user, opened=found)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Ended. The story is closed at once."))
    return redirect("break_glass")


@needs(C.WATCH_BREAK_GLASS)
@require_POST
def seen(request: HttpRequest, opened_id: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(BreakGlass.objects.watched_by(request.user), pk=opened_id)
    acknowledge(by=request.user, opened=found)
    messages.success(request, _("Written down: you have seen it."))
    return redirect("break_glass")


def _lines(request: HttpRequest, readings: list[BreakGlass]) -> list[Line]:
    user, now = request.user, timezone.now()
    acts = dict(
        AuditEntry.objects.filter(student_id__in={each.student_id for each in readings})
        .annotate(under=KeyTextTransform("break_glass", "details"))
        .filter(under__in=[str(each.pk) for each in readings])
        .exclude(action__startswith="break_glass.")
        .order_by()
        .values_list("under")
        .annotate(Count("pk"))
    )
    watched = reach(user, C.WATCH_BREAK_GLASS).schools
    lines = []
    for each in readings:
        watches = each.school_id in watched and each.user_id != user.pk
        seen_by = [one.person_id for one in each.seen.all()]
        live = each.is_live(now)
        lines.append(
            Line(
                opened=each,
                live=live,
                acts=acts.get(str(each.pk), 0),
                seen=[str(one.person) for one in each.seen.all()],
                may_acknowledge=watches and user.pk not in seen_by,
                may_end=live and (watches or each.user_id == user.pk),
            )
        )
    return lines
