"""A name's pinyin, and the plain act of putting a child into a class, on which everything else is built."""

import datetime

from django.db import transaction
from pypinyin import Style, lazy_pinyin

from xinqiao.school.models import Enrolment, SchoolClass, Student
from xinqiao.school.moves.current import refresh_current_class


def pinyin_of(name: str) -> tuple[str, str]:
    """The name's pinyin without tones or blanks, and its initials: ("wangxiaoming", "wxm")."""
    syllables = lazy_pinyin(name, errors="default")
    return (
        "".join(syllables).lower().replace(" ", "")[:120],
        "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower().replace(" ", "")[:20],
    )


@transaction.atomic
def enrol(*, student: Student, school_class: SchoolClass, on: datetime.date) -> Enrolment:
    """Put the child into the class from the given day; the enrolment before ends the day before. For the installation
    itself and for factories: asks nobody and records nothing. People move children by `moves.children`.

    Raises:
        ValueError: the child already sits in a class since a later day.
    """
    student = Student.objects.select_for_update().get(pk=student.pk)
    for earlier in Enrolment.objects.select_for_update().filter(student=student, ends_on__isnull=True):
        if earlier.starts_on >= on:
            raise ValueError("the child is enrolled from a later day already")
        earlier.ends_on = on - datetime.timedelta(days=1)
        earlier.save(update_fields=["ends_on"])
    enrolment = Enrolment.objects.create(student=student, school_class=school_class, starts_on=on)
    refresh_current_class([student.pk])
    return enrolment
