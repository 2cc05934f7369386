"""What is done with identity numbers: decide whether to keep any, enter, show, find, delete. Each is on the trail, without the number."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record
from xinqiao.crypto.index import same_as
from xinqiao.identities.models import IdentityNumber, IdentityPolicy
from xinqiao.identities.numbers import check_number, normal_number
from xinqiao.refused import Refused
from xinqiao.school.models import School, Student


class NotKept(Refused):
    sentence = _(
        "This school keeps no identity numbers. The principal or the deputy may decide otherwise, and says what for."
    )


class PurposeMissing(Refused):
    sentence = _("Say what the numbers are needed for: without a purpose none may be kept.")


class SomebodyElses(Refused):
    sentence = _("Another child of this school has this number. One of the two is wrong.")


def keeps_numbers(school: School) -> bool:
    return IdentityPolicy.objects.filter(school=school, kept=True).exists()


@transaction.atomic
def decide_policy(*, user: User, school: School, kept: bool, purpose: str = "") -> int:
    """Keep identity numbers from now on, or none any more: then those there are are deleted. How many were.

    Raises:
        NotPermitted
        PurposeMissing
    """
    require(user, Capability.MANAGE_PRIVACY, school)
    if kept and not purpose.strip():
        raise PurposeMissing
    School.objects.select_for_update().get(pk=school.pk)
    IdentityPolicy.objects.update_or_create(
        school=school,
        defaults={
            "kept": kept,
            "purpose": purpose.strip() if kept else "",
            "decided_by": user,
            "decided_at": timezone.now(),
        },
    )
    deleted = 0
    if not kept:
        deleted = IdentityNumber.objects.filter(student__school=school).delete()[0]
    record(
        actor=user, action="identity.keep" if kept else "identity.keep_none", target=school, details={"rows": deleted}
    )
    return deleted


@transaction.atomic
def write_number(*, user: User, student: Student, number: str) -> IdentityNumber:
    """Enter or correct a child's number.

    Raises:
        NotPermitted, NotKept, SomebodyElses
        ValidationError: the number is not right; says so without repeating it.
    """
    require(user, Capability.READ_IDENTITY, student)
    if not keeps_numbers(student.school):
        raise NotKept
    normal = check_number(number, student.born_on)
    Student.objects.select_for_update(of=("self",)).get(pk=student.pk)
    if find_by_number(student.school, normal).exclude(pk=student.pk).exists():
        raise SomebodyElses
    row = IdentityNumber.objects.filter(student=student).first() or IdentityNumber(student=student)
    row.number, row.entered_by, row.entered_at = normal, user, timezone.now()
    row.save()
    record(actor=user, action="identity.write", target=row, student_id=student.pk)
    return row


def show_number(*, user: User, student: Student) -> str:
    """The whole number, for the eyes of whoever was just recorded; empty where there is none.

    Raises:
        NotPermitted
    """
    require(user, Capability.READ_IDENTITY, student)
    row = IdentityNumber.objects.filter(student=student).first()
    if row is None:
        return ""
    record(actor=user, action="identity.read", target=row, student_id=student.pk)
    return row.number


@transaction.atomic
def delete_number(*, user: User, student: Student) -> None:
    """Raises NotPermitted."""
    require(user, Capability.READ_IDENTITY, student)
    row = IdentityNumber.objects.select_for_update().filter(student=student).first()
    if row is not None:
        record(actor=user, action="identity.delete", target=row, student_id=student.pk)
        row.delete()


def find_by_number(school: School, number: str):
    """The children of a school who have this number: one or none."""
    rows = IdentityNumber.objects.filter(same_as(IdentityNumber, "number_index", normal_number(number)))
    return Student.objects.filter(school=school, pk__in=rows.values("student"))
