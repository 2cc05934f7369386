"""What the year's roll-over would do, worked out without touching anything: where each class goes, and what stands in the way."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xinqiao.accounts.enums import Role
from xinqiao.accounts.models import Appointment
from xinqiao.school.models import Enrolment, Move, School, SchoolClass, Term
from xinqiao.school.moves import duties
from xinqiao.school.moves.models import MoveKind
from xinqiao.school.naming import class_name

LAST_GRADE = 6
AHEAD_DAYS, BACK_DAYS = 120, 90
_TURN = 6
"""From June on a day belongs to the school year that begins in its autumn."""

Hindrance = Callable[[School, datetime.date], "list[str]"]
_hindrances: list[Hindrance] = []


def hinders(check: Hindrance) -> Hindrance:
    """Register what another room knows: sentences that say why the classes cannot move up on the day. None names a child."""
    _hindrances.append(check)
    return check


@dataclass(frozen=True)
class Step:
    """Where the children of one class go; `to` is None where they leave the school."""

    school_class: SchoolClass
    children: int
    to: tuple[int, int] | None
    is_new: bool
    teachers: list[Appointment]

    @property
    def to_name(self) -> str:
        return class_name(*self.to) if self.to else ""


@dataclass
class Plan:
    """The preview.

    Attributes:
        staying: children whose present class began on the day or later (new first-graders): they stay where they are.
        errors: sentences; with one of them nothing is done.
    """

    school: School
    on: datetime.date
    steps: list[Step] = field(default_factory=list)
    staying: int = 0
    errors: list[str] = field(default_factory=list)
    done: Move | None = None

    @property
    def school_year(self) -> int:
        return school_year_of(self.on)

    @property
    def going_up(self) -> int:
        return sum(step.children for step in self.steps if step.to)

    @property
    def leaving(self) -> int:
        return sum(step.children for step in self.steps if not step.to)


def school_year_of(day: datetime.date) -> int:
    """The year in which the school year begins that a roll-over on the day opens."""
    return day.year if day.month >= _TURN else day.year - 1


def default_day(school: School, today: datetime.date) -> datetime.date:
    """The first day of the school year that begins next, or began lately: the autumn term's, else the first of September."""
    year = today.year if today.month < 11 else today.year + 1
    autumn = Term.objects.filter(school=school, starts_on__year=year, starts_on__month__in=(8, 9))
    first = autumn.order_by("starts_on").values_list("starts_on", flat=True).first()
    return first or datetime.date(year, 9, 1)


def is_due(school: School, today: datetime.date) -> bool:
    """Whether the year should move up about now: from the middle of June to the end of October, until it is done."""
    if not datetime.date(today.year, 6, 15) <= today <= datetime.date(today.year, 10, 31):
        return False
    done = Move.objects.standing().filter(school=school, kind=MoveKind.ROLL_OVER, school_year=today.year)
    sitting = Enrolment.objects.filter(
        student__school=school, ends_on=None, starts_on__lt=datetime.date(today.year, 6, 1)
    )
    return not done.exists() and sitting.exists()


def plan_roll_over(*, school: School, on: datetime.date, today: datetime.date | None = None) -> Plan:
    """The preview for the day."""
    today = today or timezone.localdate()
    plan = Plan(school=school, on=on)
    in_it = Q(enrolments__ends_on=None, enrolments__starts_on__lt=on)
    classes = list(
        SchoolClass.objects.filter(grade__school=school)
        .select_related("grade")
        .annotate(children=Count("enrolments", filter=in_it))
        .order_by("grade__number", "number")
    )
    there = {(each.grade.number, each.number) for each in classes if each.closed_on is None}
    held = duties.held([each.pk for each in classes], on, (Role.HOMEROOM,))
    for each in classes:
        if not each.children:
            continue
        to = (each.grade.number + 1, each.number) if each.grade.number < LAST_GRADE else None
        teachers = [duty for duty in held if duty.school_class_id == each.pk]
        plan.steps.append(Step(each, each.children, to, to is not None and to not in there, teachers))
    sitting = Enrolment.objects.filter(student__school=school)
    plan.staying = sitting.filter(ends_on=None, starts_on__gte=on).count()
    plan.done = (
        Move.objects.standing()
        .filter(school=school, kind=MoveKind.ROLL_OVER, school_year=plan.school_year)
        .select_related("made_by")
        .first()
    )
    plan.errors = _errors(plan, sitting.filter(ends_on__gte=on).count(), today)
    return plan


def _errors(plan: Plan, moving_later: int, today: datetime.date) -> list[str]:
    errors = []
    earliest = today - datetime.timedelta(days=BACK_DAYS)
    latest = today + datetime.timedelta(days=AHEAD_DAYS)
    if plan.done is not None:
        errors.append(_("The classes have moved up for the school year %(year)s already.") % {"year": plan.school_year})
    if plan.on > latest:
        first = plan.on - datetime.timedelta(days=AHEAD_DAYS)
        errors.append(_("It is too early: this day can be prepared from %(day)s on.") % {"day": first.isoformat()})
    elif plan.on < earliest:
        errors.append(_("This day lies too far back: choose one from %(day)s on.") % {"day": earliest.isoformat()})
    if moving_later:
        errors.append(
            ngettext(
                "%(count)d child has a move on a later day. Choose a day after it, or take that move back first.",
                "%(count)d children have a move on a later day. Choose a day after it, or take those moves back first.",
                moving_later,
            )
            % {"count": moving_later}
        )
    if not plan.steps:
        errors.append(_("No child sits in a class since before this day: there is nothing to move up."))
    for check in _hindrances:
        errors += check(plan.school, plan.on)
    return errors
