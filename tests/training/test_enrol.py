"""Taking a course."""

import datetime

import pytest

from tests.factories.accounts import person_with
from tests.factories.school import SchoolFactory
from tests.factories.training import (
    certified,
    course_with,
    enrolled,
    learner,
    lessons_learned,
    quiz_taken,
    trainer_of,
)
from training.completion import due_on
from training.enrol import change_due, enrol, latest_enrolment
from training.enums import DueRule, EnrolmentState
from training.errors import NotStaff, RenewalNotDue
from training.models import CourseEnrolment
from xinqiao.accounts.access import NotPermitted
from xinqiao.accounts.enums import Role
from xinqiao.audit.models import AuditEntry

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 24)


def test_a_teacher_takes_a_course_by_themselves_and_it_is_on_the_record():
    course, person = course_with(due_days=14), learner()
    enrolment = enrol(course=course, person=person, by=person, today=TODAY)
    assert (enrolment.state, enrolment.cycle, enrolment.assigned_by) == (EnrolmentState.ENROLLED, 1, None)
    assert due_on(enrolment) == TODAY + datetime.timedelta(days=14)
    assert AuditEntry.objects.filter(action="training.enrol", actor=person).count() == 1


def test_enrolling_again_changes_nothing():
    course, person = course_with(), learner()
    assert enrolled(course, person) == enrolled(course, person)
    assert CourseEnrolment.objects.count() == 1


def test_the_training_manager_assigns_it_with_a_date():
    course, school = course_with(), SchoolFactory()
    person, trainer = learner(school), trainer_of(school)
    due = TODAY + datetime.timedelta(days=3)
    enrolment = enrol(course=course, person=person, by=trainer, due=due, today=TODAY)
    assert (due_on(enrolment), enrolment.assigned_by) == (due, trainer)


def test_assigning_to_somebody_who_is_learning_keeps_their_progress_and_sets_the_date():
    course, school = course_with(), SchoolFactory()
    person, trainer = learner(school), trainer_of(school)
    before = enrolled(course, person, today=TODAY)
    after = enrol(course=course, person=person, by=trainer, due=TODAY + datetime.timedelta(days=5), today=TODAY)
    assert (after.pk, due_on(after)) == (before.pk, TODAY + datetime.timedelta(days=5))


def test_a_date_for_everybody_never_lies_before_the_day_somebody_joined():
    course = course_with(due_rule=DueRule.FIXED_DATE, due_date=TODAY - datetime.timedelta(days=1))
    assert due_on(enrolled(course, today=TODAY)) == TODAY


@pytest.mark.parametrize("role", [Role.COUNSELOR, Role.PRINCIPAL, Role.ADMINISTRATOR])
def test_nobody_else_assigns_courses_to_colleagues(role):
    course, school = course_with(), SchoolFactory()
    with pytest.raises(NotPermitted):
        enrol(course=course, person=learner(school), by=person_with(role, school=school))


def test_a_manager_of_another_school_does_not_assign_here():
    course, person = course_with(), learner()
    with pytest.raises(NotPermitted):
        enrol(course=course, person=person, by=trainer_of(SchoolFactory()))


def test_a_manager_of_another_school_does_not_move_the_date():
    enrolment = enrolled(course_with())
    with pytest.raises(NotPermitted):
        change_due(enrolment=enrolment, by=trainer_of(SchoolFactory()), due=TODAY)


def test_a_guardian_takes_no_course():
    guardian = person_with(Role.GUARDIAN)
    with pytest.raises((NotPermitted, NotStaff)):
        enrol(course=course_with(), person=guardian, by=guardian)


def test_a_valid_certificate_is_not_renewed_early():
    certificate = certified(course_with())
    with pytest.raises(RenewalNotDue):
        enrol(course=certificate.course, person=certificate.person, by=certificate.person)


def test_a_failed_quiz_does_not_end_the_course():
    course = course_with(lessons=1)
    enrolment = enrolled(course)
    quiz_taken(lessons_learned(enrolment), wrong=9)
    assert latest_enrolment(enrolment.person, course).state == EnrolmentState.FAILED
