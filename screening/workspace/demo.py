"""The demo school's loop: a round behind it with its cases, a round open now. Made by the product's own functions."""

from __future__ import annotations

import datetime
import random

from django.db import transaction
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
from screening.instruments.answers import from_codes, none_yet
from screening.instruments.observation import DEFINITION, KEY
from screening.instruments.publish import publish_version
from screening.levels import Level
from screening.referrals.consents import record_answer
from screening.referrals.enums import ConsentHow
from screening.referrals.refer import ask_consent, issue_letter, save_letter, start_referral
from screening.rounds.enums import Considered
from screening.rounds.filling import children_left, confirm_rest, save_child
from screening.rounds.manage import close_round, open_round
from screening.rounds.models import ClassPass, Round
from screening.rounds.submit import submit_class
from screening.workspace import demo_stories as stories
from screening.workspace.demo_stories import Story
from xinqiao.school.calendar import calendar_of
from xinqiao.school.demo import Demo
from xinqiao.school.models import Student

PAST_CLASSES = (0, 2, 5, 9, 12, 15, 17)
"""Where the children of the closed round's stories sit, by the order of classes."""
PRIORITY_CLASSES = {1: 12, 3: 9, 6: 6, 8: 5, 10: 3, 13: 1}
"""Classes of the open round with somebody to talk with, and how many days ago they were submitted."""
BEGUN = (4, 11, 14)
NOT_BEGUN = (7, 16)  # 三（2）班 is one: its day can be walked from the beginning
_MILD_SEAT, _ABSENT_SEAT = 9, 21


@transaction.atomic
def load(demo: Demo) -> None:
    """The loop as a counselor would find it on a working day; a school with a round is left as it is."""
    if Round.objects.filter(school=demo.school).exists():
        return
    maker = _Maker(demo)
    maker.past_round()
    maker.open_round()


class _Maker:
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

    def start_round(self, opens: int, due_on: datetime.date) -> dict[int, ClassPass]:
        """A round for all classes: each class's pass by its index."""
        round_ = open_round(
            user=self.counselor,
            term=self.demo.term,
            instrument_version=self.version,
            opens_on=self.ago(opens).date(),
            due_on=due_on,
            classes=self.demo.classes,
        )
        by_class = {each.school_class_id: each for each in round_.passes.all()}
        return {index: by_class[each.pk] for index, each in enumerate(self.demo.classes)}

    def mark(self, index: int, class_pass: ClassPass, student: Student, signs: dict[str, int], note: str, at) -> None:
        save_child(
            user=self.teachers[index],
            class_pass=class_pass,
            student=student,
            answers=from_codes(self.version.parsed, signs),
            note=note or None,
            version=0,
            now=at,
        )

    def mark_mild(self, index: int, class_pass: ClassPass, at: datetime.datetime, taken: set[int]) -> None:
        """One or two small signs, as in most classes; never for a child whose story is told."""
        for offset in range(self.random.choice([1, 2])):
            student = self.seat(index, _MILD_SEAT + offset * 4 + index)
            if student.pk not in taken:
                taken.add(student.pk)
                self.mark(index, class_pass, student, self.random.choice(stories.MILD), "", at)

    def finish(self, index: int, class_pass: ClassPass, at: datetime.datetime) -> None:
        teacher = self.teachers[index]
        left = [student.pk for student in children_left(class_pass)]
        confirm_rest(user=teacher, class_pass=class_pass, student_ids=left, now=at)
        submit_class(user=teacher, class_pass=class_pass, now=at)

    # -- the round that is closed ---------------------------------------------------------------------------------------

    def past_round(self) -> None:
        passes = self.start_round(24, self.ago(18).date())
        told = dict(zip(PAST_CLASSES, stories.PAST, strict=True))
        for index, class_pass in passes.items():
            at = self.ago(self.random.randint(19, 21), 15, self.random.randint(0, 50))
            taken = set()
            if story := told.get(index):
                student = self.seat(index, 3 + 5 * index)
                taken.add(student.pk)
                self.mark(index, class_pass, student, story.signs, story.note, at)
            self.mark_mild(index, class_pass, at, taken)
            self.finish(index, class_pass, at)
        for index, story in told.items():
            self.tell(story, self.seat(index, 3 + 5 * index), passes[index])
        close_round(user=self.counselor, round_=passes[0].round)

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

    # -- the round that is open -----------------------------------------------------------------------------------------

    def open_round(self) -> None:
        passes = self.start_round(13, calendar_of(self.demo.school).add_school_days(self.demo.today, 2))
        waiting = dict(zip(PRIORITY_CLASSES, stories.NOW_PRIORITY, strict=True))
        for index, class_pass in passes.items():
            if index in NOT_BEGUN or index in BEGUN:
                continue
            days = PRIORITY_CLASSES.get(index, self.random.randint(1, 9))
            at = self.ago(days, 16, self.random.randint(0, 50))
            taken: set[int] = {self.seat(index, 3 + 5 * index).pk} if index in PAST_CLASSES else set()
            if index in waiting:
                signs, note = waiting[index]
                student = self.seat(index, 2 + 3 * index)
                taken.add(student.pk)
                self.mark(index, class_pass, student, signs, note, at)
            self.mark_mild(index, class_pass, at, taken)
            if index == BEGUN[0] + 2 and len(self.children[index]) > _ABSENT_SEAT:
                self.absent(index, class_pass, self.seat(index, _ABSENT_SEAT), at)
            self.finish(index, class_pass, at)
        for index in BEGUN:
            self.begin(index, passes[index])
        self.high_today(BEGUN[2], passes[BEGUN[2]])
        student = self.seat(BEGUN[0], 2)
        self.mark(
            BEGUN[0], passes[BEGUN[0]], student, {"e5": 1, "e1": 1}, "", self.now - datetime.timedelta(minutes=25)
        )

    def absent(self, index: int, class_pass: ClassPass, student: Student, at: datetime.datetime) -> None:
        save_child(
            user=self.teachers[index],
            class_pass=class_pass,
            student=student,
            answers=none_yet(self.version.parsed),
            note=None,
            version=0,
            considered=Considered.ABSENT,
            now=at,
        )

    def begin(self, index: int, class_pass: ClassPass) -> None:
        """A class where the teacher stopped in the middle."""
        at = self.ago(1, 17, 5)
        for student in self.children[index][4 : 10 + index]:
            save_child(
                user=self.teachers[index],
                class_pass=class_pass,
                student=student,
                answers=none_yet(self.version.parsed),
                note=None,
                version=0,
                considered=Considered.CONFIRMED,
                now=at,
            )

    def high_today(self, index: int, class_pass: ClassPass) -> None:
        """Just now: the protocol runs, the first step is done, the guardian is being reached."""
        story, student = stories.NOW_HIGH, self.seat(index, 1)
        minutes = datetime.timedelta(minutes=1)
        self.mark(index, class_pass, student, story.signs, story.note, self.now - 110 * minutes)
        assessment = Assessment.objects.filter(student=student).still_open().get()
        case = self.assess(story, assessment, self.now - 82 * minutes)
        at = self.now - 80 * minutes
        do_step(user=self.counselor, case=case, key="safety", done_at=at, note=stories.SAFETY_DONE, now=at)
