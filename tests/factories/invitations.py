"""A class with guardians as the roster brings them, and an invitation whose code the test knows."""

from __future__ import annotations

import dataclasses
import datetime

from django.utils import timezone

from tests.factories.accounts import person_with
from tests.factories.school import (
    GradeFactory,
    GuardianFactory,
    GuardianshipFactory,
    SchoolClassFactory,
    StudentFactory,
)
from xinqiao.accounts.enums import Role
from xinqiao.accounts.invitations.codes import mark, new_code
from xinqiao.accounts.invitations.models import Invitation, InvitationHow
from xinqiao.accounts.models import User
from xinqiao.school.models import Guardian, Guardianship, SchoolClass, Student

BIRTHDAY = datetime.date(2017, 10, 1)
MOTHERS_PHONE = "10012345678"
FATHERS_PHONE = "10087654321"


@dataclasses.dataclass
class Family:
    """One child of 三（2）班 with mother and father, and the homeroom teacher."""

    school_class: SchoolClass
    homeroom: User
    child: Student
    mother: Guardian
    father: Guardian

    def tie(self, guardian: Guardian) -> Guardianship:
        return Guardianship.objects.get(student=self.child, guardian=guardian)


def family(*, school_class: SchoolClass | None = None, **child) -> Family:
    """Both parents with a telephone on file."""
    school_class = school_class or SchoolClassFactory(grade=GradeFactory(number=3), number=2)
    school = school_class.grade.school
    homeroom = person_with(Role.HOMEROOM, school_class=school_class)
    student = StudentFactory(school=school, current_class=school_class, born_on=BIRTHDAY, **child)
    mother, father = (
        GuardianFactory(school=school, phone=MOTHERS_PHONE),
        GuardianFactory(school=school, phone=FATHERS_PHONE),
    )
    GuardianshipFactory(student=student, guardian=mother)
    GuardianshipFactory(student=student, guardian=father, relation=Guardianship.Relation.FATHER)
    return Family(school_class, homeroom, student, mother, father)


def invitation_for(student: Student, by: User, **fields) -> tuple[Invitation, str]:
    """An open letter and its code."""
    code = new_code()
    now = fields.pop("made_at", timezone.now())
    values = {
        "how": InvitationHow.PAPER,
        "made_at": now,
        "expires_at": now + datetime.timedelta(days=30),
        "code_mark": mark(code),
        **fields,
    }
    return Invitation.objects.create(student=student, made_by=by, **values), code
