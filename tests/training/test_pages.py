"""The training pages for visitors and learners, and what they cost."""

import pytest
from django.urls import reverse

from tests.factories.accounts import person_with
from tests.factories.training import (
    certified,
    course_with,
    enrolled,
    learner,
    lessons_learned,
    quiz_taken,
    training_index,
)
from training.models import CourseEnrolment
from xinqiao.accounts.enums import Role

pytestmark = pytest.mark.django_db


def words_of(client, page) -> str:
    answer = client.get(page.get_url())
    assert answer.status_code == 200
    return answer.content.decode()


def test_visitors_see_what_there_is_to_learn_and_not_the_lessons(client):
    course = course_with()
    words = words_of(client, training_index()) + words_of(client, course)
    assert course.title in words
    assert course.lessons[0].get_url() not in words
    assert reverse("account_login") in words


def test_a_guardian_is_shown_the_way_to_the_parents_part(client):
    client.force_login(person_with(Role.GUARDIAN))
    assert "/parents/" in words_of(client, course_with())


def test_a_learner_sees_what_is_next_and_how_long_it_takes(client):
    enrolment = enrolled(course_with())
    client.force_login(enrolment.person)
    words = words_of(client, training_index())
    assert enrolment.course.lessons[0].get_url() in words
    assert "30 分钟" in words


def test_starting_a_course_leads_to_its_first_step(client):
    course, person = course_with(), learner()
    client.force_login(person)
    answer = client.post(reverse("training:join", args=[course.pk]))
    assert answer["Location"] == course.lessons[0].get_url()
    assert CourseEnrolment.objects.get().person == person


def test_a_certified_learner_finds_the_certificate(client):
    certificate = certified(course_with())
    client.force_login(certificate.person)
    url = reverse("training:certificate", args=[certificate.pk])
    assert url in words_of(client, training_index())
    assert url in words_of(client, certificate.course)


def test_taking_it_again_too_early_is_explained(client):
    certificate = certified(course_with())
    client.force_login(certificate.person)
    answer = client.post(reverse("training:join", args=[certificate.course_id]), follow=True)
    assert "还在有效期内" in answer.content.decode()


def test_a_failed_learner_is_led_to_the_quiz_once_more(client):
    enrolment = lessons_learned(enrolled(course_with()))
    quiz_taken(enrolment, wrong=9)
    client.force_login(enrolment.person)
    assert "再做一次测验" in words_of(client, enrolment.course)


def test_a_public_page_may_be_kept_but_is_asked_for_again_and_a_persons_page_is_not(client):
    course = course_with()
    page = client.get(course.get_url())
    assert page["Cache-Control"] == "public, no-cache"
    assert client.get(course.get_url(), headers={"If-None-Match": page["ETag"]}).status_code == 304
    client.force_login(enrolled(course).person)
    assert "private" in client.get(course.get_url())["Cache-Control"]


def test_an_unpublished_course_is_gone(client):
    course = course_with()
    course.unpublish()
    assert client.get(course.get_url()).status_code == 404


def test_a_course_without_lessons_says_that_it_is_being_prepared(client):
    course = course_with(lessons=0)
    client.force_login(enrolled(course).person)
    assert "正在准备" in words_of(client, course)
    assert "正在准备" in words_of(client, training_index())


def test_the_index_costs_a_visitor_the_same_for_one_course_or_five(client, django_assert_num_queries):
    course_with()
    index = training_index()
    words_of(client, index)
    with django_assert_num_queries(7):
        words_of(client, index)
    for _each in range(4):
        course_with()
    with django_assert_num_queries(7):
        words_of(client, index)


def test_the_index_costs_a_learner_the_same_for_one_course_or_five(client, django_assert_num_queries):
    person = learner()
    enrolled(course_with(), person)
    client.force_login(person)
    index = training_index()
    words_of(client, index)
    with django_assert_num_queries(13):
        words_of(client, index)
    for _each in range(4):
        enrolled(course_with(), person)
    with django_assert_num_queries(13):
        words_of(client, index)


def test_the_course_page_costs_the_same_for_one_lesson_or_five(client, django_assert_num_queries):
    for lessons in (1, 5):
        course = course_with(lessons=lessons)
        client.logout()
        words_of(client, course)
        with django_assert_num_queries(7):
            words_of(client, course)
        client.force_login(enrolled(course).person)
        words_of(client, course)
        with django_assert_num_queries(12):
            words_of(client, course)
