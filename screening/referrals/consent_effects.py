"""What a guardian's answer about a referral sets off: a refusal moves the referrals that wait for it; nothing leaves any more."""

from __future__ import annotations

import datetime

from django.utils.translation import gettext_lazy as _

from screening.referrals.enums import ReferralState
from screening.referrals.models import Referral
from screening.referrals.moves import step_to
from xinqiao.accounts.models import User
from xinqiao.consents.effects import declare
from xinqiao.consents.enums import ConsentKind, ConsentState
from xinqiao.consents.models import Consent


def answered(*, consent: Consent, by: User, now: datetime.datetime) -> None:
    """After a refusal no letter is waited for. A withdrawal needs no act here: `letter.may_leave` asks the consent itself."""
    if consent.state != ConsentState.REFUSED:
        return
    for referral in (
        Referral.objects.select_for_update(of=("self",))
        .select_related("case")
        .filter(consent=consent, state=ReferralState.AWAITING_CONSENT)
    ):
        step_to(referral, ReferralState.CONSENT_REFUSED, user=by, now=now)
        referral.save(update_fields=["state", "moved_at"])


declare(
    ConsentKind.REFERRAL,
    stops=_("The letter to the hospital is neither issued nor given out any more."),
    goes_on=_("What the hospital has received already stays with the hospital; ask there to have it deleted."),
    run=answered,
)
