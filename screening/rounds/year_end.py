"""An open round stands in the way of the school's roll-over: its classes would get other children."""

from __future__ import annotations

import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from screening.rounds.enums import RoundState
from screening.rounds.models import Round
from xinqiao.school.models import School
from xinqiao.school.rollover.plan import hinders


@hinders
def open_rounds(school: School, on: datetime.date) -> list[str]:
    """One sentence a round that is still open on the day, or now where the day has come."""
    still_open = Q() if on <= timezone.localdate() else Q(due_on__gte=on)
    rounds = Round.objects.filter(still_open, school=school, state=RoundState.OPEN).select_related("term")
    return [
        _(
            "%(round)s is open until %(day)s: its classes would get other children. Close it first, or choose a later day."
        )
        % {"round": each.name, "day": each.due_on.isoformat()}
        for each in rounds
    ]
