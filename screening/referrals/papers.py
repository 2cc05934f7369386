"""Papers of a referral: what the hospital wrote back, as the family brought it."""

from __future__ import annotations

import uuid

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from screening.referrals.models import LETTER_TEXTS, Referral
from screening.referrals.read import may_read_letter, may_take_letter
from xinqiao.accounts.access import may
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.files.kinds import Kind, register_kind

FEEDBACK = "referral-feedback"


def _within(user: User, referral_id: uuid.UUID) -> Referral | None:
    referrals = Referral.objects.visible_to(user).select_related("case__school", "case__student__current_class__grade")
    return referrals.defer(*LETTER_TEXTS, "facts", "emergency_reason").filter(pk=referral_id).first()


register_kind(
    Kind(
        key=FEEDBACK,
        owner=Referral._meta.label,
        name=_("Papers from the hospital"),
        hint=_("The hospital's feedback, as the family brought it. Only what the school needs to help the child: no whole medical record."),
        within=_within,
        may_read=may_read_letter,
        may_take_out=may_take_letter,
        may_write=lambda user, referral: may(user, Capability.REFER, referral.case),
        of=lambda referral: (referral.case.school, referral.case.student),
        page=lambda referral: reverse("screening:referral", args=[referral.pk]),
    )
)  # fmt: skip
