"""Papers of a case: a letter that a family brought, a drawing, a report from outside. For those who read its story."""

from __future__ import annotations

import uuid

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from screening.cases.models import NARRATIVES, Case
from screening.cases.read import may_print_story, may_read_story
from xinqiao.accounts.access import may
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.files.kinds import Kind, register_kind

CASE_PAPER = "case-paper"


def _within(user: User, case_id: uuid.UUID) -> Case | None:
    cases = Case.objects.visible_to(user).select_related("school", "student__current_class__grade")
    return cases.defer(*NARRATIVES).filter(pk=case_id).first()


register_kind(
    Kind(
        key=CASE_PAPER,
        owner=Case._meta.label,
        name=_("Papers of this case"),
        hint=_("A letter of the family, a report from outside, a drawing of the child: what belongs to this case and to nobody else."),
        within=_within,
        may_read=may_read_story,
        may_take_out=may_print_story,
        may_write=lambda user, case: may(user, Capability.WRITE_CASE, case),
        of=lambda case: (case.school, case.student),
        page=lambda case: reverse("screening:case", args=[case.pk]),
    )
)  # fmt: skip
