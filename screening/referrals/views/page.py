"""The referral's page for one person: the letter, the consent, its way, and the forms of what they may do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from screening.errors import Conflict
from screening.people import people_who
from screening.referrals.enums import BEFORE_THE_LETTER, ReferralState, next_states
from screening.referrals.forms import ConsentForm, EmergencyForm, IssueForm, LetterForm, MoveForm
from screening.referrals.letter import letter_context, may_leave
from screening.referrals.models import LETTER_TEXTS, Referral
from screening.referrals.read import may_take_letter, read_letter
from xinqiao.accounts.access import may
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.fresh import Fresh, ask_again, is_fresh
from xinqiao.audit.break_glass import emergency_of, leave_when_over
from xinqiao.consents.enums import ConsentKind, ConsentState
from xinqiao.consents.texts import as_plain, words_for
from xinqiao.school.calendar import calendar_of


def _words(referral: Referral) -> str:
    version = referral.consent.text_version if referral.consent else None
    return as_plain(words_for(referral.case.school, ConsentKind.REFERRAL, version))


def referral_page(
    request: HttpRequest,
    referral: Referral,
    *,
    bound: Mapping[str, forms.Form] | None = None,
    conflict: Conflict | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the page. A form that was refused comes in `bound` under its name, with what was typed."""
    if not is_fresh(request, Fresh.NARRATIVE):
        return ask_again(request)
    bound = bound or {}
    user, today = request.user, timezone.localdate()
    words = read_letter(user=user, referral=referral)
    acts = may(user, Capability.REFER, referral.case)
    reading = emergency_of(user, referral.case.student_id)
    consent = referral.consent
    edited = acts and referral.state in BEFORE_THE_LETTER
    answering = acts and consent is not None and consent.state == ConsentState.REQUESTED
    states = next_states(referral.state) if acts else []
    given = consent is not None and consent.state == ConsentState.GIVEN
    context: dict[str, Any] = {
        **letter_context(referral, user),
        "words": words,
        "case": referral.case,
        "student": referral.case.student,
        "consent": consent,
        "consent_text": _words(referral) if edited else "",
        "given": given,
        "acts": acts,
        "edited": edited,
        "complete": all([referral.hospital, words.observed, words.done_so_far, words.asked]),
        "may_ask": edited
        and (
            referral.state != ReferralState.AWAITING_CONSENT
            or (consent is not None and consent.state == ConsentState.WITHDRAWN)
        ),
        "may_leave": may_leave(referral) and may_take_letter(user, referral),
        "letter_form": bound.get("letter_form") or (_letter_form(referral) if edited else None),
        "consent_form": bound.get("consent_form")
        or (
            ConsentForm(
                student=referral.case.student,
                initial={"answered_at": timezone.localtime(), "how": "in_person"},
                auto_id="consent_%s",
            )
            if answering
            else None
        ),
        "ties": _ties(referral) if answering or (acts and referral.emergency and not given) else [],
        "issue_form": bound.get("issue_form") or IssueForm(auto_id="issue_%s"),
        "emergency_form": bound.get("emergency_form")
        or (EmergencyForm(people=seconds(user, referral), auto_id="emergency_%s") if edited and not given else None),
        "move_form": bound.get("move_form")
        or (MoveForm(states=states, initial={"happened_on": today}, auto_id="move_%s") if states else None),
        "moves": list(referral.moves.select_related("written_by")),
        "left": calendar_of(referral.case.school).school_days_between(today, referral.answer_due_on)
        if referral.answer_due_on
        else None,
        "stopped": not may_leave(referral),
        "stage": _stage(referral, given),
        "version": referral.version,
        "conflict": conflict,
        "reading": reading,
    }
    if conflict is not None:
        context["version"] = conflict.current.version
        context["stored"] = [
            (context["letter_form"][name].label, getattr(conflict.current, name))
            for name in ("hospital", *LETTER_TEXTS)
        ]
    response = render(request, "screening_referrals/referral.html", context, status=status)
    return leave_when_over(response, reading)


def seconds(user, referral: Referral):
    """Who may be the second person that is told."""
    return people_who(Capability.READ_HIGH_NARRATIVE, referral.case.school).exclude(pk=user.pk)


def _letter_form(referral: Referral) -> LetterForm:
    return LetterForm(
        initial={name: getattr(referral, name) for name in ("version", "hospital", *LETTER_TEXTS)}, auto_id="letter_%s"
    )


def _ties(referral: Referral) -> list:
    """The guardians whom one may call, with their telephones."""
    return list(referral.case.student.guardianships.filter(restricted=False).select_related("guardian"))


def _stage(referral: Referral, given: bool) -> int:
    """Which of the four parts of the way is next: write, consent, issue, hospital."""
    if referral.state not in BEFORE_THE_LETTER:
        return 4
    if given:
        return 3
    return 1 if referral.state == ReferralState.DRAFT else 2
