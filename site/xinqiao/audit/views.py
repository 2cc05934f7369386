"""The pages on which the principal sees who read and changed what: all of it, and about one child."""

import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from xinqiao.accounts.access import may, needs, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import Appointment, User
from xinqiao.audit.anchors import AnchorUnreadable, last_day
from xinqiao.audit.chain import SEAL_WINDOW, stale, waiting
from xinqiao.audit.child import SORTS, facts_beside_a_name, of_child, people_of
from xinqiao.audit.forms import TrailFilter
from xinqiao.audit.models import AuditEntry, AuditLink
from xinqiao.audit.people import who_can_see
from xinqiao.audit.trail import record
from xinqiao.audit.words import action_name, facts_in_words, kind_name
from xinqiao.school.models import Student

_A_PAGE = 50
# Looking on through the pages is one reading of the trail.
_ONE_READING = datetime.timedelta(minutes=30)


@needs(Capability.READ_AUDIT)
@never_cache
def trail(request: HttpRequest) -> HttpResponse:
    _record_reading(request.user)
    visible = AuditEntry.objects.visible_to(request.user)
    schools = reach(request.user, Capability.READ_AUDIT).schools
    people = User.objects.filter(
        appointments__in=Appointment.objects.filter(school__in=schools).exclude(role="guardian")
    )
    seen = visible.order_by("action").values_list("action", flat=True).distinct()
    form = TrailFilter(
        request.GET or {},
        people=people.distinct().order_by("display_name", "pk"),
        actions=sorted(((action, action_name(action)) for action in seen), key=lambda pair: pair[1]),
    )
    entries = form.narrow(visible.select_related("actor", "link"))
    page = Paginator(entries, _A_PAGE).get_page(request.GET.get("page"))
    rows = [
        {
            "entry": entry,
            "action": action_name(entry.action),
            "kind": kind_name(entry.target_type),
            "facts": facts_in_words(entry.details),
            "of_a_login": entry.action.startswith("login."),
        }
        for entry in page
    ]
    last_link = AuditLink.objects.order_by("-position").first()
    tail = waiting(SEAL_WINDOW).aggregate(count=Count("pk"), oldest=Min("at"))
    context = {
        "form": form,
        "page": page,
        "rows": rows,
        "last_link": last_link,
        "waiting": tail["count"],
        "stale": stale(tail["oldest"]),
        **_noted_outside(),
    }
    return render(request, "audit/trail.html", context)


@needs(Capability.READ_AUDIT)
@never_cache
def child(request: HttpRequest, student_id: int) -> HttpResponse:
    children = Student.objects.within(request.user, Capability.READ_AUDIT).select_related("current_class__grade")
    student = get_object_or_404(children, pk=student_id)
    _record_reading(request.user, student)
    entries = of_child(student.pk)
    sort = request.GET.get("sort", "")
    shown = entries.filter(sort=sort) if sort in SORTS else entries
    page = Paginator(shown.select_related("actor").order_by("-pk"), _A_PAGE).get_page(request.GET.get("page"))
    rows = [
        {
            "entry": entry,
            "action": action_name(entry.action),
            "facts": facts_in_words(facts_beside_a_name(entry.details)),
        }
        for entry in page
    ]
    context = {
        "student": student,
        "named": may(request.user, Capability.READ_STUDENT, student),
        "people": people_of(entries),
        "watchers": who_can_see(student),
        "page": page,
        "rows": rows,
        "sort": sort if sort in SORTS else "",
        "sorts": SORTS.items(),
    }
    return render(request, "audit/child.html", context)


def _noted_outside() -> dict[str, Any]:
    try:
        return {"anchor": last_day()}
    except AnchorUnreadable:
        return {"anchor_damaged": True}


def _record_reading(reader: User, student: Student | None = None) -> None:
    since = timezone.now() - _ONE_READING
    action, key = ("audit.read_child", student.pk) if student else ("audit.read", None)
    if not AuditEntry.objects.filter(actor=reader, action=action, student_id=key, at__gte=since).exists():
        record(actor=reader, action=action, student_id=key)
