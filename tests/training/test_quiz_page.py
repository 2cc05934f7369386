"""The quiz in the browser: kept, two tabs, an old try, a lost login; the result with its reasons."""

import pytest
from django.urls import reverse

from tests.factories.training import answers_of, course_with, enrolled, learner, lessons_learned, quiz_taken
from training.models import Certificate, QuizAttempt
from training.quiz import save_answers, start_attempt
from xinqiao.accounts.form_owner import FIELD, owner_token
from xinqiao.accounts.models import KeptInput

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt(client) -> QuizAttempt:
    enrolment = lessons_learned(enrolled(course_with(lessons=1)))
    client.force_login(enrolment.person)
    return start_attempt(person=enrolment.person, enrolment=enrolment)


def url_of(attempt, name="quiz"):
    return reverse(f"training:{name}", args=[attempt.pk])


def form_of(attempt, answers, was=None, **more):
    """What the browser sends: each question, how it stood when the page was made, and what is chosen now."""
    keys = [question["key"] for question in attempt.questions]
    chosen = {f"q{key}": answers[key] for key in keys if answers.get(key)}
    before = {f"was{key}": " ".join((was or {}).get(key, [])) for key in keys}
    return {"shown": keys, **before, **chosen, **more}


def saved(client, attempt, key, chosen):
    """What the script sends as soon as something is chosen."""
    url = f"{url_of(attempt, 'quiz_save')}?question={key}"
    return client.post(url, {f"q{key}": chosen}, headers={"HX-Request": "true"})


def test_each_choice_is_kept_and_the_count_said(client, attempt):
    key, chosen = next(iter(answers_of(attempt).items()))
    answer = saved(client, attempt, key, chosen)
    assert "已答 1 / 10" in answer.content.decode()
    attempt.refresh_from_db()
    assert attempt.answers == {key: chosen}


def test_a_choice_in_one_tab_leaves_alone_what_another_tab_saved(client, attempt):
    (first, one), (second, other), *_rest = answers_of(attempt).items()
    saved(client, attempt, first, one)
    saved(client, attempt, second, other)
    saved(client, attempt, first, [])
    attempt.refresh_from_db()
    assert attempt.answers == {first: [], second: other}


@pytest.mark.parametrize("key", ["", "0", "x", "²"])
def test_an_odd_question_in_the_address_changes_nothing(client, attempt, key):
    assert saved(client, attempt, key, ["1"]).status_code == 200
    attempt.refresh_from_db()
    assert attempt.answers == {}


def test_coming_back_shows_what_was_chosen(client, attempt):
    save_answers(person=attempt.enrolment.person, attempt_id=attempt.pk, answers=answers_of(attempt))
    words = client.get(url_of(attempt)).content.decode()
    assert words.count(" checked") == sum(len(chosen) for chosen in answers_of(attempt).values())


def test_the_page_never_tells_which_options_are_right(client, attempt):
    words = client.get(url_of(attempt)).content.decode()
    assert "correct" not in words
    assert attempt.questions[0]["reason"] not in words


def test_an_unanswered_question_is_asked_about_before_it_is_marked(client, attempt):
    answers = answers_of(attempt)
    answers.pop(attempt.questions[4]["key"])
    asked = client.post(url_of(attempt), form_of(attempt, answers))
    assert asked.status_code == 302, "an address of its own: going back from the result sends nothing twice"
    page = client.get(asked["Location"])
    assert page.context["missing"] == [5]
    attempt.refresh_from_db()
    assert attempt.is_open
    page = client.post(url_of(attempt), form_of(attempt, answers, was=answers, confirm="1"))
    attempt.refresh_from_db()
    assert (page.status_code, attempt.score) == (302, 90)


def test_later_keeps_everything_and_leads_to_the_course(client, attempt):
    answers = dict(list(answers_of(attempt).items())[:3])
    answer = client.post(url_of(attempt), form_of(attempt, answers, later="1"))
    assert answer["Location"] == attempt.enrolment.course.get_url()
    attempt.refresh_from_db()
    assert {key: chosen for key, chosen in attempt.answers.items() if chosen} == answers


def test_a_tab_that_was_open_longer_does_not_blank_what_another_saved(client, attempt):
    answers = answers_of(attempt)
    first, *others = answers
    save_answers(person=attempt.enrolment.person, attempt_id=attempt.pk, answers={key: answers[key] for key in others})
    # The old tab was made before that and knows of one answer only.
    client.post(url_of(attempt), form_of(attempt, {first: answers[first]}))
    attempt.refresh_from_db()
    assert (attempt.score, attempt.passed) == (100, True)


