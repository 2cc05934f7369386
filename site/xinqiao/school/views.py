"""Importing a roster: hand the file in, see what would happen, decide, have it imported."""

from __future__ import annotations

import json
import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinqiao.accounts.access import needs, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.school.forms import RosterForm
from xinqiao.school.models import ImportRun, School
from xinqiao.school.roster import runs
from xinqiao.school.roster.errors import FileRefused
from xinqiao.school.roster.models import RunState
from xinqiao.school.roster.report import SHOWN, field_words
from xinqiao.school.roster.template import template_workbook
from xinqiao.school.roster.way_back import KEPT_DAYS, WayBack, preview_of

_A_PAGE = 20


def _private(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, private=True, no_store=True)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.IMPORT_ROSTER)
def imports(request: HttpRequest) -> HttpResponse:
    """The way in, and what was imported before."""
    schools = School.objects.filter(pk__in=reach(request.user, Capability.IMPORT_ROSTER).schools).order_by("pk")
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = RosterForm(*given, schools=schools)
    if form.is_bound and form.is_valid():
        started = runs.start_run(by=request.user, school=form.chosen_school, upload=form.cleaned_data["file"])
        return redirect("directory:run", started.pk)
    history = ImportRun.objects.of_schools_of(request.user).select_related("started_by")
    context = {"form": form, "page_obj": Paginator(history, _A_PAGE).get_page(request.GET.get("page"))}
    return _private(render(request, "school/imports.html", context, status=422 if form.errors else 200))


@require_safe
@needs(Capability.IMPORT_ROSTER)
def template(request: HttpRequest) -> HttpResponse:
    """An empty roster to fill in."""
    response = HttpResponse(
        template_workbook(), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    response["Content-Disposition"] = 'attachment; filename="roster.xlsx"'
    return _private(response)


@require_safe
@needs(Capability.IMPORT_ROSTER)
def run(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """One import. While the worker is at it, htmx asks again for the part that changes."""
    found = _found(request, run_id)
    report = json.loads(found.report) if found.report else {}
    words = field_words()
    for change in report.get("updated", ()):
        change["fields"] = [words[name] for name in change["fields"]]
    context = {
        "run": found,
        "report": report,
        "rows_read": runs.progress_of(found) if found.at_work else 0,
        "shown": SHOWN,
        "counts": [
            (_("New children"), found.created),
            (_("Changed"), found.updated),
            (_("Unchanged"), found.unchanged),
            (_("Left the school"), found.left),
        ],
        "has_counts": found.state in {RunState.CHECKED, RunState.DONE},
        "may_be_undone": runs.may_be_undone(found),
        "undo_days": KEPT_DAYS,
    }
    page = "school/_import_run.html" if request.htmx else "school/import_run.html"
    return _private(render(request, page, context))


@require_POST
@needs(Capability.IMPORT_ROSTER)
def decide_run(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    found = _found(request, run_id)
    answers = {
        key: value for key, value in request.POST.items() if key.startswith(("twice-", "near-")) and len(value) <= 5
    }
    try:
        runs.decide(by=request.user, run=found, answers=answers)
    except runs.NotNow:
        messages.info(request, _("This import has moved on since you opened the page."))
    return redirect("directory:run", found.pk)


@require_POST
@needs(Capability.IMPORT_ROSTER)
def confirm_run(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    found = _found(request, run_id)
    try:
        runs.confirm(by=request.user, run=found)
    except runs.NotNow:
        messages.info(request, _("This import has moved on since you opened the page."))
    return redirect("directory:run", found.pk)


@require_POST
@needs(Capability.IMPORT_ROSTER)
def drop_run(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    found = _found(request, run_id)
    try:
        runs.drop(by=request.user, run=found)
        messages.success(request, _("Nothing was imported, and the file is deleted."))
    except runs.NotNow:
        messages.info(request, _("This import has moved on since you opened the page."))
    return redirect("directory:imports")


@require_safe
@needs(Capability.IMPORT_ROSTER)
def run_errors(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """All errors, and the roster with every wrong cell marked, to be mended and handed in again."""
    found = _found(request, run_id)
    try:
        content = runs.errors_of(by=request.user, run=found)
    except (runs.NotNow, FileRefused):
        messages.info(request, _("This import has moved on since you opened the page."))
        return redirect("directory:run", found.pk)
    response = HttpResponse(content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    response["Content-Disposition"] = 'attachment; filename="roster-to-mend.xlsx"'
    return _private(response)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.IMPORT_ROSTER)
def undo_run(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """What would be taken back; and taking it back."""
    found = _found(request, run_id)
    if not runs.may_be_undone(found):
        messages.info(request, _("This import can no longer be taken back."))
        return redirect("directory:run", found.pk)
    if request.method == "POST":
        try:
            runs.undo(by=request.user, run=found)
        except runs.NotNow:
            messages.info(request, _("This import has moved on since you opened the page."))
        return redirect("directory:run", found.pk)
    preview, words = preview_of(WayBack.from_text(found.way_back), found.school, SHOWN), field_words()
    for change in preview.changed:
        change["fields"] = [words[name] for name in change["fields"]]
    context = {"run": found, "preview": preview, "shown": SHOWN}
    return _private(render(request, "school/import_undo.html", context))


def _found(request: HttpRequest, run_id: uuid.UUID) -> ImportRun:
    return get_object_or_404(ImportRun.objects.visible_to(request.user), pk=run_id)
