"""What the directory knows already, in few queries: children by number, their guardians, the classes."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass, field

from django.utils import timezone

from xinqiao.crypto.fields import unsealer
from xinqiao.school.models import Enrolment, Guardian, Guardianship, School, SchoolClass, Student


@dataclass(slots=True)
class KnownGuardian:
    """A guardian as far as one child is concerned."""

    link: int
    id: uuid.UUID
    name: str
    phone: str
    relation: str


@dataclass(slots=True)
class KnownChild:
    id: int
    number: str
    name: str
    sex: str
    born_on: datetime.date | None
    class_id: int | None
    guardians: list[KnownGuardian] = field(default_factory=list)


@dataclass
class Known:
    """A school's directory at one moment.

    Attributes:
        children: by school number, also those who have left.
        classes: by (grade, class).
        guardians: by name and telephone, so that brothers and sisters share theirs.
        ahead: the last such day, by child, where a move is entered for a day to come.
    """

    children: dict[str, KnownChild]
    classes: dict[tuple[int, int], int]
    guardians: dict[tuple[str, str], uuid.UUID]
    ahead: dict[int, datetime.date] = field(default_factory=dict)


def directory_of(school: School) -> Known:
    """Read it all: what is compared is held in memory once, and nothing is asked child by child."""
    by_id: dict[int, KnownChild] = {}
    rows = Student.objects.filter(school=school).order_by()
    for row in rows.values_list("id", "number", "name", "sex", "born_on", "current_class_id").iterator(5000):
        by_id[row[0]] = KnownChild(*row)
    people: dict[uuid.UUID, tuple[str, str]] = {}
    guardians: dict[tuple[str, str], uuid.UUID] = {}
    unseal = unsealer(Guardian, "phone")
    for key, name, sealed in Guardian.objects.filter(school=school).values_list("id", "name", "phone").iterator(5000):
        phone = unseal(key, sealed)
        people[key] = (name, phone)
        if phone:
            guardians.setdefault((name, phone), key)
    links = Guardianship.objects.filter(student__school=school).order_by("id")
    for link, child, key, relation in links.values_list("id", "student_id", "guardian_id", "relation").iterator(5000):
        if child in by_id and key in people:
            by_id[child].guardians.append(KnownGuardian(link, key, *people[key], relation))
    # A class that is closed is opened again where a file names it.
    running = SchoolClass.objects.filter(grade__school=school, closed_on=None)
    classes = running.values_list("grade__number", "number", "id")
    return Known(
        children={child.number: child for child in by_id.values()},
        classes={(grade, number): pk for grade, number, pk in classes},
        guardians=guardians,
        ahead=_moves_ahead(school),
    )


def _moves_ahead(school: School) -> dict[int, datetime.date]:
    today = timezone.localdate()
    begins = Enrolment.objects.filter(student__school=school, starts_on__gt=today)
    ends = Enrolment.objects.filter(student__school=school, student__current_class__isnull=False, ends_on__gte=today)
    days = dict(ends.values_list("student_id", "ends_on"))
    return days | dict(begins.values_list("student_id", "starts_on"))
