"""Who gets what at the three kinds of pages that Wagtail serves below /training/: everybody, every role."""

import pytest

from tests.access.matrix import ANONYMOUS, EVERYBODY, LOGIN, STAFF, outcome_of
from tests.factories.accounts import person_with
from tests.factories.school import GradeFactory, SchoolClassFactory, SchoolFactory
from tests.factories.training import course_with, enrolled, training_index
from xinqiao.accounts.enums import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return course_with(lessons=1)


def person_of(role: Role):
    school = SchoolFactory()
    grade = GradeFactory(school=school)
    scope = {}
    if role in {Role.HOMEROOM, Role.TEACHER}:
        scope["school_class"] = SchoolClassFactory(grade=grade)
    elif role == Role.GRADE_LEADER:
        scope["grade"] = grade
    return person_with(role, school=school, **scope)


def asked_by(client, who, page):
    if who != ANONYMOUS:
        client.force_login(person_of(who))
    return outcome_of(client.get(page.get_url()))


@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_may_see_what_there_is_to_learn(client, course, who):
    assert asked_by(client, who, training_index()) == 200
    assert asked_by(client, who, course) == 200


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_lesson_is_for_staff_who_take_the_course(client, course, who):
    expected = {ANONYMOUS: LOGIN, Role.GUARDIAN: 403, Role.DISTRICT: 403}.get(who, 302)
    assert asked_by(client, who, course.lessons[0]) == expected


@pytest.mark.parametrize("role", STAFF)
def test_whoever_takes_the_course_reads_its_lessons(client, course, role):
    person = person_of(role)
    enrolled(course, person)
    client.force_login(person)
    assert client.get(course.lessons[0].get_url()).status_code == 200
