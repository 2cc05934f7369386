"""A school that asks: a class with children, each with guardians, and those who collect answers."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from tests.factories.accounts import AppointmentFactory, UserFactory, person_with
from tests.factories.school import (
    GradeFactory,
    GuardianFactory,
    GuardianshipFactory,
    SchoolClassFactory,
    SchoolFactory,
    StudentFactory,
)
from xinqiao.accounts.enums import Role
from xinqiao.accounts.models import User
from xinqiao.consents.answer import record_voice
from xinqiao.consents.ask import ask
from xinqiao.consents.enums import ConsentHow, ConsentKind
from xinqiao.consents.models import Consent
from xinqiao.school.models import Guardian, School, Student

SCREENING = ConsentKind.SCREENING


class AskingSchool:
    """A school with a class, its homeroom teacher, a counselor and the leads."""

    def __init__(self, school: School | None = None) -> None:
        self.school = school or SchoolFactory(counselling_room="心理咨询室", phone="010-00000000")
        self.school_class = SchoolClassFactory(grade=GradeFactory(school=self.school))
        self.homeroom = person_with(Role.HOMEROOM, school_class=self.school_class)
        self.counselor = person_with(Role.COUNSELOR, school=self.school)
        self.principal = person_with(Role.PRINCIPAL, school=self.school)

    def child(self, guardians: int = 1, account: bool = False, **kwargs: Any) -> Student:
        """With so many guardians: `child.parents`; with `account`, each of them can log in."""
        student = StudentFactory(school=self.school, current_class=self.school_class, **kwargs)
        student.parents = [self.guardian(student, account=account) for _ in range(guardians)]
        return student

    def guardian(self, student: Student, *, account: bool = False, restricted: bool = False) -> Guardian:
        user = None
        if account:
            user = UserFactory()
            AppointmentFactory(user=user, role=Role.GUARDIAN, school=self.school)
        guardian = GuardianFactory(school=self.school, user=user)
        GuardianshipFactory(student=student, guardian=guardian, restricted=restricted)
        return guardian

    def asked(self, student: Student, kind: str = SCREENING, **kwargs: Any) -> Consent:
        """An open question about this child."""
        now = kwargs.pop("now", None) or timezone.now()
        ask(
            user=self.counselor,
            school=self.school,
            student=student,
            kind=kind,
            due_on=timezone.localdate(now) + datetime.timedelta(days=7),
            now=now,
        )
        return Consent.objects.get(student=student, kind=kind, state="requested")

    def said(
        self,
        student: Student,
        given: bool,
        *,
        guardian: Guardian | None = None,
        kind: str = SCREENING,
        at: datetime.datetime | None = None,
    ) -> Consent:
        """A guardian says yes or no, on the telephone; asked first where nobody was."""
        consent = Consent.objects.filter(student=student, kind=kind).order_by("-requested_at").first()
        if consent is None:
            consent = self.asked(student, kind, now=at)
        return record_voice(
            user=self.counselor,
            consent=consent,
            guardian=guardian or student.parents[0],
            given=given,
            how=ConsentHow.PHONE,
            answered_at=at or timezone.now(),
            evidence="电话里说的",
            now=max(at, timezone.now()) if at else None,
        )


def login(client: Any, user: User) -> Any:
    client.force_login(User.objects.get(pk=user.pk))  # without yesterday's cached duties
    return client
