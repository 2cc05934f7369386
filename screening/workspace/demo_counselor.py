"""The counselor's part of the demo: each child's story told by the product's own functions, at its past times."""

from __future__ import annotations

import datetime
import random

from django.utils import timezone

from screening.assessments.models import Assessment
from screening.assessments.schedule import pick_for_assessment
from screening.assessments.write import save_draft
from screening.cases.crisis import do_step
from screening.cases.determine import determine_level
from screening.cases.enums import CaseState
from screening.cases.follow_ups import complete_follow_up
from screening.cases.levels import change_level
from screening.cases.models import Case
from screening.cases.write import move_case, save_notes
from screening.instruments.observation import DEFINITION, KEY
from screening.instruments.publish import publish_version
from screening.levels import Level
from screening.referrals.refer import ask_consent, issue_letter, save_letter, start_referral
from screening.rounds.models import ClassPass
from screening.workspace import demo_stories as stories
from screening.workspace.demo_stories import Story
from xinqiao.consents.answer import record_answer
from xinqiao.consents.enums import ConsentHow
from xinqiao.school.demo import Demo
from xinqiao.school.models import Student


class Counselor:
    """What the demo's counselor does, and the times at which it happened."""

    def __init__(self, demo: Demo) -> None:
        self.demo = demo
        self.now = timezone.now()
        if timezone.localdate(self.now) != demo.today:
            self.now = timezone.make_aware(datetime.datetime.combine(demo.today, datetime.time(10, 30)))
        # Of its own, so that what other parts draw does not change these children.
        self.random = random.Random(f"screening-{demo.seed}")  # noqa: S311 - a repeatable school, not a secret
        self.counselor = demo.user("counselor")
        self.version = publish_version(key=KEY, definition=DEFINITION)
        self.teachers = [demo.homeroom_of(each) for each in demo.classes]
        self.children = [demo.students_of(each) for each in demo.classes]

    def ago(self, days: int, hour: int = 10, minute: int = 0) -> datetime.datetime:
        """A time so many days ago; a weekend's becomes the Friday's before it."""
        day = self.demo.today - datetime.timedelta(days=days)
        if days and day.weekday() > 4:
            day -= datetime.timedelta(days=day.weekday() - 4)
        at = timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour, minute)))
        return min(at, self.now)

    def seat(self, index: int, seat: int) -> Student:
        children = self.children[index]
        return children[seat % len(children)]

    def tell(self, story: Story, student: Student, class_pass: ClassPass) -> None:
        """The counselor's part of a story, in the order in which it happened."""
        at = self.ago(story.opened, 14, 20)
        assessment = Assessment.objects.filter(student=student).still_open().first()
        if assessment is None:  # a small sign: the counselor picked the child
            assessment = self.pick(student, class_pass, at)
        case = self.assess(story, assessment, at)
        if case is None:
            return
        self.follow(story, case)
        if story.then == "monitoring":
            move_case(user=self.counselor, case=case, to_state=CaseState.MONITORING, now=self.ago(2))
        elif story.then == "closed":
            move_case(
                user=self.counselor,
                case=case,
                to_state=CaseState.CLOSED,
                reason=stories.CLOSING,
                now=self.ago(1, 16),
            )
        elif story.then in {"hospital", "awaiting_consent"}:
            self.refer(case, student, given=story.then == "hospital")
        elif story.then == "lowering_asked":
            for key, note in stories.STEPS_DONE.items():
                do_step(user=self.counselor, case=case, key=key, done_at=at, note=note, now=at)
            change_level(
                user=self.counselor,
                case=case,
                to_level=Level.PRIORITY,
                reason=stories.LOWERING,
                now=self.ago(1, 16, 40),
            )

    def pick(self, student: Student, class_pass: ClassPass, at: datetime.datetime) -> Assessment:
        response = class_pass.responses.select_related("student__school", "student__current_class").get(student=student)
        return pick_for_assessment(user=self.counselor, response=response, now=at)

    def assess(self, story: Story, assessment: Assessment, at: datetime.datetime) -> Case | None:
        assessment = save_draft(
            user=self.counselor,
            assessment=assessment,
            version=assessment.version,
            interview=story.interview,
            family=story.family,
            causes=story.causes,
            now=at,
        )
        case = determine_level(
            user=self.counselor,
            assessment=assessment,
            version=assessment.version,
            level=story.level or "none",
            reason=story.reason,
            owner=self.counselor,
            now=at,
        )
        if case is None:
            return None
        return save_notes(
            user=self.counselor,
            case=case,
            version=case.version,
            plan=story.plan,
            next_steps=story.next_steps,
            class_support=story.class_support,
        )

    def follow(self, story: Story, case: Case) -> None:
        due = list(case.follow_ups.order_by("due_on"))
        for follow_up, (days, contact, note) in zip(due, story.done, strict=False):
            at = self.ago(max(0, story.opened - days), 11, 30)
            complete_follow_up(
                user=self.counselor,
                follow_up=follow_up,
                happened_on=timezone.localdate(at),
                contact=contact,
                note=note,
                now=at,
            )

    def refer(self, case: Case, student: Student, *, given: bool) -> None:
        """A letter that waits for the guardian's word, or was issued and waits for the hospital's."""
        referral = start_referral(user=self.counselor, case=case, now=self.ago(8, 9))
        referral = save_letter(
            user=self.counselor,
            referral=referral,
            version=referral.version,
            hospital=stories.HOSPITAL,
            observed=stories.OBSERVED if given else referral.observed,
            done_so_far=stories.DONE_SO_FAR,
            asked=stories.ASKED,
        )
        consent = ask_consent(user=self.counselor, referral=referral, now=self.ago(8 if given else 2, 9, 30))
        guardianship = student.guardianships.first()
        if given and guardianship is not None:
            record_answer(
                user=self.counselor,
                consent=consent,
                guardian=guardianship.guardian,
                given=True,
                how=ConsentHow.IN_PERSON,
                answered_at=self.ago(7, 16),
                evidence="监护人当面签字，纸质同意书存于心理咨询室档案柜。",
                now=self.ago(7, 16, 10),
            )
            issue_letter(user=self.counselor, referral=referral, minimum_checked=True, now=self.ago(7, 16, 30))
