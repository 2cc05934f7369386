"""A course as a person's plan: its steps, what is done, what comes next, how much time is left."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext

from training.enums import OPEN_STATES
from training.models.learning import CourseEnrolment, LessonProgress

if TYPE_CHECKING:
    from training.models.pages import CoursePage, LessonPage


@dataclasses.dataclass
class Step:
    number: int
    title: str
    minutes: int
    url: str
    done: bool
    lesson: LessonPage | None = None  # none: the quiz
    begun: bool = False
    closed: bool = False  # the quiz, while lessons are open

    @property
    def is_quiz(self) -> bool:
        return self.lesson is None


@dataclasses.dataclass
class Plan:
    """What the sidebar, the course page and the list of courses show."""

    course: CoursePage
    enrolment: CourseEnrolment | None
    steps: list[Step]
    progress: dict[int, LessonProgress]
    url: str

    @property
    def total(self) -> int:
        return len(self.steps)

    @property
    def is_ready(self) -> bool:
        """Whether there is a lesson to learn, and not the quiz alone."""
        return self.total > 1

    @property
    def done(self) -> int:
        return sum(step.done for step in self.steps)

    @property
    def minutes_left(self) -> int:
        return sum(step.minutes for step in self.steps if not step.done)

    @property
    def minutes(self) -> int:
        return sum(step.minutes for step in self.steps)

    @property
    def next(self) -> Step | None:
        return next((step for step in self.steps if not step.done), None)

    @property
    def lessons_done(self) -> bool:
        lessons = [step for step in self.steps if not step.is_quiz]
        return bool(lessons) and all(step.done for step in lessons)

    def step_of(self, lesson: LessonPage) -> Step:
        return next(step for step in self.steps if step.lesson is not None and step.lesson.pk == lesson.pk)

    def after(self, step: Step) -> Step | None:
        """The next step in order that is still open, else the first open one anywhere."""
        return next((later for later in self.steps[step.number :] if not later.done), self.next)


def _steps(
    course: CoursePage, url: str, enrolment: CourseEnrolment | None, progress: dict[int, LessonProgress]
) -> list[Step]:
    steps = [
        Step(
            number=number,
            title=lesson.title,
            minutes=lesson.minutes,
            url=f"{url}{lesson.slug}/",
            lesson=lesson,
            begun=lesson.pk in progress,
            done=lesson.pk in progress and progress[lesson.pk].done_at is not None,
        )
        for number, lesson in enumerate(course.lessons, 1)
    ]
    steps.append(
        Step(
            number=len(steps) + 1,
            title=gettext("Quiz and certificate"),
            minutes=course.quiz_minutes,
            # A new course in the editor's preview has no address yet.
            url=reverse("training:quiz_start", args=[course.pk]) if course.pk else "",
            done=enrolment is not None and enrolment.state not in OPEN_STATES,
            closed=not steps or not all(step.done for step in steps),
        )
    )
    return steps


def plan_for(course: CoursePage, enrolment: CourseEnrolment | None, *, url: str) -> Plan:
    """The plan of one course, whose page stands at `url`."""
    return plans_for([(course, enrolment)], {course.pk: url})[0]


def plans_for(pairs: list[tuple[CoursePage, CourseEnrolment | None]], urls: dict[int, str]) -> list[Plan]:
    """Plans of several courses; the number of queries does not grow with them."""
    rows = LessonProgress.objects.filter(enrolment__in=[enrolment.pk for _course, enrolment in pairs if enrolment])
    progress: dict[int, dict[int, LessonProgress]] = defaultdict(dict)
    for row in rows:
        progress[row.enrolment_id][row.lesson_id] = row
    plans = []
    for course, enrolment in pairs:
        own = progress[enrolment.pk] if enrolment is not None else {}
        steps = _steps(course, urls[course.pk], enrolment, own)
        plans.append(Plan(course=course, enrolment=enrolment, steps=steps, progress=own, url=urls[course.pk]))
    return plans
