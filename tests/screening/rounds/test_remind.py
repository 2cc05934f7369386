"""Reminding homeroom teachers of an open first pass: once a due day, while it is true, without any child's name."""

import datetime

import pytest
from django.core import mail
from django.utils import timezone

from screening.rounds.enums import RoundState
from screening.rounds.filling import save_child
from screening.rounds.jobs import remind_open_first_pass_job
from screening.rounds.manage import close_round, move_due_day
from screening.rounds.remind import nudge, remind_open_first_pass
from screening.rounds.submit import submit_class
from tasks.enums import OutboxState
from tasks.models import OutboxMessage
from tests.factories.accounts import person_with
from tests.factories.school import SchoolClassFactory, TermFactory
from tests.factories.screening import A_SIGN, ResponseFactory, RoundFactory, answers_of, pass_of_a_class
from tests.factories.tasks import send_all
from xinqiao.accounts.access import NotPermitted
from xinqiao.accounts.enums import Role
from xinqiao.settings.schedule import CELERY_BEAT_SCHEDULE

pytestmark = pytest.mark.django_db
MONDAY = datetime.date(2026, 11, 2)
"""Five plain school days follow."""


def day(n):
    return MONDAY + datetime.timedelta(days=n)


@pytest.fixture
def class_pass():
    """A class whose round is due on Friday."""
    school_class = SchoolClassFactory()
    TermFactory(school=school_class.grade.school)
    round_ = RoundFactory(school=school_class.grade.school, opens_on=day(-7), due_on=day(4))
    return pass_of_a_class(2, school_class=school_class, round=round_)


@pytest.fixture
def counselor(class_pass):
    return person_with(Role.COUNSELOR, school=class_pass.round.school)


@pytest.mark.parametrize(("today", "found"), [(0, 0), (1, 1), (2, 1), (4, 1), (7, 1)], ids=lambda n: f"{n}")
def test_it_begins_three_school_days_before_and_goes_on_after_the_due_day(class_pass, today, found):
    assert remind_open_first_pass(day(today)) == found
    assert OutboxMessage.objects.count() == found


def test_each_teacher_is_told_once_a_due_day_however_often_beat_comes(class_pass):
    for today in range(1, 8):
        remind_open_first_pass(day(today))
    assert OutboxMessage.objects.get().recipient == class_pass.teacher


def test_a_new_due_day_is_told_anew_and_the_old_mail_is_not_sent(class_pass, counselor):
    remind_open_first_pass(day(2))
    move_due_day(user=counselor, round_=class_pass.round, due_on=day(11))
    remind_open_first_pass(day(9))
    send_all()
    assert [message.subject for message in mail.outbox] == [f"{class_pass.school_class}初步筛查：11月13日截止"]
    assert OutboxMessage.objects.count() == 2


def test_two_teachers_of_one_class_are_both_told(class_pass):
    person_with(Role.HOMEROOM, school_class=class_pass.school_class)
    assert remind_open_first_pass(day(3)) == 2


def test_nobody_is_told_of_what_is_submitted_closed_or_still_to_come(class_pass):
    school = class_pass.round.school
    pass_of_a_class(1, school_class=SchoolClassFactory(grade__school=school), round=class_pass.round, submitted=True)
    for state, opens_on in ((RoundState.CLOSED, day(-7)), (RoundState.DRAFT, day(-7)), (RoundState.OPEN, day(4))):
        round_ = RoundFactory(school=school, state=state, opens_on=opens_on, due_on=day(5))
        pass_of_a_class(1, school_class=SchoolClassFactory(grade__school=school), round=round_)
    remind_open_first_pass(day(3))
    assert OutboxMessage.objects.get().recipient == class_pass.teacher


def test_at_sending_it_is_asked_again_whether_the_class_is_still_open(class_pass):
    remind_open_first_pass(day(3))
    for child in class_pass.kids:
        ResponseFactory(class_pass=class_pass, student=child)
    submit_class(user=class_pass.teacher, class_pass=class_pass)
    send_all()
    assert mail.outbox == []
    assert OutboxMessage.objects.get().state != OutboxState.PENDING


def test_at_sending_it_is_asked_whether_the_teacher_still_has_the_class(class_pass):
    remind_open_first_pass(day(3))
    class_pass.teacher.appointments.update(ends_on=timezone.localdate() - datetime.timedelta(days=1))
    send_all()
    assert mail.outbox == []


def test_at_sending_it_is_asked_whether_the_round_is_still_open(class_pass, counselor):
    remind_open_first_pass(day(3))
    close_round(user=counselor, round_=class_pass.round)
    send_all()
    assert mail.outbox == []


def test_the_mail_is_in_chinese_with_a_link_and_names_no_child(class_pass):
    for child in class_pass.kids:
        ResponseFactory(class_pass=class_pass, student=child, signs=A_SIGN, note="早读时常独自坐着")
    remind_open_first_pass(day(3))
    send_all()
    (letter,) = mail.outbox
    assert letter.to == [class_pass.teacher.email]
    ((html, kind),) = letter.alternatives
    assert kind == "text/html"
    for words in (letter.body, html):
        assert "还没有提交" in words
        assert f"/screening/rounds/{class_pass.round_id}/classes/{class_pass.school_class_id}/" in words
        assert not [secret for child in class_pass.kids for secret in (child.name, child.number) if secret in words]
        assert "独自" not in words


def test_after_the_due_day_the_mail_says_that_it_can_still_be_handed_in(class_pass):
    remind_open_first_pass(day(7))
    send_all()
    (letter,) = mail.outbox
    assert "还没有交" in letter.subject
    for words in (letter.body, letter.alternatives[0][0]):
        assert "仍然可以提交" in words


def test_the_mail_of_a_critical_sign_says_how_many_wait_and_names_nobody(class_pass, counselor):
    class_pass.round.opens_on = timezone.localdate()
    class_pass.round.due_on = timezone.localdate()
    class_pass.round.save()
    child = class_pass.kids[0]
    save_child(
        user=class_pass.teacher,
        class_pass=class_pass,
        student=child,
        answers=answers_of(class_pass, e5=1),
        note="在日记里写的",
        version=0,
    )
    send_all()
    (letter,) = mail.outbox
    assert letter.to == [counselor.email]
    assert "1 个孩子" in letter.body
    for words in (letter.subject, letter.body, letter.alternatives[0][0]):
        assert not [secret for secret in (child.name, child.number, "日记", "活", "高危") if secret in words]


def test_the_button_reminds_each_open_class_once_a_day(class_pass, counselor):
    for _press in range(2):
        assert nudge(user=counselor, round_=class_pass.round, today=day(0)) == 1
    assert OutboxMessage.objects.count() == 1
    nudge(user=counselor, round_=class_pass.round, today=day(1))
    assert OutboxMessage.objects.count() == 2


def test_who_sees_no_counts_presses_no_button(class_pass):
    with pytest.raises(NotPermitted):
        nudge(user=class_pass.teacher, round_=class_pass.round)


def test_beat_asks_for_it_every_school_morning():
    assert "screening.remind_open_first_pass" in {entry["task"] for entry in CELERY_BEAT_SCHEDULE.values()}
    assert remind_open_first_pass_job.name == "screening.remind_open_first_pass"
    remind_open_first_pass_job()
