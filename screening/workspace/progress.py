"""How far a school is: the open round's classes, and how many children are at each step of the loop. Counts only."""

from __future__ import annotations

import dataclasses
import datetime
import statistics
from collections.abc import Collection

from django.db.models import Count, Q
from django.utils import timezone

from screening.assessments.enums import AssessmentState
from screening.assessments.models import Assessment
from screening.cases.enums import CaseState
from screening.cases.models import Case
from screening.levels import Level
from screening.referrals.enums import WAITING_FOR_HOSPITAL, ReferralState
from screening.referrals.models import Referral
from screening.rounds.enums import PassState, RoundState
from screening.rounds.models import Round
from screening.workspace.time_left import TimeLeft, days_left
from xinqiao.school.calendar import SchoolCalendar
from xinqiao.school.models import Term

AN_ACTIVE_CASE = Q(state=CaseState.OPEN) | Q(state=CaseState.MONITORING)


@dataclasses.dataclass(frozen=True)
class OpenRound:
    """One open round and how many of its classes are done."""

    round: Round
    left: TimeLeft
    classes: int
    submitted: int
    begins: bool

    @property
    def waiting(self) -> int:
        return self.classes - self.submitted


@dataclasses.dataclass(frozen=True)
class Loop:
    """The loop of the term: found, assessed, helped, followed up; and how long an assessment took, in school days."""

    found: int
    assessed: int
    helped: int
    followed: int
    median_days: float | None
    longest_days: int | None
    by_level: list[tuple[Level, int]]
    consent: int
    hospital: int
    this_week: int

    @property
    def active(self) -> int:
        return self.helped + self.followed


def open_rounds(calendars: dict[int, SchoolCalendar], today: datetime.date) -> list[OpenRound]:
    found = (
        Round.objects.filter(school__in=calendars, state=RoundState.OPEN)
        .select_related("term")
        .annotate(classes=Count("passes"), done=Count("passes", filter=Q(passes__state=PassState.SUBMITTED)))
        .order_by("due_on")
    )
    return [
        OpenRound(
            round=each,
            left=days_left(each.due_on, today, calendars[each.school_id]),
            classes=each.classes,
            submitted=each.done,
            begins=each.opens_on > today,
        )
        for each in found
    ]


def loop_of(calendars: dict[int, SchoolCalendar], today: datetime.date) -> Loop:
    """The numbers of the term of the day."""
    schools: Collection[int] = calendars.keys()
    term = Term.objects.filter(school__in=schools).current(today)
    made = Assessment.objects.filter(school__in=schools)
    if term is not None:
        made = made.filter(made_at__date__gte=term.starts_on)
    rows = list(made.values_list("school", "state", "made_at", "completed_at"))
    took = [
        calendars[school].school_days_between(timezone.localdate(made_at), timezone.localdate(completed_at))
        for school, state, made_at, completed_at in rows
        if state == AssessmentState.COMPLETED
    ]
    levels = {level: Count("pk", filter=AN_ACTIVE_CASE & Q(level=level)) for level in Level.values}
    cases = Case.objects.filter(school__in=schools).aggregate(
        helped=Count("pk", filter=Q(state=CaseState.OPEN)),
        followed=Count("pk", filter=Q(state=CaseState.MONITORING)),
        **levels,
    )
    referrals = Referral.objects.filter(case__school__in=schools).aggregate(
        consent=Count("pk", filter=Q(state=ReferralState.AWAITING_CONSENT)),
        hospital=Count("pk", filter=Q(state__in=WAITING_FOR_HOSPITAL)),
    )
    monday = today - datetime.timedelta(days=today.weekday())
    return Loop(
        found=len(rows),
        assessed=len(took),
        helped=cases["helped"],
        followed=cases["followed"],
        median_days=statistics.median(took) if took else None,
        longest_days=max(took, default=None),
        by_level=[(level, cases[level.value]) for level in (Level.HIGH, Level.PRIORITY, Level.GENERAL)],
        this_week=sum(timezone.localdate(made_at) >= monday for _school, _state, made_at, _done in rows),
        **referrals,
    )
