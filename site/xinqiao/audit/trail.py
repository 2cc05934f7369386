"""Writing to the trail: one function, called inside the transaction of the act that it records."""

from typing import Any

from django.db import models
from django.utils import timezone

from xinqiao.accounts.access import opened_to
from xinqiao.audit.models import AuditEntry


def record(
    *,
    actor: Any | None,
    action: str,
    target: models.Model | None = None,
    student_id: int | None = None,
    details: dict[str, Any] | None = None,
) -> AuditEntry:
    """Add one entry. What somebody does about a child whose story was opened to them in an emergency bears its mark.

    Args:
        actor: the person, or None where the system acted by itself.
        action: a dotted verb such as `case.read_narrative` or `assessment.complete`.
        target: the record acted on.
        student_id: the child whom it concerns, so that "who saw this child" is one question.
        details: facts about the act (a level, a version, a count); never narrative text, names or numbers of persons.
    """
    actor = actor if actor is not None and actor.is_authenticated else None
    facts = dict(details or {})
    if actor is not None and student_id is not None:
        marks = [str(each.pk) for each in opened_to(actor) if each.student_id == student_id]
        facts |= {"break_glass": marks[0]} if marks else {}
    return AuditEntry.objects.create(
        at=timezone.now(),
        actor=actor,
        action=action,
        target_type=target._meta.label_lower if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        student_id=student_id,
        details=facts,
    )
