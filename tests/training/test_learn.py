"""Learning: the place is kept, whatever is edited and whatever is pressed."""

import pytest
from django.urls import reverse

from tests.factories.training import course_with, enrolled, learner, lessons_learned
from training.enums import EnrolmentState
from training.errors import NotEnrolled
from training.learn import finish_lesson, keep_place, place_in
from training.models import LessonPage, LessonProgress

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolment():
    return enrolled(course_with())


def page_of(client, lesson: LessonPage):
    return client.get(lesson.get_url())


def step(client, lesson: LessonPage, **form):
    return client.post(reverse("training:lesson_step", args=[lesson.pk]), form)


def test_going_on_keeps_the_place_for_every_device(client, enrolment):
    lesson = enrolment.course.lessons[0]
    client.force_login(enrolment.person)
    answer = step(client, lesson, at=1, go="next")
    assert answer["Location"].endswith("?s=2")
    assert "小节2" in page_of(client, lesson).content.decode()
    enrolment.refresh_from_db()
    assert enrolment.state == EnrolmentState.IN_PROGRESS


def test_the_dots_keep_the_place_too(client, enrolment):
    lesson = enrolment.course.lessons[0]
    client.force_login(enrolment.person)
    step(client, lesson, at=1, go="3")
    assert page_of(client, lesson).context["number"] == 3


def test_a_step_back_keeps_the_earlier_place(client, enrolment):
    lesson = enrolment.course.lessons[0]
    client.force_login(enrolment.person)
    step(client, lesson, at=2, go="next")
    step(client, lesson, at=3, go="previous")
    assert page_of(client, lesson).context["number"] == 2


@pytest.mark.parametrize("at", ["", "0", "99", "-3", "x", "²", "1" * 30])
def test_an_odd_place_in_the_form_is_put_right(client, enrolment, at):
    client.force_login(enrolment.person)
    assert step(client, enrolment.course.lessons[0], at=at, go="next").status_code == 302


@pytest.mark.parametrize("go", ["0", "99", "²", "nowhere"])
def test_an_odd_wish_in_the_form_is_put_right(client, enrolment, go):
    client.force_login(enrolment.person)
    assert step(client, enrolment.course.lessons[0], at=1, go=go).status_code == 302


def test_the_last_section_finishes_the_lesson_and_opens_the_next(client, enrolment):
    first, second = enrolment.course.lessons
    client.force_login(enrolment.person)
    answer = step(client, first, at=3, go="next")
    assert answer["Location"] == second.get_url()
    assert LessonProgress.objects.get(lesson=first).done_at is not None


def test_the_last_lesson_leads_to_the_quiz(client, enrolment):
    first, second = enrolment.course.lessons
    client.force_login(enrolment.person)
    step(client, first, at=3, go="next")
    assert step(client, second, at=3, go="next")["Location"] == reverse(
        "training:quiz_start", args=[enrolment.course_id]
    )


def test_finishing_again_changes_nothing(enrolment):
    lesson = enrolment.course.lessons[0]
    first = finish_lesson(person=enrolment.person, enrolment=enrolment, lesson=lesson)
    again = finish_lesson(person=enrolment.person, enrolment=enrolment, lesson=lesson)
    assert first.done_at == again.done_at


def test_the_place_survives_a_section_put_before_it(enrolment):
    lesson = LessonPage.objects.get(pk=enrolment.course.lessons[0].pk)
    progress = keep_place(person=enrolment.person, enrolment=enrolment, lesson=lesson, index=1)
    lesson.sections.insert(0, ("section", {"title": "新的开头", "body": [("text", "<p>早上好。</p>")]}))
    lesson.save()
    lesson = LessonPage.objects.get(pk=lesson.pk)
    assert lesson.sections[place_in(lesson, progress)].value["title"] == "小节2"


def test_a_place_whose_section_was_taken_out_is_the_nearest_one(enrolment):
    lesson = LessonPage.objects.get(pk=enrolment.course.lessons[0].pk)
    progress = keep_place(person=enrolment.person, enrolment=enrolment, lesson=lesson, index=2)
    del lesson.sections[2]
    lesson.save()
    assert place_in(LessonPage.objects.get(pk=lesson.pk), progress) == 1


def test_nobody_learns_in_anothers_enrolment(enrolment):
    with pytest.raises(NotEnrolled):
        keep_place(person=learner(), enrolment=enrolment, lesson=enrolment.course.lessons[0], index=1)


def test_a_lesson_opens_only_to_those_who_take_the_course(client, enrolment):
    lesson = enrolment.course.lessons[0]
    client.force_login(learner())
    assert page_of(client, lesson)["Location"] == enrolment.course.get_url()
    client.logout()
    assert page_of(client, lesson)["Location"].startswith(reverse("account_login"))


def test_a_step_without_a_login_is_kept_and_shown_again_after_it(client, enrolment):
    """Where the form says whose it is, the middleware keeps it; else one comes back to the lesson and not to an error."""
    lesson = enrolment.course.lessons[0]
    url = reverse("training:lesson_step", args=[lesson.pk])
    assert client.post(url, {"at": 1}).status_code == 302
    client.force_login(enrolment.person)
    assert client.get(url)["Location"] == lesson.get_url()


def test_the_lesson_page_costs_the_same_however_far_one_is(client, enrolment, django_assert_num_queries):
    lesson = enrolment.course.lessons[0]
    client.force_login(enrolment.person)
    page_of(client, lesson)
    with django_assert_num_queries(14):
        page_of(client, lesson)
    lessons_learned(enrolment)
    with django_assert_num_queries(14):
        page_of(client, lesson)
