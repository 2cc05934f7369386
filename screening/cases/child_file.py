"""What a case holds about a child: plan and follow-ups; and apart from them, for longer, levels and emergency protocols."""

from __future__ import annotations

import datetime

from django.db.models import Count, Max, Min, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from screening.cases.enums import ACTIVE, CrisisState
from screening.cases.models import Case, CrisisRecord, CrisisStep, FollowUp, LevelChange
from screening.levels import Level
from xinqiao.records.parts import NOBODY, Clock, Entry, Erasing, Part, facts, register
from xinqiao.records.scrub import empty, past_the_freeze
from xinqiao.school.models import Student

_CLOSED = TruncDate("closed_at")


def _read(student: Student) -> list[Entry]:
    entries = []
    for case in Case.objects.filter(student=student).select_related("owner").order_by("opened_at"):
        entries.append(
            Entry(
                _("Case %(number)s") % {"number": case.number},
                case.opened_at,
                facts(
                    ("number", _("Case"), case.number),
                    ("level", _("Level"), case.get_level_display()),
                    ("state", _("State"), case.get_state_display()),
                    ("closed", _("Closed on"), case.closed_at and timezone.localdate(case.closed_at)),
                    ("plan", _("Plan"), case.plan),
                    ("next_steps", _("Next steps"), case.next_steps),
                    ("class_support", _("What the class can do"), case.class_support),
                    ("closing", _("Why it was closed"), case.closing),
                    ("owner", _("Owner"), case.owner, True),
                ),
            )
        )
        for row in case.follow_ups.select_related("done_by").order_by("due_on"):
            entries.append(
                Entry(
                    _("Follow-up: %(kind)s") % {"kind": row.get_kind_display()},
                    row.happened_on or row.due_on,
                    facts(
                        ("case", _("Case"), case.number),
                        ("state", _("State"), row.get_state_display()),
                        ("due_on", _("Due"), row.due_on),
                        ("contact", _("How"), row.get_contact_display()),
                        ("note", _("What was seen and agreed"), row.note, False, True),
                        ("by", _("Done by"), row.done_by, True),
                    ),
                )
            )
    return entries


def _count(student: Student) -> list[tuple[object, int]]:
    return [
        (_("cases"), Case.objects.filter(student=student).count()),
        (_("follow-ups"), FollowUp.objects.filter(case__student=student).count()),
    ]


def _clocks(students: QuerySet[Student]) -> dict[int, Clock]:
    return _since_closing(Case.objects.filter(student__in=students).exclude(student__name=NOBODY))


def _since_closing(cases: QuerySet[Case]) -> dict[int, Clock]:
    rows = cases.values_list("student").annotate(
        first=Min(_CLOSED), last=Max(_CLOSED), open=Count("pk", filter=Q(state__in=ACTIVE))
    )
    return {pk: Clock(first, None if in_use else last) for pk, first, last, in_use in rows.order_by()}


def _erase(erasing: Erasing) -> int:
    """Plan, steps and notes go. The case stays with its number and times, and belongs to somebody without a name."""
    rows = Case.objects.filter(student=erasing.student, state="closed")
    if erasing.until is not None:
        rows = rows.annotate(closed=_CLOSED).filter(closed__lte=erasing.until)
    found = list(rows.values_list("pk", flat=True))
    if not found:
        return 0
    count = empty(FollowUp.objects.filter(case__in=found))
    # A protocol that the law keeps goes along unemptied, so that nothing of the case stays with the name.
    with past_the_freeze(CrisisRecord):
        CrisisRecord.objects.filter(case__in=found).update(student=erasing.onto)
    return count + empty(Case.objects.filter(pk__in=found), student=erasing.onto)


def _blocks(student: Student) -> list[str]:
    sentences = []
    active = Case.objects.filter(student=student, state__in=ACTIVE)
    if active.filter(level=Level.HIGH).exists():
        sentences.append(
            _(
                "A case with a high level is open: the child's safety comes first. It is lowered by two persons and closed"
                " before anything is erased."
            )
        )
    elif active.exists():
        sentences.append(_("A case is open. The counselor closes it first, with a reason."))
    if CrisisRecord.objects.filter(student=student).exclude(state=CrisisState.STOOD_DOWN).exists():
        sentences.append(_("An emergency protocol is running. It is ended first, when the child is safe."))
    return sentences


