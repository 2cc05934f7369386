"""Finding a case for a person: whole for who may read its story, without a word of it for the others."""

from __future__ import annotations

import uuid

from django.http import Http404

from screening.cases.models import NARRATIVES, Case
from xinqiao.accounts.models import User

_WITH = ("school", "student__current_class__grade", "owner", "crisis__declared_by", "assessment__assessor")


def case_for(user: User, case_id: uuid.UUID) -> Case:
    """The case within this person's sight; 404 outside of it, as if it did not exist."""
    within = Case.objects.visible_to(user).filter(pk=case_id)
    told = within.told_to(user).select_related(*_WITH).first()
    if told is not None:
        return told
    deferred = [*NARRATIVES, *(f"assessment__{name}" for name in ("interview", "family", "causes", "reason"))]
    try:
        return within.select_related(*_WITH).defer(*deferred).get()
    except Case.DoesNotExist:
        raise Http404 from None
