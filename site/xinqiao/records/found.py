"""Finding the child whom a command or a page means."""

from __future__ import annotations

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from xinqiao.records.parts import NOBODY
from xinqiao.school.models import Student


class NoSuchChild(Exception):
    """Nobody has this number."""


def child_of_number(number: str, school: int | None) -> Student:
    """The child with this school number.

    Raises:
        NoSuchChild
        CommandError: several schools have one, and which was not said.
    """
    students = (
        Student.objects.filter(number=number).exclude(name=NOBODY).select_related("school", "current_class__grade")
    )
    if school is not None:
        students = students.filter(school=school)
    found = list(students.order_by("pk")[:2])
    if not found:
        raise NoSuchChild
    if len(found) > 1:
        raise CommandError(_("Several schools have this number: say which with --school."), returncode=2)
    return found[0]
