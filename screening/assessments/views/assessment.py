"""One assessment: what the teacher saw beside what the counselor writes, and the level at its end."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from screening.assessments.enums import AssessmentState
from screening.assessments.first_pass import first_pass_of
from screening.assessments.forms import DraftForm, LevelForm
from screening.assessments.hold import waits
from screening.assessments.models import Assessment
from screening.assessments.read import read_assessment
from screening.assessments.write import DRAFT_FIELDS, save_draft
from screening.cases.determine import determine_level
from screening.cases.follow_ups import due_days
from screening.cases.models import Case
from screening.cases.owners import possible_owners
from screening.errors import Conflict, Refused
from screening.guardians import guardians_of
from screening.levels import Determined
from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.fresh import Fresh, needs_fresh
from xinqiao.school.calendar import calendar_of


@needs(Capability.ASSESS)
@needs_fresh(Fresh.NARRATIVE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def assessment(request: HttpRequest, assessment_id: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(
        Assessment.objects.visible_to(request.user)
        .annotate(on_hold=waits())
        .select_related(
            "school",
            "student__current_class__grade",
            "assessor",
            "response__saved_by",
            "response__class_pass__school_class__grade",
            "response__class_pass__round__term",
            "response__class_pass__round__instrument_version",
        ),
        pk=assessment_id,
    )
    if request.method == "POST":
        return _save(request, found)
    if found.state == AssessmentState.COMPLETED:
        return _done(request, found)
    written = read_assessment(user=request.user, assessment=found)
    draft = DraftForm(initial={"version": found.version, **{name: getattr(written, name) for name in DRAFT_FIELDS}})
    level = LevelForm(owners=possible_owners(found.school), initial=_first_level(found, request))
    return _page(request, found, draft, level)


def _first_level(found: Assessment, request: HttpRequest) -> dict[str, object]:
    """The suggested level is not chosen beforehand: the person says it. The owner is most often who assesses."""
    return {"owner": request.user.pk}


def _save(request: HttpRequest, found: Assessment) -> HttpResponse:
    """`act=save` keeps the draft; `act=determine` keeps it and completes the assessment."""
    determines = request.POST.get("act") == "determine"
    draft = DraftForm(request.POST)
    level = LevelForm(
        request.POST if determines else None,
        owners=possible_owners(found.school),
        # What was chosen but not asked for stays chosen on the page.
        initial={name: request.POST.get(name, "") for name in ("level", "reason", "owner")},
    )
    if not draft.is_valid():
        return _page(request, found, draft, level, status=422)
    try:
        saved = save_draft(user=request.user, assessment=found, **draft.cleaned_data)
    except Conflict as conflict:
        return _page(request, found, draft, level, conflict=conflict, status=409)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("screening:assessment", found.pk)
    if not determines:
        if request.POST.get("reason", "").strip():  # not determined yet, so it is stored nowhere: it stays on the page
            return _page(request, found, _again(draft, saved.version), level, saved=True)
        messages.success(request, _("Saved. You can go on later."))
        return redirect("screening:assessment", found.pk)
    if not level.is_valid():
        return _page(request, found, _again(draft, saved.version), level, saved=True, status=422)
    try:
        case = determine_level(user=request.user, assessment=found, version=saved.version, **level.cleaned_data)
    except Refused as refused:
        level.add_error(None, str(refused))
        return _page(request, found, _again(draft, saved.version), level, saved=True, status=409)
    if case is None:
        messages.success(request, _("The assessment is completed. No case is opened."))
        return redirect("screening:assessment", found.pk)
    messages.success(request, _("The level is determined. Here is the case."))
    return redirect("screening:case", case.pk)


def _again(draft: DraftForm, version: int) -> DraftForm:
    """The same texts on top of the newest version."""
    return DraftForm(initial={**draft.cleaned_data, "version": version})


def _page(
    request: HttpRequest,
    found: Assessment,
    draft: DraftForm,
    level: LevelForm,
    *,
    conflict: Conflict | None = None,
    saved: bool = False,
    status: int = 200,
) -> HttpResponse:
    today = timezone.localdate()
    stored = read_assessment(user=request.user, assessment=conflict.current) if conflict else None
    context = {
        "assessment": found,
        "student": found.student,
        "age": found.student.age_on(today),
        "left": calendar_of(found.school).school_days_between(today, found.due_on),
        "first_pass": first_pass_of(found.response) if found.response else None,
        "guardians": guardians_of(found.student),
        "draft": draft,
        "level_form": level,
        "levels": list(Determined),
        "chosen_level": level["level"].value() or "",
        "active_case": Case.objects.active().filter(student=found.student_id).only("pk", "year", "sequence").first(),
        "follow_up_days": list(due_days(today, found.school).values()),
        "on_hold": found.on_hold,
        "conflict": conflict,
        # After a conflict the form is sent again on top of what was stored meanwhile: the person has seen it.
        "version": conflict.current.version if conflict else draft["version"].value(),
        "stored": [(draft[name].label, getattr(stored, name)) for name in DRAFT_FIELDS] if stored else [],
        "saved": saved,
    }
    return render(request, "screening_assessments/assessment.html", context, status=status)


def _done(request: HttpRequest, found: Assessment) -> HttpResponse:
    """A completed assessment is read in its case; without one, here."""
    case = Case.objects.filter(assessment=found).only("pk").first()
    if case is not None:
        return redirect("screening:case", case.pk)
    context = {
        "assessment": found,
        "student": found.student,
        "first_pass": first_pass_of(found.response) if found.response else None,
        "written": read_assessment(user=request.user, assessment=found),
    }
    return render(request, "screening_assessments/completed.html", context)
