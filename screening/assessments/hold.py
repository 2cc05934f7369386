"""When a talk waits: a guardian has refused or taken back individual counselling. Danger to the child does not wait."""

from __future__ import annotations

import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from screening.assessments.models import Assessment
from screening.errors import Refused
from screening.levels import Suggestion
from xinqiao.consents.enums import ConsentKind
from xinqiao.consents.standing import left_out
from xinqiao.school.models import Student


class OnHold(Refused):
    sentence = _(
        "On hold: a guardian does not agree to individual counselling. Talk with the guardian; if life is in danger, write down on the child's page of consents why it goes on."
    )


def waits(now: datetime.datetime | None = None) -> Q:
    """An expression on Assessment: it is on hold. One that suggests high risk is not, nor one for which a person has decided to go on."""
    refused = Student.objects.filter(left_out(ConsentKind.COUNSELLING, now), pk=OuterRef("student"))
    return ~Q(suggested=Suggestion.HIGH) & Q(Exists(refused))


def on_hold(assessment: Assessment, now: datetime.datetime | None = None) -> bool:
    return Assessment.objects.still_open().filter(waits(now), pk=assessment.pk).exists()
