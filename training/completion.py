"""One question, one function: is this complete, when is it due, is this person certified today?

The page, the gate, the reminder, the certificate and the report all ask here.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from training.enums import OPEN_STATES, DueRule, EnrolmentState
from training.models.certificates import Certificate
from training.models.learning import CourseEnrolment, LessonProgress, QuizAttempt

if TYPE_CHECKING:
    from training.models.pages import CoursePage
    from xinqiao.accounts.models import User


def lessons_done(enrolment: CourseEnrolment) -> set[int]:
    """The ids of the published lessons that were finished in this cycle."""
    finished = LessonProgress.objects.filter(enrolment=enrolment, done_at__isnull=False)
    return {lesson.pk for lesson in enrolment.course.lessons} & set(finished.values_list("lesson_id", flat=True))


def all_lessons_done(enrolment: CourseEnrolment) -> bool:
    lessons = enrolment.course.lessons
    return bool(lessons) and len(lessons_done(enrolment)) == len(lessons)


def is_complete(enrolment: CourseEnrolment) -> bool:
    """Whether this cycle is done: once passed it stays so, whatever is added to the course later.

    Before that: every published lesson finished and a quiz passed.
    """
    if enrolment.state not in OPEN_STATES:
        return True
    return all_lessons_done(enrolment) and QuizAttempt.objects.filter(enrolment=enrolment, passed=True).exists()


def due_on(enrolment: CourseEnrolment) -> datetime.date:
    """When it is due for this person, extensions counted. A date for everybody never lies before the enrolment."""
    if enrolment.due_override is not None:
        return enrolment.due_override
    course = enrolment.course
    if course.due_rule == DueRule.FIXED_DATE:
        return max(course.due_date, enrolment.enrolled_on)
    return enrolment.enrolled_on + datetime.timedelta(days=course.due_days)


def days_left(enrolment: CourseEnrolment, today: datetime.date) -> int:
    """Calendar days until it is due; negative when it is late."""
    return (due_on(enrolment) - today).days


def is_late(enrolment: CourseEnrolment, today: datetime.date) -> bool:
    return enrolment.state in OPEN_STATES and days_left(enrolment, today) < 0


def certified_today(user: User, course: CoursePage | None = None, today: datetime.date | None = None) -> bool:
    """Whether the person holds a certificate in force: of this course, or of any where none is named.

    Dates decide, not the enrolment's state: it is right on the very day, before any nightly job has run.
    """
    certificates = Certificate.objects.filter(person=user).valid_on(today or timezone.localdate())
    if course is not None:
        certificates = certificates.filter(course=course)
    return certificates.exists()


def may_renew(enrolment: CourseEnrolment, today: datetime.date) -> bool:
    """Whether a new cycle may begin after this one: its certificate ends soon, has ended, or was revoked."""
    if enrolment.state in (*OPEN_STATES, EnrolmentState.PASSED):
        return False
    if enrolment.state == EnrolmentState.EXPIRED:
        return True
    certificate = enrolment.certificate
    return (certificate.valid_until - today).days <= enrolment.course.renewal_days
