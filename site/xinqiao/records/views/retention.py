"""How long what is kept, what the schedule is about to erase, and who may not be erased."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinqiao.accounts.access import needs, reach
from xinqiao.accounts.capabilities import Capability as C
from xinqiao.accounts.fresh import Fresh, needs_fresh
from xinqiao.records import schedule
from xinqiao.records.enums import ItemState, RunState
from xinqiao.records.errors import Refused
from xinqiao.records.forms import HoldForm, PeriodForm
from xinqiao.records.models import Hold, RetentionRun
from xinqiao.records.parts import part, parts
from xinqiao.records.retention import CLASSES, PASSING, in_force
from xinqiao.records.views.common import child_for, private
from xinqiao.school.models import School

_A_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@needs(C.MANAGE_PRIVACY)
def schedule_page(request: HttpRequest) -> HttpResponse:
    """The table of classes with the school's own months, what would be due today, and the runs."""
    school = _school(request)
    bound = PeriodForm(request.POST) if request.method == "POST" else None
    if bound is not None and bound.is_valid():
        try:
            schedule.choose_period(user=request.user, school=school, **bound.cleaned_data)
            messages.success(request, _("From now on it is kept for so long."))
            return redirect("records:retention")
        except Refused as refused:
            bound.add_error("months", str(refused))
    found = schedule.due(school, timezone.localdate())
    context = {
        "school": school,
        "rows": _rows(school, bound),
        "passing": PASSING,
        "due": [(part(key).label, count) for key, count in Counter(each.part for each in found).items()],
        "children": len({each.student_id for each in found}),
        "runs": RetentionRun.objects.visible_to(request.user).select_related("confirmed_by")[:20],
        "notice": schedule.NOTICE_DAYS,
    }
    return private(render(request, "records/retention.html", context, status=422 if bound is not None else 200))


@require_safe
@needs(C.MANAGE_PRIVACY)
@needs_fresh(Fresh.NARRATIVE)
def run(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    found = _run(request, run_id)
    by_child: dict[int, dict[str, Any]] = {}
    pending = Counter(found.items.values_list("state", flat=True))
    for item in found.items.select_related("student__current_class__grade").order_by("student__number", "part"):
        row = by_child.setdefault(item.student_id, {"student": item.student, "items": [], "exempt": False})
        row["items"].append((part(item.part).label, item))
        row["exempt"] |= item.state == ItemState.EXEMPT
    context = {
        "run": found,
        "page": Paginator(list(by_child.values()), _A_PAGE).get_page(request.GET.get("page")),
        "pending": pending[ItemState.PENDING],
        "done": pending[ItemState.DONE],
        "all": pending.total(),
        "proposed": found.state == RunState.PROPOSED,
    }
    return private(render(request, "records/retention_run.html", context))


@require_POST
@needs(C.MANAGE_PRIVACY)
@needs_fresh(Fresh.EXPORT)
def confirm(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    found = _run(request, run_id)
    try:
        schedule.confirm(user=request.user, run=found)
        messages.success(request, _("It begins now, and this page says how far it is."))
    except Refused as refused:
        messages.info(request, str(refused))
    return redirect("records:retention_run", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(C.MANAGE_PRIVACY)
def hold(request: HttpRequest, student_id: int) -> HttpResponse:
    """Setting a hold on a child, or seeing the one that stands."""
    student = child_for(request, student_id, C.MANAGE_PRIVACY)
    form = HoldForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            schedule.set_hold(user=request.user, student=student, **form.cleaned_data)
            messages.success(request, _("Nothing of this child is erased now."))
        except Refused as refused:
            messages.info(request, str(refused))
        return redirect("records:hold", student.pk)
    today = timezone.localdate()
    standing = Hold.objects.visible_to(request.user).standing(today).filter(student=student).select_related("placed_by")
    context = {"student": student, "form": form, "hold": standing.first()}
    return private(render(request, "records/hold.html", context, status=422 if form.errors else 200))


@require_POST
@needs(C.MANAGE_PRIVACY)
def lift(request: HttpRequest, hold_id: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Hold.objects.visible_to(request.user), pk=hold_id)
    try:
        schedule.lift_hold(user=request.user, hold=found)
        messages.success(request, _("The hold is lifted."))
    except Refused as refused:
        messages.info(request, str(refused))
    return redirect("records:index")


def _rows(school: School, bound: PeriodForm | None) -> list[dict[str, Any]]:
    chosen = schedule.choices_of(school)
    rows = []
    for key, retention in CLASSES.items():
        months = in_force(chosen, key)
        failed = bound is not None and bound.data.get("klass") == key
        form = bound if failed else PeriodForm(klass=key, initial={"months": months})
        held = [str(each.label) for each in parts() if each.keeping == key]
        rows.append({"retention": retention, "months": months, "own": key in chosen, "form": form, "parts": held})
    return rows


def _school(request: HttpRequest) -> School:
    schools = School.objects.filter(pk__in=reach(request.user, C.MANAGE_PRIVACY).schools).order_by("pk")
    return get_object_or_404(schools[:1])


def _run(request: HttpRequest, run_id: uuid.UUID) -> RetentionRun:
    return get_object_or_404(RetentionRun.objects.visible_to(request.user).select_related("confirmed_by"), pk=run_id)
