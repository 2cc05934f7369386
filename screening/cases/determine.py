"""The end of an assessment: a person determines the level, with a reason, and a case opens with it."""

from __future__ import annotations

import datetime

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from screening.assessments.enums import AssessmentState
from screening.assessments.models import Assessment
from screening.assessments.write import begin_locked, locked
from screening.cases.crisis import declare_crisis
from screening.cases.enums import ACTIVE
from screening.cases.follow_ups import planned
from screening.cases.levels import raise_level_locked
from screening.cases.models import Case, FollowUp
from screening.cases.owners import possible_owners
from screening.deadlines import school_year
from screening.errors import OwnerMissing, ReasonMissing
from screening.levels import DANGER, Determined, Level
from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record


@transaction.atomic
def determine_level(
    *,
    user: User,
    assessment: Assessment,
    version: int,
    level: str,
    reason: str,
    owner: User | None = None,
    now: datetime.datetime | None = None,
) -> Case | None:
    """Complete the assessment with the level that this person determines.

    The engine's suggestion stays beside it. A level opens a case, or raises the child's active one; `none` opens nothing.

    Returns:
        The child's case, or None where no concern was found.

    Raises:
        NotPermitted, NotThisState, Conflict
        ReasonMissing: without a reason no level, least of all another than the suggested one.
        OwnerMissing: high without somebody who answers for it and holds a duty that lets them.
    """
    require(user, Capability.DETERMINE_LEVEL, assessment)
    level = Determined(level)
    if not reason.strip():
        raise ReasonMissing
    if level == Determined.HIGH and owner is None:
        raise OwnerMissing
    now = now or timezone.now()
    assessment = locked(user, assessment, version)
    if owner is not None and not possible_owners(assessment.student.school).filter(pk=owner.pk).exists():
        raise OwnerMissing
    begin_locked(assessment, user, now)
    assessment.state = AssessmentState.COMPLETED
    assessment.determined, assessment.reason, assessment.completed_at = level, reason.strip(), now
    assessment.assessor = user
    assessment.version += 1
    assessment.save(update_fields=["state", "determined", "reason", "completed_at", "assessor", "version"])
    record(
        actor=user,
        action="assessment.complete",
        target=assessment,
        student_id=assessment.student_id,
        details={"suggested": assessment.suggested, "determined": level.value, "overruled": assessment.overruled},
    )
    if level == Determined.NONE:
        return None
    return open_case(user=user, assessment=assessment, level=Level(level.value), owner=owner or user, now=now)


def open_case(*, user: User, assessment: Assessment, level: Level, owner: User, now: datetime.datetime) -> Case:
    """The child's case, in the caller's transaction: opened, or the active one raised where this is worse."""
    active = (
        Case.objects.select_for_update(of=("self",))
        .filter(student=assessment.student_id, state__in=ACTIVE)
        .select_related("school", "student", "crisis")
        .first()
    )
    if active is not None:
        if DANGER[level] < DANGER[active.level]:
            raise_level_locked(user=user, case=active, level=level, reason=assessment.reason, owner=owner, now=now)
        return active
    school, student = assessment.student.school, assessment.student
    today = timezone.localdate(now)
    year = school_year(today)
    with connection.cursor() as cursor:  # numbers of one school follow each other without a gap
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [0x5843, school.pk])
    last = Case.objects.filter(school=school, year=year).aggregate(last=Max("sequence"))["last"] or 0
    crisis = declare_crisis(user=user, school=school, student=student, now=now) if level == Level.HIGH else None
    case = Case(
        school=school,
        student=student,
        year=year,
        sequence=last + 1,
        assessment=assessment,
        level=level,
        owner=owner,
        crisis=crisis,
        opened_at=now,
    )
    follow_ups = planned(case, today, school)
    case.next_follow_up_on = min(each.due_on for each in follow_ups)
    case.save(force_insert=True)
    FollowUp.objects.bulk_create(follow_ups)
    record(
        actor=user,
        action="case.open",
        target=case,
        student_id=student.pk,
        details={"number": case.number, "level": level.value},
    )
    return case
