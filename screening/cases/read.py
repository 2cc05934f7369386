"""The one way to a case's story: asks for the right, records the reading, and only then gives text."""

from __future__ import annotations

import dataclasses
import datetime

from django.db.models import Count, Max, Q

from screening.assessments.read import READ as READ_ASSESSMENT
from screening.cases.models import Case
from xinqiao.accounts.access import NotPermitted, may
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.models import AuditEntry
from xinqiao.audit.trail import record

READ = "case.read_narrative"
EXPORT = "case.export"


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


def may_print_story(user: User, case: Case) -> bool:
    """Under an exception of one hour a story is read, and never taken out."""
    return may(user, Capability.WRITE_CASE, case) or (case.is_high and may(user, Capability.READ_HIGH_NARRATIVE, case))


def read_story(*, user: User, case: Case) -> Story:
    """The narratives of the case and its assessment.

    Raises:
        NotPermitted: this person sees that the case exists, and no more.
    """
    if not may_read_story(user, case):
        raise NotPermitted(Capability.READ_NARRATIVE)
    record(actor=user, action=READ, target=case, student_id=case.student_id, details={"level": case.level})
    return _story(case)


def print_story(*, user: User, case: Case) -> Story:
    """The same for paper, which leaves the house: on the record as taken out.

    Raises:
        NotPermitted
    """
    if not may_print_story(user, case):
        raise NotPermitted(Capability.WRITE_CASE)
    record(actor=user, action=EXPORT, target=case, student_id=case.student_id, details={"form": "print"})
    return _story(case)


def _story(case: Case) -> Story:
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


@dataclasses.dataclass(frozen=True)
class Reader:
    """Somebody who read what is written about the child in this case.

    Attributes:
        took_out: printed or exported it as well.
    """

    name: str
    times: int
    last: datetime.datetime
    took_out: bool


def readers(case: Case) -> list[Reader]:
    """Who read or took out this case's story, its assessment's included; the latest first."""
    rows = (
        AuditEntry.objects.filter(
            target_type__in=[case._meta.label_lower, "screening_assessments.assessment"],
            target_id__in=[str(case.pk), str(case.assessment_id)],
            action__in=[READ, EXPORT, READ_ASSESSMENT],
        )
        .values("actor__display_name", "actor__username")
        .annotate(times=Count("pk"), last=Max("at"), out=Count("pk", filter=Q(action=EXPORT)))
        .order_by("-last")
    )
    return [
        Reader(
            name=row["actor__display_name"] or row["actor__username"] or "",
            times=row["times"],
            last=row["last"],
            took_out=row["out"] > 0,
        )
        for row in rows
    ]
