"""What the trail's pages hold about a child: guardians' questions who has seen the records, and readings in an emergency.

The trail itself is no part: it holds ids and facts about acts, no story, and nobody changes it.
"""

from __future__ import annotations

from django.db.models import Max, Min, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xinqiao.audit.models import AccessRequest, BreakGlass
from xinqiao.audit.request_models import RequestState
from xinqiao.records.parts import Clock, Entry, Erasing, Part, facts, register
from xinqiao.records.scrub import empty
from xinqiao.school.models import Student


def _read(student: Student) -> list[Entry]:
    entries = []
    for row in AccessRequest.objects.filter(student=student).select_related("asked_by", "answered_by"):
        entries.append(
            Entry(
                _("Question who has seen the records"),
                row.asked_at,
                facts(
                    ("state", _("State"), row.get_state_display()),
                    ("answer", _("Words to the guardian"), row.answer),
                    ("by", _("Asked by"), row.asked_by, True),
                    ("answered_by", _("Answered by"), row.answered_by, True),
                ),
            )
        )
    for row in BreakGlass.objects.filter(student=student).select_related("user"):
        entries.append(
            Entry(
                _("Opened in an emergency"),
                row.starts_at,
                facts(
                    ("kind", _("What has happened"), row.get_kind_display()),
                    ("reason", _("Reason"), row.reason, False, True),
                    ("by", _("Opened by"), row.user, True),
                ),
            )
        )
    return entries


def _count(student: Student) -> list[tuple[object, int]]:
    return [
        (_("questions who has seen the records"), AccessRequest.objects.filter(student=student).count()),
        (_("emergency readings"), BreakGlass.objects.filter(student=student).count()),
    ]


def _clocks(students: QuerySet[Student]) -> dict[int, Clock]:
    answered, over = TruncDate(Coalesce("answered_at", "asked_at")), TruncDate("ends_at")
    asked = AccessRequest.objects.filter(student__in=students)
    found: dict[int, Clock] = {}
    for rows, day in ((asked, answered), (BreakGlass.objects.filter(student__in=students), over)):
        for pk, first, last in rows.values_list("student").annotate(first=Min(day), last=Max(day)).order_by():
            known = found.get(pk, Clock(first, last))
            found[pk] = Clock(min(first, known.first), max(last, known.last))
    for pk in asked.filter(state=RequestState.ASKED).values_list("student", flat=True):
        found[pk] = Clock(None, None)
    return found


def _erase(erasing: Erasing) -> int:
    asked = AccessRequest.objects.filter(~Q(state=RequestState.ASKED), student=erasing.student)
    opened = BreakGlass.objects.filter(student=erasing.student)
    if erasing.until is not None:
        asked = asked.filter(answered_at__date__lte=erasing.until)
        opened = opened.filter(ends_at__date__lte=erasing.until)
    return sum(empty(rows, student=erasing.onto) for rows in (asked, opened) if rows.exists())


def _blocks(student: Student) -> list[str]:
    if AccessRequest.objects.filter(student=student, state=RequestState.ASKED).exists():
        return [_("A guardian's question who has seen the records waits for its answer. It is answered first.")]
    return []


register(
    Part(
        key="requests",
        label=gettext_lazy("Questions and emergency readings"),
        order=100,
        keeping="requests",
        models=("audit.AccessRequest", "audit.BreakGlass", "audit.BreakGlassSeen"),
        read=_read,
        count=_count,
        clocks=_clocks,
        erase=_erase,
        blocks=_blocks,
    )
)
