"""How far a class has come: whose guardians have joined, who is invited until when, whose letter needs attention."""

from __future__ import annotations

import dataclasses
import datetime
from typing import TYPE_CHECKING

from django.db.models import Count
from django.utils import timezone

from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.invitations.models import Invitation, InvitationState
from xinqiao.school.models import Guardianship, SchoolClass, Student

if TYPE_CHECKING:
    from xinqiao.accounts.models import User


@dataclasses.dataclass
class ClassLine:
    """One class of the list.

    Attributes:
        with_joined: children of whom at least one guardian has joined.
        guardians: guardians who have joined.
        closed: letters that were closed after wrong tries and not made again.
    """

    school_class: SchoolClass
    children: int = 0
    with_joined: int = 0
    guardians: int = 0
    invited: int = 0
    closed: int = 0


@dataclasses.dataclass
class ChildLine:
    """One child: who has joined, and the newest invitation that matters.

    Attributes:
        joined: the relations of those who have an account.
        restricted: a court keeps a guardian away: the letter is handed over in person.
    """

    student: Student
    joined: list[str]
    restricted: bool
    invitation: Invitation | None
    state: InvitationState | None

    @property
    def is_open(self) -> bool:
        return self.state == InvitationState.OPEN

    @property
    def needs_letter(self) -> bool:
        """Nobody has joined, and the letter that was handed out opens nothing any more."""
        return not self.joined and self.state is not None and not self.is_open


def class_lines(user: User, now: datetime.datetime | None = None) -> list[ClassLine]:
    """The classes whose guardians this person may invite: four queries, however many classes."""
    now = now or timezone.now()
    classes = (
        SchoolClass.objects.within(user, Capability.INVITE_GUARDIANS)
        .running()
        .select_related("grade__school")
        .order_by("grade__school", "grade__number", "number")
    )
    lines = {each.pk: ClassLine(each) for each in classes}
    for pk, count in (
        Student.objects.filter(current_class__in=lines)
        .order_by()
        .values_list("current_class")
        .annotate(count=Count("pk"))
    ):
        lines[pk].children = count
    for pk, children, guardians in (
        Guardianship.objects.filter(student__current_class__in=lines, restricted=False, guardian__user__isnull=False)
        .values_list("student__current_class")
        .annotate(children=Count("student", distinct=True), guardians=Count("guardian", distinct=True))
    ):
        lines[pk].with_joined, lines[pk].guardians = children, guardians
    for row in _newest(student__current_class__in=lines):
        line, state = lines[row.student.current_class_id], row.state_at(now)
        line.invited += state == InvitationState.OPEN
        line.closed += state == InvitationState.DEAD
    return list(lines.values())


def child_lines(school_class: SchoolClass, now: datetime.datetime | None = None) -> list[ChildLine]:
    """The children of one class: three queries."""
    now = now or timezone.now()
    newest = {row.student_id: row for row in _newest(student__current_class=school_class)}
    joined: dict[int, list[str]] = {}
    restricted: set[int] = set()
    for tie in (
        Guardianship.objects.filter(student__current_class=school_class).select_related("guardian").order_by("pk")
    ):
        if tie.restricted:
            restricted.add(tie.student_id)
        elif tie.guardian.user_id is not None:
            joined.setdefault(tie.student_id, []).append(str(tie.get_relation_display()))
    lines = []
    for student in Student.objects.filter(current_class=school_class).order_by("number"):
        row = newest.get(student.pk)
        lines.append(
            ChildLine(
                student=student,
                joined=joined.get(student.pk, []),
                restricted=student.pk in restricted,
                invitation=row,
                state=row.state_at(now) if row else None,
            )
        )
    return lines


def _newest(**of: object) -> list[Invitation]:
    """Each child's newest invitation; one that is still open goes before a newer one that is not."""
    found: dict[int, Invitation] = {}
    rows = Invitation.objects.filter(**of).select_related("student").defer("address").order_by("-made_at")
    for row in rows:
        known = found.setdefault(row.student_id, row)
        if known is not row and known.state != InvitationState.OPEN and row.state == InvitationState.OPEN:
            found[row.student_id] = row
    return list(found.values())
