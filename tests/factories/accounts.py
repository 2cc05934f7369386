"""People with duties."""

import datetime

import factory
from django.contrib.auth.hashers import make_password
from factory.django import DjangoModelFactory

from tests.factories.school import SchoolFactory
from xinqiao.accounts.enums import Role
from xinqiao.accounts.models import Appointment, User

PASSWORD = "a-long-enough-pass"
LONG_AGO = datetime.date(2020, 9, 1)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person{n}")
    display_name = factory.Sequence(lambda n: f"某老师{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@school.example")
    password = factory.LazyFunction(lambda: make_password(PASSWORD))


class AppointmentFactory(DjangoModelFactory):
    class Meta:
        model = Appointment

    user = factory.SubFactory(UserFactory)
    role = Role.COUNSELOR
    school = factory.SubFactory(SchoolFactory)
    starts_on = LONG_AGO


def person_with(role: Role, *, school=None, grade=None, school_class=None, **user) -> User:
    """A person who holds this one duty since long ago; grade and class where the duty needs them."""
    person = UserFactory(**user)
    if school is None:
        school = school_class.grade.school if school_class else grade.school if grade else SchoolFactory()
    AppointmentFactory(user=person, role=role, school=school, grade=grade, school_class=school_class)
    return person
