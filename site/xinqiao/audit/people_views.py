"""`/audit/people/`: the principal asks what a person can see, how far, and why."""

from __future__ import annotations

import datetime

from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from xinqiao.accounts.access import needs, reach
from xinqiao.accounts.capabilities import Capability as C
from xinqiao.accounts.enums import Role
from xinqiao.accounts.explain import CHANGES, RECORDS, duty_in_words, kinds
from xinqiao.accounts.models import Appointment, User
from xinqiao.audit.models import AuditEntry, BreakGlass
from xinqiao.audit.people import duties_of, held_by, people_of
from xinqiao.audit.trail import record
from xinqiao.audit.words import action_name
from xinqiao.school.models import Student

_A_PAGE = 50
_FOUND_AT_MOST = 20
_LAST_READS = 15
_ONE_LOOK = datetime.timedelta(minutes=30)
_READS = Q(action__regex=r"\.(read|export|print)")


@needs(C.EXPLAIN_ACCESS)
@never_cache
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Everybody with a duty; narrowed by the role, or found by a posted name."""
    today = timezone.localdate()
    schools = reach(request.user, C.EXPLAIN_ACCESS).schools
    role = request.GET.get("role", "")
    text = request.POST.get("q", "").strip()[:40].replace("\0", "")
    held = Appointment.objects.filter(school__in=schools).select_related("school", "grade", "school_class__grade")
    found = people_of(request.user)
    if text:
        found = found.filter(Q(display_name__icontains=text) | Q(username__icontains=text))
    elif role in Role.values:
        found = found.filter(pk__in=held.filter(role=role).on(today).values("user"))
    else:  # parents are many: they are found by name, or by asking for them
        found = found.filter(pk__in=held.exclude(role=Role.GUARDIAN).values("user"))
    found = found.prefetch_related(Prefetch("appointments", held.on(today).order_by("pk"), to_attr="held_now"))
    page = Paginator(found.order_by("display_name", "pk"), _A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(person, [duty_in_words(each) for each in person.held_now]) for person in page],
        "role": role,
        "roles": Role.choices,
        "text": text,
    }
    return render(request, "audit/people.html", context)


@needs(C.EXPLAIN_ACCESS)
@never_cache
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, user_id: int) -> HttpResponse:
    """One person: duties with their story, what they open and how far, one child asked about, exceptions, last readings."""
    shown = get_object_or_404(people_of(request.user), pk=user_id)
    schools = reach(request.user, C.EXPLAIN_ACCESS).schools
    children = Student.objects.within(request.user, C.EXPLAIN_ACCESS).select_related("current_class__grade")
    text = request.POST.get("q", "").strip()[:40]
    found = list(children.search(text).order_by("name", "pk")[:_FOUND_AT_MOST]) if text else []
    student = None
    if "child" in request.GET:
        asked = request.GET["child"]
        student = get_object_or_404(children, pk=int(asked) if asked.isdecimal() and len(asked) < 19 else 0)
    _record_look(request.user, shown, student)
    held, lacking = held_by(shown, schools)
    mine = children.order_by().values("pk")
    context = {
        "person": shown,
        "duties": duties_of(shown, schools),
        "held": held,
        "lacking": lacking,
        "text": text,
        "found": found,
        "student": student,
        "sees": kinds(shown, student, RECORDS) if student else [],
        "does": kinds(shown, student, CHANGES) if student else [],
        "readings": BreakGlass.objects.filter(user=shown, school__in=schools).select_related("ended_by")[:10],
        "reads": [
            (entry, action_name(entry.action))
            for entry in AuditEntry.objects.filter(_READS, actor=shown, student_id__in=mine).order_by("-pk")[
                :_LAST_READS
            ]
        ],
        "now": timezone.now(),
    }
    return render(request, "audit/person.html", context)


def _record_look(reader: User, shown: User, student: Student | None) -> None:
    """Asking is on the record too: once in half an hour for a person and child."""
    key = student.pk if student else None
    before = AuditEntry.objects.filter(
        actor=reader,
        action="audit.explain",
        target_type="accounts.user",
        target_id=str(shown.pk),
        student_id=key,
        at__gte=timezone.now() - _ONE_LOOK,
    )
    if not before.exists():
        record(actor=reader, action="audit.explain", target=shown, student_id=key)
