"""A school whose children move: classes in a row, and whoever keeps its directory."""

import dataclasses
import datetime

from tests.factories.accounts import AppointmentFactory, UserFactory, person_with
from tests.factories.school import GradeFactory, SchoolClassFactory, SchoolFactory, StudentFactory
from xinqiao.accounts.enums import Role
from xinqiao.accounts.models import User
from xinqiao.school.models import Enrolment, School, SchoolClass, Student

BEGAN = datetime.date(2026, 9, 1)
TODAY = datetime.date(2026, 11, 25)


@dataclasses.dataclass
class Moving:
    """One school with an administrator."""

    school: School
    admin: User

    def school_class(self, grade: int, number: int) -> SchoolClass:
        place = GradeFactory(school=self.school, number=grade)
        found = SchoolClass.objects.filter(grade=place, number=number).first()
        return found or SchoolClassFactory(grade=place, number=number)

    def child(self, grade: int = 3, number: int = 1, /, **facts) -> Student:
        """Sits there since the start of the school year."""
        return StudentFactory(school=self.school, current_class=self.school_class(grade, number), **facts)

    def homeroom(self, grade: int, number: int, role: Role = Role.HOMEROOM) -> User:
        user = UserFactory()
        AppointmentFactory(
            user=user, role=role, school=self.school, school_class=self.school_class(grade, number), starts_on=BEGAN
        )
        return user


def moving_school() -> Moving:
    school = SchoolFactory()
    return Moving(school, person_with(Role.ADMINISTRATOR, school=school))


def history(student: Student) -> list[tuple[str, str, str]]:
    """Class, from, until; in order."""
    rows = Enrolment.objects.filter(student=student).select_related("school_class__grade").order_by("starts_on")
    return [
        (
            f"{row.school_class.grade.number}-{row.school_class.number}",
            row.starts_on.isoformat(),
            row.ends_on.isoformat() if row.ends_on else "",
        )
        for row in rows
    ]


def class_of(student: Student) -> str:
    """Where the child sits today, "" for nowhere."""
    found = Student.objects.select_related("current_class__grade").get(pk=student.pk).current_class
    return f"{found.grade.number}-{found.number}" if found else ""
