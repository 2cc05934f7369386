"""Who sees which child, how a child is found, how a class changes."""

import datetime

import pytest

from tests.factories.accounts import AppointmentFactory, UserFactory, person_with
from tests.factories.school import (
    GradeFactory,
    GuardianFactory,
    GuardianshipFactory,
    SchoolClassFactory,
    SchoolFactory,
    StudentFactory,
)
from xinqiao.accounts.enums import Role
from xinqiao.school.enrolment import enrol
from xinqiao.school.models import Enrolment, Guardian, Student

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_classes():
    grade = GradeFactory(school=SchoolFactory())
    classes = [SchoolClassFactory(grade=grade), SchoolClassFactory(grade=grade)]
    children = [StudentFactory(school=grade.school, current_class=school_class) for school_class in classes]
    return grade, classes, children


def test_a_homeroom_teacher_sees_the_own_class_only(two_classes):
    _grade, classes, children = two_classes
    teacher = person_with(Role.HOMEROOM, school_class=classes[0])
    assert list(Student.objects.visible_to(teacher)) == [children[0]]


def test_a_counselor_sees_the_school_and_nothing_of_another(two_classes):
    grade, _classes, children = two_classes
    elsewhere = StudentFactory(current_class=SchoolClassFactory(grade=GradeFactory(school=SchoolFactory())))
    counselor = person_with(Role.COUNSELOR, school=grade.school)
    assert set(Student.objects.visible_to(counselor)) == set(children)
    assert elsewhere not in Student.objects.visible_to(counselor)


def test_a_guardian_sees_the_own_child_unless_a_court_restricts_it(two_classes):
    grade, _classes, children = two_classes
    parent = person_with(Role.GUARDIAN, school=grade.school)
    link = GuardianshipFactory(student=children[0], guardian=GuardianFactory(school=grade.school, user=parent))
    assert list(Student.objects.visible_to(parent)) == [children[0]]
    link.restricted = True
    link.save()
    assert not Student.objects.visible_to(parent).exists()


def test_an_ended_duty_shows_nothing(two_classes):
    grade, classes, _children = two_classes
    teacher = UserFactory()
    yesterday = datetime.date.today() - datetime.timedelta(days=1)
    AppointmentFactory(
        user=teacher, role=Role.HOMEROOM, school=grade.school, school_class=classes[0], ends_on=yesterday
    )
    assert not Student.objects.visible_to(teacher).exists()


@pytest.mark.parametrize("typed", ["欧阳", "ouyang", "oyxy", "OYXY", " ou yang "])
def test_a_child_is_found_by_name_and_pinyin(two_classes, typed):
    _grade, classes, _children = two_classes
    child = StudentFactory(school=_grade.school, current_class=classes[0], name="欧阳晓雨")
    assert list(Student.objects.search(typed)) == [child]


def test_moving_to_another_class_keeps_the_history(two_classes):
    _grade, classes, children = two_classes
    enrol(student=children[0], school_class=classes[1], on=datetime.date(2026, 11, 2))
    before, after = Enrolment.objects.filter(student=children[0]).order_by("starts_on")
    assert before.ends_on == datetime.date(2026, 11, 1)
    assert after.ends_on is None
    assert Student.objects.get(pk=children[0].pk).current_class == classes[1]


def test_a_move_dated_before_the_present_class_is_refused(two_classes):
    _grade, classes, children = two_classes
    with pytest.raises(ValueError):
        enrol(student=children[0], school_class=classes[1], on=datetime.date(2026, 8, 1))


def test_a_guardian_telephone_is_not_in_the_database_as_text():
    guardian = GuardianFactory(phone="13812345678")
    stored = Guardian.objects.values_list("phone", flat=True).get(pk=guardian.pk)
    assert "13812345678" not in str(stored)
    assert Guardian.objects.get(pk=guardian.pk).phone == "13812345678"
