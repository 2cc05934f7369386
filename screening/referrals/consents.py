"""The registry of consents: asked, given or refused, withdrawn. Each says who, how, when, and to which words."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from screening.errors import NotThisState, Refused
from screening.referrals.consent_texts import CURRENT
from screening.referrals.enums import ConsentHow, ConsentKind, ConsentState, ReferralState
from screening.referrals.models import Consent, Referral
from screening.referrals.moves import step_to
from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record
from xinqiao.school.models import Guardian, Student


class NotTheirGuardian(Refused):
    sentence = _("This person is not a guardian of the child, or a court has restricted them.")


@transaction.atomic
def request_consent(
    *, user: User, student: Student, kind: str = ConsentKind.REFERRAL, now: datetime.datetime | None = None
) -> Consent:
    """Begin to ask the guardians, with the words in force today."""
    require(user, Capability.RECORD_CONSENT, student)
    consent = Consent.objects.create(
        school_id=student.school_id,
        student=student,
        kind=ConsentKind(kind),
        text_version=CURRENT,
        requested_at=now or timezone.now(),
        requested_by=user,
    )
    record(actor=user, action="consent.request", target=consent, student_id=student.pk, details={"text": CURRENT})
    return consent


@transaction.atomic
def record_answer(
    *,
    user: User,
    consent: Consent,
    guardian: Guardian,
    given: bool,
    how: str,
    answered_at: datetime.datetime,
    evidence: str,
    now: datetime.datetime | None = None,
) -> Consent:
    """Write down what a guardian said. A refusal moves the referrals that wait for it.

    Raises:
        NotPermitted, NotTheirGuardian
        NotThisState: it is answered, or the answer lies in the future.
    """
    require(user, Capability.RECORD_CONSENT, consent)
    now = now or timezone.now()
    if not consent.student.guardianships.filter(guardian=guardian, restricted=False).exists():
        raise NotTheirGuardian
    consent = Consent.objects.select_for_update().get(pk=consent.pk)
    if consent.state != ConsentState.REQUESTED or answered_at > now + datetime.timedelta(minutes=5):
        raise NotThisState
    consent.state = ConsentState.GIVEN if given else ConsentState.REFUSED
    consent.guardian, consent.how, consent.answered_at = guardian, ConsentHow(how), answered_at
    consent.recorded_by, consent.evidence = user, evidence.strip()
    consent.save()
    record(
        actor=user,
        action=f"consent.{consent.state}",
        target=consent,
        student_id=consent.student_id,
        details={"how": consent.how, "text": consent.text_version},
    )
    if not given:
        for referral in (
            Referral.objects.select_for_update(of=("self",))
            .select_related("case")
            .filter(consent=consent, state=ReferralState.AWAITING_CONSENT)
        ):
            step_to(referral, ReferralState.CONSENT_REFUSED, user=user, now=now)
            referral.save(update_fields=["state", "moved_at"])
    return consent


@transaction.atomic
def withdraw_consent(*, user: User, consent: Consent, now: datetime.datetime | None = None) -> Consent:
    """The guardian takes it back: nothing more is given out under it.

    Raises:
        NotPermitted
        NotThisState: it was not given.
    """
    require(user, Capability.RECORD_CONSENT, consent)
    consent = Consent.objects.select_for_update().get(pk=consent.pk)
    if consent.state != ConsentState.GIVEN:
        raise NotThisState
    consent.state, consent.withdrawn_at = ConsentState.WITHDRAWN, now or timezone.now()
    consent.save(update_fields=["state", "withdrawn_at"])
    record(actor=user, action="consent.withdraw", target=consent, student_id=consent.student_id)
    return consent
