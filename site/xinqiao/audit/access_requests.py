"""Who has seen my child's records: asked by a guardian, answered by the principal within fifteen working days."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tasks.mail import queue_mail
from xinqiao.accounts.access import NotPermitted, require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.holders import people_who
from xinqiao.accounts.models import User
from xinqiao.audit.models import AccessRequest, AuditEntry
from xinqiao.audit.plain_words import Kind, Told, happenings, in_plain_words
from xinqiao.audit.request_models import RequestState
from xinqiao.audit.trail import record
from xinqiao.refused import NotThisState, Refused
from xinqiao.school.calendar import is_national_workday

WORKING_DAYS = 15
SHORTEST_ANSWER = 10  # characters


class SayWhy(Refused):
    sentence = _("Please tell the guardian in a sentence why, and whom they can talk with.")


def working_days_after(day: datetime.date, count: int) -> datetime.date:
    """The day on which so many days of work are over; holidays of the school do not stop the clock."""
    while count:
        day += datetime.timedelta(days=1)
        count -= is_national_workday(day)
    return day


def working_days_left(due: datetime.date, today: datetime.date) -> int:
    """How many working days are left; negative once the day is over."""
    first, last = sorted((today, due))
    days = sum(
        is_national_workday(first + datetime.timedelta(days=number)) for number in range(1, (last - first).days + 1)
    )
    return days if due >= today else -days


@transaction.atomic
def ask_who_has_seen(*, by: User, student: Any, now: datetime.datetime | None = None) -> AccessRequest:
    """Put the question, and tell the principals. While one is open, a second press finds it.

    Raises:
        NotPermitted: not a guardian of this child, or kept away by a court.
    """
    require(by, Capability.ASK_ACCESS_LOG, student)
    now = now or timezone.now()
    by = User.objects.select_for_update().get(pk=by.pk)  # two presses meet here
    there = AccessRequest.objects.waiting().filter(student=student, asked_by=by).first()
    if there is not None:
        return there
    request = AccessRequest.objects.create(
        school_id=student.school_id,
        student=student,
        asked_by=by,
        asked_at=now,
        due_on=working_days_after(timezone.localdate(now), WORKING_DAYS),
    )
    record(actor=by, action="access_request.ask", target=request, student_id=student.pk)
    for each in people_who(Capability.ANSWER_ACCESS_LOG, student.school_id):
        queue_mail(
            template="audit/access_asked",
            to=each,
            key=f"access-asked:{request.pk}:{each.pk}",
            context={"due": request.due_on.isoformat(), "path": reverse("audit_requests")},
        )
    return request


@transaction.atomic
def take_back(*, by: User, request: AccessRequest) -> AccessRequest:
    """The guardian does not need the answer any more.

    Raises:
        NotPermitted, NotThisState
    """
    if request.asked_by_id != by.pk:
        raise NotPermitted(Capability.ASK_ACCESS_LOG)
    request = _open(request)
    request.state = RequestState.WITHDRAWN
    request.save(update_fields=["state"])
    record(actor=by, action="access_request.take_back", target=request, student_id=request.student_id)
    return request


@transaction.atomic
def release(
    *,
    by: User,
    request: AccessRequest,
    withheld: Collection[str],
    words: str = "",
    now: datetime.datetime | None = None,
) -> AccessRequest:
    """Let the guardian read what has been done until now, but for the kinds kept back.

    The trail never changes, so a position in it is the whole answer: nothing is copied.

    Raises:
        NotPermitted, NotThisState
    """
    require(by, Capability.ANSWER_ACCESS_LOG, request)
    request = _open(request)
    request.state = RequestState.RELEASED
    request.answered_by, request.answered_at = by, now or timezone.now()
    request.up_to = AuditEntry.objects.filter(student_id=request.student_id).aggregate(last=Max("pk"))["last"] or 0
    request.withheld = sorted({Kind(kind).value for kind in withheld})
    request.answer = words.strip()
    request.save(update_fields=["state", "answered_by", "answered_at", "up_to", "withheld", "answer"])
    record(
        actor=by,
        action="access_request.release",
        target=request,
        student_id=request.student_id,
        details={"withheld": request.withheld},
    )
    _tell_guardian(request)
    return request


@transaction.atomic
def decline(*, by: User, request: AccessRequest, words: str, now: datetime.datetime | None = None) -> AccessRequest:
    """Not answered, with a reason in words for the guardian: it would endanger the child, or a law forbids it.

    Raises:
        NotPermitted, NotThisState, SayWhy
    """
    require(by, Capability.ANSWER_ACCESS_LOG, request)
    if len(words.strip()) < SHORTEST_ANSWER:
        raise SayWhy
    request = _open(request)
    request.state = RequestState.DECLINED
    request.answered_by, request.answered_at, request.answer = by, now or timezone.now(), words.strip()
    request.save(update_fields=["state", "answered_by", "answered_at", "answer"])
    record(actor=by, action="access_request.decline", target=request, student_id=request.student_id)
    _tell_guardian(request)
    return request


@transaction.atomic
def read_answer(*, by: User, request: AccessRequest) -> list[Told]:
    """What the guardian may read of it, recorded as read.

    Raises:
        NotPermitted: another's question, or one that was not answered with a list.
    """
    if request.asked_by_id != by.pk or request.state != RequestState.RELEASED:
        raise NotPermitted(Capability.ASK_ACCESS_LOG)
    require(by, Capability.ASK_ACCESS_LOG, request)
    record(actor=by, action="access_request.read", target=request, student_id=request.student_id)
    return released(request)


def released(request: AccessRequest) -> list[Told]:
    """The answer as the guardian reads it."""
    found = happenings(request.student_id, up_to=request.up_to, until=request.answered_at)
    return in_plain_words(
        found, school_id=request.school_id, reader_id=request.asked_by_id, withheld=set(request.withheld)
    )


def _open(request: AccessRequest) -> AccessRequest:
    locked = AccessRequest.objects.select_for_update().get(pk=request.pk)
    if not locked.is_open:
        raise NotThisState
    return locked


def _tell_guardian(request: AccessRequest) -> None:
    queue_mail(
        template="audit/access_answered",
        to=request.asked_by,
        key=f"access-answered:{request.pk}",
        context={"path": reverse("audit_ask", args=[request.student_id])},
    )
