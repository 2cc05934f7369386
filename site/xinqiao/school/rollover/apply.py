"""The year's roll-over: all classes move up on one day, the sixth grade leaves; once a school year, in one transaction."""

from __future__ import annotations

import datetime

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.enums import Role
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record
from xinqiao.refused import Refused
from xinqiao.school.models import Enrolment, Move, School, SchoolClass
from xinqiao.school.moves import duties
from xinqiao.school.moves.classes import opened_class
from xinqiao.school.moves.current import locked
from xinqiao.school.moves.many import move_all
from xinqiao.school.moves.models import LeaveReason, MoveKind
from xinqiao.school.rollover.plan import Plan, plan_roll_over


class Teachers(models.TextChoices):
    """What happens to the duties of those who teach a class."""

    HOMEROOM_UP = "homeroom_up", _("Homeroom teachers go up with their class")
    ALL_UP = "all_up", _("Homeroom and subject teachers go up with their classes")
    STAY = "stay", _("Nobody goes along: duties stay with grade and class, or are given anew")


_ROLES = {
    Teachers.HOMEROOM_UP: (Role.HOMEROOM,),
    Teachers.ALL_UP: (Role.HOMEROOM, Role.TEACHER),
    Teachers.STAY: (),
}


class RollOverRefused(Refused):
    """Something stands in the way; the plan carries every sentence."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan.errors[0])
        self.plan = plan


class ClassesChanged(Refused):
    sentence = _("The classes changed since this preview was shown. This is how it stands now: look again and confirm.")


@transaction.atomic
def roll_over(
    *,
    by: User,
    school: School,
    on: datetime.date,
    teachers: str,
    expected: tuple[int, int] | None = None,
    today: datetime.date | None = None,
) -> Move:
    """Move every class up on the day.

    Args:
        teachers: one of `Teachers`.
        expected: how many go up and how many leave, as the preview showed it.

    Raises:
        NotPermitted
        RollOverRefused: done already this school year, a day that does not fit, moves entered ahead, an open round.
        ClassesChanged: others would move than were shown.
    """
    require(by, Capability.MANAGE_DIRECTORY, school)
    school = locked(school)
    plan = plan_roll_over(school=school, on=on, today=today)
    if plan.errors:
        raise RollOverRefused(plan)
    if expected is not None and expected != (plan.going_up, plan.leaving):
        raise ClassesChanged
    follows, opened = _classes_above(school, plan)
    roles = _ROLES[Teachers(teachers)]
    facts = duties.move_up(by=by, school=school, to=follows, on=on, roles=roles) if roles else {}
    emptied = _emptied(plan, follows)
    move = Move.objects.create(
        school=school,
        kind=MoveKind.ROLL_OVER,
        on=on,
        reason=LeaveReason.GRADUATED,
        school_year=plan.school_year,
        made_by=by,
        undo_facts={"opened": opened, "closed": dict.fromkeys(map(str, emptied)), "duties": facts},
    )
    move_all(move=move, to=follows, today=today)
    SchoolClass.objects.filter(pk__in=emptied).update(closed_on=on)
    record(
        actor=by,
        action="school.roll_over",
        target=move,
        details={
            "school_year": plan.school_year,
            "on": on.isoformat(),
            "children": move.children,
            "left": plan.leaving,
            "classes": len(plan.steps),
            "teachers": teachers,
        },
    )
    return move


def _classes_above(school: School, plan: Plan) -> tuple[dict[int, int | None], dict[str, str]]:
    """The class that follows, by class; and those opened for it, with the day since which they were closed before."""
    running = SchoolClass.objects.filter(grade__school=school, closed_on=None)
    there = {(grade, number): pk for grade, number, pk in running.values_list("grade__number", "number", "pk")}
    follows: dict[int, int | None] = {}
    opened: dict[str, str] = {}
    for step in plan.steps:
        if step.to is not None and step.to not in there:
            above, was = opened_class(school=school, grade=step.to[0], number=step.to[1])
            there[step.to] = above.pk
            opened[str(above.pk)] = was or plan.on.isoformat()
        follows[step.school_class.pk] = there[step.to] if step.to is not None else None
    return follows, opened


def _emptied(plan: Plan, follows: dict[int, int | None]) -> list[int]:
    """Classes above the first grade that nobody follows into: they are no more. The first grade waits for its children."""
    taken = {above for above in follows.values() if above is not None}
    left = [step.school_class.pk for step in plan.steps if step.to != (2, step.school_class.number)]
    free = [each for each in left if each not in taken]
    kept = set(
        Enrolment.objects.filter(school_class__in=free, ends_on=None, starts_on__gte=plan.on).values_list(
            "school_class", flat=True
        )
    )
    return [each for each in free if each not in kept]
