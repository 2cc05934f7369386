"""Referring a child: a draft, the guardian's consent, the letter issued, and then whatever the hospital answers."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from screening.cases.follow_ups import plan_after_hospital
from screening.cases.models import Case
from screening.deadlines import referral_answer_due
from screening.errors import Conflict, ConsentMissing, NotThisState, ReasonMissing, Refused
from screening.people import people_who
from screening.referrals.enums import (
    BEFORE_THE_LETTER,
    SAYS_WHAT_CAME_OF_IT,
    ReferralState,
    next_states,
)
from screening.referrals.letter import check_showable, facts_of
from screening.referrals.models import Referral
from screening.referrals.moves import step_to
from screening.referrals.prefill import first_words
from tasks.mail import queue_mail
from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record
from xinqiao.consents.answer import request_consent
from xinqiao.consents.enums import ConsentKind, ConsentState
from xinqiao.consents.models import Consent


class LetterIncomplete(Refused):
    sentence = _("The letter needs the hospital, what was observed, what the school has done, and what you ask.")


class NotChecked(Refused):
    sentence = _("Read the letter first, and tick that it holds no more than the hospital needs.")


class SecondPersonNotTold(Refused):
    sentence = _("Without consent a reason and a second person who is told are needed.")


@transaction.atomic
def start_referral(*, user: User, case: Case, now: datetime.datetime | None = None) -> Referral:
    """A draft for the case, with first words that the counselor changes; the open draft where there is one."""
    require(user, Capability.REFER, case)
    case = Case.objects.select_for_update(of=("self",)).select_related("assessment__response").get(pk=case.pk)
    draft = Referral.objects.filter(case=case, state__in=BEFORE_THE_LETTER).first()
    if draft is not None:
        return draft
    now = now or timezone.now()
    referral = Referral(case=case, made_by=user, made_at=now, moved_at=now)
    for field, text in first_words(case).items():
        setattr(referral, field, text)
    referral.save(force_insert=True)
    record(actor=user, action="referral.start", target=referral, student_id=case.student_id)
    return referral


@transaction.atomic
def save_letter(
    *, user: User, referral: Referral, version: int, hospital: str, observed: str, done_so_far: str, asked: str
) -> Referral:
    """Keep the letter's words while it is not issued.

    Raises:
        NotPermitted, NotThisState, Conflict
    """
    referral = _locked(user, referral)
    if referral.state not in BEFORE_THE_LETTER:
        raise NotThisState
    texts = {
        "hospital": hospital.strip(),
        "observed": observed.strip(),
        "done_so_far": done_so_far.strip(),
        "asked": asked.strip(),
    }
    if referral.version != version:
        if all(getattr(referral, name) == text for name, text in texts.items()):
            return referral
        raise Conflict(referral)
    for name, text in texts.items():
        setattr(referral, name, text)
    referral.version += 1
    referral.save(update_fields=[*texts, "version"])
    record(
        actor=user,
        action="referral.write",
        target=referral,
        student_id=referral.case.student_id,
        details={"version": referral.version},
    )
    return referral


@transaction.atomic
def ask_consent(*, user: User, referral: Referral, now: datetime.datetime | None = None) -> Consent:
    """Ask the guardians, again where they refused or took it back. A question that is open already is not doubled."""
    referral = _locked(user, referral)
    withdrawn = referral.consent is not None and referral.consent.state == ConsentState.WITHDRAWN
    if referral.state not in BEFORE_THE_LETTER or (referral.state == ReferralState.AWAITING_CONSENT and not withdrawn):
        raise NotThisState
    now = now or timezone.now()
    consent = Consent.objects.filter(
        student=referral.case.student_id, kind=ConsentKind.REFERRAL, state=ConsentState.REQUESTED
    ).first() or request_consent(user=user, student=referral.case.student, kind=ConsentKind.REFERRAL, now=now)
    referral.consent = consent
    if referral.state != ReferralState.AWAITING_CONSENT:
        step_to(referral, ReferralState.AWAITING_CONSENT, user=user, now=now)
    referral.save(update_fields=["state", "consent", "moved_at"])
    return consent


@transaction.atomic
def issue_letter(
    *,
    user: User,
    referral: Referral,
    minimum_checked: bool,
    emergency_reason: str = "",
    second_told: User | None = None,
    now: datetime.datetime | None = None,
) -> Referral:
    """Issue the letter: from now on its words stay, and the hospital's answer is awaited.

    Args:
        minimum_checked: the counselor read it and says that it holds no more than the hospital needs.
        emergency_reason, second_told: life is in danger and no guardian can be asked in time; who else is told.

    Raises:
        NotPermitted, NotThisState, LetterIncomplete, NotChecked
        NotShowable: no font of ours has a character of it.
        ConsentMissing: no consent, and no emergency.
        SecondPersonNotTold: the emergency path needs both.
    """
    require(user, Capability.REFER, referral.case)
    # First the consent, so that a guardian who takes it back at this moment is before the letter or after it.
    consent = Consent.objects.select_for_update().filter(referrals=referral).first()
    referral = _locked(user, referral)
    if referral.state not in BEFORE_THE_LETTER or referral.consent_id != (consent.pk if consent else None):
        raise NotThisState
    if not all([referral.hospital, referral.observed, referral.done_so_far, referral.asked]):
        raise LetterIncomplete
    now = now or timezone.now()
    given = referral.consent is not None and referral.consent.state == ConsentState.GIVEN
    emergency = False
    if not given:
        if not emergency_reason.strip() and second_told is None:
            raise ConsentMissing
        if not emergency_reason.strip() or second_told is None or second_told.pk == user.pk:
            raise SecondPersonNotTold
        if not people_who(Capability.READ_HIGH_NARRATIVE, referral.case.school).filter(pk=second_told.pk).exists():
            raise SecondPersonNotTold
        emergency = True
    if not minimum_checked:
        raise NotChecked
    today = timezone.localdate(now)
    step_to(referral, ReferralState.SENT, user=user, now=now)
    referral.sent_at = now
    referral.minimum_checked_by = user
    referral.answer_due_on = referral_answer_due(today, referral.case.school)
    if emergency:
        referral.emergency, referral.emergency_reason, referral.second_told = (
            True,
            emergency_reason.strip(),
            second_told,
        )
        queue_mail(
            template="screening_referrals/emergency",
            to=second_told,
            key=f"referral-emergency:{referral.pk}:{second_told.pk}",
            context={"count": 1, "path": f"/cases/{referral.case_id}/"},
        )
    referral.freeze(facts_of(referral, signed_by=user, today=today))
    check_showable(referral)
    referral.version += 1
    referral.save()
    record(
        actor=user,
        action="referral.issue",
        target=referral,
        student_id=referral.case.student_id,
        details={"emergency": emergency, "consent": str(referral.consent_id or "")},
    )
    return referral


@transaction.atomic
def move_referral(
    *,
    user: User,
    referral: Referral,
    to_state: str,
    note: str = "",
    happened_on: datetime.date | None = None,
    now: datetime.datetime | None = None,
) -> Referral:
    """Write down what the hospital answered, or what came of it. A visit there plans the follow-ups anew.

    Raises:
        NotPermitted
        ReasonMissing: feedback, an end and a withdrawal say in a sentence what came of it.
        NotThisState: there is no such way from its state, or the day lies in the future.
    """
    referral = _locked(user, referral)
    now = now or timezone.now()
    state = ReferralState(to_state)
    day = happened_on or timezone.localdate(now)
    if state not in next_states(referral.state) or day > timezone.localdate(now):
        raise NotThisState
    if state in SAYS_WHAT_CAME_OF_IT and not note.strip():
        raise ReasonMissing
    step_to(referral, state, user=user, now=now, happened_on=day, note=note)
    referral.save(update_fields=["state", "moved_at"])
    if state == ReferralState.ATTENDED:
        plan_after_hospital(case=referral.case, came_back_on=day)
    return referral


def _locked(user: User, referral: Referral) -> Referral:
    require(user, Capability.REFER, referral.case)
    return (
        Referral.objects.select_for_update(of=("self",))
        .select_related("case__student__school", "case__school", "consent__guardian")
        .get(pk=referral.pk)
    )
