"""A child about whom something stands in every room of the house, each with a word that can be searched for."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

from django.utils import timezone

from screening.cases.crisis import do_step, move_crisis
from screening.cases.enums import CrisisStepKey
from screening.cases.follow_ups import complete_follow_up
from screening.cases.levels import answer_change, change_level
from screening.cases.models import Case, LevelChange
from screening.cases.write import move_case, save_notes
from screening.referrals.models import Referral
from screening.referrals.refer import ask_consent, issue_letter, move_referral, save_letter, start_referral
from screening.rounds.models import Response
from tests.factories.cases import LETTER, SchoolWithPeople, a_case, a_guardian
from tests.factories.files import a_paper
from xinqiao.accounts.models import User
from xinqiao.consents.answer import record_answer
from xinqiao.consents.safety import act_for_safety
from xinqiao.records.scrub import past_the_freeze
from xinqiao.school.models import Enrolment, Student

CANARIES = {
    name: f"金丝雀{name}"
    for name in (
        *("note", "plan", "next", "class", "closing", "step", "follow", "lower", "answer", "observed"),
        *("moved", "override", "evidence"),
    )
}
PASSWORD = "kx7m-pw3d-h9tq-2mza"
TODAY = datetime.date(2026, 11, 25)


@dataclasses.dataclass
class Known:
    """The child, the school's people, and the closed case."""

    people: SchoolWithPeople
    student: Student
    case: Case
    guardian: Any
    paper: Any


def a_known_child(people: SchoolWithPeople | None = None, *, closed: bool = True, **child: Any) -> Known:
    """High once, with its protocol; referred; followed up; closed since. With `closed=False`, still high."""
    people = people or SchoolWithPeople()
    child = {"name": "金丝雀甲乙", "number": "C20260007", **child}
    student = people.child(**child)
    counselor = people.counselor
    case = a_case(people, "high", student)
    with past_the_freeze(Response):
        for row in Response.objects.filter(student=student):
            row.note = CANARIES["note"]
            row.save(update_fields=["note"])
    case.refresh_from_db()
    case = save_notes(
        user=counselor,
        case=case,
        version=case.version,
        plan=CANARIES["plan"],
        next_steps=CANARIES["next"],
        class_support=CANARIES["class"],
    )
    paper = a_paper(people, case, name="金丝雀来信.jpg")
    act_for_safety(user=counselor, student=student, kind="screening", reason=CANARIES["override"])
    if not closed:
        return Known(people, student, case, a_guardian(student), paper)
    for key in CrisisStepKey:
        do_step(user=counselor, case=case, key=key, done_at=timezone.now(), note=CANARIES["step"])
    move_crisis(user=counselor, case=case, to_state="stood_down")
    guardian, referral = _a_letter(people, case)
    for state in ("attended", "feedback_received", "closed"):
        referral = move_referral(user=counselor, referral=referral, to_state=state, note=CANARIES["moved"])
    follow_up = case.follow_ups.filter(state="due").order_by("due_on").first()
    complete_follow_up(
        user=counselor, follow_up=follow_up, happened_on=timezone.localdate(), contact="talk", note=CANARIES["follow"]
    )
    change_level(user=counselor, case=case, to_level="general", reason=CANARIES["lower"])
    change = LevelChange.objects.get(case=case, state="asked")
    answer_change(user=people.second, change=change, agree=True, comment=CANARIES["answer"])
    case = Case.objects.get(pk=case.pk)
    case = move_case(user=counselor, case=case, to_state="closed", reason=CANARIES["closing"])
    return Known(people, Student.objects.get(pk=student.pk), case, guardian, paper)


def _a_letter(people: SchoolWithPeople, case: Case) -> tuple[Any, Referral]:
    counselor, guardian = people.counselor, a_guardian(case.student)
    referral = start_referral(user=counselor, case=case)
    words = {**LETTER, "observed": CANARIES["observed"]}
    referral = save_letter(user=counselor, referral=referral, version=referral.version, **words)
    record_answer(
        user=counselor,
        consent=ask_consent(user=counselor, referral=referral),
        guardian=guardian,
        given=True,
        how="in_person",
        answered_at=timezone.now(),
        evidence=CANARIES["evidence"],
    )
    return guardian, issue_letter(user=counselor, referral=referral, minimum_checked=True)


def leave_school(student: Student, day: datetime.date) -> Student:
    """The child's last day at the school was this one."""
    began = day - datetime.timedelta(days=300)
    Enrolment.objects.filter(student=student, ends_on=None).update(starts_on=began, ends_on=day)
    Student.objects.filter(pk=student.pk).update(current_class=None)
    return Student.objects.get(pk=student.pk)


def fresh(user: User) -> User:
    """Without yesterday's cached duties."""
    return User.objects.get(pk=user.pk)
