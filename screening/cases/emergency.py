"""What a reading in an emergency opens of this room: the child's cases, each on its own page."""

from django.urls import reverse
from django.utils.translation import gettext as _

from screening.cases.models import Case
from xinqiao.accounts.models import User
from xinqiao.audit.break_glass import Readable, opens


@opens
def cases_of(reader: User, student_id: int) -> list[Readable]:
    """Newest first; only those whose story this person may read at this moment."""
    found = Case.objects.visible_to(reader).told_to(reader).filter(student=student_id).order_by("-opened_at")
    return [
        Readable(
            _("Case %(number)s, %(state)s") % {"number": case.number, "state": case.get_state_display()},
            reverse("screening:case", args=[case.pk]),
        )
        for case in found.only("pk", "year", "sequence", "state", "opened_at")
    ]
