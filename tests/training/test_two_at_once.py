"""Two tabs, two phones, two clicks: with real connections that commit."""

import threading

import pytest
from django.db import connections

from tests.factories.training import answers_of, course_with, enrolled, learner, lessons_learned
from training.enrol import enrol
from training.models import Certificate, CourseEnrolment, QuizAttempt
from training.quiz import save_answers, start_attempt, submit_attempt


def at_once(*acts):
    """Run the acts in threads that start together; what each gave back or raised."""
    gate, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number, act):
        try:
            gate.wait(timeout=10)
            results[number] = act()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number, act)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


@pytest.mark.usefixtures("committed_db")
def test_a_quiz_submitted_from_two_tabs_counts_once_and_gives_one_certificate():
    enrolment = lessons_learned(enrolled(course_with(lessons=1)))
    person = enrolment.person
    attempt = start_attempt(person=person, enrolment=enrolment)
    answers = answers_of(attempt)
    submit = lambda: submit_attempt(person=person, attempt_id=attempt.pk, answers=answers)  # noqa: E731
    results = at_once(submit, submit, submit)
    assert sorted(type(result).__name__ for result in results) == ["AttemptClosed", "AttemptClosed", "QuizAttempt"]
    assert (QuizAttempt.objects.count(), Certificate.objects.count()) == (1, 1)


@pytest.mark.usefixtures("committed_db")
def test_starting_from_two_tabs_opens_one_try():
    enrolment = lessons_learned(enrolled(course_with(lessons=1)))
    start = lambda: start_attempt(person=enrolment.person, enrolment=enrolment)  # noqa: E731
    first, second = at_once(start, start)
    assert first.pk == second.pk
    assert QuizAttempt.objects.count() == 1


@pytest.mark.usefixtures("committed_db")
def test_answers_saved_at_the_same_moment_are_all_kept():
    enrolment = lessons_learned(enrolled(course_with(lessons=1)))
    attempt = start_attempt(person=enrolment.person, enrolment=enrolment)
    answers = answers_of(attempt)
    at_once(
        *(
            lambda key=key, chosen=chosen: save_answers(
                person=enrolment.person, attempt_id=attempt.pk, answers={key: chosen}
            )
            for key, chosen in list(answers.items())[:6]
        )
    )
    attempt.refresh_from_db()
    assert attempt.answers == dict(list(answers.items())[:6])


@pytest.mark.usefixtures("committed_db")
def test_joining_twice_makes_one_enrolment():
    course, person = course_with(lessons=1), learner()
    join = lambda: enrol(course=course, person=person, by=person)  # noqa: E731
    first, second = at_once(join, join)
    assert first.pk == second.pk
    assert CourseEnrolment.objects.count() == 1
