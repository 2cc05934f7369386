"""Photos of signed consents: for staff who know the child's consents; added by those who collect the answers."""

from __future__ import annotations

import uuid

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.access import may, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.consents.kinds import kind_of
from xinqiao.consents.models import Consent
from xinqiao.files.kinds import Kind, register_kind

EVIDENCE = "consent-evidence"


def _within(user: User, consent_id: uuid.UUID) -> Consent | None:
    consents = Consent.objects.visible_to(user).select_related("school", "student__current_class__grade")
    return consents.defer("evidence", "withdrawal_evidence").filter(pk=consent_id).first()


def _collects(user: User, consent: Consent) -> bool:
    """Whoever asks for this kind and writes its answers down: for some kinds the homeroom teacher, for all the counselor."""
    return may(user, kind_of(consent.kind).asked_with, consent.student)


def _reads(user: User, consent: Consent) -> bool:
    return _collects(user, consent) or consent.school_id in reach(user, Capability.READ_CONSENT).schools


register_kind(
    Kind(
        key=EVIDENCE,
        owner=Consent._meta.label,
        name=_("Signed paper"),
        hint=_("The consent as it was signed: the whole page, with the date and the name."),
        within=_within,
        may_read=_reads,
        may_take_out=_collects,
        may_write=_collects,
        of=lambda consent: (consent.school, consent.student),
        page=lambda consent: reverse("consents:child", args=[consent.student_id]),
    )
)
