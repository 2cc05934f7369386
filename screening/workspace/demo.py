"""The demo school's loop: a round behind it with its cases, a round open now. Made by the product's own functions."""

from __future__ import annotations

import datetime

from django.db import transaction

from screening.assessments.models import Assessment
from screening.cases.crisis import do_step
from screening.instruments.answers import from_codes, none_yet
from screening.rounds.enums import Considered
from screening.rounds.filling import children_left, confirm_rest, save_child
from screening.rounds.manage import close_round, open_round
from screening.rounds.models import ClassPass, Round
from screening.rounds.submit import submit_class
from screening.workspace import demo_stories as stories
from screening.workspace.demo_counselor import Counselor
from screening.workspace.figures import publish_figures
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
    publish_figures()


class _Maker(Counselor):
    """The rounds: homeroom teachers fill them in, and the counselor acts on what they found."""

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
