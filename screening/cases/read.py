"""The one way to a case's story: asks for the right, records the reading, and only then gives text."""

from __future__ import annotations

import dataclasses

from screening.cases.models import Case
from xinqiao.accounts.access import NotPermitted, may
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.models import AuditEntry
from xinqiao.audit.trail import record

READ = "case.read_narrative"


@dataclasses.dataclass(frozen=True)
class Story:
    """What is written about a child, for the eyes of whoever was just recorded."""

    interview: str
    family: str
    causes: str
    reason: str
    plan: str
    next_steps: str
    class_support: str
    closing: str


def may_read_story(user: User, case: Case) -> bool:
    return may(user, Capability.READ_NARRATIVE, case) or (
        case.is_high and may(user, Capability.READ_HIGH_NARRATIVE, case)
    )


def read_story(*, user: User, case: Case) -> Story:
    """The narratives of the case and its assessment.

    Raises:
        NotPermitted: this person sees that the case exists, and no more.
    """
    if not may_read_story(user, case):
        raise NotPermitted(Capability.READ_NARRATIVE)
    record(actor=user, action=READ, target=case, student_id=case.student_id, details={"level": case.level})
    assessment = case.assessment
    return Story(
        interview=assessment.interview,
        family=assessment.family,
        causes=assessment.causes,
        reason=assessment.reason,
        plan=case.plan,
        next_steps=case.next_steps,
        class_support=case.class_support,
        closing=case.closing,
    )


def readings(case: Case, limit: int = 20) -> list[AuditEntry]:
    """Who read or took out this case's story, newest first."""
    return list(
        AuditEntry.objects.filter(
            target_type=case._meta.label_lower, target_id=str(case.pk), action__in=[READ, "case.export"]
        )
        .select_related("actor")
        .order_by("-pk")[:limit]
    )
