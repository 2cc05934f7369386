"""Every change of a referral's state goes through here, so that each leaves a step with who, when and what."""

from __future__ import annotations

import datetime

from django.utils import timezone

from screening.referrals.enums import ReferralState
from screening.referrals.models import Referral, ReferralMove
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record


def step_to(
    referral: Referral,
    state: ReferralState,
    *,
    user: User,
    now: datetime.datetime,
    happened_on: datetime.date | None = None,
    note: str = "",
) -> ReferralMove:
    """Set the state on the object and write the step, in the caller's transaction and lock; the caller saves the rest."""
    move = ReferralMove(
        referral=referral,
        from_state=referral.state,
        to_state=state,
        happened_on=happened_on or timezone.localdate(now),
        written_at=now,
        written_by=user,
        note=note.strip(),
    )
    move.save(force_insert=True)
    referral.state, referral.moved_at = state, now
    record(
        actor=user,
        action="referral.move",
        target=referral,
        student_id=referral.case.student_id,
        details={"from": move.from_state, "to": move.to_state},
    )
    return move
