"""What the second stage holds about a child: the talks, the family's situation, and the level with its reason."""

from __future__ import annotations

from django.db.models import Max, Min, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from screening.assessments.enums import OPEN_STATES
from screening.assessments.models import Assessment
from xinqiao.records.parts import NOBODY, Clock, Entry, Erasing, Part, facts, register
from xinqiao.records.scrub import empty
from xinqiao.school.models import Student

# A case that came of it goes on needing it until it is closed. The name of the relation is the case's own.
_OVER = TruncDate(Coalesce("case__closed_at", "completed_at"))
_IN_USE = Q(state__in=OPEN_STATES) | (Q(case__isnull=False) & ~Q(case__state="closed"))


def _read(student: Student) -> list[Entry]:
    return [
        Entry(
            _("Assessment"),
            row.completed_at or row.made_at,
            facts(
                ("state", _("State"), row.get_state_display()),
                ("suggested", _("Suggested"), row.get_suggested_display()),
                ("determined", _("Level"), row.get_determined_display()),
                ("reason", _("Reason for this level"), row.reason),
                ("interview", _("Conversation with the child"), row.interview, False, True),
                ("family", _("Family and life at home"), row.family, False, True),
                ("causes", _("What may lie behind it"), row.causes, False, True),
                ("by", _("Assessed by"), row.assessor, True),
            ),
        )
        for row in Assessment.objects.filter(student=student).select_related("assessor").order_by("made_at")
    ]


def _count(student: Student) -> list[tuple[object, int]]:
    return [(_("assessments"), Assessment.objects.filter(student=student).count())]


def _clocks(students: QuerySet[Student]) -> dict[int, Clock]:
    rows = Assessment.objects.filter(student__in=students).exclude(student__name=NOBODY)
    found = {
        pk: Clock(first, last)
        for pk, first, last in rows.exclude(_IN_USE)
        .values_list("student")
        .annotate(first=Min(_OVER), last=Max(_OVER))
        .order_by()
    }
    for pk in rows.filter(_IN_USE).values_list("student", flat=True):
        found[pk] = Clock(found[pk].first if pk in found else None, None)
    return found


def _erase(erasing: Erasing) -> int:
    """Every text goes; what was suggested and determined stays with somebody without a name."""
    rows = Assessment.objects.filter(student=erasing.student).exclude(_IN_USE)
    if erasing.until is not None:
        rows = rows.annotate(over=_OVER).filter(over__lte=erasing.until)
    found = Assessment.objects.filter(pk__in=list(rows.values_list("pk", flat=True)))
    return empty(found, student=erasing.onto) if found.exists() else 0


def _blocks(student: Student) -> list[str]:
    if Assessment.objects.filter(student=student, state__in=OPEN_STATES).exists():
        return [_("An assessment is open. The counselor completes it first; “no concern” with a reason is enough.")]
    return []


register(
    Part(
        key="assessments",
        label=gettext_lazy("Assessments"),
        order=50,
        keeping="help",
        models=("screening_assessments.Assessment",),
        read=_read,
        count=_count,
        clocks=_clocks,
        erase=_erase,
        blocks=_blocks,
    )
)
