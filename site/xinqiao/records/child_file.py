"""What this app holds about a child itself: to whom the file was given, and why."""

from __future__ import annotations

from django.db.models import Max, Min, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xinqiao.records.enums import AT_WORK
from xinqiao.records.models import ExportRun
from xinqiao.records.parts import Clock, Entry, Erasing, Part, clocks_from, facts, register
from xinqiao.records.scrub import empty
from xinqiao.school.models import Student


def _read(student: Student) -> list[Entry]:
    rows = ExportRun.objects.filter(student=student).exclude(state__in=AT_WORK)
    return [
        Entry(
            _("Taken out"),
            row.asked_at,
            facts(
                ("reference", _("Reference"), row.code),
                ("edition", _("Copy"), row.get_edition_display()),
                ("purpose", _("What it is for"), row.get_purpose_display()),
                ("recipient", _("Who gets it"), row.recipient, True),
                ("reason", _("Reason"), row.reason, False, True),
                ("by", _("Who"), row.asked_by, True),
            ),
        )
        for row in rows.select_related("asked_by").order_by("asked_at")
    ]


def _count(student: Student) -> list[tuple[object, int]]:
    return [(_("times taken out"), ExportRun.objects.filter(student=student).exclude(state__in=AT_WORK).count())]


def _clocks(students: QuerySet[Student]) -> dict[int, Clock]:
    day = TruncDate("asked_at")
    rows = ExportRun.objects.filter(student__in=students).values_list("student")
    return clocks_from(rows.annotate(first=Min(day), last=Max(day)).order_by())


def _erase(erasing: Erasing) -> int:
    rows = ExportRun.objects.filter(student=erasing.student)
    if erasing.until is not None:
        rows = rows.filter(asked_at__date__lte=erasing.until)
    return empty(rows, student=erasing.onto) if rows.exists() else 0


register(
    Part(
        key="taken_out",
        label=gettext_lazy("Files taken out"),
        order=110,
        keeping="requests",
        models=("records.ExportRun",),
        read=_read,
        count=_count,
        clocks=_clocks,
        erase=_erase,
    )
)
