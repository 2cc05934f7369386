"""Reminding teachers whose first pass is open: by the clock once a due day, and by a button once a day. No child's name."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from screening.deadlines import REMIND_FIRST_PASS_DAYS
from screening.errors import RoundNotBegun
from screening.people import fillers_of
from screening.rounds.enums import RoundState
from screening.rounds.models import ClassPass, Round
from tasks.checks import still_true
from tasks.mail import queue_mail
from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record
from xinqiao.school.calendar import calendar_of

STILL_OPEN = "screening.first_pass_still_open"


@still_true(STILL_OPEN)
def first_pass_still_open(*, class_pass: int, due_version: int, user: int) -> bool:
    """Asked again at sending: not submitted since, the round open with the same due day, the teacher still in charge."""
    waiting = ClassPass.objects.waiting().filter(pk=class_pass, round__due_version=due_version)
    found = waiting.select_related("school_class").first()
    return found is not None and fillers_of(found.school_class).filter(pk=user).exists()


@transaction.atomic
def remind_open_first_pass(today: datetime.date | None = None) -> int:
    """Queue one mail a teacher, class and due day, where it is near or over. Returns how many teachers were found."""
    today = today or timezone.localdate()
    found = 0
    for round_ in Round.objects.filter(state=RoundState.OPEN, opens_on__lte=today).select_related("school", "term"):
        left = calendar_of(round_.school).school_days_between(today, round_.due_on)
        if left > REMIND_FIRST_PASS_DAYS:
            continue
        for class_pass in _waiting(round_):
            for teacher in fillers_of(class_pass.school_class, today):
                _queue(class_pass, teacher, f"first-pass-due:{class_pass.pk}:{round_.due_version}:{teacher.pk}", left)
                found += 1
    return found


@transaction.atomic
def nudge(*, user: User, round_: Round, today: datetime.date | None = None) -> int:
    """The button: one mail a teacher, class and day. Returns how many classes are still open.

    Raises:
        NotPermitted, RoundNotBegun
    """
    require(user, Capability.READ_COUNTS, round_)
    today = today or timezone.localdate()
    if round_.opens_on > today:
        raise RoundNotBegun
    left = calendar_of(round_.school).school_days_between(today, round_.due_on)
    classes = list(_waiting(round_))
    for class_pass in classes:
        for teacher in fillers_of(class_pass.school_class, today):
            _queue(class_pass, teacher, f"first-pass-nudge:{class_pass.pk}:{today}:{teacher.pk}", left)
    record(actor=user, action="round.remind", target=round_, details={"classes": len(classes)})
    return len(classes)


def _waiting(round_: Round) -> QuerySet[ClassPass]:
    return round_.passes.waiting().select_related("round", "school_class__grade").order_by("school_class")


def _queue(class_pass: ClassPass, teacher: User, key: str, left: int) -> None:
    queue_mail(
        template="screening_rounds/first_pass_due",
        to=teacher,
        key=key,
        context={
            "class_name": str(class_pass.school_class),
            "due": class_pass.round.due_on.isoformat(),
            "left": left,
            "late": left < 0,
            "path": reverse("screening:class_form", args=[class_pass.round_id, class_pass.school_class_id]),
        },
        still_true=(
            STILL_OPEN,
            {"class_pass": class_pass.pk, "due_version": class_pass.round.due_version, "user": teacher.pk},
        ),
    )
