"""Many duties at once: a file handed in, looked at and done; what a run did, and taking it back."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinqiao.accounts.access import needs
from xinqiao.accounts.appointments import AppointmentRefused
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.duties import runs, steps
from xinqiao.accounts.duties.forms import DutyFileForm
from xinqiao.accounts.duties.models import DutyRun, DutyRunState
from xinqiao.accounts.duties.tables import template_workbook
from xinqiao.accounts.duties.views import XLSX, back_to, chosen_school, private
from xinqiao.accounts.models import Appointment
from xinqiao.school.roster.errors import FileRefused


@require_safe
@needs(Capability.ADMINISTER)
def template(request: HttpRequest) -> HttpResponse:
    """An empty list of duties to fill in."""
    response = HttpResponse(template_workbook(), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="duties.xlsx"'
    return private(response)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.ADMINISTER)
def hand_in(request: HttpRequest) -> HttpResponse:
    """The way in for a file."""
    school = chosen_school(request)
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = DutyFileForm(*given)
    if form.is_bound and form.is_valid():
        try:
            run = runs.start_import(by=request.user, school=school, upload=form.cleaned_data["file"])
        except FileRefused as error:
            form.add_error("file", str(error))
        else:
            return redirect("directory:appointments_run", run.pk)
    context = {"form": form, "school": school}
    return private(render(request, "accounts/duties/hand_in.html", context, status=422 if form.errors else 200))


def _run(request: HttpRequest, run_id: uuid.UUID) -> DutyRun:
    visible = DutyRun.objects.visible_to(request.user).select_related("school", "term", "made_by")
    return get_object_or_404(visible, pk=run_id)


@require_safe
@needs(Capability.ADMINISTER)
def run(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """What a file would do, or what a run did."""
    found = _run(request, run_id)
    context: dict[str, Any] = {"run": found, "is_mine": found.made_by_id == request.user.pk}
    if found.state == DutyRunState.WAITING and context["is_mine"]:
        context["plan"] = runs.plan_of(found, request.user)
    elif found.changes:
        related = ("user", "grade", "school_class__grade")
        duties = Appointment.objects.select_related(*related).in_bulk([change["id"] for change in found.changes])
        context["done"] = [{**change, "duty": duties[change["id"]]} for change in found.changes]
    context["why_not"] = steps.why_not(found)
    context["undo_days"] = steps.UNDO_DAYS
    return private(render(request, "accounts/duties/run.html", context))


@require_POST
@needs(Capability.ADMINISTER)
def confirm(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    found = _run(request, run_id)
    try:
        runs.apply_import(by=request.user, run=found, seen=request.POST.get("seen", ""))
        messages.success(request, _("The duties were imported."))
    except (runs.NotNow, AppointmentRefused):
        messages.error(
            request,
            _("Somebody changed a duty since this page was shown, so nothing was done. This is how it stands now."),
        )
    return redirect("directory:appointments_run", found.pk)


@require_POST
@needs(Capability.ADMINISTER)
def drop(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    found = _run(request, run_id)
    try:
        runs.drop(by=request.user, run=found)
        messages.success(request, _("Nothing was imported."))
    except runs.NotNow:
        messages.info(request, _("This import has moved on since you opened the page."))
    return back_to(found.school)


@require_POST
@needs(Capability.ADMINISTER)
def undo(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    found = _run(request, run_id)
    try:
        steps.undo(by=request.user, run=found)
        messages.success(request, _("All of it was taken back."))
    except (steps.CannotUndo, AppointmentRefused):
        messages.error(request, _("It can no longer be taken back as a whole: change single duties instead."))
    return redirect("directory:appointments_run", found.pk)
