"""What happens to a class: opened, closed, merged with another, split in two. A class is never deleted: it has a history."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record
from xinqiao.school.models import Enrolment, Grade, Move, School, SchoolClass
from xinqiao.school.moves import duties
from xinqiao.school.moves.children import check_day
from xinqiao.school.moves.current import locked
from xinqiao.school.moves.errors import ClassClosed, ClassNotEmpty, ClassThere, DayRefused, NobodyChosen, OtherGrade
from xinqiao.school.moves.many import move_all
from xinqiao.school.moves.models import MoveKind


@transaction.atomic
def open_class(*, by: User, school: School, grade: int, number: int) -> SchoolClass:
    """A class of this number; one that was closed is opened again.

    Raises:
        NotPermitted, ClassThere
    """
    require(by, Capability.MANAGE_DIRECTORY, school)
    school = locked(school)
    opened, was = opened_class(school=school, grade=grade, number=number)
    if was == "open":
        raise ClassThere
    record(actor=by, action="class.open", target=opened, details={"before": was})
    return opened


@transaction.atomic
def close_class(*, by: User, school_class: SchoolClass, today: datetime.date | None = None) -> SchoolClass:
    """From today on it is offered nowhere; nobody may sit in it, or be going to.

    Raises:
        NotPermitted, ClassNotEmpty
    """
    require(by, Capability.MANAGE_DIRECTORY, school_class)
    locked(school_class.grade.school)
    today = today or timezone.localdate()
    school_class = SchoolClass.objects.select_for_update().get(pk=school_class.pk)
    if children_from(school_class, today).exists():
        raise ClassNotEmpty
    if school_class.closed_on is None:
        school_class.closed_on = today
        school_class.save(update_fields=["closed_on"])
        record(actor=by, action="class.close", target=school_class, details={"on": today.isoformat()})
    return school_class


@transaction.atomic
def merge(
    *, by: User, school_class: SchoolClass, into: SchoolClass, on: datetime.date, today: datetime.date | None = None
) -> Move:
    """All children of one class sit in the other from the day on, and the class is closed.

    Raises:
        NotPermitted, Refused: one of `errors`; nothing is changed.
    """
    school = _begin(by, school_class, on, today)
    if into.pk == school_class.pk or into.grade_id != school_class.grade_id:
        raise OtherGrade
    if SchoolClass.objects.get(pk=into.pk).closed_on is not None:
        raise ClassClosed
    check_all_may_go(school_class, on)
    ended = duties.end_with_classes(by=by, school=school, classes=[school_class.pk], on=on)
    move = Move.objects.create(
        school=school,
        kind=MoveKind.MERGE,
        on=on,
        from_class=school_class,
        to_class=into,
        made_by=by,
        undo_facts={"closed": {str(school_class.pk): None}, "duties": ended},
    )
    move_all(move=move, to={school_class.pk: into.pk}, today=today)
    SchoolClass.objects.filter(pk=school_class.pk).update(closed_on=on)
    return _done(move, by)


@transaction.atomic
def split(
    *,
    by: User,
    school_class: SchoolClass,
    number: int,
    children: list[Any],
    on: datetime.date,
    today: datetime.date | None = None,
) -> Move:
    """These children sit in a class of their own from the day on.

    Args:
        number: of the new class in the same grade; there is none of it, or it is closed.
        children: their ids; others than those who sit in the class are refused.

    Raises:
        NotPermitted, Refused: one of `errors`; nothing is changed.
    """
    school = _begin(by, school_class, on, today)
    sitting = set(
        Enrolment.objects.filter(school_class=school_class, ends_on=None, starts_on__lt=on).values_list(
            "student", flat=True
        )
    )
    chosen = set(children)
    if not chosen or not chosen < sitting:
        raise NobodyChosen
    opened, was = opened_class(school=school, grade=school_class.grade.number, number=number)
    if was == "open":
        raise ClassThere
    move = Move.objects.create(
        school=school,
        kind=MoveKind.SPLIT,
        on=on,
        from_class=school_class,
        to_class=opened,
        made_by=by,
        undo_facts={"opened": {str(opened.pk): was or on.isoformat()}},
    )
    move_all(move=move, to={school_class.pk: opened.pk}, only=chosen, today=today)
    return _done(move, by)


def opened_class(*, school: School, grade: int, number: int) -> tuple[SchoolClass, str]:
    """The class, running; and how it was before: "open", the day since which it was closed, or "" where it is new."""
    place, _new = Grade.objects.get_or_create(school=school, number=grade)
    found = SchoolClass.objects.select_for_update().filter(grade=place, number=number).first()
    if found is None:
        return SchoolClass.objects.create(grade=place, number=number), ""
    if found.closed_on is None:
        return found, "open"
    was, found.closed_on = found.closed_on.isoformat(), None
    found.save(update_fields=["closed_on"])
    return found, was


def next_number(grade: Grade) -> int:
    """The number after the highest that the grade ever had in use."""
    return (grade.classes.running().aggregate(Max("number"))["number__max"] or 0) + 1


def children_from(school_class: SchoolClass, on: datetime.date) -> Any:
    """Enrolments that reach to the day or beyond."""
    return Enrolment.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), school_class=school_class)


def check_all_may_go(school_class: SchoolClass, on: datetime.date) -> None:
    """Whoever sits in the class began before the day and has no other move ahead."""
    for enrolment in children_from(school_class, on).order_by("starts_on"):
        if enrolment.ends_on is not None:
            raise DayRefused.ends_later(enrolment.ends_on)
        if enrolment.starts_on >= on:
            raise DayRefused.before_start(enrolment.starts_on)


def _begin(by: User, school_class: SchoolClass, on: datetime.date, today: datetime.date | None) -> School:
    require(by, Capability.MANAGE_DIRECTORY, school_class)
    check_day(on, today)
    school = locked(school_class.grade.school)
    if SchoolClass.objects.get(pk=school_class.pk).closed_on is not None:
        raise ClassClosed
    return school


def _done(move: Move, by: User) -> Move:
    record(
        actor=by,
        action=f"class.{move.kind}",
        target=move,
        details={
            "class_before": move.from_class_id,
            "class": move.to_class_id,
            "on": move.on.isoformat(),
            "children": move.children,
        },
    )
    return move
