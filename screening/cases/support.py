"""What a class is told of a child who is helped: what it can do, and that there is a referral. No level, no state, no story."""

from __future__ import annotations

import dataclasses
import datetime

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Length
from django.utils import timezone

from screening.cases.models import Case
from screening.referrals.enums import BEFORE_THE_LETTER, ENDED
from screening.referrals.models import Referral
from xinqiao.accounts.access import reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.models import AuditEntry
from xinqiao.audit.trail import record
from xinqiao.school.models import Student

READ = "case.read_class_support"
_ONE_READING = datetime.timedelta(minutes=30)


@dataclasses.dataclass(frozen=True)
class Support:
    """One child of the class."""

    student: Student
    text: str
    referred: bool


def support_for(user: User) -> list[Support]:
    """The children of one's own classes for whom the counselor wrote something, or whom a hospital sees; each reading recorded.

    The letter of a referral counts from its issue: before that the family has not decided.
    """
    classes = reach(user, Capability.READ_CLASS_SUPPORT).classes
    under_way = Referral.objects.filter(case=OuterRef("pk")).exclude(state__in=BEFORE_THE_LETTER | ENDED)
    cases = list(
        Case.objects.active()
        .filter(student__current_class__in=classes)
        .annotate(referred=Exists(under_way), said=Length("class_support"))
        .filter(Q(said__gt=0) | Q(referred=True))
        .select_related("student__current_class__grade")
        .only("class_support", "version", "student__name", "student__number", "student__current_class")
        .order_by("student__current_class__grade__number", "student__current_class__number", "student__number")
    )
    _record(user, cases)
    return [Support(case.student, case.class_support, case.referred) for case in cases]


def _record(user: User, cases: list[Case]) -> None:
    """Looking again within half an hour is one reading."""
    known = set(
        AuditEntry.objects.filter(
            actor=user,
            action=READ,
            target_id__in=[str(case.pk) for case in cases],
            at__gte=timezone.now() - _ONE_READING,
        ).values_list("target_id", flat=True)
    )
    for case in cases:
        if str(case.pk) not in known:
            record(actor=user, action=READ, target=case, student_id=case.student_id)
