"""One reminder for each course that is due soon: found by rule, queued once for each due date, asked again at sending."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone

from tasks.checks import still_true
from tasks.mail import queue_mails
from training.completion import days_left, due_on
from training.enums import OPEN_STATES, EnrolmentState
from training.models.learning import CourseEnrolment
from xinqiao.accounts.access import may
from xinqiao.accounts.capabilities import Capability

DAYS_BEFORE = 3


def due_soon(today: datetime.date) -> list[CourseEnrolment]:
    """Open enrolments that are due in three days or fewer, and not late yet.

    Fewer too: the job of the third day before may have been missed, or the date set later than that. The key of the
    mail, and not the day of the job, makes it one.
    """
    enrolments = (
        CourseEnrolment.objects.filter(state__in=OPEN_STATES, course__live=True, person__is_active=True)
        .select_related("course", "person")
        .order_by("pk")
    )
    return [enrolment for enrolment in enrolments if 0 <= days_left(enrolment, today) <= DAYS_BEFORE]


@transaction.atomic
def remind_due_courses(today: datetime.date | None = None) -> int:
    """Queue what is not queued yet; how many were new. Another due date is another reminder, the same one is not."""
    today = today or timezone.localdate()
    mails = []
    urls: dict[int, str] = {}
    for enrolment in due_soon(today):
        due = due_on(enrolment)
        if enrolment.course_id not in urls:
            urls[enrolment.course_id] = enrolment.course.get_url() or "/training/"
        context = {
            "course": enrolment.course.title,
            "due": due.isoformat(),
            "begun": enrolment.state != EnrolmentState.ENROLLED,
            "path": urls[enrolment.course_id],
        }
        check = ("training.course_still_due", {"enrolment": enrolment.pk, "due": due.isoformat()})
        mails.append((enrolment.person, f"training.course_due:{enrolment.pk}:{due.isoformat()}", context, check))
    return queue_mails(template="training/course_due", mails=mails)


@still_true("training.course_still_due")
def course_still_due(enrolment: int, due: str) -> bool:
    """Asked when the mail is sent: still open, still due on that day and not past, and still this person's to learn."""
    found = (
        CourseEnrolment.objects.filter(pk=enrolment, state__in=OPEN_STATES, course__live=True)
        .select_related("course", "person")
        .first()
    )
    if found is None or due_on(found).isoformat() != due or due_on(found) < timezone.localdate():
        return False
    return may(found.person, Capability.LEARN)
