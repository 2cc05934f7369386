"""What a child's file holds of an identity number; goes with the directory's entry."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xinqiao.identities.models import IdentityNumber
from xinqiao.records.parts import Clock, Entry, Erasing, Part, facts, register
from xinqiao.school.child_file import left_on
from xinqiao.school.models import Student


def _read(student: Student) -> list[Entry]:
    return [
        Entry(_("Identity number"), row.entered_at, facts(("number", _("Identity number"), row.number)))
        for row in IdentityNumber.objects.filter(student=student)
    ]


def _count(student: Student) -> list[tuple[object, int]]:
    return [(_("identity numbers"), IdentityNumber.objects.filter(student=student).count())]


def _clocks(students: QuerySet[Student]) -> dict[int, Clock]:
    return left_on(students.filter(pk__in=IdentityNumber.objects.values("student")))


def _erase(erasing: Erasing) -> int:
    return IdentityNumber.objects.filter(student=erasing.student).delete()[0]


register(
    Part(
        key="identity",
        label=gettext_lazy("Identity number"),
        order=15,
        keeping="directory",
        models=("identities.IdentityNumber",),
        read=_read,
        count=_count,
        clocks=_clocks,
        erase=_erase,
    )
)
