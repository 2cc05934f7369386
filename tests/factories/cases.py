"""A child with an assessment, a case or a referral: each made by the product's own functions, at a school with its people."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from screening.assessments.models import Assessment
from screening.assessments.schedule import need_assessment
from screening.assessments.write import save_draft
from screening.cases.determine import determine_level
from screening.cases.models import Case
from screening.referrals.models import Referral
from screening.referrals.refer import ask_consent, issue_letter, save_letter, start_referral
from tests.factories.accounts import person_with
from tests.factories.school import (
    GradeFactory,
    GuardianFactory,
    GuardianshipFactory,
    SchoolClassFactory,
    SchoolFactory,
    StudentFactory,
    TermFactory,
)
from tests.factories.screening import A_CRITICAL_SIGN, A_SIGN, MANY_SIGNS, ClassPassFactory, ResponseFactory
from xinqiao.accounts.enums import Role
from xinqiao.accounts.models import User
from xinqiao.consents.answer import record_answer
from xinqiao.school.models import School, Student, Term

INTERVIEW = "谈话甲：孩子说晚上睡不着"
FAMILY = "家庭乙：主要由祖辈照顾"
CAUSES = "原因丙：换班以后还没适应"
REASON = "理由丁：两方面都需要帮助"
STORY = [INTERVIEW, FAMILY, CAUSES, REASON]
"""Sentences that nobody without the right may find anywhere."""

_SIGNS = {"high": A_CRITICAL_SIGN, "priority": MANY_SIGNS, "general": A_SIGN}


class SchoolWithPeople:
    """A school with one person for each duty that the loop needs, and a class."""

    def __init__(self, school: School | None = None) -> None:
        self.school = school or SchoolFactory(counselling_room="心理咨询室", phone="010-00000000")
        if not Term.objects.filter(school=self.school).exists():
            TermFactory(school=self.school)
        self.school_class = SchoolClassFactory(grade=GradeFactory(school=self.school))
        self.counselor = person_with(Role.COUNSELOR, school=self.school)
        self.second = person_with(Role.COUNSELOR, school=self.school)
        self.principal = person_with(Role.PRINCIPAL, school=self.school)
        self.deputy = person_with(Role.DEPUTY, school=self.school)
        self.moral = person_with(Role.MORAL_EDUCATION, school=self.school)

    def child(self, **kwargs: Any) -> Student:
        return StudentFactory(school=self.school, current_class=self.school_class, **kwargs)


def an_assessment(people: SchoolWithPeople, suggested: str = "priority", student: Student | None = None) -> Assessment:
    """Waiting for the counselor after a submitted first pass that suggests this level."""
    student = student or people.child()
    response = ResponseFactory(
        class_pass=ClassPassFactory(school_class=people.school_class, submitted=True),
        student=student,
        signs=_SIGNS[suggested],
    )
    return need_assessment(response=response, student=student, suggested=suggested)


def a_case(
    people: SchoolWithPeople,
    level: str = "priority",
    student: Student | None = None,
    now: datetime.datetime | None = None,
) -> Case:
    """Opened by the counselor with a story in every field."""
    assessment = an_assessment(people, level, student)
    saved = save_draft(
        user=people.counselor,
        assessment=assessment,
        version=1,
        interview=INTERVIEW,
        family=FAMILY,
        causes=CAUSES,
    )
    case = determine_level(
        user=people.counselor,
        assessment=saved,
        version=saved.version,
        level=level,
        reason=REASON,
        owner=people.counselor,
        now=now,
    )
    assert case is not None
    return case


def a_guardian(student: Student, **kwargs: Any) -> Any:
    guardian = GuardianFactory(school=student.school)
    GuardianshipFactory(student=student, guardian=guardian, **kwargs)
    return guardian


LETTER = {
    "hospital": "市儿童医院 儿童保健科",
    "observed": "最近两周常常难过，不愿意参加活动。",
    "done_so_far": "心理老师每周谈话一次。",
    "asked": "请告诉我们在学校需要注意什么。",
}


def a_referral(people: SchoolWithPeople, case: Case | None = None, until: str = "draft") -> Referral:
    """A referral brought as far as `draft`, `awaiting_consent`, `given` or `sent`; its guardian is `referral.guardian`."""
    case = case or a_case(people)
    guardian = a_guardian(case.student)
    referral = start_referral(user=people.counselor, case=case)
    referral = save_letter(user=people.counselor, referral=referral, version=referral.version, **LETTER)
    if until != "draft":
        consent = ask_consent(user=people.counselor, referral=referral)
        if until != "awaiting_consent":
            record_answer(
                user=people.counselor,
                consent=consent,
                guardian=guardian,
                given=True,
                how="in_person",
                answered_at=timezone.now(),
                evidence="同意书在 3 号柜",
            )
    if until == "sent":
        issue_letter(user=people.counselor, referral=referral, minimum_checked=True)
    found = Referral.objects.select_related("case__student", "case__school", "consent").get(pk=referral.pk)
    found.guardian = guardian
    return found


def login(client: Any, user: User) -> Any:
    client.force_login(User.objects.get(pk=user.pk))  # without yesterday's cached duties
    return client


def write(rows: Any, **values: Any) -> None:
    """Set these columns of the one row past every function of the product, as careless code would."""
    row = rows.get()
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
