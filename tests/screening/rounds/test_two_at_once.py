"""Two windows at the same moment: real connections, real commits."""

import threading
from collections.abc import Callable

import pytest
from django.db import connections

from screening.assessments.models import Assessment
from screening.errors import AlreadySubmitted, Conflict
from screening.instruments.answers import seen
from screening.rounds.amend import amend_response
from screening.rounds.filling import save_child
from screening.rounds.manage import InOpenRound, open_round
from screening.rounds.models import ClassPass, LevelCount, Response, Round
from screening.rounds.remind import remind_open_first_pass
from screening.rounds.submit import submit_class
from tasks.models import OutboxMessage
from tests.factories.accounts import person_with
from tests.factories.school import TermFactory
from tests.factories.screening import A_SIGN, MANY_SIGNS, ResponseFactory, answers_of, pass_of_a_class
from xinqiao.accounts.enums import Role
from xinqiao.audit.models import AuditEntry

pytestmark = pytest.mark.usefixtures("committed_db")


def together(*jobs: Callable[[], object]) -> list[object]:
    """Run each in a thread with a connection of its own, started at the same moment; their answers in order."""
    gate, answers = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(place: int, job: Callable[[], object]) -> None:
        try:
            gate.wait(10)
            answers[place] = job()
        except Exception as error:  # noqa: BLE001 - handed to the test
            answers[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, job)) for place, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def saving(class_pass, child, **signs):
    return lambda: save_child(
        user=class_pass.teacher,
        class_pass=class_pass,
        student=child,
        answers=answers_of(class_pass, **signs),
        note=None,
        version=0,
    )


def submitting(class_pass):
    return lambda: submit_class(user=class_pass.teacher, class_pass=ClassPass.objects.get(pk=class_pass.pk))


def test_of_two_windows_that_mark_one_child_one_saves_and_one_is_shown_both():
    class_pass = pass_of_a_class(5)
    for child in class_pass.kids:
        answers = together(saving(class_pass, child, e1=1), saving(class_pass, child, b1=2))
        assert sorted(type(answer) for answer in answers if isinstance(answer, Exception)) == [Conflict]
        row = Response.objects.get(student=child)
        assert row.version == 1
        assert len(seen(class_pass.round.instrument_version.parsed, row.unpacked)) == 1


def test_two_windows_that_mark_the_same_both_find_it_saved():
    class_pass = pass_of_a_class(1)
    rows = together(*[saving(class_pass, class_pass.kids[0], e1=1)] * 2)
    assert len({row.pk for row in rows}) == 1
    assert Response.objects.get().version == 1


def test_a_critical_sign_marked_in_two_windows_tells_the_counselor_once():
    class_pass = pass_of_a_class(1)
    person_with(Role.COUNSELOR, school=class_pass.round.school)
    together(*[saving(class_pass, class_pass.kids[0], e5=1)] * 2)
    assert OutboxMessage.objects.count() == 1
    assert Assessment.objects.count() == 1


def test_a_double_submission_happens_once():
    class_pass = pass_of_a_class(3)
    for child in class_pass.kids:
        ResponseFactory(class_pass=class_pass, student=child, signs=MANY_SIGNS)
    answers = together(*[submitting(class_pass)] * 3)
    assert all(answer.submitted for answer in answers)
    assert AuditEntry.objects.filter(action="first_pass.submit").count() == 1
    assert Assessment.objects.count() == 3
    assert LevelCount.objects.get().children == 3
    assert set(Response.objects.values_list("version", flat=True)) == {2}


def test_a_mark_in_one_window_and_a_submission_in_another_leave_a_whole_record():
    for _again in range(4):
        class_pass = pass_of_a_class(2)
        row, _other = (ResponseFactory(class_pass=class_pass, student=child) for child in class_pass.kids)

        def marking(class_pass=class_pass, row=row):
            return save_child(
                user=class_pass.teacher,
                class_pass=class_pass,
                student=row.student,
                answers=answers_of(class_pass, e1=2),
                note=None,
                version=1,
            )

        marked, submitted = together(marking, submitting(class_pass))
        assert submitted.submitted
        row.refresh_from_db()
        assert row.level == ("none" if isinstance(marked, AlreadySubmitted) else "general")


def test_of_two_amendments_of_one_version_one_stands_and_one_is_shown_it():
    class_pass = pass_of_a_class(1, submitted=True)
    row = ResponseFactory(class_pass=class_pass, student=class_pass.kids[0], signs=A_SIGN)

    def amending(option):
        return lambda: amend_response(
            user=class_pass.teacher,
            response=Response.objects.get(pk=row.pk),
            answers=answers_of(class_pass, e1=option),
            note="",
            reason="又看到一次",
        )

    answers = together(amending(2), amending(3))
    assert [type(answer) for answer in answers if isinstance(answer, Exception)] == [Conflict]
    assert sorted(Response.objects.values_list("revision", "state")) == [(1, "amended"), (2, "submitted")]


def test_two_beats_remind_each_teacher_once():
    pass_of_a_class(1)
    pass_of_a_class(1)
    Round.objects.update(due_on=Round.objects.first().opens_on)
    assert together(remind_open_first_pass, remind_open_first_pass) == [2, 2]
    assert OutboxMessage.objects.count() == 2


def test_a_double_press_opens_one_round():
    class_pass = pass_of_a_class(0, submitted=True)
    first = class_pass.round
    Round.objects.update(state="closed")
    counselor = person_with(Role.COUNSELOR, school=first.school)
    term = first.term or TermFactory(school=first.school)

    def opening():
        return open_round(
            user=counselor,
            term=term,
            instrument_version=first.instrument_version,
            opens_on=first.opens_on,
            due_on=first.due_on,
            classes=[class_pass.school_class],
        )

    answers = together(opening, opening)
    assert [type(answer) for answer in answers if isinstance(answer, Exception)] == [InOpenRound]
    assert Round.objects.count() == 2
