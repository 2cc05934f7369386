"""Whom one may call about a child: for the pages on which the guardian has to be reached in time."""

from __future__ import annotations

from xinqiao.school.models import Guardianship, Student


def guardians_of(student: Student) -> list[Guardianship]:
    """All of them with their telephones. One whom a court restricted is named as such, so that nobody calls there."""
    return list(student.guardianships.select_related("guardian").order_by("restricted", "pk"))
