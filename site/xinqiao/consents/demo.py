"""The demo school's consents: the third grade was asked; most slips came back, a few said no, one family is not of one mind."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone

from xinqiao.consents.answer import record_paper, record_voice
from xinqiao.consents.ask import ask
from xinqiao.consents.enums import ConsentHow, ConsentKind, ConsentState
from xinqiao.consents.models import Consent
from xinqiao.school.calendar import calendar_of
from xinqiao.school.demo import Demo
from xinqiao.school.models import Guardian, Guardianship, SchoolClass

_GRADE = 3
_BACK = {1: 43, 2: 36, 3: 40}
"""How many slips of each class came back."""
_NO = {1: (17, 33), 3: (8,)}
"""Seats whose slip says no. None in 三（2）班, whose day is walked from the beginning with all its children."""
_PARENTS_SEAT = 2
"""`parent`'s child in 三（2）班: their answer is still waited for."""
_OF_TWO_MINDS = 25


@transaction.atomic
def load(demo: Demo) -> None:
    """Asked a week ago; a school whose registry has a question already is left as it is."""
    classes = [each for each in demo.classes if each.grade.number == _GRADE]
    if Consent.objects.filter(school=demo.school, kind=ConsentKind.SCREENING).exists() or not classes:
        return
    now = timezone.now()
    asked = now - datetime.timedelta(days=8)
    due = calendar_of(demo.school).add_school_days(demo.today, 2)
    counselor = demo.user("counselor")
    for each in classes:
        ask(
            user=counselor,
            school=demo.school,
            school_class=each,
            kind=ConsentKind.SCREENING,
            due_on=due,
            now=asked,
        )
        _slips(demo, each, now)
    third = next((each for each in classes if each.number == 2), None)
    if third is not None:
        ask(
            user=counselor,
            school=demo.school,
            school_class=third,
            kind=ConsentKind.QUESTIONNAIRE,
            due_on=due,
            now=asked,
        )


def _slips(demo: Demo, school_class: SchoolClass, now: datetime.datetime) -> None:
    """The homeroom teacher writes down what came back five days ago."""
    children = demo.students_of(school_class)
    at = now - datetime.timedelta(days=5)
    no = _NO.get(school_class.number, ())
    answers = {}
    for seat, student in enumerate(children[: _BACK.get(school_class.number, 0)]):
        if school_class.number == 2 and seat == _PARENTS_SEAT:
            continue
        tie = student.guardianships.select_related("guardian").order_by("pk").first()
        if tie is not None:
            answers[student.pk] = (tie.guardian, seat not in no)
    if not answers:
        return
    teacher = demo.homeroom_of(school_class)
    record_paper(
        user=teacher,
        school_class=school_class,
        kind=ConsentKind.SCREENING,
        answers=answers,
        signed_on=timezone.localdate(at),
        evidence="班级同意书文件夹",
        now=at,
    )
    if school_class.number == 1 and len(children) > _OF_TWO_MINDS:
        _another_guardian_says_no(demo, children[_OF_TWO_MINDS].pk, now - datetime.timedelta(days=2))


def _another_guardian_says_no(demo: Demo, student: int, at: datetime.datetime) -> None:
    given = Consent.objects.get(student=student, kind=ConsentKind.SCREENING, state=ConsentState.GIVEN)
    first = given.guardian.guardianships.get(student=student)
    other = Guardianship.Relation.FATHER if first.relation == Guardianship.Relation.MOTHER else "mother"
    suffix = "爸爸" if other == Guardianship.Relation.FATHER else "妈妈"
    guardian = Guardian.objects.create(school=demo.school, name=given.guardian.name[0] + suffix)
    Guardianship.objects.create(student_id=student, guardian=guardian, relation=other)
    record_voice(
        user=demo.user("counselor"),
        consent=given,
        guardian=guardian,
        given=False,
        how=ConsentHow.PHONE,
        answered_at=at,
        evidence="心理老师接的电话",
        now=at,
    )
