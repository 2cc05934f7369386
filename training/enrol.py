"""Taking a course: enrolling, the only function that moves an enrolment's state, and changing when it is due."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from training.completion import due_on, may_renew
from training.enums import ENROLMENT_MOVES, OPEN_STATES
from training.errors import NotEnrolled, NotStaff, RenewalNotDue, WrongMove
from training.models.learning import CourseEnrolment
from xinqiao.accounts.access import may, require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.enums import STAFF_ROLES
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record

if TYPE_CHECKING:
    from training.models.pages import CoursePage
    from xinqiao.school.models import School


def school_of(person: User, today: datetime.date) -> School:
    """The school at which the person works today.

    Raises:
        NotStaff: they hold no duty there today.
    """
    for appointment in person.current_appointments(today):
        if appointment.role in STAFF_ROLES:
            return appointment.school
    raise NotStaff


def latest_enrolment(person: User, course: CoursePage) -> CourseEnrolment | None:
    """The person's last cycle of the course, which is the one that pages are about."""
    return (
        CourseEnrolment.objects.filter(person=person, course=course)
        .select_related("course", "school")
        .order_by("-cycle")
        .first()
    )


def move_enrolment(*, enrolment: CourseEnrolment, to: str) -> None:
    """Change the state of a row that the caller has locked. The database refuses the same moves.

    Raises:
        WrongMove: the table of moves has no such line.
    """
    if (enrolment.state, to) not in ENROLMENT_MOVES:
        raise WrongMove(f"{enrolment.state} to {to}")
    enrolment.state = to
    enrolment.save(update_fields=["state", "updated_at"])


@transaction.atomic
def enrol(
    *,
    course: CoursePage,
    person: User,
    by: User,
    due: datetime.date | None = None,
    today: datetime.date | None = None,
) -> CourseEnrolment:
    """Let a person take a course; assigning it again never drops them but sets the new date.

    A person enrols themselves (Capability.LEARN); a training manager enrols colleagues of the own school and may set a
    date. Where the last cycle's certificate ends soon, has ended or was revoked, a new cycle begins.

    Raises:
        NotPermitted: `by` may not enrol this person.
        NotStaff: the person does not work at the school today.
        RenewalNotDue: they hold a certificate that is valid for long enough.
    """
    today = today or timezone.localdate()
    if by != person or due is not None:
        require(by, Capability.MANAGE_TRAINING, school_of(person, today))
    else:
        require(by, Capability.LEARN)
    school = school_of(person, today)
    # One person's enrolments one after the other: two clicks at once would else both find none.
    User.objects.select_for_update().get(pk=person.pk)
    latest = latest_enrolment(person, course)
    if latest is not None and latest.state in OPEN_STATES:
        return latest if due is None else change_due(enrolment=latest, by=by, due=due)
    if latest is not None and not may_renew(latest, today):
        raise RenewalNotDue
    enrolment = CourseEnrolment.objects.create(
        person=person,
        course=course,
        school=school,
        cycle=1 if latest is None else latest.cycle + 1,
        enrolled_on=today,
        due_override=due,
        assigned_by=by if by != person else None,
    )
    record(
        actor=by,
        action="training.enrol",
        target=enrolment,
        details={"course": course.pk, "cycle": enrolment.cycle, "due": due_on(enrolment).isoformat()},
    )
    return enrolment


@transaction.atomic
def change_due(*, enrolment: CourseEnrolment, by: User, due: datetime.date) -> CourseEnrolment:
    """Set another date for one person. A reminder for the new date is a new reminder."""
    require(by, Capability.MANAGE_TRAINING, enrolment)
    enrolment = CourseEnrolment.objects.select_for_update(of=("self",)).select_related("course").get(pk=enrolment.pk)
    before = due_on(enrolment)
    enrolment.due_override = max(due, enrolment.enrolled_on)
    enrolment.save(update_fields=["due_override", "updated_at"])
    record(
        actor=by,
        action="training.change_due",
        target=enrolment,
        details={"from": before.isoformat(), "to": due_on(enrolment).isoformat()},
    )
    return enrolment


def locked_own(*, person: User, enrolment_id: int) -> CourseEnrolment:
    """The person's own enrolment, locked for a change in this transaction.

    Raises:
        NotPermitted: the person's duties no longer let them learn.
        NotEnrolled: it is not theirs.
    """
    require(person, Capability.LEARN)
    enrolment = (
        CourseEnrolment.objects.filter(person=person, pk=enrolment_id)
        .select_for_update(of=("self",))
        .select_related("course", "school", "person")
        .first()
    )
    if enrolment is None or not may(person, Capability.LEARN, enrolment):
        raise NotEnrolled
    return enrolment
