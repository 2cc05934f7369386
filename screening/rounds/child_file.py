"""What the first pass holds about a child: each round's form, with the versions before an amendment."""

from __future__ import annotations

from django.db.models import Max, Min, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from screening.instruments.answers import seen
from screening.levels import Domain
from screening.rounds.enums import ResponseState
from screening.rounds.models import Response
from xinqiao.records.parts import Clock, Entry, Erasing, Part, clocks_from, facts, register
from xinqiao.records.scrub import empty
from xinqiao.school.models import Student


def _read(student: Student) -> list[Entry]:
    rows = (
        Response.objects.filter(student=student)
        .select_related("class_pass__round__term", "class_pass__round__instrument_version", "saved_by")
        .order_by("saved_at", "revision")
    )
    return [_entry(row) for row in rows]


def _entry(row: Response) -> Entry:
    definition = row.class_pass.round.instrument_version.parsed
    chosen = seen(definition, row.unpacked)
    signs = [
        (f"sign.{item.code}", item.text, definition.options(item)[chosen[item.code]].label)
        for item in definition.items
        if item.code in chosen
    ]
    domains = ", ".join(
        f"{domain.label} {points}" for domain, points in zip(Domain, row.domain_scores or [], strict=False) if points
    )
    return Entry(
        _("First pass: %(round)s") % {"round": row.class_pass.round.name},
        row.saved_at,
        facts(
            ("state", _("State"), row.get_state_display()),
            ("considered", _("Considered"), row.get_considered_display()),
            *signs,
            ("total", _("Total"), row.total),
            ("domains", _("By domain"), domains),
            ("level", _("Suggested"), row.get_level_display()),
            ("by", _("Filled by"), row.saved_by, True),
            ("note", _("Sentence for the counselor"), row.note, False, True),
            ("amended_because", _("Why it was amended"), row.reason, False, True),
        ),
    )


def _count(student: Student) -> list[tuple[object, int]]:
    return [(_("first-pass forms"), Response.objects.filter(student=student).count())]


def _clocks(students: QuerySet[Student]) -> dict[int, Clock]:
    kept = Response.objects.filter(student__in=students).exclude(answers=b"")
    day = "class_pass__round__due_on"
    return clocks_from(kept.values_list("student").annotate(first=Min(day), last=Max(day)).order_by())


def _erase(erasing: Erasing) -> int:
    """Answers and sentences go. The level stays with somebody without a name: the class's counts are made from it."""
    rows = Response.objects.filter(student=erasing.student).exclude(answers=b"")
    if erasing.until is not None:
        rows = rows.filter(class_pass__round__due_on__lte=erasing.until)
    count = 0
    for pk, state in list(rows.values_list("pk", "state")):
        scored = {} if state == ResponseState.DRAFT else {"total": 0, "domain_scores": [0] * len(Domain)}
        gone = {"considered": ""} if state == ResponseState.DRAFT else {}
        count += empty(Response.objects.filter(pk=pk), answers=b"", student=erasing.onto, **scored, **gone)
    return count


register(
    Part(
        key="first_pass",
        label=gettext_lazy("First passes"),
        order=40,
        keeping="first_pass",
        models=("screening_rounds.Response",),
        read=_read,
        count=_count,
        clocks=_clocks,
        erase=_erase,
    )
)
