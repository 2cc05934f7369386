"""A guardian's own pages: what they are asked, answering, taking back, and the receipt. Made for a phone."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability
from xinqiao.consents.answer import answer_own
from xinqiao.consents.effects import goes_on, stops
from xinqiao.consents.errors import Refused
from xinqiao.consents.family import Asked, asked_of
from xinqiao.consents.models import Consent, ConsentText
from xinqiao.consents.texts import words_for


@never_cache
@needs(Capability.ANSWER_CONSENT)
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    asked = asked_of(request.user)
    context = {
        "waiting": [each for each in asked if each.waits],
        "answered": [each for each in asked if not each.waits],
        "several": len({each.student.pk for each in asked}) > 1,
    }
    return render(request, "consents/family/own.html", context)


@never_cache
@needs(Capability.ANSWER_CONSENT)
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, consent_id: uuid.UUID) -> HttpResponse:
    """The whole words, and two buttons of one size."""
    asked = _asked(request, consent_id)
    if request.method == "POST":
        given = request.POST.get("answer")
        if given not in {"yes", "no"}:
            messages.error(request, _("Please choose one of the two buttons."))
            return redirect("family_consent", consent_id)
        if given == "no" and asked.may_withdraw:
            return redirect("family_consent_withdraw", asked.consent.pk)
        try:
            said = answer_own(user=request.user, consent=asked.consent, given=given == "yes")
        except Refused:
            messages.info(request, _("This is your answer already."))
            return redirect("family_consent", asked.consent.pk)
        return redirect("family_consent_receipt", said.pk)
    context = {
        "asked": asked,
        "sections": words_for(asked.student.school, asked.kind.key, _version(asked)),
        "change": _change(asked),
        "stops": stops(asked.kind.key),
        "goes_on": goes_on(asked.kind.key),
        "today": timezone.localdate(),
    }
    return render(request, "consents/family/one.html", context)


@never_cache
@needs(Capability.ANSWER_CONSENT)
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, consent_id: uuid.UUID) -> HttpResponse:
    """What stops and what goes on, before it is taken back."""
    asked = _asked(request, consent_id)
    if not asked.may_withdraw:
        return redirect("family_consent", asked.consent.pk)
    if request.method == "POST":
        try:
            said = answer_own(user=request.user, consent=asked.consent, given=False)
        except Refused as refused:
            messages.info(request, str(refused))
            return redirect("family_consent", asked.consent.pk)
        return redirect("family_consent_receipt", said.pk)
    context = {"asked": asked, "stops": stops(asked.kind.key), "goes_on": goes_on(asked.kind.key)}
    return render(request, "consents/family/withdraw.html", context)


@never_cache
@needs(Capability.ANSWER_CONSENT)
@require_safe
def receipt(request: HttpRequest, consent_id: uuid.UUID) -> HttpResponse:
    """What was said, when and to which words; to print or keep as a picture of the screen."""
    consent = get_object_or_404(
        Consent.objects.answerable_by(request.user)
        .select_related("student__school", "guardian", "withdrawn_by")
        .defer("evidence", "withdrawal_evidence"),
        pk=consent_id,
    )
    if consent.answered_at is None:
        return redirect("family_consent", consent.pk)
    asked = _asked(request, consent_id)
    context = {
        "consent": consent,
        "asked": asked,
        "sections": words_for(consent.student.school, consent.kind, consent.text_version),
        "code": str(consent.pk).split("-")[0].upper(),
        "stops": stops(consent.kind),
        "goes_on": goes_on(consent.kind),
    }
    return render(request, "consents/family/receipt.html", context)


def _asked(request: HttpRequest, consent_id: uuid.UUID) -> Asked:
    found = next((each for each in asked_of(request.user) if any(row.pk == consent_id for row in each.rows)), None)
    if found is None:
        raise Http404
    return found


def _version(asked: Asked) -> str | None:
    """An open question is asked in its own words; after an answer, a change of mind is about those of today."""
    return asked.consent.text_version if asked.waits else None


def _change(asked: Asked) -> str:
    """What is different in the words, for a guardian who has answered earlier ones."""
    if not asked.waits or len(asked.rows) < 2:
        return ""
    found = ConsentText.objects.filter(
        school=asked.consent.school_id, kind=asked.kind.key, version=asked.consent.text_version
    ).first()
    return found.change if found else ""
