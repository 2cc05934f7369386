"""`/assessments/`: the children to talk with, in order of danger; picking one whom the engine would have left; the talks that are done."""

from __future__ import annotations

import dataclasses
import datetime
import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from screening.assessments.enums import AssessmentState
from screening.assessments.first_pass import FirstPass, Reader
from screening.assessments.models import NARRATIVES, Assessment
from screening.assessments.schedule import NotToBePicked, pick_child, pick_for_assessment
from screening.levels import MAY_BE_PICKED
from screening.rounds.enums import ResponseState, RoundState
from screening.rounds.models import Response
from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability
from xinqiao.school.calendar import calendar_of
from xinqiao.school.models import School, Student

SHOWN_SIGNS = 3
A_PAGE = 20
LATEST = 10
FOUND_AT_MOST = 50
OTHERS_AT_MOST = 20
_READ = "response__class_pass__round__instrument_version"


@dataclasses.dataclass(frozen=True)
class Waiting:
    """One child to talk with.

    Attributes:
        left: school days; negative once the time is over.
        more: how many signs are not shown in the list.
    """

    assessment: Assessment
    left: int
    first_pass: FirstPass | None

    @property
    def signs(self) -> list:
        return self.first_pass.signs[:SHOWN_SIGNS] if self.first_pass else []

    @property
    def more(self) -> int:
        return max(0, len(self.first_pass.signs) - SHOWN_SIGNS) if self.first_pass else 0


@never_cache
@needs(Capability.ASSESS)
@require_http_methods(["GET", "HEAD", "POST"])
def assessments(request: HttpRequest) -> HttpResponse:
    """The lists; or, where a search was posted, those of it: a child's name must not stand in an address."""
    today, reader = timezone.localdate(), Reader()
    waiting = _waiting(request, today, reader)
    sought = request.POST.get("q", "").strip()[:40]
    below = Paginator(_below_the_cut(request, sought), FOUND_AT_MOST if sought else A_PAGE).get_page(
        request.GET.get("page")
    )
    done = _done(request, sought)
    below_rows = [(row, reader.read(row)) for row in below]
    context = {
        "waiting": waiting,
        "late": sum(row.left < 0 for row in waiting),
        "due_today": sum(row.left == 0 for row in waiting),
        "below": below,
        "below_rows": below_rows,
        "others": _others(request, sought, [row.student_id for row, _seen in below_rows]) if sought else [],
        "sought": sought,
        "done": done[: FOUND_AT_MOST if sought else LATEST],
        "done_count": done.count(),
    }
    return render(request, "screening_assessments/assessments.html", context)


def _waiting(request: HttpRequest, today: datetime.date, reader: Reader) -> list[Waiting]:
    found = (
        Assessment.objects.visible_to(request.user)
        .still_open()
        .defer("interview", "family", "causes", "reason")
        .select_related("student__current_class__grade", "assessor", _READ)
        .by_danger()
    )
    schools: dict[int, School] = {}
    rows = []
    for each in found:
        school = schools.get(each.school_id) or schools.setdefault(
            each.school_id, School.objects.get(pk=each.school_id)
        )
        rows.append(
            Waiting(
                assessment=each,
                left=calendar_of(school).school_days_between(today, each.due_on),
                first_pass=reader.read(each.response) if each.response else None,
            )
        )
    return rows


def _below_the_cut(request: HttpRequest, sought: str):
    """Children of rounds that still count whom nobody has talked with and the engine would leave."""
    rows = (
        Response.objects.visible_to(request.user)
        .filter(
            state=ResponseState.SUBMITTED,
            level__in=MAY_BE_PICKED,
            class_pass__round__state__in=[RoundState.OPEN, RoundState.CLOSED],
            assessments__isnull=True,
        )
        .exclude(student__in=Assessment.objects.still_open().values("student"))
        .select_related("student__current_class__grade", "class_pass__round__instrument_version")
        .order_by("-class_pass__round__opens_on", "-total", "student__number")
    )
    return rows.filter(student__in=Student.objects.search(sought)) if sought else rows


def _done(request: HttpRequest, sought: str):
    """The talks that are completed, the latest first: one without a case is found nowhere else."""
    rows = (
        Assessment.objects.visible_to(request.user)
        .filter(state=AssessmentState.COMPLETED)
        .defer(*NARRATIVES)
        .select_related("student__current_class__grade", "assessor", "case")
        .order_by("-completed_at", "-pk")
    )
    return rows.filter(student__in=Student.objects.search(sought)) if sought else rows


@needs(Capability.ASSESS)
@require_POST
def pick(request: HttpRequest, response_id: uuid.UUID) -> HttpResponse:
    response = get_object_or_404(
        Response.objects.visible_to(request.user)
        .filter(state=ResponseState.SUBMITTED)
        .select_related("student__school", "student__current_class"),
        pk=response_id,
    )
    try:
        assessment = pick_for_assessment(user=request.user, response=response)
    except NotToBePicked:
        messages.error(request, _("This child is on the list already, or no sign was seen."))
        return redirect("screening:assessments")
    return redirect("screening:assessment", assessment.pk)


def _others(request: HttpRequest, sought: str, listed: list[int]):
    """Children of this name of whom no sign was seen, or who were asked about in no round; at school today."""
    return (
        Student.objects.within(request.user, Capability.ASSESS)
        .filter(current_class__isnull=False)
        .search(sought)
        .exclude(pk__in=listed)
        .exclude(pk__in=Assessment.objects.still_open().values("student"))
        .select_related("current_class__grade")
        .order_by("number")[:OTHERS_AT_MOST]
    )


@needs(Capability.ASSESS)
@require_POST
def pick_any(request: HttpRequest, student_id: int) -> HttpResponse:
    students = Student.objects.within(request.user, Capability.ASSESS).select_related("school", "current_class")
    student = get_object_or_404(students, pk=student_id)
    return redirect("screening:assessment", pick_child(user=request.user, student=student).pk)
