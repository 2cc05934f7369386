"""Children on their way through the loop, by the product's own functions, at a time of the test's choosing."""

from __future__ import annotations

import datetime
import zoneinfo

from screening.assessments.models import Assessment
from screening.cases.determine import determine_level
from screening.cases.models import Case
from screening.deadlines import assessment_due
from screening.referrals.models import Referral
from screening.referrals.refer import ask_consent, issue_letter, save_letter, start_referral
from tests.factories.accounts import person_with
from tests.factories.school import GradeFactory, SchoolClassFactory, SchoolFactory, StudentFactory, TermFactory
from xinqiao.accounts.enums import Role
from xinqiao.accounts.models import User
from xinqiao.school.models import School, SchoolClass, Student

SHANGHAI = zoneinfo.ZoneInfo("Asia/Shanghai")
NOW = datetime.datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)
"""A Wednesday in the term of `TermFactory`."""


def ago(days: int = 0, **more: int) -> datetime.datetime:
    """So many calendar days, hours or minutes before NOW."""
    return NOW - datetime.timedelta(days=days, **more)


class Place:
    """A school with a class and the people whom its workspace knows."""

    def __init__(self) -> None:
        self.school: School = SchoolFactory()
        TermFactory(school=self.school)
        self.school_class: SchoolClass = SchoolClassFactory(grade=GradeFactory(school=self.school, number=3), number=2)
        self.counselor = self.person(Role.COUNSELOR, display_name="心理老师")

    def person(self, role: Role, **more) -> User:
        scope = {}
        if role in {Role.HOMEROOM, Role.TEACHER}:
            scope["school_class"] = self.school_class
        elif role == Role.GRADE_LEADER:
            scope["grade"] = self.school_class.grade
        return person_with(role, school=self.school, **scope, **more)

    def child(self, **more) -> Student:
        return StudentFactory(school=self.school, current_class=self.school_class, **more)

    def assessment(self, *, suggested: str = "priority", made: datetime.datetime = NOW, **child) -> Assessment:
        """A child who waits for the counselor since `made`."""
        return Assessment.objects.create(
            school=self.school,
            student=self.child(**child),
            suggested=suggested,
            made_at=made,
            due_on=assessment_due(suggested, made.astimezone(SHANGHAI).date(), self.school),
        )

    def case(
        self, *, level: str = "priority", opened: datetime.datetime = NOW, owner: User | None = None, **child
    ) -> Case:
        """A case opened then; a high one with its protocol."""
        assessment = self.assessment(suggested="general", made=opened, **child)
        return determine_level(
            user=self.counselor,
            assessment=assessment,
            version=assessment.version,
            level=level,
            reason="孩子需要有人常常看一看。",
            owner=owner or self.counselor,
            now=opened,
        )

    def referral(self, case: Case, *, at: datetime.datetime = NOW, second_told: User | None = None) -> Referral:
        """One that waits for consent since `at`; issued on the emergency path where a second person was told."""
        referral = start_referral(user=self.counselor, case=case, now=at)
        referral = save_letter(
            user=self.counselor,
            referral=referral,
            version=referral.version,
            hospital="市儿童医院",
            observed="情绪低落",
            done_so_far="每周谈话",
            asked="请评估",
        )
        if second_told is None:
            ask_consent(user=self.counselor, referral=referral, now=at)
        else:
            issue_letter(
                user=self.counselor,
                referral=referral,
                minimum_checked=True,
                emergency_reason="联系不上监护人",
                second_told=second_told,
                now=at,
            )
        referral.refresh_from_db()
        return referral
