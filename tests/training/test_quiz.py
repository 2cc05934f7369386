"""Taking the quiz: drawn once, kept, submitted once, with reasons, tried again."""

import datetime
import random

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from tests.factories.training import (
    answers_of,
    course_with,
    enrolled,
    learner,
    lessons_learned,
    question_of,
    quiz_taken,
)
from training.enums import EnrolmentState
from training.errors import AttemptClosed, CourseNotReady, LessonsFirst, NotEnrolled, QuizOver, WaitBeforeRetry
from training.models import Certificate, Question, QuizAttempt
from training.quiz import next_try_at, save_answers, start_attempt, submit_attempt, tries_left_today

pytestmark = pytest.mark.django_db
NOON = timezone.make_aware(datetime.datetime(2026, 11, 24, 12, 0))


@pytest.fixture
def enrolment():
    return lessons_learned(enrolled(course_with(lessons=1)))


def start(enrolment, **more) -> QuizAttempt:
    return start_attempt(person=enrolment.person, enrolment=enrolment, **more)


def test_the_quiz_opens_when_every_lesson_is_done():
    enrolment = enrolled(course_with())
    with pytest.raises(LessonsFirst):
        start(enrolment)


def test_the_same_seed_draws_the_same_questions_and_each_once(enrolment):
    first = start(enrolment, shuffle=random.Random(3))
    submit_attempt(person=enrolment.person, attempt_id=first.pk, answers={})
    second = start(enrolment, shuffle=random.Random(3))
    assert first.questions == second.questions
    assert len({question["key"] for question in first.questions}) == 10


def test_another_try_draws_anew(enrolment):
    first = start(enrolment, shuffle=random.Random(3))
    submit_attempt(person=enrolment.person, attempt_id=first.pk, answers={})
    assert start(enrolment, shuffle=random.Random(4)).questions != first.questions


def test_only_questions_in_use_are_drawn(enrolment):
    Question.objects.filter(bank=enrolment.course.bank).update(active=False)
    question = question_of(enrolment.course.bank)
    assert [q["key"] for q in start(enrolment).questions] == [str(question.pk)]


def test_a_course_without_questions_says_so(enrolment):
    Question.objects.filter(bank=enrolment.course.bank).update(active=False)
    with pytest.raises(CourseNotReady):
        start(enrolment)


def test_starting_again_goes_on_with_the_open_try(enrolment):
    attempt = start(enrolment)
    key, chosen = next(iter(answers_of(attempt).items()))
    save_answers(person=enrolment.person, attempt_id=attempt.pk, answers={key: chosen})
    again = start(enrolment)
    assert (again.pk, again.answers[key]) == (attempt.pk, chosen)


def test_editing_a_question_changes_nothing_that_was_drawn(enrolment):
    attempt = start(enrolment)
    for question in Question.objects.filter(bank=enrolment.course.bank):
        question.text = "换了题目"
        question.save()
        question.options.update(correct=False)
    done = submit_attempt(person=enrolment.person, attempt_id=attempt.pk, answers=answers_of(attempt))
    assert (done.score, done.passed) == (100, True)
    assert "换了题目" not in str(done.questions)


def test_fails_then_passes_and_gets_one_certificate(enrolment):
    failed = quiz_taken(enrolment, wrong=3)
    enrolment.refresh_from_db()
    assert (failed.score, failed.passed, enrolment.state) == (70, False, EnrolmentState.FAILED)
    assert not Certificate.objects.exists()
    passed = quiz_taken(enrolment, wrong=2)
    enrolment.refresh_from_db()
    assert (passed.score, passed.passed, passed.number, enrolment.state) == (80, True, 2, EnrolmentState.CERTIFIED)
    assert Certificate.objects.get().score == 80


def test_a_second_submission_is_refused_and_the_first_result_stands(enrolment):
    attempt = start(enrolment)
    submit_attempt(person=enrolment.person, attempt_id=attempt.pk, answers=answers_of(attempt, wrong=3))
    with pytest.raises(AttemptClosed):
        submit_attempt(person=enrolment.person, attempt_id=attempt.pk, answers=answers_of(attempt))
    attempt.refresh_from_db()
    assert (attempt.score, Certificate.objects.count()) == (70, 0)


def test_answers_to_a_submitted_try_are_not_kept(enrolment):
    attempt = quiz_taken(enrolment, wrong=3)
    with pytest.raises(AttemptClosed):
        save_answers(person=enrolment.person, attempt_id=attempt.pk, answers={})


def test_after_passing_there_is_nothing_left_to_take(enrolment):
    quiz_taken(enrolment)
    with pytest.raises(QuizOver):
        start(enrolment)


def test_so_many_tries_a_day_and_new_ones_tomorrow(enrolment):
    enrolment.course.attempts_a_day = 2
    enrolment.course.save()
    for used in range(2):
        assert tries_left_today(enrolment, NOON.date()) == 2 - used
        quiz_taken(enrolment, wrong=9, now=NOON)
    with pytest.raises(WaitBeforeRetry) as refused:
        start(enrolment, now=NOON)
    assert timezone.localtime(refused.value.until).isoformat() == "2026-11-25T00:00:00+08:00"
    assert start(enrolment, now=NOON + datetime.timedelta(days=1)).number == 3


def test_a_pause_between_two_tries_is_kept(enrolment):
    enrolment.course.pause_minutes = 30
    enrolment.course.save()
    quiz_taken(enrolment, wrong=9, now=NOON)
    assert next_try_at(enrolment, NOON + datetime.timedelta(minutes=29)) == NOON + datetime.timedelta(minutes=30)
    assert next_try_at(enrolment, NOON + datetime.timedelta(minutes=30)) is None


def test_nobody_answers_for_another(enrolment):
    attempt = start(enrolment)
    with pytest.raises(NotEnrolled):
        submit_attempt(person=learner(), attempt_id=attempt.pk, answers=answers_of(attempt))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE training_quizattempt SET answers = '{}'",
        "UPDATE training_quizattempt SET score = 100, passed = true",
        "UPDATE training_quizattempt SET questions = '[]'",
        "UPDATE training_courseenrolment SET state = 'certified'",
    ],
)
def test_the_database_refuses_to_change_a_submitted_try(enrolment, change):
    quiz_taken(enrolment, wrong=5)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_the_database_refuses_a_second_open_try(enrolment):
    attempt = start(enrolment)
    with pytest.raises(DatabaseError), transaction.atomic():
        QuizAttempt.objects.create(enrolment=enrolment, number=2, pass_mark=80, questions=attempt.questions)