def _read_safety(student: Student) -> list[Entry]:
    entries = []
    for crisis in CrisisRecord.objects.filter(student=student).select_related("declared_by").order_by("declared_at"):
        entries.append(
            Entry(
                _("Emergency protocol"),
                crisis.declared_at,
                facts(
                    ("state", _("State"), crisis.get_state_display()),
                    ("by", _("Declared by"), crisis.declared_by, True),
                ),
            )
        )
        for step in crisis.steps.select_related("done_by"):
            entries.append(
                Entry(
                    str(step.get_key_display()),
                    step.done_at or step.due_at,
                    facts(
                        ("state", _("State"), _("Done") if step.done_at else _("Not done")),
                        ("note", _("What was done"), step.note, False, True),
                        ("by", _("Done by"), step.done_by, True),
                    ),
                )
            )
    for row in (
        LevelChange.objects.filter(case__student=student).select_related("asked_by", "answered_by").order_by("asked_at")
    ):
        entries.append(
            Entry(
                _("Change of level"),
                row.asked_at,
                facts(
                    ("from", _("From level"), row.get_from_level_display()),
                    ("to", _("New level"), row.get_to_level_display()),
                    ("state", _("State"), row.get_state_display()),
                    ("reason", _("Reason"), row.reason, False, True),
                    ("by", _("Asked by"), row.asked_by, True),
                    ("answer", _("Comment"), row.answer, False, True),
                    ("answered_by", _("Answered by"), row.answered_by, True),
                ),
            )
        )
    return entries


def _count_safety(student: Student) -> list[tuple[object, int]]:
    return [
        (_("emergency protocols"), CrisisRecord.objects.filter(student=student).count()),
        (_("changes of level"), LevelChange.objects.filter(case__student=student).count()),
    ]


def _clocks_of_safety(students: QuerySet[Student]) -> dict[int, Clock]:
    """From the day on which the child's last case was closed; a protocol without one, from its own last step."""
    held = Q(crises__isnull=False) | Q(cases__level_changes__isnull=False)
    holders = Student.objects.filter(held, pk__in=students).distinct()
    found = {
        pk: Clock(clock.last, clock.last)
        for pk, clock in _since_closing(Case.objects.filter(student__in=holders)).items()
    }
    day = TruncDate("crises__steps__written_at")
    declared = TruncDate("crises__declared_at")
    for pk, written, begun, running in holders.values_list("pk").annotate(
        written=Max(day), begun=Max(declared), running=Count("crises", filter=~Q(crises__state=CrisisState.STOOD_DOWN))
    ):
        if running:
            found[pk] = Clock(None, None)
        elif pk not in found:
            last: datetime.date | None = max(filter(None, (written, begun)), default=None)
            found[pk] = Clock(last, last)
    return found


def _erase_safety(erasing: Erasing) -> int:
    rows = CrisisRecord.objects.filter(student=erasing.student, state=CrisisState.STOOD_DOWN)
    found = list(rows.values_list("pk", flat=True))
    count = empty(CrisisStep.objects.filter(crisis__in=found))
    count += empty(LevelChange.objects.filter(case__student=erasing.student))
    if found:
        count += empty(CrisisRecord.objects.filter(pk__in=found), student=erasing.onto)
    return count


register(
    Part(
        key="cases",
        label=gettext_lazy("Cases and follow-ups"),
        order=60,
        keeping="help",
        models=("screening_cases.Case", "screening_cases.FollowUp"),
        read=_read,
        count=_count,
        clocks=_clocks,
        erase=_erase,
        blocks=_blocks,
    )
)
register(
    Part(
        key="safety",
        label=gettext_lazy("Emergency protocols and levels"),
        order=70,
        keeping="safety",
        models=("screening_cases.CrisisRecord", "screening_cases.CrisisStep", "screening_cases.LevelChange"),
        read=_read_safety,
        count=_count_safety,
        clocks=_clocks_of_safety,
        erase=_erase_safety,
    )
)
