"""Who is told when a clock has run out: the vice-principal from the first school day, the principal from the third.

One mail a person and day with a count, never a child. It is a row of the outbox, so "who has been told" is asked of it.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from screening.workspace.gather import Gathering
from screening.workspace.items import Item
from tasks.checks import still_true
from tasks.enums import OutboxState
from tasks.mail import queue_mail
from tasks.models import OutboxMessage
from xinqiao.accounts.enums import Role
from xinqiao.accounts.models import Appointment
from xinqiao.school.models import School

RUNGS = {Role.DEPUTY: 1, Role.PRINCIPAL: 3}
"""From how many school days late a role is told."""
STILL_LATE = "screening.something_still_late"
_LOOKS_BACK = 14  # days


@still_true(STILL_LATE)
def something_still_late(*, school: int, user: int, rung: int) -> bool:
    """Asked again at sending: something is as late as that, and the person still holds the duty."""
    today = timezone.localdate()
    held = _leaders([school], today).filter(user=user)
    if not any(RUNGS[Role(each.role)] == rung for each in held):
        return False
    gathering = Gathering([school])
    return any(item.left.days_late >= rung for item in [*gathering.for_children(), *gathering.late_classes()])


@transaction.atomic
def tell_of_what_is_late(now: datetime.datetime | None = None) -> int:
    """Queue today's mails. On a day without school only a protocol or a high assessment that is late is told.

    Returns:
        How many people were found to be told.
    """
    found = 0
    for school in School.objects.order_by("pk"):
        gathering = Gathering([school.pk], now)
        late = [item for item in [*gathering.for_children(), *gathering.late_classes()] if item.late]
        if not gathering.calendars[school.pk].is_school_day(gathering.today):
            late = [item for item in late if item.at_once]
        for leader in _leaders([school.pk], gathering.today).select_related("user"):
            rung = RUNGS[Role(leader.role)]
            count = sum(item.left.days_late >= rung for item in late)
            if not count:
                continue
            queue_mail(
                template="screening_workspace/late",
                to=leader.user,
                key=_key(school.pk, gathering.today, leader.user_id),
                context={"count": count, "path": reverse("screening:workspace")},
                still_true=(STILL_LATE, {"school": school.pk, "user": leader.user_id, "rung": rung}),
            )
            found += 1
    return found


def add_told(items: Sequence[Item], gathering: Gathering) -> None:
    """Write into each late item, and each running protocol, whom a sent mail has told of it."""
    schools = list(gathering.calendars)
    leaders = list(_leaders(schools, gathering.today).select_related("user"))
    days = [gathering.today - datetime.timedelta(days=back) for back in range(_LOOKS_BACK)]
    crises = [item.crisis_id for item in items if item.crisis_id is not None]
    keys = [_key(leader.school_id, day, leader.user_id) for leader in leaders for day in days]
    keys += [f"crisis-declared:{crisis}:{leader.user_id}" for crisis in crises for leader in leaders]
    sent = set(
        OutboxMessage.objects.filter(key__in=keys, state=OutboxState.SENT).values_list("key", flat=True) if keys else ()
    )
    for item in items:
        calendar = gathering.calendars[item.school_id]
        for leader in leaders:
            if leader.school_id != item.school_id or leader.user in item.told:
                continue
            rung = RUNGS[Role(leader.role)]
            late_then = (
                item.late
                and item.left.days_late - calendar.school_days_between(day, gathering.today) >= rung
                and _key(leader.school_id, day, leader.user_id) in sent
                for day in days
            )
            if f"crisis-declared:{item.crisis_id}:{leader.user_id}" in sent or any(late_then):
                item.told.append(leader.user)


def _key(school: int, day: datetime.date, person: int) -> str:
    return f"late:{school}:{day.isoformat()}:{person}"


def _leaders(schools: Collection[int], today: datetime.date):
    return Appointment.objects.on(today).filter(school__in=schools, role__in=list(RUNGS), user__is_active=True)
