"""Acting without a consent because life or health is in danger: a person decides, says why, others are told, and it ends by itself."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from tasks.mail import queue_mail
from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.holders import people_who
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record
from xinqiao.consents.errors import ReasonMissing
from xinqiao.consents.models import ConsentRule, SafetyOverride
from xinqiao.school.models import School, Student

DAYS = 7
"""After these a person has to decide anew."""


@transaction.atomic
def act_for_safety(
    *, user: User, student: Student, kind: str, reason: str, now: datetime.datetime | None = None
) -> SafetyOverride:
    """What this kind is for goes on for some days without consent. The school's leads are told at once: a link, no name.

    Raises:
        NotPermitted, ReasonMissing
    """
    require(user, Capability.RECORD_CONSENT, student)
    if not reason.strip():
        raise ReasonMissing
    now = now or timezone.now()
    made = SafetyOverride.objects.create(
        school_id=student.school_id,
        student=student,
        kind=kind,
        reason=reason.strip(),
        made_by=user,
        made_at=now,
        ends_at=now + datetime.timedelta(days=DAYS),
    )
    record(
        actor=user,
        action="consent.act_for_safety",
        target=made,
        student_id=student.pk,
        details={"kind": kind, "days": DAYS},
    )
    for person in people_who(Capability.READ_HIGH_NARRATIVE, student.school).exclude(email=""):
        queue_mail(
            template="consents/safety",
            to=person,
            key=f"consent-safety:{made.pk}:{person.pk}",
            context={"path": reverse("consents:overview")},
        )
    return made


@transaction.atomic
def set_required(*, user: User, school: School, kinds: list[str]) -> ConsentRule:
    """For which kinds nothing happens before a guardian has agreed.

    Raises:
        NotPermitted
    """
    require(user, Capability.MANAGE_PRIVACY, school)
    rule, _made = ConsentRule.objects.select_for_update().get_or_create(school=school)
    if set(rule.required) != set(kinds):
        rule.required = sorted(kinds)
        rule.save(update_fields=["required"])
        record(actor=user, action="consent.require", target=rule, details={"kinds": rule.required})
    return rule
