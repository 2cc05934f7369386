"""What invitations hold about a child: that a letter was made, until when it was good, and that somebody joined."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xinqiao.accounts.invitations.models import Invitation
from xinqiao.records.parts import Clock, Entry, Erasing, Part, facts, register
from xinqiao.school.child_file import left_on
from xinqiao.school.models import Student


def _read(student: Student) -> list[Entry]:
    return [
        Entry(
            _("Invitation of guardians"),
            row.made_at,
            facts(
                ("how", _("Way"), row.get_how_display()),
                ("state", _("State"), row.state.label),
                ("until", _("Good until"), timezone.localdate(row.expires_at)),
                ("joined", _("Guardians who joined by it"), row.used),
                ("by", _("Made by"), row.made_by, True),
            ),
        )
        for row in Invitation.objects.filter(student=student).select_related("made_by").order_by("made_at")
    ]


def _count(student: Student) -> list[tuple[object, int]]:
    return [(_("invitations of guardians"), Invitation.objects.filter(student=student).count())]


def _clocks(students: QuerySet[Student]) -> dict[int, Clock]:
    invited = set(Invitation.objects.filter(student__in=students).values_list("student", flat=True))
    return {pk: clock for pk, clock in left_on(students).items() if pk in invited}


def _erase(erasing: Erasing) -> int:
    """No act of anybody rests on them: the rows go, the trail says that they were."""
    rows = Invitation.objects.filter(student=erasing.student)
    if erasing.until is not None:
        rows = rows.filter(expires_at__date__lte=erasing.until)
    count = rows.count()
    rows.delete()
    return count


register(
    Part(
        key="invitations",
        label=gettext_lazy("Invitations of guardians"),
        order=25,
        keeping="invitations",
        models=("accounts.Invitation", "accounts.Joining"),
        read=_read,
        count=_count,
        clocks=_clocks,
        erase=_erase,
    )
)
