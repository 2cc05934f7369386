"""The papers attached to a child's records: their contents go along when the file is taken out, and are destroyed with it."""

from __future__ import annotations

import datetime
from pathlib import PurePath

from django.db.models import Max, Min, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xinqiao.files.attach import destroy
from xinqiao.files.erase import papers_of
from xinqiao.files.models import SealedFile
from xinqiao.files.reading import content_of
from xinqiao.records.parts import Attached, Clock, Entry, Erasing, Part, facts, register
from xinqiao.records.scrub import empty
from xinqiao.school.models import Student


def _read(student: Student) -> list[Entry]:
    return [
        Entry(
            _("Paper"),
            row.made_at,
            facts(
                ("name", _("Name of the file"), row.name, False, True),
                ("type", _("Kind of file"), row.get_content_type_display()),
                ("pages", _("Number of pages"), row.pages),
                ("by", _("Attached by"), row.made_by, True),
            ),
        )
        for row in papers_of(student).kept().select_related("made_by")
    ]


def _attached(student: Student) -> list[Attached]:
    # Whatever stands on a paper cannot be looked through by a program: the guardian's copy goes without.
    return [
        Attached(
            row.name, PurePath(row.neutral_name).suffix.lstrip("."), lambda row=row: content_of(row), restricted=True
        )
        for row in papers_of(student).kept()
    ]


def _count(student: Student) -> list[tuple[object, int]]:
    return [(_("attached papers"), papers_of(student).count())]


def _clocks(students: QuerySet[Student]) -> dict[int, Clock]:
    """A paper counts from the day on which it was attached, and is in use while the child is at the school."""
    day = TruncDate("made_at")
    rows = SealedFile.objects.with_content().filter(student__in=students)
    counted = rows.values_list("student", "student__current_class").annotate(first=Min(day), last=Max(day)).order_by()
    return {pk: Clock(None, None) if in_class else Clock(first, last) for pk, in_class, first, last in counted}


def _erase(erasing: Erasing) -> int:
    count = 0
    for paper in papers_of(erasing.student):
        if erasing.until is None or paper.made_at.date() <= erasing.until + datetime.timedelta(days=1):
            destroy(paper=paper, by=None, because="erased")
            count += 1
    gone = SealedFile.objects.filter(student=erasing.student, path="")
    return count if not count else max(count, empty(gone, student=erasing.onto))


register(
    Part(
        key="papers",
        label=gettext_lazy("Attached papers"),
        order=90,
        keeping="papers",
        models=("files.SealedFile",),
        read=_read,
        count=_count,
        clocks=_clocks,
        erase=_erase,
        attached=_attached,
    )
)
