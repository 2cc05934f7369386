"""A term's duties as a grid: homeroom and subject teachers by class, leaders by grade, the rest of the school; and its gaps."""

from __future__ import annotations

import dataclasses
import datetime
from collections import defaultdict
from typing import Any

from django.db.models import Q

from xinqiao.accounts.enums import STAFF_ROLES, Role
from xinqiao.accounts.models import Appointment, AppointmentQuerySet
from xinqiao.school.models import Grade, School, SchoolClass, Term

SCHOOL_WIDE = (
    Role.PRINCIPAL,
    Role.DEPUTY,
    Role.MORAL_EDUCATION,
    Role.COUNSELOR,
    Role.TRAINER,
    Role.EDITOR,
    Role.ADMINISTRATOR,
)
"""In the order in which they are shown."""


@dataclasses.dataclass(frozen=True)
class Gap:
    """Days on which nobody holds a duty that somebody should."""

    starts_on: datetime.date
    ends_on: datetime.date


@dataclasses.dataclass(frozen=True)
class Held:
    """A duty as one term shows it: its days only where they are not the whole term's."""

    appointment: Appointment
    begins: datetime.date | None
    ends: datetime.date | None

    @property
    def is_substitute(self) -> bool:
        return self.appointment.substitute_for_id is not None


@dataclasses.dataclass
class ClassRow:
    school_class: SchoolClass
    homeroom: list[Held] = dataclasses.field(default_factory=list)
    teachers: list[Held] = dataclasses.field(default_factory=list)
    gap: Gap | None = None


@dataclasses.dataclass
class GradeRows:
    grade: Grade
    leaders: list[Held] = dataclasses.field(default_factory=list)
    classes: list[ClassRow] = dataclasses.field(default_factory=list)
    gap: Gap | None = None


@dataclasses.dataclass
class Grid:
    grades: list[GradeRows]
    school_wide: list[tuple[Role, list[Held]]]

    @property
    def gaps(self) -> list[ClassRow]:
        """Classes that nobody is responsible for on some day."""
        return [row for grade in self.grades for row in grade.classes if row.gap]

    @property
    def is_empty(self) -> bool:
        return not self.grades and not any(held for _role, held in self.school_wide)


def in_term(school: School, term: Term) -> AppointmentQuerySet:
    """The staff's duties in force on some day of the term."""
    return (
        Appointment.objects.filter(school=school, role__in=STAFF_ROLES, withdrawn_at__isnull=True)
        .filter(Q(starts_on__lte=term.ends_on) & (Q(ends_on__isnull=True) | Q(ends_on__gte=term.starts_on)))
        .select_related("user", "grade", "school_class__grade", "substitute_for__user")
        .order_by("starts_on", "user__display_name", "pk")
    )


def grid_of(school: School, term: Term, today: datetime.date, search: str = "") -> Grid:
    """The whole term; gaps are looked for from today on, where the term is running. A search keeps the people it names."""
    duties = list(in_term(school, term))
    wanted = [each for each in duties if _is_named(each, search)]
    by_place: dict[tuple[str, Any], list[Held]] = defaultdict(list)
    all_by_place: dict[tuple[str, Any], list[Appointment]] = defaultdict(list)
    for each in duties:
        all_by_place[_place(each)].append(each)
    for each in wanted:
        by_place[_place(each)].append(_held(each, term))
    first = max(term.starts_on, today) if today <= term.ends_on else term.starts_on
    taught = {each.school_class_id for each in duties if each.school_class_id}
    classes: dict[int, list[SchoolClass]] = defaultdict(list)
    for school_class in SchoolClass.objects.filter(grade__school=school).select_related("grade"):
        if school_class.pk in taught or school_class.closed_on is None or school_class.closed_on > first:
            classes[school_class.grade_id].append(school_class)
    grades = []
    for grade in Grade.objects.filter(school=school):
        rows = GradeRows(grade, by_place[Role.GRADE_LEADER, grade.pk])
        rows.gap = first_gap(all_by_place[Role.GRADE_LEADER, grade.pk], first, term.ends_on)
        for school_class in classes[grade.pk]:
            row = ClassRow(
                school_class, by_place[Role.HOMEROOM, school_class.pk], by_place[Role.TEACHER, school_class.pk]
            )
            row.gap = first_gap(all_by_place[Role.HOMEROOM, school_class.pk], first, term.ends_on)
            if not search or row.homeroom or row.teachers:
                rows.classes.append(row)
        if rows.classes or rows.leaders:
            grades.append(rows)
    return Grid(grades, [(role, by_place[role, None]) for role in SCHOOL_WIDE])


def first_gap(duties: list[Appointment], first: datetime.date, last: datetime.date) -> Gap | None:
    """The first days between these two on which none of the duties is held."""
    free = first
    for each in sorted(duties, key=lambda duty: duty.starts_on):
        if each.starts_on > free:
            return Gap(free, min(last, each.starts_on - datetime.timedelta(days=1))) if free <= last else None
        if each.ends_on is None:
            return None
        free = max(free, each.ends_on + datetime.timedelta(days=1))
    return Gap(free, last) if free <= last else None


def _place(duty: Appointment) -> tuple[str, Any]:
    return (duty.role, duty.school_class_id or duty.grade_id)


def _held(duty: Appointment, term: Term) -> Held:
    return Held(
        duty,
        duty.starts_on if duty.starts_on > term.starts_on else None,
        duty.ends_on if duty.ends_on is not None and duty.ends_on < term.ends_on else None,
    )


def _is_named(duty: Appointment, search: str) -> bool:
    text = search.strip().lower()
    return not text or text in duty.user.display_name.lower() or text in duty.user.username.lower()
