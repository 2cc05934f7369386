"""What happens to one child: joins the school, changes class, leaves, comes back; each with its day, each recorded."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record
from xinqiao.school.children.namesakes import namesakes_of
from xinqiao.school.enrolment import pinyin_of
from xinqiao.school.models import Enrolment, Move, School, SchoolClass, Student
from xinqiao.school.moves.current import locked, refresh_current_class
from xinqiao.school.moves.errors import (
    ClassClosed,
    DayRefused,
    InClassAlready,
    InNoClass,
    NamesakeThere,
    NumberTaken,
    SameClass,
)
from xinqiao.school.moves.models import LeaveReason, MoveKind

AHEAD_DAYS, BACK_DAYS = 120, 366
"""How far from today a move's day may lie."""
ONE_DAY = datetime.timedelta(days=1)


@transaction.atomic
def join(
    *,
    by: User,
    school: School,
    number: str,
    name: str,
    sex: str,
    born_on: datetime.date | None,
    school_class: SchoolClass,
    on: datetime.date,
    looked_at: bool = False,
    today: datetime.date | None = None,
) -> Move:
    """A child who was never here comes into a class.

    Args:
        looked_at: the person has seen who might be the same child, and says that it is another.

    Raises:
        NotPermitted, Refused: one of `errors`; nothing is changed.
    """
    require(by, Capability.MANAGE_DIRECTORY, school)
    school = locked(school)
    _fits(school=school, school_class=school_class, on=on, today=today)
    if Student.objects.filter(school=school, number=number).exists():
        raise NumberTaken
    found = [] if looked_at else list(namesakes_of(school=school, name=name, born_on=born_on))
    if found:
        raise NamesakeThere(found)
    pinyin, initials = pinyin_of(name)
    student = Student.objects.create(
        school=school, number=number, name=name, pinyin=pinyin, pinyin_initials=initials, sex=sex, born_on=born_on
    )
    return _begin(by, MoveKind.JOIN, student, None, school_class, on, today)


@transaction.atomic
def change_class(
    *, by: User, student: Student, to: SchoolClass, on: datetime.date, today: datetime.date | None = None
) -> Move:
    """The child sits in another class from the day on.

    Raises:
        NotPermitted, Refused: one of `errors`; nothing is changed.
    """
    require(by, Capability.MANAGE_DIRECTORY, student.school)
    school = locked(student.school)
    _fits(school=school, school_class=to, on=on, today=today)
    present = _present(student, on)
    if present.school_class_id == to.pk:
        raise SameClass
    return _begin(by, MoveKind.CHANGE, student, present, to, on, today)


@transaction.atomic
def leave(*, by: User, student: Student, on: datetime.date, reason: str, today: datetime.date | None = None) -> Move:
    """The child is no longer here from the day on; the record stays.

    Raises:
        NotPermitted, Refused: one of `errors`; nothing is changed.
    """
    require(by, Capability.MANAGE_DIRECTORY, student.school)
    school = locked(student.school)
    check_day(on, today)
    present = _present(student, on)
    move = _made(by, MoveKind.LEAVE, school, student, present.school_class, None, on, reason=LeaveReason(reason))
    _end(present, move)
    _finish(move, student, today)
    return move


@transaction.atomic
def come_back(
    *, by: User, student: Student, to: SchoolClass, on: datetime.date, today: datetime.date | None = None
) -> Move:
    """A child who had left sits in a class again from the day on.

    Raises:
        NotPermitted, Refused: one of `errors`; nothing is changed.
    """
    require(by, Capability.MANAGE_DIRECTORY, student.school)
    school = locked(student.school)
    _fits(school=school, school_class=to, on=on, today=today)
    last = Enrolment.objects.select_for_update().filter(student=student).order_by("starts_on").last()
    if last is not None and last.ends_on is None:
        raise InClassAlready
    if last is not None and last.ends_on >= on:
        raise DayRefused.before_start(last.ends_on + ONE_DAY)
    return _begin(by, MoveKind.RETURN, student, None, to, on, today)


def check_day(on: datetime.date, today: datetime.date | None = None) -> None:
    """A day that nobody can have meant is refused."""
    today = today or timezone.localdate()
    earliest, latest = today - BACK_DAYS * ONE_DAY, today + AHEAD_DAYS * ONE_DAY
    if not earliest <= on <= latest:
        raise DayRefused.out_of_range(earliest, latest)


def _fits(*, school: School, school_class: SchoolClass, on: datetime.date, today: datetime.date | None) -> None:
    check_day(on, today)
    now = SchoolClass.objects.filter(pk=school_class.pk, grade__school=school).values_list("closed_on", flat=True)
    closed_on = now.get()
    if closed_on is not None:
        raise ClassClosed


def _present(student: Student, on: datetime.date) -> Enrolment:
    """The open enrolment, which must have begun before the day."""
    last = (
        Enrolment.objects.select_for_update(of=("self",))
        .select_related("school_class")
        .filter(student=student)
        .order_by("starts_on")
        .last()
    )
    if last is None or (last.ends_on is not None and last.ends_on < on):
        raise InNoClass
    if last.ends_on is not None:
        raise DayRefused.ends_later(last.ends_on)
    if last.starts_on >= on:
        raise DayRefused.before_start(last.starts_on)
    return last


def _begin(
    by: User,
    kind: MoveKind,
    student: Student,
    present: Enrolment | None,
    to: SchoolClass,
    on: datetime.date,
    today: datetime.date | None,
) -> Move:
    move = _made(by, kind, student.school, student, present.school_class if present else None, to, on)
    if present is not None:
        _end(present, move)
    Enrolment.objects.create(student=student, school_class=to, starts_on=on, begun_by=move)
    _finish(move, student, today)
    return move


def _made(
    by: User, kind: MoveKind, school: School, student: Student, of: Any, to: Any, on: datetime.date, **more: Any
) -> Move:
    return Move.objects.create(
        school=school, kind=kind, student=student, from_class=of, to_class=to, on=on, children=1, made_by=by, **more
    )


def _end(present: Enrolment, move: Move) -> None:
    present.ends_on, present.ended_by = move.on - ONE_DAY, move
    present.save(update_fields=["ends_on", "ended_by"])


def _finish(move: Move, student: Student, today: datetime.date | None) -> None:
    refresh_current_class([student.pk], today)
    record(
        actor=move.made_by,
        action=f"student.{move.kind}",
        target=move,
        student_id=student.pk,
        details={
            "class_before": move.from_class_id,
            "class": move.to_class_id,
            "on": move.on.isoformat(),
            **({"reason": move.reason} if move.reason else {}),
        },
    )
