"""Who sees which kinds, and what the pages show of a class or a school: pictures and counts of answers."""

from __future__ import annotations

import dataclasses
import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable

from django.db.models import QuerySet

from xinqiao.accounts.access import may, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.consents.enums import Standing
from xinqiao.consents.kinds import ASKED_FROM_THE_REGISTRY, Kind
from xinqiao.consents.standing import Picture, pictures
from xinqiao.school.models import School, SchoolClass, Student

SHOWN = [
    Standing.GIVEN,
    Standing.REFUSED,
    Standing.WITHDRAWN,
    Standing.OPEN,
    Standing.NOT_ASKED,
    Standing.EXPIRED,
]


def kinds_shown_to(user: User) -> list[Kind]:
    """All kinds to those who read for the whole school; to a homeroom teacher the ones that a class is asked for."""
    if reach(user, Capability.READ_CONSENT).schools:
        return ASKED_FROM_THE_REGISTRY
    return [kind for kind in ASKED_FROM_THE_REGISTRY if kind.by_class and may(user, Capability.READ_CONSENT)]


def classes_to_collect(user: User, kind: Kind) -> QuerySet[SchoolClass]:
    """Classes in which this person asks for the kind and writes answers down."""
    return SchoolClass.objects.within(user, kind.asked_with).select_related("grade__school")


def classes_to_count(user: User) -> QuerySet[SchoolClass]:
    return SchoolClass.objects.within(user, Capability.READ_CONSENT).select_related("grade__school")


def schools_to_ask(user: User, kind: Kind) -> QuerySet[School]:
    return School.objects.filter(pk__in=reach(user, kind.asked_with).schools).order_by("pk")


@dataclasses.dataclass(frozen=True)
class ClassCount:
    """How far one class is."""

    school_class: SchoolClass
    children: int
    counts: Counter[Standing]
    disagree: int

    @property
    def cells(self) -> list[tuple[Standing, int]]:
        return [(standing, self.counts[standing]) for standing in SHOWN]

    @property
    def answered(self) -> int:
        return sum(self.counts[each] for each in (Standing.GIVEN, Standing.REFUSED, Standing.WITHDRAWN))

    @property
    def waiting(self) -> int:
        return self.counts[Standing.OPEN]

    @property
    def not_asked(self) -> int:
        return self.counts[Standing.NOT_ASKED] + self.counts[Standing.EXPIRED]


def counts_of(classes: Iterable[SchoolClass], kind: Kind, on: datetime.date) -> list[ClassCount]:
    """Each class's counts; the same few queries for any number of classes of one school."""
    classes = list(classes)
    children: dict[int, list[int]] = defaultdict(list)
    for student, school_class in Student.objects.filter(current_class__in=classes).values_list("pk", "current_class"):
        children[school_class].append(student)
    by_school: dict[int, list[SchoolClass]] = defaultdict(list)
    for each in classes:
        by_school[each.grade.school_id].append(each)
    found = []
    for school_id, of_school in by_school.items():
        students = [pk for each in of_school for pk in children[each.pk]]
        seen = pictures(school_id=school_id, kind=kind.key, students=students, on=on, for_pages=False)
        for each in of_school:
            mine = [seen[pk] for pk in children[each.pk]]
            found.append(
                ClassCount(
                    school_class=each,
                    children=len(mine),
                    counts=Counter(picture.standing for picture in mine),
                    disagree=sum(picture.disagree for picture in mine),
                )
            )
    return found


@dataclasses.dataclass(frozen=True)
class Line:
    """One child of a class with what holds."""

    student: Student
    picture: Picture


def lines_of(school_class: SchoolClass, kind: Kind, on: datetime.date) -> list[Line]:
    students = list(Student.objects.filter(current_class=school_class).order_by("number"))
    seen = pictures(
        school_id=school_class.grade.school_id, kind=kind.key, students=[student.pk for student in students], on=on
    )
    return [Line(student, seen[student.pk]) for student in students]
