"""What is done on a referral's page: consent, issuing, and what came of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from screening.cases.models import Case
from screening.errors import Refused
from screening.referrals.enums import next_states
from screening.referrals.forms import ConsentForm, EmergencyForm, IssueForm, MoveForm
from screening.referrals.models import Referral
from screening.referrals.refer import ask_consent, issue_letter, move_referral, start_referral
from screening.referrals.views.found import referral_for
from screening.referrals.views.page import referral_page, seconds
from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability as C
from xinqiao.consents.answer import record_answer
from xinqiao.consents.withdraw import withdraw_consent


def _back(referral: Referral, place: str) -> HttpResponse:
    return redirect(reverse("screening:referral", args=[referral.pk]) + f"#{place}")


def _act(
    request: HttpRequest,
    referral: Referral,
    name: str,
    form: forms.Form,
    act: Callable[..., Any],
    done: str,
    place: str,
) -> HttpResponse:
    """Do it with the form's values; refused, the page comes again with what was typed and why."""
    if not form.is_valid():
        return referral_page(request, referral, bound={name: form}, status=422)
    try:
        act(user=request.user, **form.cleaned_data)
    except Refused as refused:
        form.add_error(None, str(refused))
        return referral_page(request, referral, bound={name: form}, status=409)
    messages.success(request, done)
    return _back(referral, place)


def _asked(request: HttpRequest, referral: Referral, act: Callable[[], Any], done: str, place: str) -> HttpResponse:
    try:
        act()
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return _back(referral, place)


def _on(act: Callable[..., Any], referral: Referral, **more: Any) -> Callable[..., Any]:
    def on_referral(**values: Any) -> Any:
        return act(referral=referral, **values, **more)

    return on_referral


@needs(C.REFER)
@require_POST
def refer(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    case = get_object_or_404(Case.objects.visible_to(request.user).select_related("school"), pk=case_id)
    return redirect("screening:referral", start_referral(user=request.user, case=case).pk)


@needs(C.REFER)
@require_POST
def ask(request: HttpRequest, referral_id: uuid.UUID) -> HttpResponse:
    referral = referral_for(request.user, referral_id)
    return _asked(
        request,
        referral,
        lambda: ask_consent(user=request.user, referral=referral),
        _("The consent is asked for. Talk with the guardian and write the answer down here."),
        "consent",
    )


@needs(C.RECORD_CONSENT)
@require_POST
def consent(request: HttpRequest, referral_id: uuid.UUID) -> HttpResponse:
    """What a guardian said."""
    referral = referral_for(request.user, referral_id)
    if referral.consent is None:
        messages.error(request, _("Ask for the consent first."))
        return _back(referral, "consent")
    given = request.POST.get("given") == "yes"
    form = ConsentForm(request.POST, student=referral.case.student, auto_id="consent_%s")

    def act(**values: Any) -> None:
        record_answer(consent=referral.consent, given=given, **values)

    done = _("The consent is on record.") if given else _("The refusal is on record. No letter leaves.")
    return _act(request, referral, "consent_form", form, act, done, "consent")


@needs(C.RECORD_CONSENT)
@require_POST
def withdraw(request: HttpRequest, referral_id: uuid.UUID) -> HttpResponse:
    """The guardian takes the consent back."""
    referral = referral_for(request.user, referral_id)
    if referral.consent is None:
        return _back(referral, "consent")
    return _asked(
        request,
        referral,
        lambda: withdraw_consent(user=request.user, consent=referral.consent),
        _("Written down. From now on the letter is not given out."),
        "consent",
    )


@needs(C.REFER)
@require_POST
def issue(request: HttpRequest, referral_id: uuid.UUID) -> HttpResponse:
    referral = referral_for(request.user, referral_id)
    form = IssueForm(request.POST, auto_id="issue_%s")
    return _act(
        request, referral, "issue_form", form, _on(issue_letter, referral), _("The letter is issued."), "letter"
    )


@needs(C.REFER)
@require_POST
def emergency(request: HttpRequest, referral_id: uuid.UUID) -> HttpResponse:
    """Life is in danger and no guardian can be asked in time."""
    referral = referral_for(request.user, referral_id)
    form = EmergencyForm(request.POST, people=seconds(request.user, referral), auto_id="emergency_%s")
    done = _("The letter is issued, and the second person is told.")
    return _act(request, referral, "emergency_form", form, _on(issue_letter, referral), done, "letter")


@needs(C.REFER)
@require_POST
def move(request: HttpRequest, referral_id: uuid.UUID) -> HttpResponse:
    referral = referral_for(request.user, referral_id)
    form = MoveForm(request.POST, states=next_states(referral.state), auto_id="move_%s")
    return _act(request, referral, "move_form", form, _on(move_referral, referral), _("Written down."), "way")
