"""Who may be the same child: the same birthday and the same name, or a name that sounds the same."""

from __future__ import annotations

import datetime

from django.db.models import Q, QuerySet

from xinqiao.school.enrolment import pinyin_of
from xinqiao.school.models import School, Student


def namesakes_of(*, school: School, name: str, born_on: datetime.date | None) -> QuerySet[Student]:
    """Children of the school who may be meant, those who have left among them. Without a birthday, by the name alone."""
    children = Student.objects.filter(school=school).select_related("current_class__grade")
    if born_on is None:
        return children.filter(name=name)
    sounds_alike = Q(name=name) | Q(pinyin=pinyin_of(name)[0])
    return children.filter(Q(name=name, born_on__isnull=True) | Q(sounds_alike, born_on=born_on))
