"""A child's basic facts corrected: what a colleague changed meanwhile is never written over unseen."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record
from xinqiao.school.enrolment import pinyin_of
from xinqiao.school.models import Student
from xinqiao.school.moves.current import locked
from xinqiao.school.moves.errors import Changed, NumberTaken

FIELDS = ("name", "number", "sex", "born_on")


@transaction.atomic
def change_facts(*, by: User, student: Student, shown: dict[str, Any], given: dict[str, Any]) -> Student:
    """Write name, number, sex and birthday as given.

    Args:
        shown: what stood on the page when it was opened.

    Raises:
        NotPermitted, NumberTaken
        Changed: a field is neither as it was shown nor as it is given.
    """
    require(by, Capability.MANAGE_DIRECTORY, student)
    locked(student.school)
    student = Student.objects.select_for_update().get(pk=student.pk)
    now = {field: getattr(student, field) for field in FIELDS}
    if any(now[field] != shown[field] and now[field] != given[field] for field in FIELDS):
        raise Changed(now)
    changed = sorted(field for field in FIELDS if now[field] != given[field])
    if not changed:
        return student
    others = Student.objects.filter(school=student.school_id, number=given["number"]).exclude(pk=student.pk)
    if "number" in changed and others.exists():
        raise NumberTaken
    for field in changed:
        setattr(student, field, given[field])
    student.pinyin, student.pinyin_initials = pinyin_of(student.name)
    student.save(update_fields=[*FIELDS, "pinyin", "pinyin_initials"])
    record(actor=by, action="student.correct", target=student, student_id=student.pk, details={"fields": changed})
    return student
