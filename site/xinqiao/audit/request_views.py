"""The two sides of the question who has seen a child's records: the guardian's pages and the principal's."""

from __future__ import annotations

import uuid
from collections import Counter

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinqiao.accounts.access import may, needs
from xinqiao.accounts.capabilities import Capability as C
from xinqiao.accounts.models import User
from xinqiao.audit.access_requests import (
    WORKING_DAYS,
    ask_who_has_seen,
    decline,
    read_answer,
    release,
    released,
    take_back,
    working_days_left,
)
from xinqiao.audit.models import AccessRequest
from xinqiao.audit.plain_words import KEPT_BACK, Kind, happenings, in_plain_words
from xinqiao.audit.request_forms import DeclineForm, ReleaseForm
from xinqiao.audit.request_models import RequestState
from xinqiao.refused import Refused
from xinqiao.school.models import Student

_A_PAGE = 30


@needs(C.ASK_ACCESS_LOG)
@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, student_id: int) -> HttpResponse:
    """The guardian's page for one child: what can be asked, what was asked, what was answered."""
    student = get_object_or_404(Student.objects.within(request.user, C.ASK_ACCESS_LOG), pk=student_id)
    if request.method == "POST":
        ask_who_has_seen(by=request.user, student=student)
        messages.success(request, _("Asked. You get a mail when there is an answer."))
        return redirect("audit_ask", student.pk)
    asked = AccessRequest.objects.asked_by_guardian(request.user).filter(student=student).order_by("-asked_at")
    context = {
        "student": student,
        "asked": list(asked),
        "open": any(each.is_open for each in asked),
        "days": WORKING_DAYS,
    }
    return render(request, "audit/ask.html", context)


@needs(C.ASK_ACCESS_LOG)
@require_POST
def withdraw(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    found = _own(request.user, request_id)
    try:
        take_back(by=request.user, request=found)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Taken back. You can ask again at any time."))
    return redirect("audit_ask", found.student_id)


@needs(C.ASK_ACCESS_LOG)
@never_cache
@require_GET
def answer(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """The answer, for reading and for printing."""
    found = _own(request.user, request_id)
    if found.state not in {RequestState.RELEASED, RequestState.DECLINED}:
        return redirect("audit_ask", found.student_id)
    lines = read_answer(by=request.user, request=found) if found.state == RequestState.RELEASED else []
    return render(request, "audit/answer.html", {"asked": found, "student": found.student, "lines": lines})


@needs(C.ANSWER_ACCESS_LOG)
@never_cache
@require_GET
def requests(request: HttpRequest) -> HttpResponse:
    """The principal's list: what waits, by its day, and what was answered."""
    today = timezone.localdate()
    mine = AccessRequest.objects.answered_by_duty_of(request.user).select_related(
        "student__current_class__grade", "asked_by", "answered_by"
    )
    waiting = [(each, working_days_left(each.due_on, today)) for each in mine.waiting().order_by("due_on", "asked_at")]
    done = mine.exclude(state=RequestState.ASKED).order_by("-asked_at")
    page = Paginator(done, _A_PAGE).get_page(request.GET.get("page"))
    return render(request, "audit/requests.html", {"waiting": waiting, "page": page})


@needs(C.ANSWER_ACCESS_LOG)
@never_cache
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """One question: what the guardian would read, kind by kind, and the two ways to answer."""
    mine = AccessRequest.objects.answered_by_duty_of(request.user).select_related(
        "student__current_class__grade", "asked_by", "answered_by"
    )
    found = get_object_or_404(mine, pk=request_id)
    act = request.POST.get("act", "")
    release_form = ReleaseForm(request.POST if act == "release" else None)
    decline_form = DeclineForm(request.POST if act == "decline" else None, prefix="no")
    form = {"release": release_form, "decline": decline_form}.get(act)
    if form is not None and form.is_valid():
        try:
            if act == "release":
                release(by=request.user, request=found, **form.cleaned_data)
            else:
                decline(by=request.user, request=found, **form.cleaned_data)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Answered. The guardian is told by mail."))
        return redirect("audit_request", found.pk)
    context = {
        "asked": found,
        "student": found.student,
        "named": may(request.user, C.READ_STUDENT, found.student),
        "left": working_days_left(found.due_on, timezone.localdate()),
        "release_form": release_form,
        "decline_form": decline_form,
        **(_preview(found) if found.is_open else {"lines": released(found) if found.state == "released" else []}),
        "withheld": [Kind(kind).label for kind in found.withheld],
    }
    return render(request, "audit/request.html", context, status=422 if form is not None else 200)


def _preview(asked: AccessRequest) -> dict[str, object]:
    """What the guardian would read, by kind; the ones kept back by default come last."""
    lines = in_plain_words(happenings(asked.student_id), school_id=asked.school_id, reader_id=asked.asked_by_id)
    counts = Counter(line.kind for line in lines)
    kinds = sorted(Kind, key=lambda kind: kind in KEPT_BACK)
    return {
        "preview": [
            (kind.label, kind in KEPT_BACK, counts[kind], [line for line in lines if line.kind == kind][:20])
            for kind in kinds
        ]
    }


def _own(user: User, request_id: uuid.UUID) -> AccessRequest:
    mine = AccessRequest.objects.asked_by_guardian(user).select_related("student__current_class__grade", "answered_by")
    return get_object_or_404(mine, pk=request_id)
