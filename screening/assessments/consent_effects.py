"""What a guardian's word about counselling does to planned talks: they wait, and the counselors are told. Danger does not wait."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from screening.assessments.models import NARRATIVES, Assessment
from screening.levels import Suggestion
from screening.people import people_who
from tasks.mail import queue_mail
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record
from xinqiao.consents.effects import declare, speaks_against
from xinqiao.consents.enums import ConsentKind
from xinqiao.consents.models import Consent


def answered(*, consent: Consent, by: User, now: datetime.datetime) -> None:
    """`hold.waits` reads the consents themselves; here it is put on the record, and the counselors get a task by mail."""
    if not speaks_against(consent):
        return
    waiting = list(
        Assessment.objects.still_open().filter(student=consent.student_id).defer(*NARRATIVES).select_for_update()
    )
    for assessment in waiting:
        danger = assessment.suggested == Suggestion.HIGH
        record(
            actor=by,
            action="assessment.go_on_for_safety" if danger else "assessment.hold",
            target=assessment,
            student_id=consent.student_id,
            details={"because": "suggested_high"} if danger else {},
        )
    if waiting:
        for person in people_who(Capability.ASSESS, consent.school).exclude(email=""):
            queue_mail(
                template="screening_assessments/on_hold",
                to=person,
                key=f"assessment-on-hold:{consent.pk}:{consent.state}:{person.pk}",
                context={"path": reverse("screening:workspace")},
            )


declare(
    ConsentKind.COUNSELLING,
    stops=_("Talks that were planned are put on hold at once, and the counselor calls you."),
    goes_on=_(
        "Notes of talks that have been held stay in the file until their time is over, or until you ask for them to be erased. Where life is in danger, the school goes on protecting your child, and tells you."
    ),
    run=answered,
)
