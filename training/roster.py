"""Who at a school has completed a course: one row a colleague, progress by role, and counts for a district."""

from __future__ import annotations

import dataclasses
import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from pypinyin import lazy_pinyin

from training.completion import due_on, is_late
from training.enums import CERTIFIED_STATES, OPEN_STATES, EnrolmentState
from training.models.certificates import Certificate
from training.models.learning import CourseEnrolment, LessonProgress
from xinqiao.accounts.enums import STAFF_ROLES, Role
from xinqiao.accounts.models import Appointment, User

if TYPE_CHECKING:
    from collections.abc import Iterable

    from training.models.pages import CoursePage
    from xinqiao.school.models import School

STANDINGS = [
    ("certified", _("Certified")),
    ("open", _("Not finished")),
    ("late", pgettext_lazy("training", "Late")),
    ("not_started", _("Not started")),
    ("expired", _("Expired")),
    ("none", _("Not enrolled")),
]
ORDERS = [
    ("due", _("Due date")),
    ("name", pgettext_lazy("training", "Name")),
    ("standing", _("How far")),
    ("role", _("Role")),
]


@dataclasses.dataclass
class Row:
    """One colleague and the last cycle of one course."""

    person: User
    roles: list[Role]
    enrolment: CourseEnrolment | None
    certificate: Certificate | None
    lessons_done: int
    lessons_total: int
    due_on: datetime.date | None
    is_late: bool

    @property
    def state(self) -> str:
        return self.enrolment.state if self.enrolment else ""

    @property
    def state_label(self) -> str:
        return str(self.enrolment.get_state_display() if self.enrolment else _("Not enrolled"))

    @property
    def role_label(self) -> str:
        return "、".join(str(role.label) for role in self.roles)

    @property
    def is_certified(self) -> bool:
        return self.state in CERTIFIED_STATES

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    def stands(self, standing: str) -> bool:
        return {
            "certified": self.is_certified,
            "open": self.is_open,
            "late": self.is_late,
            "not_started": self.state == EnrolmentState.ENROLLED,
            "expired": self.state == EnrolmentState.EXPIRED,
            "none": self.enrolment is None,
        }[standing]


def staff_of(schools: Iterable[int], today: datetime.date) -> QuerySet[User]:
    """Active people with a duty at one of the schools today that makes them learners."""
    duties = Appointment.objects.on(today).filter(school__in=list(schools), role__in=STAFF_ROLES)
    return User.objects.filter(is_active=True, pk__in=duties.values("user")).order_by("display_name", "pk")


def completion_rows(course: CoursePage, schools: Iterable[int], today: datetime.date) -> list[Row]:
    """All colleagues with their last cycle of the course; five queries however many they are."""
    schools = list(schools)
    people = list(staff_of(schools, today))
    roles: dict[int, list[Role]] = {}
    duties = Appointment.objects.on(today).filter(school__in=schools, role__in=STAFF_ROLES).order_by("pk")
    for user_id, role in duties.values_list("user_id", "role"):
        if Role(role) not in roles.setdefault(user_id, []):
            roles[user_id].append(Role(role))
    enrolments = {
        enrolment.person_id: enrolment
        for enrolment in CourseEnrolment.objects.filter(course=course, person__in=people)
        .latest()
        .select_related("certificate")
    }
    lesson_ids = [lesson.pk for lesson in course.lessons]
    done = dict(
        LessonProgress.objects.filter(
            enrolment__in=[enrolment.pk for enrolment in enrolments.values()],
            lesson__in=lesson_ids,
            done_at__isnull=False,
        )
        .values_list("enrolment")
        .annotate(Count("pk"))
    )
    rows = []
    for person in people:
        enrolment = enrolments.get(person.pk)
        if enrolment is not None:
            enrolment.course = course
        rows.append(
            Row(
                person=person,
                roles=roles[person.pk],
                enrolment=enrolment,
                certificate=getattr(enrolment, "certificate", None) if enrolment else None,
                lessons_done=done.get(enrolment.pk, 0) if enrolment else 0,
                lessons_total=len(lesson_ids),
                due_on=due_on(enrolment) if enrolment else None,
                is_late=is_late(enrolment, today) if enrolment else False,
            )
        )
    return rows


_STATE_ORDER = {"": 0, **{state: number for number, state in enumerate(EnrolmentState.values, 1)}}


def arranged(rows: list[Row], *, q: str = "", standing: str = "", role: str = "", order: str = "due") -> list[Row]:
    """Filtered by name (also pinyin), standing and role, and sorted. The most pressing comes first."""
    q = q.strip().lower().replace(" ", "")
    if q:
        rows = [
            row for row in rows if q in str(row.person).lower() or "".join(lazy_pinyin(str(row.person))).startswith(q)
        ]
    if standing:
        rows = [row for row in rows if row.stands(standing)]
    if role:
        rows = [row for row in rows if role in row.roles]
    keys = {
        "due": lambda row: (not row.is_open, row.due_on or datetime.date.max),
        "name": lambda row: lazy_pinyin(str(row.person)),
        "standing": lambda row: _STATE_ORDER[row.state],
        "role": lambda row: list(Role).index(row.roles[0]),
    }
    by_name = sorted(rows, key=keys["name"])
    return by_name if order == "name" else sorted(by_name, key=keys.get(order, keys["due"]))


SMALLEST_GROUP = 5
"""A count that could point at fewer people is not shown to somebody who may not see who they are."""


@dataclasses.dataclass
class Share:
    """How many of a group are certified."""

    label: str
    certified: int
    total: int

    @property
    def percent(self) -> int:
        return round(100 * self.certified / self.total) if self.total else 0

    @property
    def tells_of_few(self) -> bool:
        """Whether the certified or the others are so few that the count would be about persons.

        Both sides are asked: 28 of 30 says as much about two people as 2 of 30. A hidden count may lie at either end, so that
        hiding it does not tell it.
        """
        return min(self.certified, self.total - self.certified) < SMALLEST_GROUP

    @property
    def is_small(self) -> bool:
        """Whether even the number of staff is not shown."""
        return self.total < SMALLEST_GROUP


def shares_by_role(rows: list[Row]) -> list[Share]:
    """A person with two duties counts in both."""
    shares = []
    for role in Role:
        group = [row for row in rows if role in row.roles]
        if group:
            shares.append(Share(str(role.label), sum(row.is_certified for row in group), len(group)))
    return shares


def counts_by_school(course: CoursePage, schools: Iterable[School], today: datetime.date) -> list[Share]:
    """For a district: how many of each school's staff are certified, without anybody's name."""
    shares = []
    totals = dict(
        Appointment.objects.on(today)
        .filter(role__in=STAFF_ROLES, user__is_active=True)
        .values_list("school")
        .annotate(Count("user", distinct=True))
    )
    certified = dict(
        Certificate.objects.filter(course=course)
        .valid_on(today)
        .filter(
            Q(person__appointments__withdrawn_at__isnull=True)
            & Q(person__appointments__starts_on__lte=today)
            & (Q(person__appointments__ends_on__isnull=True) | Q(person__appointments__ends_on__gte=today)),
            person__appointments__role__in=STAFF_ROLES,
            person__is_active=True,
        )
        .values_list("person__appointments__school")
        .annotate(Count("person", distinct=True))
    )
    for school in schools:
        shares.append(Share(school.name, certified.get(school.pk, 0), totals.get(school.pk, 0)))
    return shares
