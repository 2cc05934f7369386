"""Opening one child's story in an emergency: asked with a reason, told at once, over after an hour."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tasks.mail import queue_mail
from xinqiao.accounts.access import opened_to, require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.holders import people_who
from xinqiao.accounts.models import User
from xinqiao.audit.break_glass_models import AN_HOUR, BreakGlass, BreakGlassSeen, Emergency
from xinqiao.audit.trail import record
from xinqiao.refused import Refused

SHORTEST_REASON = 15  # characters
MOST_IN_A_DAY = 3
_A_DAY = datetime.timedelta(hours=24)


class ReasonTooShort(Refused):
    sentence = _("Please say in one or two sentences what has happened, and whom you tried to reach.")


class TooMany(Refused):
    sentence = _(
        "You have opened three records within 24 hours. A fourth needs a call to the principal or a counselor, who can look for you."
    )


class NobodyIsTold(Refused):
    sentence = _(
        "There is nobody at this school who would be told: no principal and no counselor. Without them no record is opened."
    )


class IsOver(Refused):
    sentence = _("This reading has ended already.")


def told_of(school: Any, by: User, today: datetime.date | None = None) -> list[User]:
    """The principals and counselors who are told at once; never the person alone who asks."""
    return list(people_who(Capability.WATCH_BREAK_GLASS, school, today).exclude(pk=by.pk))


@transaction.atomic
def open_in_emergency(
    *, by: User, student: Any, kind: str, reason: str, now: datetime.datetime | None = None
) -> BreakGlass:
    """Let this person read this child's story for an hour, and tell the principals and counselors.

    Whoever has an hour running for the child gets that one, unchanged.

    Raises:
        NotPermitted
        ReasonTooShort, TooMany, NobodyIsTold: a sentence each, nothing is opened.
    """
    require(by, Capability.BREAK_GLASS, student)
    now = now or timezone.now()
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise ReasonTooShort
    # Two presses meet at this lock, and so the count of the day holds.
    person = User.objects.select_for_update().get(pk=by.pk)
    held = BreakGlass.objects.filter(user=person)
    running = held.live(now).filter(student=student).first()
    if running is not None:
        return running
    if held.filter(starts_at__gt=now - _A_DAY).count() >= MOST_IN_A_DAY:
        raise TooMany
    told = told_of(student.school, person)
    if not told:
        raise NobodyIsTold
    opened = BreakGlass.objects.create(
        user=person,
        school=student.school,
        student=student,
        kind=Emergency(kind),
        reason=reason,
        starts_at=now,
        ends_at=now + AN_HOUR,
    )
    person.break_glass_until = max(person.break_glass_until or opened.ends_at, opened.ends_at)
    person.save(update_fields=["break_glass_until"])
    _forget(by, person.break_glass_until)
    record(
        actor=person,
        action="break_glass.open",
        target=opened,
        student_id=student.pk,
        details={"kind": opened.kind, "told": len(told)},
    )
    for each in told:
        queue_mail(
            template="audit/break_glass",
            to=each,
            key=f"break-glass:{opened.pk}:{each.pk}",
            context={"count": 1, "path": reverse("break_glass")},
        )
    return opened


@transaction.atomic
def end_early(*, by: User, opened: BreakGlass, now: datetime.datetime | None = None) -> BreakGlass:
    """Its holder has read enough, or somebody who was told puts an end to it; at once, in open pages too.

    Raises:
        NotPermitted
        IsOver: its hour is over, or it was ended before.
    """
    if opened.user_id != by.pk:
        require(by, Capability.WATCH_BREAK_GLASS, opened)
    now = now or timezone.now()
    opened = BreakGlass.objects.select_for_update().get(pk=opened.pk)
    if not opened.is_live(now):
        raise IsOver
    opened.ended_at, opened.ended_by = now, by
    opened.save(update_fields=["ended_at", "ended_by"])
    record(actor=by, action="break_glass.end", target=opened, student_id=opened.student_id)
    return opened


@transaction.atomic
def acknowledge(*, by: User, opened: BreakGlass) -> None:
    """Who was told has looked at it; a second press changes nothing.

    Raises:
        NotPermitted
    """
    require(by, Capability.WATCH_BREAK_GLASS, opened)
    _seen, new = BreakGlassSeen.objects.get_or_create(break_glass=opened, person=by)
    if new:
        record(actor=by, action="break_glass.seen", target=opened, student_id=opened.student_id)


def _forget(person: User, until: datetime.datetime) -> None:
    """The instance at hand knows of the new hour at once."""
    person.break_glass_until = until
    person.__dict__.pop("_break_glass", None)


def emergency_of(reader: User, student_id: int) -> BreakGlass | None:
    """The hour in which this person reads of this child. A page that shows a story says so, and leaves with it."""
    return next((each for each in opened_to(reader) if each.student_id == student_id), None)


def leave_when_over(response: HttpResponse, opened: BreakGlass | None) -> HttpResponse:
    """The page that shows a story leaves the screen by itself when the hour is over."""
    if opened is None:
        return response
    seconds = max(1, int((opened.ends_at - timezone.now()).total_seconds()) + 1)
    response["Refresh"] = f"{seconds}; url={reverse('break_glass')}"
    return response


# -- what there is to read -------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Readable:
    """One page about the child that an exception opens."""

    label: str
    url: str


_finders: list[Callable[[User, int], list[Readable]]] = []


def opens(find: Callable[[User, int], list[Readable]]) -> Callable[[User, int], list[Readable]]:
    """Register a function of (reader, student id) that gives an app's pages about a child: apps above say what they hold."""
    _finders.append(find)
    return find


def readable(reader: User, student_id: int) -> list[Readable]:
    """Every page about the child that this person may read at this moment."""
    return [page for find in _finders for page in find(reader, student_id)]
