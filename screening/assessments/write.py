"""Beginning an assessment and saving its draft. Its end stands in `cases.determine`, for a case may open with it."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone

from screening.assessments.enums import AssessmentState
from screening.assessments.hold import OnHold, on_hold
from screening.assessments.models import Assessment
from screening.errors import Conflict, NotThisState
from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record

DRAFT_FIELDS = ("interview", "family", "causes")


def begin_locked(assessment: Assessment, user: User, now: datetime.datetime) -> None:
    """Take a scheduled assessment up, in the caller's transaction and lock."""
    if assessment.state == AssessmentState.SCHEDULED:
        assessment.state = AssessmentState.IN_PROGRESS
        assessment.assessor, assessment.started_at = user, now
        assessment.save(update_fields=["state", "assessor", "started_at"])
        record(actor=user, action="assessment.begin", target=assessment, student_id=assessment.student_id)


def locked(user: User, assessment: Assessment, version: int) -> Assessment:
    """The assessment, locked, if this person may write it and looked at its newest version.

    Raises:
        NotPermitted, NotThisState, Conflict
        OnHold: a guardian does not agree to individual counselling.
    """
    require(user, Capability.ASSESS, assessment)
    current = Assessment.objects.select_for_update(of=("self",)).select_related("student__school").get(pk=assessment.pk)
    if current.state == AssessmentState.COMPLETED:
        raise NotThisState
    if current.version != version:
        raise Conflict(current)
    if on_hold(current):
        raise OnHold
    return current


@transaction.atomic
def save_draft(
    *,
    user: User,
    assessment: Assessment,
    version: int,
    interview: str,
    family: str,
    causes: str,
    now: datetime.datetime | None = None,
) -> Assessment:
    """Keep what has been written so far. The first save takes the assessment up.

    Raises:
        NotPermitted, NotThisState
        Conflict: somebody saved something else since; a repetition of what is stored is none.
    """
    texts = {"interview": interview.strip(), "family": family.strip(), "causes": causes.strip()}
    try:
        current = locked(user, assessment, version)
    except Conflict as conflict:
        if all(getattr(conflict.current, name) == text for name, text in texts.items()):
            return conflict.current
        raise
    begin_locked(current, user, now or timezone.now())
    for name, text in texts.items():
        setattr(current, name, text)
    current.version += 1
    current.save(update_fields=[*texts, "version"])
    return current
