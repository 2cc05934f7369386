"""For those who answer for the school's training: who has completed, taking it out, assigning, revoking."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from training.certify import revoke
from training.enrol import enrol
from training.errors import AlreadyRevoked, RenewalNotDue
from training.export import completion_workbook
from training.forms import AssignForm, CompletionFilter, RevokeForm
from training.models import Certificate, CoursePage
from training.roster import Row, Share, arranged, completion_rows, counts_by_school, shares_by_role, staff_of
from xinqiao.accounts.access import may, needs, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.audit.trail import record
from xinqiao.school.models import School

ROWS_A_PAGE = 25


def _private(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, private=True, no_store=True)
    return response


def _courses():
    return CoursePage.objects.live().order_by("path")


def _asked(request: HttpRequest) -> tuple[CompletionFilter, CoursePage | None, dict[str, str]]:
    """The filter form, the course asked for or else the first, and the valid part of the other wishes."""
    courses = _courses()
    form = CompletionFilter(request.GET, courses=courses)
    form.is_valid()
    course = form.cleaned_data.get("course") or courses.first()
    wishes = {name: form.cleaned_data.get(name) or "" for name in ("q", "standing", "role", "order")}
    return form, course, {**wishes, "order": wishes["order"] or "due"}


def _rows(request: HttpRequest, course: CoursePage) -> list[Row]:
    schools = reach(request.user, Capability.READ_TRAINING_COMPLETION).schools
    return completion_rows(course, schools, timezone.localdate())


@require_safe
@needs(Capability.READ_TRAINING_COMPLETION)
def completion(request: HttpRequest) -> HttpResponse:
    form, course, wishes = _asked(request)
    extent = reach(request.user, Capability.READ_TRAINING_COMPLETION)
    context = {
        "form": form,
        "course": course,
        "courses": list(_courses()),
        "manages": may(request.user, Capability.MANAGE_TRAINING),
    }
    if course is None:
        return _private(render(request, "training/completion.html", context))
    if not extent.schools:
        schools = School.objects.order_by("name")
        context["schools"] = counts_by_school(course, schools, timezone.localdate())
        return _private(render(request, "training/completion_counts.html", context))
    everybody = _rows(request, course)
    certified = sum(row.is_certified for row in everybody)
    rows = arranged(everybody, **wishes)
    query = request.GET.copy()
    query.pop("page", None)
    context |= {
        "page_obj": Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "found": len(rows),
        "whole": Share("", certified, len(everybody)),
        "late": sum(row.is_late for row in everybody),
        "open": sum(row.is_open for row in everybody),
        "not_enrolled": sum(row.enrolment is None for row in everybody),
        "shares": shares_by_role(everybody),
        "filtered": any(wishes[name] for name in ("q", "standing", "role")),
        "query": query.urlencode(),
    }
    return _private(render(request, "training/completion.html", context))


@require_safe
@needs(Capability.READ_TRAINING_COMPLETION)
def completion_export(request: HttpRequest) -> HttpResponse:
    """The list as it is filtered and sorted on the page, as a spreadsheet. A district gets counts, so no list."""
    _form, course, wishes = _asked(request)
    extent = reach(request.user, Capability.READ_TRAINING_COMPLETION)
    if course is None or not extent.schools:
        return redirect("training:completion")
    rows = arranged(_rows(request, course), **wishes)
    today = timezone.localdate()
    book = completion_workbook(title=f"{course.title} · {today:%Y-%m-%d}", rows=rows)
    with transaction.atomic():
        record(
            actor=request.user,
            action="training.export_completion",
            target=course,
            details={"rows": len(rows)},
        )
    response = HttpResponse(book, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    response["Content-Disposition"] = f'attachment; filename="training-{today:%Y%m%d}.xlsx"'
    return _private(response)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.MANAGE_TRAINING)
def assign(request: HttpRequest) -> HttpResponse:
    """Tick colleagues, choose a day. Nobody is dropped: who takes the course already gets the new date."""
    today = timezone.localdate()
    schools = reach(request.user, Capability.MANAGE_TRAINING).schools
    courses = _courses()
    form = AssignForm(
        request.POST or None,
        initial={"course": request.GET.get("course") or courses.first()},
        courses=courses,
        people=staff_of(schools, today),
        today=today,
    )
    if request.method == "POST" and form.is_valid():
        return _assign(request, form)
    asked = form["course"].value()
    course = courses.filter(pk=asked).first() if str(asked or "").isdecimal() else asked
    rows = completion_rows(course, schools, today) if isinstance(course, CoursePage) else []
    ticked = {str(value) for value in form["people"].value() or []}
    context = {
        "form": form,
        "course": course,
        "rows": [{"row": row, "ticked": str(row.person.pk) in ticked} for row in arranged(rows, order="role")],
    }
    return _private(render(request, "training/assign.html", context))


@transaction.atomic
def _assign(request: HttpRequest, form: AssignForm) -> HttpResponse:
    course, due = form.cleaned_data["course"], form.cleaned_data["due"]
    assigned = valid = 0
    for person in form.cleaned_data["people"]:
        try:
            enrol(course=course, person=person, by=request.user, due=due)
            assigned += 1
        except RenewalNotDue:
            valid += 1
    if assigned:
        text = ngettext("Assigned to %(n)s colleague.", "Assigned to %(n)s colleagues.", assigned)
        messages.success(request, text % {"n": assigned})
    if valid:
        text = ngettext(
            "%(n)s colleague holds a valid certificate and keeps it.",
            "%(n)s colleagues hold a valid certificate and keep it.",
            valid,
        )
        messages.info(request, text % {"n": valid})
    return redirect(f"{reverse('training:completion')}?course={course.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.MANAGE_TRAINING)
def certificate_revoke(request: HttpRequest, certificate_id: uuid.UUID) -> HttpResponse:
    certificate = get_object_or_404(
        Certificate.objects.managed_by(request.user).select_related("course"), pk=certificate_id
    )
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            revoke(certificate=certificate, by=request.user, reason=form.cleaned_data["reason"])
        except AlreadyRevoked:
            messages.info(request, _("This certificate was revoked before."))
        else:
            messages.success(request, _("The certificate is revoked. Its holder can take the course again."))
        return redirect(f"{reverse('training:completion')}?course={certificate.course_id}")
    return _private(render(request, "training/certificate_revoke.html", {"certificate": certificate, "form": form}))
