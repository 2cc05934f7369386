"""The one way to a referral's words: asks for the right, records the reading, and only then gives text."""

from __future__ import annotations

import dataclasses

from screening.referrals.models import Referral
from xinqiao.accounts.access import NotPermitted, may
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record

READ = "referral.read"


@dataclasses.dataclass(frozen=True)
class Words:
    observed: str
    done_so_far: str
    asked: str
    emergency_reason: str


def may_read_letter(user: User, referral: Referral) -> bool:
    return may(user, Capability.READ_REFERRAL, referral.case) or (
        referral.case.is_high and may(user, Capability.READ_HIGH_NARRATIVE, referral.case)
    )


def may_take_letter(user: User, referral: Referral) -> bool:
    """Under an exception of one hour a letter is read, and never taken out."""
    return may(user, Capability.REFER, referral.case) or (
        referral.case.is_high and may(user, Capability.READ_HIGH_NARRATIVE, referral.case)
    )


def read_letter(*, user: User, referral: Referral) -> Words:
    """What the letter says, and why consent was not waited for where it was not.

    Raises:
        NotPermitted
    """
    if not may_read_letter(user, referral):
        raise NotPermitted(Capability.READ_REFERRAL)
    record(actor=user, action=READ, target=referral, student_id=referral.case.student_id)
    return Words(
        observed=referral.observed,
        done_so_far=referral.done_so_far,
        asked=referral.asked,
        emergency_reason=referral.emergency_reason,
    )
