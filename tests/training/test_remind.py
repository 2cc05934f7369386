"""Reminders: three days before, once for each due date, and asked again when they are sent."""

import datetime

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from tasks.models import OutboxMessage
from tests.factories.school import SchoolFactory
from tests.factories.tasks import send_all
from tests.factories.training import course_with, enrolled, learner, lessons_learned, quiz_taken, trainer_of
from training.enrol import change_due, enrol
from training.remind import due_soon, remind_due_courses
from xinqiao.accounts.models import Appointment

pytestmark = pytest.mark.django_db
NOW = timezone.make_aware(datetime.datetime(2026, 11, 24, 8, 0))
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _that_morning():
    with time_machine.travel(NOW, tick=False):
        yield


def due_in(days: int, **course):
    """Somebody whose course was assigned two weeks ago and is due in so many days."""
    school = SchoolFactory()
    person, trainer = learner(school), trainer_of(school)
    made = course_with(lessons=1, **course)
    begun = TODAY - datetime.timedelta(days=14)
    due = TODAY + datetime.timedelta(days=days)
    return enrol(course=made, person=person, by=trainer, due=due, today=begun)


@pytest.mark.parametrize(("days", "told"), [(-1, 0), (0, 1), (1, 1), (3, 1), (4, 0)])
def test_it_reminds_from_the_third_day_before(days, told):
    due_in(days)
    assert remind_due_courses() == told


def test_each_once_however_often_the_job_runs():
    due_in(3)
    assert [remind_due_courses(), remind_due_courses()] == [1, 0]
    with time_machine.travel(NOW + datetime.timedelta(days=1), tick=False):
        assert remind_due_courses() == 0


def test_the_mail_says_the_course_the_day_and_where_to_go_on():
    enrolment = due_in(3, title="识别与应对")
    remind_due_courses()
    send_all()
    [letter] = mail.outbox
    assert letter.to == [enrolment.person.email]
    assert "识别与应对" in letter.subject
    assert "11月27日" in letter.body
    assert enrolment.course.get_url() in letter.body
    assert enrolment.person.display_name not in letter.subject


def test_another_date_is_another_reminder():
    enrolment = due_in(3)
    remind_due_courses()
    manager = trainer_of(enrolment.school)
    change_due(enrolment=enrolment, by=manager, due=TODAY + datetime.timedelta(days=2))
    assert remind_due_courses() == 1
    send_all()
    assert len(mail.outbox) == 1, "the first date is no longer true when it is sent"


def test_who_passes_before_it_is_sent_gets_none():
    enrolment = due_in(3)
    remind_due_courses()
    quiz_taken(lessons_learned(enrolment))
    send_all()
    assert [letter.subject for letter in mail.outbox if "前请学完" in letter.subject] == []


def test_who_left_the_school_gets_none():
    enrolment = due_in(3)
    remind_due_courses()
    Appointment.objects.filter(user=enrolment.person).update(ends_on=TODAY - datetime.timedelta(days=1))
    send_all()
    assert mail.outbox == []


def test_a_mail_that_waits_until_the_day_is_past_is_not_sent():
    due_in(0)
    remind_due_courses()
    with time_machine.travel(NOW + datetime.timedelta(days=1), tick=False):
        send_all()
    assert mail.outbox == []


def test_an_unpublished_course_reminds_nobody():
    enrolment = due_in(3)
    enrolment.course.unpublish()
    assert remind_due_courses() == 0


def test_who_is_certified_is_not_due():
    quiz_taken(lessons_learned(due_in(3)))
    assert due_soon(TODAY) == []


def test_the_cost_does_not_grow_with_the_people(django_assert_num_queries):
    course = course_with(lessons=1, due_days=3)
    for _each in range(3):
        enrolled(course, today=TODAY)
    with django_assert_num_queries(6):
        assert remind_due_courses() == 3
    assert OutboxMessage.objects.count() == 3
