"""Follow-ups by rule: one week, two weeks, one month, three months. A high case always has a next one."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone

from screening.cases.enums import Contact, FollowUpKind, FollowUpState
from screening.cases.models import Case, FollowUp
from screening.deadlines import months_later, on_a_school_day
from screening.errors import NotThisState, ReasonMissing
from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record
from xinqiao.school.calendar import calendar_of
from xinqiao.school.models import School


def due_days(start: datetime.date, school: School) -> dict[FollowUpKind, datetime.date]:
    """When each follow-up after an intervention is due."""
    calendar = calendar_of(school)
    return {
        FollowUpKind.WEEK_1: on_a_school_day(start + datetime.timedelta(days=7), calendar),
        FollowUpKind.WEEK_2: on_a_school_day(start + datetime.timedelta(days=14), calendar),
        FollowUpKind.MONTH_1: on_a_school_day(months_later(start, 1), calendar),
        FollowUpKind.MONTH_3: on_a_school_day(months_later(start, 3), calendar),
    }


def planned(case: Case, start: datetime.date, school: School) -> list[FollowUp]:
    """The rule's follow-ups for a case, not saved yet."""
    return [FollowUp(case=case, kind=kind, due_on=due) for kind, due in due_days(start, school).items()]


def refresh_next(case: Case) -> None:
    """Bring `next_follow_up_on` in line with the follow-ups, in the caller's transaction and lock on the case."""
    case.next_follow_up_on = (
        FollowUp.objects.filter(case=case).due().order_by("due_on").values_list("due_on", flat=True).first()
    )
    case.save(update_fields=["next_follow_up_on"])


_NEAR = datetime.timedelta(days=3)


def plan_after_hospital(*, case: Case, came_back_on: datetime.date) -> list[FollowUp]:
    """The rule's follow-ups counted from a visit to the hospital, in the caller's transaction; near doubles are left out."""
    case = Case.objects.select_for_update(of=("self",)).select_related("school").get(pk=case.pk)
    if not case.is_active:
        return []
    there = list(FollowUp.objects.filter(case=case).due().values_list("due_on", flat=True))
    new = [
        each
        for each in planned(case, came_back_on, case.school)
        if all(abs(each.due_on - day) > _NEAR for day in there)
    ]
    FollowUp.objects.bulk_create(new)
    refresh_next(case)
    return new


@transaction.atomic
def complete_follow_up(
    *,
    user: User,
    follow_up: FollowUp,
    happened_on: datetime.date,
    contact: str,
    note: str,
    now: datetime.datetime | None = None,
) -> FollowUp:
    """Write down a follow-up, in time or late. On a high case without a next one, one is planned a week later.

    Raises:
        NotPermitted, ReasonMissing
        NotThisState: it is written down already, or lies in the future.
    """
    require(user, Capability.WRITE_CASE, follow_up.case)
    now = now or timezone.now()
    if not note.strip():
        raise ReasonMissing
    case = Case.objects.select_for_update(of=("self",)).select_related("school").get(pk=follow_up.case_id)
    follow_up = FollowUp.objects.select_for_update().get(pk=follow_up.pk)
    if follow_up.state != FollowUpState.DUE or happened_on > timezone.localdate(now):
        raise NotThisState
    follow_up.state = FollowUpState.DONE
    follow_up.happened_on, follow_up.contact, follow_up.note = happened_on, Contact(contact), note.strip()
    follow_up.done_by, follow_up.written_at = user, now
    follow_up.save()
    if case.is_high and not FollowUp.objects.filter(case=case).due().exists():
        day = on_a_school_day(happened_on + datetime.timedelta(days=7), calendar_of(case.school))
        FollowUp.objects.create(case=case, kind=FollowUpKind.EXTRA, due_on=max(day, timezone.localdate(now)))
    refresh_next(case)
    record(
        actor=user,
        action="follow_up.done",
        target=follow_up,
        student_id=case.student_id,
        details={"late_days": max(0, (happened_on - follow_up.due_on).days)},
    )
    return follow_up


@transaction.atomic
def plan_follow_up(*, user: User, case: Case, due_on: datetime.date, now: datetime.datetime | None = None) -> FollowUp:
    """One more look after the child than the rule plans; a second press finds the one that the first has made.

    Raises:
        NotPermitted
        NotThisState: the case is closed, or the day lies in the past.
    """
    require(user, Capability.WRITE_CASE, case)
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if not case.is_active or due_on < timezone.localdate(now or timezone.now()):
        raise NotThisState
    there = FollowUp.objects.filter(case=case, kind=FollowUpKind.EXTRA, due_on=due_on).due().first()
    if there is not None:
        return there
    follow_up = FollowUp.objects.create(case=case, kind=FollowUpKind.EXTRA, due_on=due_on)
    refresh_next(case)
    record(actor=user, action="follow_up.plan", target=follow_up, student_id=case.student_id)
    return follow_up