def test_a_choice_taken_back_without_script_is_taken_back(client, attempt):
    answers = answers_of(attempt)
    key = next(question["key"] for question in attempt.questions if question["kind"] == "multiple")
    save_answers(person=attempt.enrolment.person, attempt_id=attempt.pk, answers=answers)
    client.post(url_of(attempt), form_of(attempt, {**answers, key: []}, was=answers, later="1"))
    attempt.refresh_from_db()
    assert attempt.answers[key] == []


def test_submitting_again_shows_the_first_result_and_says_so(client, attempt):
    client.post(url_of(attempt), form_of(attempt, answers_of(attempt, wrong=3)))
    page = client.post(url_of(attempt), form_of(attempt, answers_of(attempt)), follow=True)
    words = page.content.decode()
    assert "之前已经交卷" in words
    assert "70" in words
    assert Certificate.objects.count() == 0


def test_saving_into_a_submitted_try_says_where_the_result_is(client, attempt):
    client.post(url_of(attempt), form_of(attempt, answers_of(attempt)))
    answer = client.post(url_of(attempt, "quiz_save"), form_of(attempt, {}), headers={"HX-Request": "true"})
    assert url_of(attempt) in answer.content.decode()


def test_a_login_lost_in_the_middle_keeps_the_whole_form(client, attempt):
    person = attempt.enrolment.person
    client.logout()
    form = form_of(attempt, answers_of(attempt), **{FIELD: owner_token(person)})
    answer = client.post(url_of(attempt), form)
    assert answer["Location"].startswith(reverse("account_login"))
    kept = KeptInput.objects.get()
    assert (kept.owner, kept.path) == (person, url_of(attempt))
    client.force_login(person)
    client.post(url_of(attempt), {**form, "_kept": str(kept.pk)})
    attempt.refresh_from_db()
    assert (attempt.score, KeptInput.objects.count()) == (100, 0)


def test_a_script_that_saves_without_a_login_is_told_to_log_in(client, attempt):
    token = owner_token(attempt.enrolment.person)
    client.logout()
    answer = client.post(url_of(attempt, "quiz_save"), {FIELD: token}, headers={"HX-Request": "true"})
    assert answer.status_code == 401


def test_another_persons_try_does_not_exist(client, attempt):
    client.force_login(learner(attempt.enrolment.school))
    assert client.get(url_of(attempt)).status_code == 404
    assert client.post(url_of(attempt, "quiz_save")).status_code == 404


def test_a_failed_quiz_says_why_and_where_to_read_it_again(client, attempt):
    client.post(url_of(attempt), form_of(attempt, answers_of(attempt, wrong=3)))
    page = client.get(url_of(attempt))
    words = page.content.decode()
    lesson = attempt.enrolment.course.lessons[0]
    for question in attempt.questions[:3]:
        assert question["reason"] in words
    assert f"{lesson.get_url()}?s=2" in words
    assert len(page.context["wrong"]) == 3
    assert reverse("training:quiz_start", args=[attempt.enrolment.course_id]) in words


def test_a_passed_quiz_leads_to_the_certificate(client, attempt):
    client.post(url_of(attempt), form_of(attempt, answers_of(attempt)))
    certificate = Certificate.objects.get()
    assert reverse("training:certificate", args=[certificate.pk]) in client.get(url_of(attempt)).content.decode()


def test_the_start_page_says_when_the_next_try_opens(client, attempt):
    course = attempt.enrolment.course
    course.attempts_a_day = 1
    course.save()
    client.post(url_of(attempt), form_of(attempt, answers_of(attempt, wrong=3)))
    url = reverse("training:quiz_start", args=[course.pk])
    assert client.get(url).context["wait_until"] is not None
    assert client.post(url)["Location"] == url
    assert QuizAttempt.objects.count() == 1


def test_the_quiz_and_its_result_cost_the_same_for_ten_questions_or_two(client, django_assert_num_queries):
    for drawn in (2, 10):
        enrolment = lessons_learned(enrolled(course_with(lessons=1, questions_drawn=drawn)))
        client.force_login(enrolment.person)
        attempt = start_attempt(person=enrolment.person, enrolment=enrolment)
        client.get(url_of(attempt))
        with django_assert_num_queries(5):
            client.get(url_of(attempt))
        quiz_taken(enrolment, wrong=drawn)
        with django_assert_num_queries(8):
            client.get(url_of(attempt))
