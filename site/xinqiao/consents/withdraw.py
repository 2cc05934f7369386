"""Taking a consent back: any guardian may, at any time, and what it stops stops in the same moment."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone

from xinqiao.accounts.access import require
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record
from xinqiao.consents.effects import run_effects
from xinqiao.consents.enums import ConsentHow, ConsentState
from xinqiao.consents.errors import NotTheirGuardian, NotThisState
from xinqiao.consents.kinds import kind_of
from xinqiao.consents.models import Consent
from xinqiao.school.models import Guardian


@transaction.atomic
def withdraw_consent(
    *,
    user: User,
    consent: Consent,
    guardian: Guardian | None = None,
    how: str = ConsentHow.IN_PERSON,
    evidence: str = "",
    at: datetime.datetime | None = None,
    now: datetime.datetime | None = None,
) -> Consent:
    """Write down that a guardian takes it back; the one who gave it unless another is named.

    Raises:
        NotPermitted, NotTheirGuardian
        NotThisState: it is not given.
    """
    require(user, kind_of(consent.kind).asked_with, consent.student)
    now = now or timezone.now()
    consent = Consent.objects.select_for_update(of=("self",)).select_related("student__school").get(pk=consent.pk)
    if guardian is None and consent.guardian is None:
        raise NotThisState
    take_back(
        consent, by=user, guardian=guardian or consent.guardian, how=how, evidence=evidence, at=at or now, now=now
    )
    return consent


def take_back(
    consent: Consent,
    *,
    by: User,
    guardian: Guardian,
    how: str,
    evidence: str,
    at: datetime.datetime,
    now: datetime.datetime,
) -> None:
    """In the caller's transaction and lock."""
    if consent.state != ConsentState.GIVEN:
        raise NotThisState
    # Whoever gave it may take it back even if a court has restricted them since: nothing is done on their word any more.
    ties = consent.student.guardianships.filter(guardian=guardian)
    if not (ties.filter(restricted=False).exists() or (ties.exists() and guardian.pk == consent.guardian_id)):
        raise NotTheirGuardian
    consent.state = ConsentState.WITHDRAWN
    consent.withdrawn_at = max(at, consent.answered_at)
    consent.withdrawn_by, consent.withdrawn_how = guardian, ConsentHow(how)
    consent.withdrawal_recorded_by, consent.withdrawal_evidence = by, evidence.strip()
    consent.save(
        update_fields=[
            "state",
            "withdrawn_at",
            "withdrawn_by",
            "withdrawn_how",
            "withdrawal_recorded_by",
            "withdrawal_evidence",
        ]
    )
    record(
        actor=by,
        action="consent.withdraw",
        target=consent,
        student_id=consent.student_id,
        details={"kind": consent.kind, "how": consent.withdrawn_how},
    )
    run_effects(consent=consent, by=by, now=now)
