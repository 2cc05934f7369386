"""Taking a child's file out: why and for whom, the bar while it is made, and fetching it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability as C
from xinqiao.accounts.fresh import Fresh, needs_fresh
from xinqiao.records import export as taking_out
from xinqiao.records.errors import Refused, WeakPassword
from xinqiao.records.forms import ExportForm
from xinqiao.records.models import ExportRun
from xinqiao.records.parts import parts
from xinqiao.records.views.common import as_file, child_for, private


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@needs(C.EXPORT_FILE)
@needs_fresh(Fresh.EXPORT)
def export(request: HttpRequest, student_id: int) -> HttpResponse:
    """What will be in it, and what is asked before."""
    student = child_for(request, student_id, C.EXPORT_FILE)
    form = ExportForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            run = taking_out.start_export(user=request.user, student=student, **form.cleaned_data)
        except Refused as refused:
            form.add_error("password" if isinstance(refused, WeakPassword) else None, str(refused))
        else:
            return redirect("records:export_run", run.pk)
    counted = [(part.label, sum(number for _label, number in part.count(student))) for part in parts()]
    context = {
        "student": student,
        "form": form,
        "counted": [(label, number) for label, number in counted if number],
        "restricted": student.guardianships.filter(restricted=True).exists(),
        "before": ExportRun.objects.of_schools_of(request.user).filter(student=student).select_related("asked_by")[:10],
    }
    return private(render(request, "records/export.html", context, status=422 if form.errors else 200))


@require_safe
@needs(C.EXPORT_FILE)
def run(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """While the worker is at it, htmx asks again for the part that changes."""
    page = "records/_export_run.html" if request.htmx else "records/export_run.html"
    return private(render(request, page, {"run": _found(request, run_id)}))


@require_POST
@needs(C.EXPORT_FILE)
@needs_fresh(Fresh.EXPORT)
def download(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    found = _found(request, run_id)
    try:
        content = taking_out.collect(user=request.user, run=found)
    except Refused as refused:
        messages.info(request, str(refused))
        return redirect("records:export_run", found.pk)
    return as_file(content, "application/zip", f"file-{found.code}.zip", download=True)


@require_POST
@needs(C.EXPORT_FILE)
def drop(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    found = _found(request, run_id)
    taking_out.drop_export(user=request.user, run=found)
    messages.success(request, _("The file is deleted here."))
    return redirect("records:export_run", found.pk)


def _found(request: HttpRequest, run_id: uuid.UUID) -> ExportRun:
    return get_object_or_404(
        ExportRun.objects.visible_to(request.user).select_related("student", "asked_by"), pk=run_id
    )
