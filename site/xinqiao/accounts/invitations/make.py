"""Making invitations and taking them back: letters for a class or one child, a mail to one guardian."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from tasks.outbox import enqueue
from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.invitations.codes import mark, new_code
from xinqiao.accounts.invitations.errors import InNoClass, NobodyToInvite, NotOpen
from xinqiao.accounts.invitations.models import Invitation, InvitationHow, InvitationQuerySet
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record
from xinqiao.school.models import Guardianship, SchoolClass, Student

if TYPE_CHECKING:
    from collections.abc import Callable

MAIL_KIND = "invitation"
DAYS = (14, 30, 60)
"""For how long a letter may be good; the second is what the page offers first."""


@dataclasses.dataclass(frozen=True)
class Letter:
    """What one letter shows; it lives as long as the letter is being made."""

    student: Student
    code: str


def invited_by_class_letters(school_class: SchoolClass, *, everybody: bool) -> list[Student]:
    """For whom a class's letters are made: not for a child whose guardian a court keeps away, whose letter is made
    alone and handed over in person; and where not everybody is meant, not for those whose guardian has joined."""
    students = Student.objects.filter(current_class=school_class).exclude(
        pk__in=Guardianship.objects.filter(restricted=True).values("student")
    )
    if not everybody:
        joined = Guardianship.objects.filter(guardian__user__isnull=False).values("student")
        students = students.exclude(pk__in=joined)
    return list(students.order_by("number"))


@transaction.atomic
def make_letters(
    *, by: User, school_class: SchoolClass, everybody: bool, days: int, render: Callable[[Sequence[Letter]], bytes]
) -> tuple[uuid.UUID, bytes]:
    """New codes for a class, in one PDF. Unused letters from before are taken back; if the PDF fails, nothing has changed.

    Returns:
        the printing's id, by which the letters are found for half an hour, and the PDF.

    Raises:
        NotPermitted, NobodyToInvite, UnshowableCharacter
    """
    require(by, Capability.INVITE_GUARDIANS, school_class)
    return _print(by, invited_by_class_letters(school_class, everybody=everybody), days, render, school_class)


@transaction.atomic
def make_letter(
    *, by: User, student: Student, days: int, render: Callable[[Sequence[Letter]], bytes]
) -> tuple[uuid.UUID, bytes]:
    """One child's letter again, or for the first time.

    Raises:
        NotPermitted, InNoClass, UnshowableCharacter
    """
    require(by, Capability.INVITE_GUARDIANS, student)
    if student.current_class_id is None:
        raise InNoClass
    return _print(by, [student], days, render, student.current_class)


def _print(
    by: User,
    students: list[Student],
    days: int,
    render: Callable[[Sequence[Letter]], bytes],
    school_class: SchoolClass,
) -> tuple[uuid.UUID, bytes]:
    if not students:
        raise NobodyToInvite
    _one_at_a_time(school_class)
    now, printing = timezone.now(), uuid.uuid4()
    replaced = _take_back(Invitation.objects.filter(student__in=students, how=InvitationHow.PAPER), by, now)
    letters = [Letter(student, new_code()) for student in students]
    Invitation.objects.bulk_create(
        Invitation(
            student=letter.student,
            how=InvitationHow.PAPER,
            printing=printing,
            code_mark=mark(letter.code),
            made_by=by,
            made_at=now,
            expires_at=_until(now, days),
        )
        for letter in letters
    )
    pdf = render(letters)
    alone = students[0].pk if len(students) == 1 else None
    record(
        actor=by,
        action="invitation.print",
        target=school_class,
        student_id=alone,
        details={"letters": len(letters), "replaced": replaced, "printing": str(printing), "days": days},
    )
    return printing, pdf


@transaction.atomic
def mail_invitation(*, by: User, student: Student, address: str, days: int) -> Invitation:
    """Order a mail with a link of its own for one guardian; the worker makes the code when it sends it.

    A mail of before that nobody used is taken back; letters stay good.

    Raises:
        NotPermitted, InNoClass
    """
    require(by, Capability.INVITE_GUARDIANS, student)
    if student.current_class_id is None:
        raise InNoClass
    _one_at_a_time(student.current_class)
    now = timezone.now()
    _take_back(Invitation.objects.filter(student=student, how=InvitationHow.MAIL), by, now)
    invitation = Invitation.objects.create(
        student=student,
        how=InvitationHow.MAIL,
        address=address,
        places=1,
        made_by=by,
        made_at=now,
        expires_at=_until(now, days),
    )
    enqueue(kind=MAIL_KIND, key=f"{MAIL_KIND}:{invitation.pk}", payload={"invitation": str(invitation.pk)})
    record(actor=by, action="invitation.mail", target=invitation, student_id=student.pk, details={"days": days})
    return invitation


@transaction.atomic
def revoke(*, by: User, invitation: Invitation) -> Invitation:
    """The code is worth nothing from now on. Who has joined by it stays: their tie is ended on the child's page.

    Raises:
        NotPermitted, NotOpen
    """
    invitation = Invitation.objects.select_related("student__current_class").get(pk=invitation.pk)
    require(by, Capability.INVITE_GUARDIANS, invitation.student)
    if not _take_back(Invitation.objects.filter(pk=invitation.pk), by, timezone.now()):
        raise NotOpen
    record(actor=by, action="invitation.revoke", target=invitation, student_id=invitation.student_id)
    invitation.refresh_from_db()
    return invitation


def _one_at_a_time(school_class: SchoolClass) -> None:
    """Two colleagues who print the same class: the second waits, and takes the first's letters back."""
    SchoolClass.objects.select_for_update(of=("self",), no_key=True).get(pk=school_class.pk)


def _take_back(rows: InvitationQuerySet, by: User, now: datetime.datetime) -> int:
    """Of those by which somebody could still join; how many."""
    # Locked first, so that somebody who joins at this moment is before or after, and not between.
    open_ones = list(rows.unclosed().select_for_update().order_by("pk").values_list("pk", "expires_at"))
    Invitation.objects.filter(pk__in=[pk for pk, _until_when in open_ones]).update(
        revoked_at=now, revoked_by=by, address=""
    )
    return sum(until > now for _pk, until in open_ones)


def _until(now: datetime.datetime, days: int) -> datetime.datetime:
    """The end of the last day: what the letter says in words."""
    last = timezone.localtime(now).date() + datetime.timedelta(days=days)
    return timezone.make_aware(datetime.datetime.combine(last, datetime.time(23, 59, 59)))
