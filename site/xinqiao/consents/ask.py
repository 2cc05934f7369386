"""Asking a class, the school or one child's guardians in one act; another day; reminding those who have not answered."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from tasks.checks import still_true
from tasks.mail import queue_mails
from xinqiao.accounts.access import require
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record
from xinqiao.consents.enums import ConsentState, Standing
from xinqiao.consents.errors import InThePast, NobodyToAsk, NotAskedHere
from xinqiao.consents.kinds import kind_of
from xinqiao.consents.models import Asking, Consent
from xinqiao.consents.standing import pictures
from xinqiao.consents.texts import text_in_force
from xinqiao.school.models import Guardianship, School, SchoolClass, Student

ASKED_TOGETHER = frozenset({Standing.NOT_ASKED, Standing.EXPIRED})
"""Who is asked when a class or the school is: nobody is pressed who has said no."""
STILL_WAITING = "consents.still_waiting"


@transaction.atomic
def ask(
    *,
    user: User,
    school: School,
    kind: str,
    due_on: datetime.date,
    school_class: SchoolClass | None = None,
    student: Student | None = None,
    now: datetime.datetime | None = None,
) -> Asking:
    """Ask for all children of a class or the school who were not asked yet, or for one child, again where somebody said no.

    Guardians with an account get a mail: a count and a link.

    Raises:
        NotPermitted, NotAskedHere, InThePast
        NobodyToAsk: all of them were asked, or have answered.
    """
    require(user, kind_of(kind).asked_with, student or school_class or school)
    now = now or timezone.now()
    if kind_of(kind).per_case:
        raise NotAskedHere
    if due_on < timezone.localdate(now):
        raise InThePast
    # Two presses at once: the second waits here, and then finds nobody left to ask.
    School.objects.select_for_update(no_key=True).only("pk").get(pk=school.pk)
    children = children_to_ask(school=school, kind=kind, school_class=school_class, student=student, now=now)
    if not children:
        raise NobodyToAsk
    text = text_in_force(school, kind, now)
    asking = Asking.objects.create(
        school=school,
        school_class=school_class,
        kind=kind,
        text_version=text.version,
        asked_at=now,
        asked_by=user,
        children=len(children),
        due_on=due_on,
    )
    Consent.objects.bulk_create(
        Consent(
            school=school,
            student_id=child,
            kind=kind,
            text_version=text.version,
            asking=asking,
            requested_at=now,
            requested_by=user,
        )
        for child in children
    )
    record(
        actor=user,
        action="consent.ask",
        target=asking,
        student_id=student.pk if student else None,
        details={"kind": kind, "text": text.version, "children": len(children), "due": due_on.isoformat()},
    )
    tell_guardians(asking, "consent-asked")
    return asking


def children_to_ask(
    *,
    school: School,
    kind: str,
    school_class: SchoolClass | None = None,
    student: Student | None = None,
    now: datetime.datetime | None = None,
) -> list[int]:
    """The children at school whose guardians would be asked now."""
    children = Student.objects.filter(school=school, current_class__isnull=False)
    if school_class is not None:
        children = children.filter(current_class=school_class)
    if student is not None:
        children = children.filter(pk=student.pk)
    found = list(children.order_by("pk").values_list("pk", flat=True))
    seen = pictures(
        school_id=school.pk, kind=kind, students=found, on=timezone.localdate(now or timezone.now()), for_pages=False
    )
    if student is not None:
        return [pk for pk in found if seen[pk].standing != Standing.GIVEN and seen[pk].open is None]
    return [pk for pk in found if seen[pk].standing in ASKED_TOGETHER and seen[pk].open is None]


@transaction.atomic
def move_due_day(*, user: User, asking: Asking, due_on: datetime.date, now: datetime.datetime | None = None) -> Asking:
    """Another day by which answers are hoped for; a reminder may then go out once more.

    Raises:
        NotPermitted, InThePast
    """
    require(user, kind_of(asking.kind).asked_with, _place_of(asking))
    if due_on < timezone.localdate(now or timezone.now()):
        raise InThePast
    asking = Asking.objects.select_for_update(of=("self",)).get(pk=asking.pk)
    if asking.due_on != due_on:
        asking.due_on, asking.due_version = due_on, asking.due_version + 1
        asking.save(update_fields=["due_on", "due_version"])
        record(
            actor=user,
            action="consent.move_due_day",
            target=asking,
            details={"kind": asking.kind, "due": due_on.isoformat()},
        )
    return asking


@transaction.atomic
def remind(*, user: User, asking: Asking) -> int:
    """One mail to each guardian with an account who has not answered; once for each due day. How many are new.

    Raises:
        NotPermitted
    """
    require(user, kind_of(asking.kind).asked_with, _place_of(asking))
    told = tell_guardians(asking, f"consent-remind:{asking.due_version}")
    record(actor=user, action="consent.remind", target=asking, details={"kind": asking.kind, "mails": told})
    return told


def tell_guardians(asking: Asking, reason: str) -> int:
    """A count and a link to each guardian of a child that waits, who has an account and an address."""
    waiting: dict[User, int] = defaultdict(int)
    for tie in (
        Guardianship.objects.filter(
            restricted=False,
            student__consents__asking=asking,
            student__consents__state=ConsentState.REQUESTED,
            guardian__user__is_active=True,
        )
        .exclude(guardian__user__email="")
        .select_related("guardian__user")
        .order_by("pk")
    ):
        waiting[tie.guardian.user] += 1
    return queue_mails(
        template="consents/waiting",
        mails=[
            (
                person,
                f"{reason}:{asking.pk}:{person.pk}",
                {
                    "count": count,
                    "path": reverse("family_consents"),
                    "due": asking.due_on.isoformat(),
                    "again": reason.startswith("consent-remind"),
                },
                (STILL_WAITING, {"asking": str(asking.pk), "user": person.pk, "due_version": asking.due_version}),
            )
            for person, count in waiting.items()
        ],
    )


@still_true(STILL_WAITING)
def still_waiting(*, asking: str, user: int, due_version: int) -> bool:
    """Asked again at sending: this person has not answered all, nobody restricted them since, the day is the same."""
    return Consent.objects.filter(
        asking=asking,
        asking__due_version=due_version,
        state=ConsentState.REQUESTED,
        student__guardianships__guardian__user=user,
        student__guardianships__restricted=False,
    ).exists()


def answered_of(askings: Iterable[Asking]) -> dict[object, int]:
    """How many questions of each act have an answer."""
    found: dict[object, int] = defaultdict(int)
    for asking, state in Consent.objects.filter(asking__in=[each.pk for each in askings]).values_list(
        "asking", "state"
    ):
        found[asking] += state != ConsentState.REQUESTED
    return found


def _place_of(asking: Asking) -> SchoolClass | School:
    return asking.school_class or asking.school
