"""The list of cases: which of them a person may know of, whose name stands beside it, and what runs out next."""

from __future__ import annotations

import dataclasses
import datetime
import re

from django.db.models import DateField, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, Least, TruncDate
from django.utils import timezone

from screening.cases.enums import ACTIVE, CaseState
from screening.cases.models import NARRATIVES, Case, CrisisStep
from screening.deadlines import AT_ONCE, late_before
from screening.levels import Level
from screening.referrals.enums import WAITING_FOR_HOSPITAL
from screening.referrals.models import Referral
from screening.workspace.time_left import TimeLeft, days_left, minutes_left
from xinqiao.accounts.access import Reach, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.school.calendar import SchoolCalendar, calendar_of
from xinqiao.school.models import School, Student

NAMED_TO_ALL = frozenset({Level.PRIORITY.value, Level.HIGH.value})
"""From here upwards the moral-education office knows who it is; below, only that there is a case."""
_NUMBER = re.compile(r"^(\d{4})-(\d{1,4})$")
_SORTS = {
    "danger": ["danger", "runs_out"],
    "time": ["runs_out", "step_due", "danger"],
    "number": ["-year", "-sequence"],
    "oldest": ["opened_at"],
}


@dataclasses.dataclass(frozen=True)
class Wanted:
    """What the list is narrowed to. `state` is a state, `active` or `all`."""

    state: str = "active"
    level: str = ""
    owner: int | None = None
    late: bool = False
    sort: str = ""


@dataclasses.dataclass(frozen=True)
class Line:
    """One case as this person may see it: without a right, name, class and level are empty."""

    case: Case
    name: str
    school_class: str
    level: str
    left: TimeLeft | None
    what: str

    @property
    def number(self) -> str:
        return self.case.number


class CaseList:
    """The cases of which this person may know, on one day."""

    def __init__(self, user: User, now: datetime.datetime | None = None) -> None:
        self.user = user
        self.now = now or timezone.now()
        self.today = timezone.localdate(self.now)
        self.levels: Reach = reach(user, Capability.READ_LEVEL)
        self.students: Reach = reach(user, Capability.READ_STUDENT)
        self._known = known = reach(user, Capability.READ_CASE)
        schools = School.objects.filter(pk__in=known.schools)
        if known.students:  # opened for an hour, one by one
            schools |= School.objects.filter(pk__in=Student.objects.filter(pk__in=known.students).values("school"))
        self.calendars: dict[int, SchoolCalendar] = {school.pk: calendar_of(school) for school in schools}

    @property
    def by_duty(self) -> bool:
        """Whether a duty shows the list, and not an emergency one case of it."""
        return self._known.by_duty

    @property
    def shows_levels(self) -> bool:
        return bool(self.levels.schools)

    def cases(self) -> QuerySet[Case]:
        """With the clocks that run: the protocol's next step, the hospital's answer, the next follow-up."""
        step = CrisisStep.objects.filter(crisis=OuterRef("crisis"), done_at__isnull=True).order_by("due_at")
        answer = Referral.objects.filter(case=OuterRef("pk"), state__in=WAITING_FOR_HOSPITAL).order_by("answer_due_on")
        return (
            Case.objects.visible_to(self.user)
            .with_danger()
            .annotate(
                step_due=Subquery(step.values("due_at")[:1]),
                answer_due=Subquery(answer.values("answer_due_on")[:1]),
                runs_out=Least(F("next_follow_up_on"), Cast(TruncDate("step_due"), DateField()), F("answer_due")),
            )
            .select_related("student__current_class__grade", "owner")
            .defer(*NARRATIVES)
        )

    def late(self) -> Q:
        """A clock of the case has run out."""
        q = Q(step_due__lt=self.now - AT_ONCE, level=Level.HIGH)
        for school, calendar in self.calendars.items():
            day = late_before(self.today, calendar)
            q |= Q(school=school, next_follow_up_on__lt=day) | Q(school=school, answer_due__lt=day)
        return Q(state__in=ACTIVE) & q

    def narrowed(self, wanted: Wanted) -> QuerySet[Case]:
        found = self.cases()
        if wanted.state == "active":
            found = found.filter(state__in=ACTIVE)
        elif wanted.state in CaseState.values:
            found = found.filter(state=wanted.state)
        if wanted.level and self.shows_levels:
            found = found.filter(level=wanted.level)
        if wanted.owner is not None:
            found = found.filter(owner=wanted.owner)
        if wanted.late:
            found = found.filter(self.late())
        return found.order_by(*self._order(wanted.sort), "year", "sequence")

    def _order(self, sort: str) -> list[F]:
        fields = _SORTS.get(sort, _SORTS["danger"])
        if not self.shows_levels:  # an order by danger would say the level
            fields = [field for field in fields if field != "danger"]
        return [
            F(field.lstrip("-")).desc() if field.startswith("-") else F(field).asc(nulls_last=True) for field in fields
        ]

    def search(self, text: str) -> QuerySet[Case]:
        """All cases, closed ones too: by case number, or by a child's name, pinyin, initials or number."""
        text = text.strip()
        if not text:
            return self.cases().none()
        child = Q(student__in=Student.objects.search(text))
        if not self.shows_levels:  # who is not named cannot be found by name either
            child &= Q(level__in=NAMED_TO_ALL)
        q = child & Q(school__in=self.students.schools)
        if number := _NUMBER.match(text):
            q |= Q(year=int(number[1]), sequence=int(number[2]))
        elif text.isdecimal() and len(text) <= 4:
            q |= Q(sequence=int(text))
        return self.cases().filter(q).order_by(*self._order("danger"), "year", "sequence")

    def line(self, case: Case) -> Line:
        named = case.school_id in self.students.schools and (
            case.school_id in self.levels.schools or case.level in NAMED_TO_ALL
        )
        left, what = self._next(case)
        return Line(
            case=case,
            name=case.student.name if named else "",
            school_class=str(case.student.current_class or "") if named else "",
            level=case.level if case.school_id in self.levels.schools else "",
            left=left,
            what=what,
        )

    def _next(self, case: Case) -> tuple[TimeLeft | None, str]:
        """The clock that runs out first."""
        if case.state not in ACTIVE:
            return None, ""
        calendar = self.calendars[case.school_id]
        clocks = []
        if case.step_due is not None and case.is_high:
            clocks.append((minutes_left(case.step_due, self.now), "crisis"))
        if case.answer_due is not None:
            clocks.append((days_left(case.answer_due, self.today, calendar), "hospital"))
        if case.next_follow_up_on is not None:
            clocks.append((days_left(case.next_follow_up_on, self.today, calendar), "follow_up"))
        return min(clocks, key=lambda clock: clock[0].rank, default=(None, ""))

    def owners(self) -> list[User]:
        """Those who answer for a case that this person may know of, by name."""
        held = Case.objects.visible_to(self.user).exclude(owner=None).values("owner")
        return list(User.objects.filter(pk__in=held).order_by("display_name", "pk"))
