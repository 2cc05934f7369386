"""Whom a mail must reach: those who hold the duty today, at this school, for this class."""

import datetime

import pytest
from django.utils import timezone

from screening.people import fillers_of, people_who
from tests.factories.accounts import AppointmentFactory, person_with
from tests.factories.school import SchoolClassFactory, SchoolFactory
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.enums import Role

pytestmark = pytest.mark.django_db
YESTERDAY = timezone.localdate() - datetime.timedelta(days=1)


def test_those_who_assess_are_this_schools_counselors():
    school = SchoolFactory()
    counselors = [person_with(Role.COUNSELOR, school=school) for _each in range(2)]
    person_with(Role.COUNSELOR)
    person_with(Role.DEPUTY, school=school)
    assert list(people_who(Capability.ASSESS, school)) == counselors


def test_those_who_fill_are_the_classs_own_teachers():
    school_class = SchoolClassFactory()
    teacher = person_with(Role.HOMEROOM, school_class=school_class)
    person_with(Role.HOMEROOM, school_class=SchoolClassFactory(grade=school_class.grade))
    person_with(Role.TEACHER, school_class=school_class)
    assert list(fillers_of(school_class)) == [teacher]


@pytest.mark.parametrize("ended", ["duty", "person"])
def test_whose_duty_has_ended_or_who_has_left_is_not_written_to(ended):
    school_class = SchoolClassFactory()
    teacher = person_with(Role.HOMEROOM, school_class=school_class)
    counselor = person_with(Role.COUNSELOR, school=school_class.grade.school)
    for person in (teacher, counselor):
        if ended == "duty":
            person.appointments.update(ends_on=YESTERDAY)
        else:
            person.is_active = False
            person.save()
    assert not fillers_of(school_class).exists()
    assert not people_who(Capability.ASSESS, school_class.grade.school).exists()


def test_a_person_with_the_duty_twice_is_written_to_once():
    school = SchoolFactory()
    counselor = person_with(Role.COUNSELOR, school=school)
    AppointmentFactory(user=counselor, role=Role.COUNSELOR, school=school, starts_on=YESTERDAY)
    assert people_who(Capability.ASSESS, school).count() == 1
