"""Putting a child before the counselor: one open assessment a child, more urgent when more is seen, never less."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from screening.assessments.models import Assessment
from screening.deadlines import assessment_due
from screening.levels import DANGER, MAY_BE_PICKED, Suggestion
from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.audit.trail import record
from xinqiao.school.models import School, Student

if TYPE_CHECKING:
    from screening.rounds.models import Response
    from xinqiao.accounts.models import User


class NotToBePicked(ValueError):
    """Only a child whose suggestion is general or cannot be said is picked by hand; the others come by themselves."""


def need_assessment(
    *, response: Response, student: Student, suggested: str, now: datetime.datetime | None = None
) -> Assessment:
    """The child's open assessment, made where there is none, made more urgent where this is worse."""
    now = now or timezone.now()
    due = assessment_due(suggested, timezone.localdate(now), student.school)
    # A teacher's critical mark and the counselor's pick may come at once: the second finds what the first has made.
    Student.objects.select_for_update(no_key=True).only("pk").get(pk=student.pk)
    found = Assessment.objects.select_for_update(of=("self",)).filter(student=student).still_open().first()
    if found is None:
        return Assessment.objects.create(
            school_id=student.school_id,
            student=student,
            response=response,
            suggested=suggested,
            due_on=due,
            made_at=now,
        )
    found.response = response
    if DANGER[suggested] < DANGER[found.suggested]:
        found.suggested = suggested
        found.due_on = min(found.due_on, due)
    found.save(update_fields=["response", "suggested", "due_on"])
    return found


def need_assessments(*, responses: Sequence[Response], school: School, now: datetime.datetime) -> None:
    """The same for many children of one class, most of whom have none."""
    for response in responses:
        response.student.school = school  # one calendar for all
        need_assessment(response=response, student=response.student, suggested=response.level, now=now)


@transaction.atomic
def pick_for_assessment(*, user: User, response: Response, now: datetime.datetime | None = None) -> Assessment:
    """The counselor wants to see a child whom the engine would have left.

    Raises:
        NotPermitted, NotToBePicked
    """
    require(user, Capability.ASSESS, response.student)
    if response.level not in MAY_BE_PICKED:
        raise NotToBePicked(response.level)
    assessment = need_assessment(response=response, student=response.student, suggested=response.level, now=now)
    record(actor=user, action="assessment.pick", target=assessment, student_id=response.student_id)
    return assessment


@transaction.atomic
def pick_child(*, user: User, student: Student, now: datetime.datetime | None = None) -> Assessment:
    """A parent called, a colleague spoke up, or the child came: a talk without any first pass behind it.

    A child who waits already keeps what is there.

    Raises:
        NotPermitted
    """
    require(user, Capability.ASSESS, student)
    now = now or timezone.now()
    Student.objects.select_for_update(no_key=True).only("pk").get(pk=student.pk)
    found = Assessment.objects.filter(student=student).still_open().first()
    if found is None:
        found = Assessment.objects.create(
            school_id=student.school_id,
            student=student,
            suggested=Suggestion.UNKNOWN,
            due_on=assessment_due(Suggestion.UNKNOWN, timezone.localdate(now), student.school),
            made_at=now,
        )
        record(actor=user, action="assessment.pick", target=found, student_id=student.pk)
    return found
