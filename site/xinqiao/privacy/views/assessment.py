"""The impact assessment: its versions, the draft with what is missing, signing off, and the document as PDF and pictures."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tasks.pdf import render_pages, render_pdf
from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability
from xinqiao.audit.trail import record
from xinqiao.privacy.assessment import (
    PARTS,
    Conflict,
    draft_for,
    missing,
    save_draft,
    shown_facts,
    sign_off,
    weight_of,
)
from xinqiao.privacy.forms import AssessmentForm, first_values
from xinqiao.privacy.inventory import LANGUAGE
from xinqiao.privacy.models import ImpactAssessment
from xinqiao.privacy.risks import RATINGS, RISKS
from xinqiao.privacy.views.notice import school_of
from xinqiao.refused import Refused

PAGES_AT_MOST = 12


@never_cache
@needs(Capability.MANAGE_PRIVACY)
@require_safe
def assessments(request: HttpRequest) -> HttpResponse:
    found = ImpactAssessment.objects.visible_to(request.user).select_related("signed_by", "saved_by").defer("facts")
    rows = list(found)
    context = {
        "rows": rows,
        "draft": next((row for row in rows if not row.signed), None),
        "in_force": next((row for row in rows if row.signed), None),
        "today": timezone.localdate(),
    }
    return render(request, "privacy/assessments.html", context)


@needs(Capability.MANAGE_PRIVACY)
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    return redirect("privacy:assessment", draft_for(user=request.user, school=school_of(request)).pk)


@never_cache
@needs(Capability.MANAGE_PRIVACY)
@require_http_methods(["GET", "POST"])
def assessment(request: HttpRequest, assessment_id: uuid.UUID) -> HttpResponse:
    found = _found(request, assessment_id)
    if found.signed:
        return render(request, "privacy/assessment_signed.html", _document(found))
    form = AssessmentForm(request.POST or None, initial=first_values(found))
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            save_draft(
                user=request.user,
                assessment=found,
                version=form.cleaned_data["version"],
                words=form.words,
                ratings=form.ratings,
                conclusion=form.cleaned_data["conclusion"],
                next_review_on=form.cleaned_data["next_review_on"],
            )
        except Conflict as conflict:
            form.add_error(None, str(conflict))
            status = 409
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("privacy:assessment", found.pk)
        else:
            messages.success(request, _("Saved."))
            return redirect("privacy:assessment", found.pk)
    elif form.errors:
        status = 422
    context = {
        "assessment": found,
        "form": form,
        # After a conflict the form is sent again on top of what was stored meanwhile: the person has seen it.
        "version": found.version,
        "theirs": _words(found) if status == 409 else [],
        "missing": missing(found, timezone.localdate()),
        **shown_facts(found),
    }
    return render(request, "privacy/assessment.html", context, status=status)


@needs(Capability.MANAGE_PRIVACY)
@require_POST
def sign(request: HttpRequest, assessment_id: uuid.UUID) -> HttpResponse:
    found = _found(request, assessment_id)
    version = request.POST.get("version", "")
    try:
        sign_off(user=request.user, assessment=found, version=int(version) if version.isdecimal() else 0)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Signed off. It stays as it is; print it and have it signed on paper."))
    return redirect("privacy:assessment", found.pk)


@never_cache
@needs(Capability.MANAGE_PRIVACY)
@require_safe
def pdf(request: HttpRequest, assessment_id: uuid.UUID) -> HttpResponse:
    found = _found(request, assessment_id)
    content = _made(request, found, "pdf")
    return _file(content, "application/pdf", f"impact-assessment-{found.number}.pdf", download=True)


@never_cache
@needs(Capability.MANAGE_PRIVACY)
@require_safe
def picture(request: HttpRequest, assessment_id: uuid.UUID, page: int) -> HttpResponse:
    found = _found(request, assessment_id)
    pages = render_pages(_made(request, found, "picture"), max_pages=PAGES_AT_MOST)
    if not 1 <= page <= len(pages):
        raise Http404
    return _file(pages[page - 1], "image/png", f"impact-assessment-{found.number}-{page}.png", download=False)


def _made(request: HttpRequest, found: ImpactAssessment, form: str) -> bytes:
    with translation.override(LANGUAGE):
        content = render_pdf("privacy/pdf/assessment.html", _document(found))
    record(
        actor=request.user,
        action="privacy.export_assessment",
        target=found,
        details={"form": form, "number": found.number},
    )
    return content


def _document(found: ImpactAssessment) -> dict[str, Any]:
    """What the signed page and the PDF show; a draft says what is missing."""
    words = dict(RATINGS)
    risks = []
    for risk in RISKS:
        rating = found.ratings.get(risk.key, {})
        risks.append(
            {
                "what": risk.what,
                "measures": risk.measures,
                "likelihood": words.get(rating.get("likelihood"), "—"),
                "impact": words.get(rating.get("impact"), "—"),
                "weight": weight_of(rating),
                "note": rating.get("note", ""),
            }
        )
    return {
        "assessment": found,
        "school": found.school,
        "parts": _words(found),
        "risks": sorted(risks, key=lambda risk: -risk["weight"]),
        "missing": [] if found.signed else missing(found, timezone.localdate()),
        **shown_facts(found),
    }


def _words(found: ImpactAssessment) -> list[tuple[Any, str]]:
    return [(label, found.words.get(key, "")) for key, (label, _help) in PARTS.items()]


def _found(request: HttpRequest, assessment_id: uuid.UUID) -> ImpactAssessment:
    return get_object_or_404(
        ImpactAssessment.objects.visible_to(request.user).select_related("school", "signed_by", "saved_by"),
        pk=assessment_id,
    )


def _file(content: bytes, kind: str, name: str, *, download: bool) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'{"attachment" if download else "inline"}; filename="{name}"'
    return response
