"""What the registry holds about a child: questions and answers with their proof, and acting without one in danger."""

from __future__ import annotations

from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xinqiao.consents.models import Consent, SafetyOverride
from xinqiao.records.parts import Clock, Entry, Erasing, Part, facts, register
from xinqiao.records.scrub import empty
from xinqiao.school.models import Student


def _read(student: Student) -> list[Entry]:
    entries = []
    rows = Consent.objects.filter(student=student)
    people = ("guardian", "withdrawn_by", "requested_by", "recorded_by", "withdrawal_recorded_by")
    for row in rows.select_related(*people).order_by("requested_at"):
        entries.append(
            Entry(
                str(row.get_kind_display()),
                row.answered_at or row.requested_at,
                facts(
                    ("state", _("State"), row.get_state_display()),
                    ("asked", _("Asked on"), timezone.localdate(row.requested_at)),
                    ("text_version", _("Version of the text"), row.text_version),
                    ("guardian", _("Guardian"), row.guardian and row.guardian.name, True),
                    ("how", _("How it was said"), row.get_how_display()),
                    ("expires_on", _("Holds until"), row.expires_on),
                    ("evidence", _("Evidence"), row.evidence),
                    ("withdrawn", _("Taken back on"), row.withdrawn_at and timezone.localdate(row.withdrawn_at)),
                    ("withdrawn_by", _("Taken back by"), row.withdrawn_by and row.withdrawn_by.name, True),
                    ("withdrawal_evidence", _("Evidence of that"), row.withdrawal_evidence),
                    ("asked_by", _("Asked by"), row.requested_by, True),
                    ("recorded_by", _("Written down by"), row.recorded_by, True),
                ),
            )
        )
    for row in SafetyOverride.objects.filter(student=student).select_related("made_by").order_by("made_at"):
        entries.append(
            Entry(
                _("Acted without consent: %(kind)s") % {"kind": row.get_kind_display()},
                row.made_at,
                facts(
                    ("until", _("Until"), timezone.localdate(row.ends_at)),
                    ("reason", _("Why it could not wait"), row.reason, False, True),
                    ("by", _("Decided by"), row.made_by, True),
                ),
            )
        )
    return entries


def _count(student: Student) -> list[tuple[object, int]]:
    return [
        (_("consents"), Consent.objects.filter(student=student).count()),
        (_("acts without consent"), SafetyOverride.objects.filter(student=student).count()),
    ]


def _clocks(students: QuerySet[Student]) -> dict[int, Clock]:
    """The proof is needed for as long as the child is at the school, and counts from the last day there."""
    asked = set(Consent.objects.filter(student__in=students).values_list("student", flat=True))
    asked |= set(SafetyOverride.objects.filter(student__in=students).values_list("student", flat=True))
    rows = (
        Student.objects.filter(pk__in=asked).values_list("pk", "current_class").annotate(day=Max("enrolments__ends_on"))
    )
    return {pk: Clock(*(2 * [None if in_class else day])) for pk, in_class, day in rows.order_by()}


def _erase(erasing: Erasing) -> int:
    """Where the paper lies and who heard the call go; that there was an answer, and when, stays without a name."""
    count = empty(Consent.objects.filter(student=erasing.student))
    return count + empty(SafetyOverride.objects.filter(student=erasing.student))


register(
    Part(
        key="consents",
        label=gettext_lazy("Consents"),
        order=30,
        keeping="consents",
        models=("consents.Consent", "consents.SafetyOverride"),
        read=_read,
        count=_count,
        clocks=_clocks,
        erase=_erase,
    )
)
